// The safetensors file format: named tensors in one file, no code in it. Used for checkpoints and for exported weights.
// Layout: header length (u64, little-endian), header (JSON), then the tensors' bytes, addressed by offsets in the header.

import { sizeOf } from "./shape.ts";

/** Element types that we read and write, with their size in bytes. */
const ELEMENT_BYTES = { F32: 4, F16: 2, I32: 4, U8: 1 } as const;

/** The element types of stored tensors. */
export type StoredDtype = keyof typeof ELEMENT_BYTES;

/** A tensor as it lies in a file: little-endian bytes, row-major. */
export interface StoredTensor<Dtype extends string = StoredDtype> {
  dtype: Dtype;
  shape: readonly number[];
  bytes: Uint8Array;
}

/** The contents of a file. */
export interface StoredTensors<Dtype extends string = StoredDtype> {
  tensors: Map<string, StoredTensor<Dtype>>;
  metadata: Record<string, string>;
}

/** A header longer than this is refused; ours stay below 1 MB. */
const MAX_HEADER_BYTES = 16 * 2 ** 20;

/** The file's bytes. @throws {RangeError} if a tensor's bytes do not fit its shape and type, or its name is reserved. */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  let offset = 0;
  const header: Record<string, unknown> = { __metadata__: metadata };
  for (const [name, { dtype, shape, bytes }] of tensors) {
    if (name === "__metadata__") {
      throw new RangeError(`Cannot encode tensor "${name}": the name is reserved`);
    }
    if (bytes.length !== storedBytes(dtype, shape)) {
      throw new RangeError(
        `Cannot encode tensor "${name}": it has ${bytes.length} bytes, expected ${
          storedBytes(dtype, shape)
        } for ${dtype} [${shape}]`,
      );
    }
    header[name] = { dtype, shape, data_offsets: [offset, offset += bytes.length] };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // The format pads the header with spaces so that the data starts on a multiple of 8.
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(8 + headerBytes + offset).fill(0x20, 8, 8 + headerBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.set(json, 8);
  offset = 8 + headerBytes;
  for (const { bytes } of tensors.values()) {
    file.set(bytes, offset);
    offset += bytes.length;
  }
  return file;
}

/**
 * The tensors of a file, as views of its bytes. Everything is checked before anything is allocated: lengths, types,
 * shapes, and that the tensors cover the data without gap or overlap.
 *
 * @throws {SyntaxError} saying what is wrong with the file
 */
export function decodeSafetensors(file: Uint8Array): StoredTensors {
  return decodeTensors(file, ELEMENT_BYTES);
}

/**
 * The same for a file that others wrote, with the element types that the caller knows.
 *
 * @param elementBytes the size of an element of each type
 * @throws {SyntaxError} saying what is wrong with the file
 */
export function decodeTensors<Dtype extends string>(
  file: Uint8Array,
  elementBytes: Readonly<Record<Dtype, number>>,
): StoredTensors<Dtype> {
  const { header, dataStart } = readHeader(file);
  const metadata = readMetadata(header["__metadata__"]);
  const entries = Object.entries(header)
    .filter(([name]) => name !== "__metadata__")
    .map(([name, entry]) => ({ name, ...readEntry(name, entry, elementBytes) }))
    .sort((a, b) => a.start - b.start || a.end - b.end);
  let offset = 0;
  const tensors = new Map<string, StoredTensor<Dtype>>();
  for (const { name, dtype, shape, start, end } of entries) {
    if (start !== offset) fail(`tensor "${name}" starts at byte ${start}, expected ${offset}`);
    offset = end;
    if (dataStart + end > file.length) {
      fail(`it is cut off: tensor "${name}" ends at byte ${dataStart + end} of ${file.length}`);
    }
    tensors.set(name, { dtype, shape, bytes: file.subarray(dataStart + start, dataStart + end) });
  }
  if (dataStart + offset !== file.length) {
    fail(`it has ${file.length - dataStart} bytes of data, expected ${offset}`);
  }
  return { tensors, metadata };
}

/** Float32 values as a stored tensor; F16 rounds to nearest even, and overflows to infinity. */
export function storeFloats(
  values: Float32Array,
  shape: readonly number[],
  dtype: "F32" | "F16",
): StoredTensor {
  if (dtype === "F32") {
    return {
      dtype,
      shape,
      bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    };
  }
  const halves = new Uint16Array(values.length);
  // A loop: Uint16Array.from takes twenty times as long, seconds for a large model.
  for (let i = 0; i < values.length; i++) halves[i] = toHalf(values[i]);
  return { dtype, shape, bytes: new Uint8Array(halves.buffer) };
}

/** The values of a floating point tensor as a new array. @throws {TypeError} for integer types. */
export function readFloats({ dtype, bytes }: StoredTensor): Float32Array {
  // A copy: the view may start at an address that a typed array cannot.
  const { buffer } = bytes.slice();
  if (dtype === "F32") return new Float32Array(buffer);
  if (dtype === "F16") {
    const halves = new Uint16Array(buffer), values = new Float32Array(halves.length);
    for (let i = 0; i < halves.length; i++) values[i] = fromHalf(halves[i]);
    return values;
  }
  throw new TypeError(`Cannot read floats: the tensor is ${dtype}, expected F32 or F16`);
}

function fail(problem: string): never {
  throw new SyntaxError(`Cannot read safetensors file: ${problem}`);
}

function storedBytes(dtype: StoredDtype, shape: readonly number[]): number {
  return sizeOf(shape) * ELEMENT_BYTES[dtype];
}

function readHeader(file: Uint8Array): { header: Record<string, unknown>; dataStart: number } {
  if (file.length < 8) fail(`it has ${file.length} bytes, expected at least 8`);
  const length = new DataView(file.buffer, file.byteOffset).getBigUint64(0, true);
  if (length > BigInt(Math.min(MAX_HEADER_BYTES, file.length - 8))) {
    fail(
      `its header claims ${length} bytes, expected at most ${
        Math.min(MAX_HEADER_BYTES, file.length - 8)
      }`,
    );
  }
  const dataStart = 8 + Number(length);
  let header: unknown;
  try {
    header = JSON.parse(
      new TextDecoder("utf-8", { fatal: true }).decode(file.subarray(8, dataStart)),
    );
  } catch {
    fail("its header is not JSON");
  }
  if (!isRecord(header)) fail("its header is not an object");
  return { header, dataStart };
}

function readMetadata(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (!isRecord(value) || !Object.values(value).every((text) => typeof text === "string")) {
    fail("its metadata is not a table of strings");
  }
  return value as Record<string, string>;
}

function readEntry<Dtype extends string>(
  name: string,
  entry: unknown,
  elementBytes: Readonly<Record<Dtype, number>>,
): { dtype: Dtype; shape: number[]; start: number; end: number } {
  if (!isRecord(entry)) fail(`the entry of tensor "${name}" is not an object`);
  const { dtype, shape, data_offsets: offsets } = entry;
  const isKnown = (type: unknown): type is Dtype =>
    typeof type === "string" && Object.hasOwn(elementBytes, type);
  if (!isKnown(dtype)) {
    fail(`tensor "${name}" is of type ${dtype}, expected ${Object.keys(elementBytes).join(", ")}`);
  }
  if (!isCounts(shape)) fail(`tensor "${name}" has no valid shape`);
  if (!isCounts(offsets) || offsets.length !== 2) fail(`tensor "${name}" has no valid offsets`);
  const [start, end] = offsets, bytes = sizeOf(shape) * elementBytes[dtype];
  if (end - start !== bytes) {
    fail(`tensor "${name}" has ${end - start} bytes, expected ${bytes} for ${dtype} [${shape}]`);
  }
  return { dtype, shape, start, end };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

const floatBits = new Float32Array(1), wordBits = new Uint32Array(floatBits.buffer);

/** IEEE 754 binary32 to binary16, round to nearest even. `Float16Array` would do, but not every browser has it. */
function toHalf(value: number): number {
  floatBits[0] = value;
  const word = wordBits[0], sign = (word >>> 16) & 0x8000, magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // not a number
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // 65520 and above round to infinity
  if (magnitude < 0x38800000) {
    // Below 2^-14: a multiple of 2^-24. Adding 0.5 makes the float unit round to just that.
    floatBits[0] = Math.abs(value) + 0.5;
    return sign | (wordBits[0] - 0x3f000000);
  }
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((rounded - 0x38000000) >>> 13);
}

function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1, exponent = (half >>> 10) & 31, fraction = half & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction / 2 ** 24);
}
