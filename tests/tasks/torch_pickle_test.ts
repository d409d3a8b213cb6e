// Pickles of state dicts are read, and nothing that a pickle names is run.

import assert from "node:assert/strict";
import { PLAIN } from "../../tasks/_pickle_value.ts";
import { TorchTensor, torchVocabulary } from "../../tasks/_torch_objects.ts";
import { readPickle } from "../../tasks/_torch_pickle.ts";
import {
  ascii,
  type Bytes,
  called,
  dict,
  list,
  little,
  named,
  oldText,
  pickle,
  storage,
  tensor,
  text,
  tuple,
  whole,
} from "./_torch_files.ts";

const ORDERED = named("collections", "OrderedDict");

function read(bytes: Bytes) {
  return readPickle(Uint8Array.from(bytes), 0, torchVocabulary()).value;
}

function assertRefused(bytes: Bytes, problem: RegExp) {
  assert.throws(() => read(bytes), (error) => {
    assert(error instanceof SyntaxError);
    assert.match(error.message, /^Cannot read weights: /);
    assert.match(error.message, problem);
    return true;
  });
}

Deno.test("readPickle reads Python's plain values", () => {
  const cases: [Bytes, unknown][] = [
    [[0x4e], null],
    [[0x88], true],
    [[0x89], false],
    [[0x4b, 200], 200],
    [[0x4d, 0xe9, 3], 1001],
    [whole(-5), -5],
    [[0x8a, 0], 0],
    [[0x8a, 1, 0xff], -1],
    [whole(2 ** 40), 2 ** 40],
    [[0x8a, 9, ...little(2n ** 64n, 9)], 2n ** 64n],
    [[0x47, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0], 1.5],
    [text("über"), "über"],
    [oldText("old"), "old"],
    [[0x54, 3, 0, 0, 0, ...ascii("old")], "old"],
    [[0x29], []],
    [[...whole(1), 0x85], [1]],
    [[...whole(1), ...whole(2), 0x86], [1, 2]],
    [[...whole(1), ...whole(2), ...whole(3), 0x87], [1, 2, 3]],
    [tuple(whole(1), tuple()), [1, []]],
    [[0x5d, ...whole(7), 0x61], [7]],
    [list(whole(1), text("b")), [1, "b"]],
    [[0x7d, ...text("a"), ...whole(1), 0x73], new Map([["a", 1]])],
    [dict(text("a"), whole(1), whole(2), list()), new Map<unknown, unknown>([["a", 1], [2, []]])],
  ];
  for (const [bytes, expected] of cases) assert.deepEqual(read(pickle(bytes)), expected);
});

Deno.test("readPickle gives the byte after the end, and starts where it is told", () => {
  const bytes = Uint8Array.from([9, 9, ...pickle(whole(3)), 9]);
  const { value, end } = readPickle(bytes, 2, PLAIN);
  assert.deepEqual([value, end], [3, bytes.length - 1]);
});

Deno.test("readPickle keeps values and recalls them, by short and by long numbers", () => {
  const kept = [...text("kept"), 0x71, 5, 0x72, 0, 1, 0, 0];
  assert.deepEqual(read(pickle(tuple(kept, [0x68, 5], [0x6a, 0, 1, 0, 0]))), [
    "kept",
    "kept",
    "kept",
  ]);
  assertRefused(pickle([0x68, 5]), /recalls value 5, which it never kept/);
  assertRefused(pickle([0x71, 5]), /takes a value from nowhere/);
});

Deno.test("readPickle makes ordered dictionaries as both Pythons write them, and leaves out their attributes", () => {
  const attributes = [...dict(text("_metadata"), called(ORDERED)), 0x62];
  const three = [...called(ORDERED), 0x28, ...text("b"), ...whole(1), 0x75, ...attributes];
  assert.deepEqual(read(pickle(three)), new Map([["b", 1]]));
  const pairs = list(list(oldText("b"), whole(1)), list(oldText("a"), whole(2)));
  assert.deepEqual(read(pickle(called(ORDERED, pairs))), new Map([["b", 1], ["a", 2]]));
  assertRefused(pickle(called(ORDERED, list(list(text("b"))))), /what are no pairs/);
  assertRefused(pickle(called(ORDERED, whole(1))), /what is no list/);
});

