// Writes pickles, zip archives and PyTorch files by hand, right and wrong ones, without the code that reads them.

import { crc32 } from "node:zlib";

/** Bytes of a pickle, or of anything. */
export type Bytes = readonly number[];

/** The bytes of a text. */
export function ascii(text: string): number[] {
  return [...new TextEncoder().encode(text)];
}

/** A number as little-endian bytes. */
export function little(value: number | bigint, bytes: number): number[] {
  const big = BigInt(value);
  return Array.from({ length: bytes }, (_, i) => Number(big >> BigInt(8 * i) & 255n));
}

/** The instructions of a pickle of protocol 2, from its first to its last. */
export function pickle(...parts: Bytes[]): number[] {
  return [0x80, 2, ...parts.flat(), 0x2e];
}

/** Text, as Python 3 writes it. */
export function text(value: string): number[] {
  const bytes = ascii(value);
  return [0x58, ...little(bytes.length, 4), ...bytes];
}

/** Text, as Python 2 writes its short strings. */
export function oldText(value: string): number[] {
  const bytes = ascii(value);
  return [0x55, bytes.length, ...bytes];
}

/** A whole number: BININT if it fits, else LONG1. */
export function whole(value: number | bigint): number[] {
  if (Math.abs(Number(value)) < 2 ** 31) return [0x4a, ...little(value, 4)];
  return [0x8a, 9, ...little(value, 9)];
}

/** A tuple of any length. */
export function tuple(...items: Bytes[]): number[] {
  return [0x28, ...items.flat(), 0x74];
}

/** A list. */
export function list(...items: Bytes[]): number[] {
  return [0x5d, 0x28, ...items.flat(), 0x65];
}

/** A dictionary of alternating keys and values. */
export function dict(...items: Bytes[]): number[] {
  return [0x7d, 0x28, ...items.flat(), 0x75];
}

/** A name of Python's, such as `torch` and `FloatStorage`. */
export function named(module: string, name: string): number[] {
  return [0x63, ...ascii(`${module}\n${name}\n`)];
}

/** A function called with arguments. */
export function called(callable: Bytes, ...args: Bytes[]): number[] {
  return [...callable, ...tuple(...args), 0x52];
}

/** What a tensor of float32 is made of. */
export interface TensorParts {
  key: string;
  elements: number | bigint;
  shape: (number | bigint)[];
  strides: (number | bigint)[];
  offset?: number | bigint;
  storage?: Bytes;
}

/** A storage's persistent id; `rest` follows the number of elements. */
export function storage(
  key: string,
  elements: number | bigint,
  type: Bytes = named("torch", "FloatStorage"),
  ...rest: Bytes[]
): number[] {
  return [...tuple(text("storage"), type, text(key), text("cpu"), whole(elements), ...rest), 0x51];
}

/** A tensor of float32, as PyTorch since 0.4 writes it. */
export function tensor(
  { key, elements, shape, strides, offset = 0, storage: own = storage(key, elements) }: TensorParts,
): number[] {
  const sizes = (list: (number | bigint)[]) => tuple(...list.map(whole));
  const hooks = called(named("collections", "OrderedDict"));
  const args = [own, whole(offset), sizes(shape), sizes(strides), [0x89], hooks];
  return called(named("torch._utils", "_rebuild_tensor_v2"), ...args);
}

/** The bytes of float32 numbers. */
export function floats(...values: number[]): number[] {
  return [...new Uint8Array(Float32Array.from(values).buffer)];
}

/** An entry of a zip archive; each field but the first two is right unless it is given. */
export interface ZipEntry {
  name: string;
  data: Bytes | Uint8Array;
  method?: number;
  flags?: number;
  crc?: number;
  size?: number;
  packed?: number;
  /** Where its local header is. */
  start?: number;
  /** Its name in its local header. */
  ownName?: string;
  extra?: Bytes;
}

/** A zip archive of entries that are stored as they are, and any bytes for its end. */
export function zip(
  entries: readonly ZipEntry[],
  end: (directory: { count: number; bytes: number; start: number }) => Bytes = shortEnd,
): Uint8Array<ArrayBuffer> {
  const parts: (Bytes | Uint8Array)[] = [], directory: number[] = [];
  let at = 0;
  for (const entry of entries) {
    const { name, data, method = 0, flags = 0x808, ownName = name, extra = [] } = entry;
    const { crc = crc32(Uint8Array.from(data)), size = data.length, packed = size } = entry;
    const own = ascii(ownName), id = ascii(name);
    // As PyTorch does it, the local header has neither checksum nor sizes.
    const local = [
      ...ascii("PK\x03\x04"),
      ...little(0, 22),
      ...little(own.length, 2),
      0,
      0,
      ...own,
    ];
    directory.push(
      ...[...ascii("PK\x01\x02"), ...little(0, 4), ...little(flags, 2), ...little(method, 2)],
      ...[...little(0, 4), ...little(crc, 4), ...little(packed, 4), ...little(size, 4)],
      ...[...little(id.length, 2), ...little(extra.length, 2), ...little(0, 10)],
      ...[...little(entry.start ?? at, 4), ...id, ...extra],
    );
    parts.push(local, data);
    at += local.length + data.length;
  }
  const record = end({ count: entries.length, bytes: directory.length, start: at });
  return join([...parts, directory, record]);
}

/** The end record of an archive. */
export function shortEnd(
  { count, bytes, start }: { count: number; bytes: number; start: number },
): number[] {
  return [
    ...[...ascii("PK\x05\x06"), 0, 0, 0, 0, ...little(count, 2), ...little(count, 2)],
    ...[...little(bytes, 4), ...little(start, 4), 0, 0],
  ];
}

/** A file of the zip layout: a pickle, and storages by their keys. */
export function zipFile(
  object: Bytes,
  storages: Record<string, Bytes> = {},
): Uint8Array<ArrayBuffer> {
  return zip([
    { name: "a/data.pkl", data: object },
    { name: "a/byteorder", data: ascii("little") },
    ...Object.entries(storages).map(([key, data]) => ({ name: `a/data/${key}`, data })),
  ]);
}

/** A file of the legacy layout: a pickle, and storages of float32 by their keys. */
export function legacyFile(
  object: Bytes,
  storages: Record<string, Bytes> = {},
  { version = whole(1001), littleEndian = [0x88] as Bytes } = {},
): Uint8Array<ArrayBuffer> {
  const magic = [0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
  return join([
    pickle(magic),
    pickle(version),
    pickle(dict(text("protocol_version"), whole(1001), text("little_endian"), littleEndian)),
    object,
    pickle(list(...Object.keys(storages).map(text))),
    ...Object.values(storages).map((data) => [...little(data.length / 4, 8), ...data]),
  ]);
}

/** Parts in a row. */
export function join(parts: readonly (Bytes | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}
