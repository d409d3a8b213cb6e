// Reads Python's pickles (protocol 2) without Python: plain values, and the few objects of a vocabulary. Nothing that the
// bytes name is ever looked up outside that vocabulary, and nothing of it is run.
// Instructions: https://github.com/python/cpython/blob/main/Lib/pickletools.py

import { fillDict, type PickleObject, type PickleValue, type Vocabulary } from "./_pickle_value.ts";
import { quote, refuseWeights } from "./_torch_fault.ts";

/** Longest pickle, in bytes; that of a network with 1,000 tensors has 130,000. */
const MAX_BYTES = 16 * 2 ** 20;
/** Most instructions of a pickle; a tensor takes about 40. */
const MAX_STEPS = 2 ** 19;
/** Longest whole number, in bytes; PyTorch's magic number has 10. */
const MAX_NUMBER_BYTES = 16;
/** Longest line of a name, in bytes. */
const MAX_LINE_BYTES = 256;
const PROTOCOL = 2, STOP = 0x2e;

/** A name of the vocabulary that can be called. */
interface Callable extends PickleObject {
  kind: "callable";
  call(args: PickleValue[]): PickleValue;
}

interface Machine {
  /** The pickle and what follows it, and where in the file that starts. */
  readonly bytes: Uint8Array;
  readonly origin: number;
  readonly view: DataView;
  readonly vocabulary: Vocabulary;
  at: number;
  stack: PickleValue[];
  /** Stack heights at the open marks; nothing below the last one may be taken. */
  marks: number[];
  memo: Map<number, PickleValue>;
}

/**
 * Reads the pickle that starts at a byte.
 *
 * @returns its value, and the byte after its end
 * @throws {SyntaxError} if it is cut off, malformed, too long, or names anything outside the vocabulary
 */
export function readPickle(
  bytes: Uint8Array,
  start: number,
  vocabulary: Vocabulary,
): { value: PickleValue; end: number } {
  const part = bytes.subarray(start, start + MAX_BYTES);
  const view = new DataView(part.buffer, part.byteOffset, part.byteLength);
  const machine: Machine = {
    ...{ bytes: part, origin: start, view, vocabulary, at: 0 },
    ...{ stack: [], marks: [], memo: new Map() },
  };
  for (let step = 0; step < MAX_STEPS; step++) {
    const at = machine.at, code = part[take(machine, 1)];
    if (code === STOP) return { value: pop(machine), end: start + machine.at };
    const run = INSTRUCTIONS[code];
    if (!run) {
      refuseWeights(
        `its pickle has byte 0x${code.toString(16)} at ${start + at}, expected an instruction ` +
          "that a state dict of protocol 2 needs",
      );
    }
    run(machine);
  }
  refuseWeights(`its pickle has more than ${MAX_STEPS} instructions`);
}

/** Steps over some bytes; gives where they start. */
function take(machine: Machine, count: number): number {
  const { at, bytes, origin } = machine;
  if (count > bytes.length - at) {
    refuseWeights(
      `it is cut off, or its pickle too long: at ${origin + at} it needs ${count} bytes and has ` +
        `${bytes.length - at}`,
    );
  }
  machine.at += count;
  return at;
}

function pop(machine: Machine): PickleValue {
  top(machine);
  return machine.stack.pop() as PickleValue;
}

function top({ stack, marks }: Machine): PickleValue {
  if (stack.length <= (marks.at(-1) ?? 0)) refuseWeights("its pickle takes a value from nowhere");
  return stack[stack.length - 1];
}

/** The values above the last mark, which is closed. */
function popMarked({ stack, marks }: Machine): PickleValue[] {
  const mark = marks.pop();
  if (mark === undefined) refuseWeights("its pickle closes a list that it never began");
  return stack.splice(mark);
}

function popTuple(machine: Machine, count: number): void {
  const items: PickleValue[] = [];
  for (let i = 0; i < count; i++) items.unshift(pop(machine));
  machine.stack.push(items);
}

function pushText(machine: Machine, length: number): void {
  const start = take(machine, length);
  machine.stack.push(decodeText(machine.bytes.subarray(start, machine.at)));
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    refuseWeights("its pickle has text that is not UTF-8");
  }
}

/** A whole number of any length, two's complement; a bigint only where a number would not be exact. */
function pushLong(machine: Machine): void {
  const length = machine.bytes[take(machine, 1)];
  if (length > MAX_NUMBER_BYTES) refuseWeights(`its pickle has a whole number of ${length} bytes`);
  const start = take(machine, length);
  let value = 0n;
  for (let i = length - 1; i >= 0; i--) value = value << 8n | BigInt(machine.bytes[start + i]);
  value = BigInt.asIntN(8 * length, value);
  const number = Number(value);
  machine.stack.push(Number.isSafeInteger(number) ? number : value);
}

function store({ memo }: Machine, index: number, value: PickleValue): void {
  memo.set(index, value);
}

function recall(machine: Machine, index: number): void {
  const value = machine.memo.get(index);
  if (value === undefined) refuseWeights(`its pickle recalls value ${index}, which it never kept`);
  machine.stack.push(value);
}