Deno.test("readPickle refuses each name outside the vocabulary, and says which", () => {
  const names: [module: string, name: string][] = [
    ["os", "system"],
    ["posix", "system"],
    ["builtins", "eval"],
    ["__builtin__", "exec"],
    ["subprocess", "Popen"],
    ["torch", "load"],
    ["torch.hub", "load"],
    ["torch._utils", "__class__"],
    ["collections", "OrderedDict.__init__"],
    ["models.networks", "ResnetGenerator"],
    ["numpy.core.multiarray", "_reconstruct"],
    ["torch._utils", "_rebuild_tensor_v3"],
    ["constructor", "prototype"],
    ["", ""],
  ];
  for (const [module, name] of names) {
    const problem = `its pickle names "${module}.${name}", which no state dict needs`;
    for (const attack of [named(module, name), called(named(module, name), text("touch /tmp/x"))]) {
      assert.throws(() => read(pickle(attack)), {
        name: "SyntaxError",
        message: `Cannot read weights: ${problem}; nothing of it was run`,
      });
    }
  }
  assertRefused(pickle(named("a\x1b[31m", "b")), /names "a\\u001b\[31m\.b"/);
  assertRefused(pickle(named("a".repeat(200), "b".repeat(200))), /names "a{100}\.\.\."/);
  assert.throws(() => readPickle(Uint8Array.from(pickle(ORDERED)), 0, PLAIN), /names/);
});

Deno.test("readPickle refuses instructions that a state dict does not need", () => {
  // INST, OBJ, NEWOBJ, EXT1, POP, DUP, INT, STRING, FRAME, STACK_GLOBAL, MEMOIZE, BINUNICODE8, EMPTY_SET, NEXT_BUFFER.
  for (
    const code of [
      0x69,
      0x6f,
      0x81,
      0x82,
      0x30,
      0x32,
      0x49,
      0x53,
      0x95,
      0x93,
      0x94,
      0x8d,
      0x8f,
      0x97,
    ]
  ) {
    const refused = new RegExp(`has byte 0x${code.toString(16)} at 3, expected an instruction`);
    assertRefused(pickle([0x4e, code]), refused);
  }
  assertRefused([0x80, 4, 0x4e, 0x2e], /has protocol 4, expected 2/);
});

Deno.test("readPickle refuses a pickle that does not keep its own order", () => {
  const refusals: [Bytes, RegExp][] = [
    [pickle(), /takes a value from nowhere/],
    [[], /at 0 it needs 1 bytes and has 0/],
    [[0x80], /at 1 it needs 1 bytes and has 0/],
    [[0x80, 2, 0x4e], /at 3 it needs 1 bytes and has 0/],
    [pickle([0x85]), /takes a value from nowhere/],
    [pickle(whole(1), [0x28, 0x85]), /takes a value from nowhere/],
    [pickle([0x74]), /closes a list that it never began/],
    [pickle(whole(1), whole(2), [0x61]), /appends to what is no list/],
    [pickle([0x29], [0x28], whole(2), whole(2), [0x75]), /sets items of what is no dictionary/],
    [pickle([0x7d, 0x28], whole(2), [0x75]), /a key without a value/],
    [pickle(dict(list(), whole(2))), /a key that is neither text nor number/],
    [pickle(dict(text("a"), whole(2), text("a"), whole(3))), /has the key "a" twice/],
    [pickle(whole(1), [0x29, 0x52]), /calls what is no function/],
    [pickle(ORDERED, whole(1), [0x52]), /calls a function without arguments/],
    [pickle(named("torch", "FloatStorage"), [0x29, 0x52]), /calls what is no function/],
    [pickle(list(), list(), [0x62]), /sets attributes of what is no dictionary/],
    [pickle([0x8a, 200, ...little(1, 200)]), /a whole number of 200 bytes/],
    [pickle([0x58, 255, 255, 255, 255]), /at 7 it needs 4294967295 bytes and has 1/],
    [pickle([0x55, 1, 0xff]), /text that is not UTF-8/],
    [pickle([0x63, ...ascii("x".repeat(300))]), /a name without an end/],
  ];
  for (const [bytes, problem] of refusals) assertRefused(bytes, problem);
});