function append(machine: Machine, items: PickleValue[]): void {
  const list = top(machine);
  if (!Array.isArray(list)) refuseWeights("its pickle appends to what is no list");
  for (const item of items) list.push(item);
}

function setItems(machine: Machine, items: PickleValue[]): void {
  const dict = top(machine);
  if (!(dict instanceof Map)) refuseWeights("its pickle sets items of what is no dictionary");
  fillDict(dict, items);
}

function readLine(machine: Machine): string {
  const { at, bytes, origin } = machine, line = bytes.subarray(at, at + MAX_LINE_BYTES);
  const length = line.indexOf(0x0a);
  if (length < 0) {
    refuseWeights(`it is cut off, or its pickle has a name without an end at ${origin + at}`);
  }
  take(machine, length + 1);
  return decodeText(bytes.subarray(at, at + length));
}

function pushNamed(machine: Machine): void {
  const name = `${readLine(machine)}.${readLine(machine)}`;
  const meaning = machine.vocabulary.names.get(name);
  if (meaning === undefined) {
    refuseWeights(
      `its pickle names ${quote(name)}, which no state dict needs; nothing of it was run`,
    );
  }
  const callable: Callable | undefined = typeof meaning === "function"
    ? { kind: "callable", call: meaning }
    : undefined;
  machine.stack.push(callable ?? meaning as PickleObject);
}

function isCallable(value: PickleValue): value is Callable {
  return typeof value === "object" && value !== null && "kind" in value &&
    value.kind === "callable";
}

function reduce(machine: Machine): void {
  const args = pop(machine), callable = pop(machine);
  if (!isCallable(callable)) refuseWeights("its pickle calls what is no function");
  if (!Array.isArray(args)) refuseWeights("its pickle calls a function without arguments");
  machine.stack.push(callable.call(args));
}

/** An ordered dictionary may have attributes, such as a state dict's `_metadata`: nothing here needs them. */
function build(machine: Machine): void {
  pop(machine);
  if (!(top(machine) instanceof Map)) {
    refuseWeights("its pickle sets attributes of what is no dictionary");
  }
}

function requireProtocol(machine: Machine): void {
  const protocol = machine.bytes[take(machine, 1)];
  if (protocol !== PROTOCOL) refuseWeights(`its pickle has protocol ${protocol}, expected 2`);
}

const INSTRUCTIONS: Readonly<Record<number, (machine: Machine) => void>> = {
  0x80: requireProtocol,
  0x4e: ({ stack }) => stack.push(null), // NONE
  0x88: ({ stack }) => stack.push(true), // NEWTRUE
  0x89: ({ stack }) => stack.push(false), // NEWFALSE
  0x4a: (m) => m.stack.push(m.view.getInt32(take(m, 4), true)), // BININT
  0x4b: (m) => m.stack.push(m.bytes[take(m, 1)]), // BININT1
  0x4d: (m) => m.stack.push(m.view.getUint16(take(m, 2), true)), // BININT2
  0x8a: pushLong, // LONG1
  0x47: (m) => m.stack.push(m.view.getFloat64(take(m, 8))), // BINFLOAT
  0x58: (m) => pushText(m, m.view.getUint32(take(m, 4), true)), // BINUNICODE
  0x54: (m) => pushText(m, m.view.getUint32(take(m, 4), true)), // BINSTRING, text in Python 2
  0x55: (m) => pushText(m, m.bytes[take(m, 1)]), // SHORT_BINSTRING, text in Python 2
  0x5d: ({ stack }) => stack.push([]), // EMPTY_LIST
  0x7d: ({ stack }) => stack.push(new Map()), // EMPTY_DICT
  0x29: ({ stack }) => stack.push([]), // EMPTY_TUPLE
  0x28: ({ stack, marks }) => marks.push(stack.length), // MARK
  0x74: (m) => m.stack.push(popMarked(m)), // TUPLE
  0x85: (m) => popTuple(m, 1),
  0x86: (m) => popTuple(m, 2),
  0x87: (m) => popTuple(m, 3),
  0x61: (m) => append(m, [pop(m)]), // APPEND
  0x65: (m) => append(m, popMarked(m)), // APPENDS
  0x73: (m) => setItems(m, [pop(m), pop(m)].reverse()), // SETITEM
  0x75: (m) => setItems(m, popMarked(m)), // SETITEMS
  0x71: (m) => store(m, m.bytes[take(m, 1)], top(m)), // BINPUT
  0x72: (m) => store(m, m.view.getUint32(take(m, 4), true), top(m)), // LONG_BINPUT
  0x68: (m) => recall(m, m.bytes[take(m, 1)]), // BINGET
  0x6a: (m) => recall(m, m.view.getUint32(take(m, 4), true)), // LONG_BINGET
  0x63: pushNamed, // GLOBAL
  0x52: reduce, // REDUCE
  0x62: build, // BUILD
  0x51: (m) => m.stack.push(m.vocabulary.resolve(pop(m))), // BINPERSID
};