Deno.test("readPickle makes tensors of the storages that a pickle speaks of", () => {
  const vocabulary = torchVocabulary();
  const parts = { key: "0", elements: 12, shape: [2, 3], strides: [1, 2], offset: 6 };
  const bytes = Uint8Array.from(pickle(tensor(parts)));
  const { value } = readPickle(bytes, 0, vocabulary);
  assert.deepEqual({ ...value as object }, {
    kind: "tensor",
    storage: vocabulary.storages.get("0"),
    offset: 6,
    shape: [2, 3],
    strides: [1, 2],
  });
  assert.equal(vocabulary.storages.get("0")?.dtype, "float32");
});

Deno.test("readPickle takes tensors of versions before 0.4, their sizes as torch.Size, and parameters", () => {
  const size = called(named("torch", "Size"), tuple(whole(2)));
  const part = storage(
    "7",
    5,
    named("torch", "HalfStorage"),
    tuple(text("part"), whole(2), whole(3)),
  );
  const old = called(
    named("torch._utils", "_rebuild_tensor"),
    part,
    whole(1),
    size,
    tuple(whole(1)),
  );
  const parameter = called(
    named("torch._utils", "_rebuild_parameter"),
    old,
    [0x88],
    called(ORDERED),
  );
  for (const bytes of [old, parameter]) {
    const value = read(pickle(bytes));
    assert(value instanceof TorchTensor);
    const { offset, shape, storage: { key, dtype, start, length } } = value;
    assert.deepEqual({ offset, shape, key, dtype, start, length }, {
      ...{ offset: 3, shape: [2], key: "7", dtype: "float16", start: 2, length: 3 },
    });
  }
});

Deno.test("readPickle refuses tensors that do not lie in their storage", () => {
  const good = { key: "0", elements: 6, shape: [2, 3], strides: [3, 1] };
  read(pickle(tensor(good)));
  read(pickle(tensor({ ...good, shape: [0, 3], offset: 6 })));
  const outside = [
    { offset: 1 },
    { shape: [3, 3] },
    { strides: [4, 1] },
    // More elements than the storage has, made by strides of 0.
    { shape: [2 ** 40, 2 ** 40], strides: [0, 0] },
    { shape: [7], strides: [0] },
    { shape: [2 ** 50, 2 ** 50, 2 ** 50], strides: [2 ** 50, 2 ** 50, 1] },
  ];
  for (const change of outside) {
    assertRefused(
      pickle(tensor({ ...good, ...change })),
      /does not lie in storage "0", which has 6/,
    );
  }
  const invalid = [
    { offset: -1 },
    { shape: [-2, 3] },
    { strides: [-3, 1] },
    { shape: [6] },
    { shape: [2n ** 62n, 3] },
    { shape: Array(9).fill(1), strides: Array(9).fill(1) },
  ];
  for (const change of invalid) {
    assertRefused(pickle(tensor({ ...good, ...change })), /has no valid shape or strides/);
  }
});

Deno.test("readPickle refuses persistent ids that are no storage", () => {
  const id = (...items: Bytes[]) => pickle(tuple(...items), [0x51]);
  const type = named("torch", "FloatStorage"), cpu = text("cpu"), six = whole(6);
  assertRefused(pickle(whole(1), [0x51]), /a persistent id that is no storage/);
  assertRefused(id(text("module"), type), /a whole network with its code/);
  assertRefused(id(text("storage"), ORDERED, text("0"), cpu, six), /that is no storage/);
  assertRefused(id(text("storage"), type, whole(0), cpu, six), /that is no storage/);
  assertRefused(
    id(text("storage"), type, text("0"), cpu, whole(-6)),
    /no valid number of elements/,
  );
  assertRefused(
    id(text("storage"), type, text("0"), cpu, text("6")),
    /no valid number of elements/,
  );
  const half = named("torch", "HalfStorage");
  for (const other of [storage("0", 7), storage("0", 6, half)]) {
    assertRefused(pickle(tuple(storage("0", 6), other)), /storage "0" has two sizes or types/);
  }
  for (const part of [tuple(text("p"), whole(4), whole(3)), tuple(text("p")), whole(3)]) {
    assertRefused(pickle(storage("0", 6, type, part)), /a part that does not lie in it/);
  }
});
