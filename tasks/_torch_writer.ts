// Writes a state dict as PyTorch's own file (.pth, the zip layout since 1.6), which torch.load reads with weights_only too.

import { crc32 } from "node:zlib";
import type { StoredTensor } from "../gpu/safetensors.ts";
import { sizeOf } from "../gpu/shape.ts";
import { rowStrides } from "./_state_tensor.ts";

const STORAGES = { F32: "FloatStorage", F16: "HalfStorage" } as const;

/** A floating point tensor as it lies in the file. */
export interface WrittenTensor extends StoredTensor {
  dtype: keyof typeof STORAGES;
}

/** The file's bytes; the tensors' own bytes are little-endian and row-major. */
export function encodeStateDict(
  tensors: ReadonlyMap<string, WrittenTensor>,
): Uint8Array<ArrayBuffer> {
  const text = (value: string) => new TextEncoder().encode(value);
  return zipStored([
    ["archive/data.pkl", Uint8Array.from(pickleStateDict(tensors))],
    ["archive/byteorder", text("little")],
    ...[...tensors.values()].map(({ bytes }, i): [string, Uint8Array] => [
      `archive/data/${i}`,
      bytes,
    ]),
    ["archive/version", text("3\n")],
  ]);
}

/** The pickle of an ordered dictionary of tensors, each with a storage of its own, named by its number. */
function pickleStateDict(tensors: ReadonlyMap<string, WrittenTensor>): number[] {
  const items = [...tensors].flatMap(([name, { dtype, shape }], i) => [
    ...text(name),
    ...named("torch._utils", "_rebuild_tensor_v2"),
    ...tuple(
      [
        ...tuple(
          text("storage"),
          named("torch", STORAGES[dtype]),
          text(String(i)),
          text("cpu"),
          whole(sizeOf(shape)),
        ),
        0x51, // BINPERSID
      ],
      whole(0),
      tuple(...shape.map(whole)),
      tuple(...rowStrides(shape).map(whole)),
      [0x89], // no gradient
      ORDERED_DICT,
    ),
    0x52, // REDUCE
  ]);
  return [0x80, 2, ...ORDERED_DICT, 0x28, ...items, 0x75, 0x2e];
}

function named(module: string, name: string): number[] {
  return [0x63, ...new TextEncoder().encode(`${module}\n${name}\n`)];
}

/** `OrderedDict()` */
const ORDERED_DICT = [...named("collections", "OrderedDict"), 0x29, 0x52];

function text(value: string): number[] {
  const bytes = new TextEncoder().encode(value);
  return [0x58, ...little(bytes.length, 4), ...bytes];
}

function whole(value: number): number[] {
  return [0x4a, ...little(value, 4)];
}

function tuple(...items: number[][]): number[] {
  return [0x28, ...items.flat(), 0x74];
}

function little(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** i) % 256);
}

/** A zip archive whose entries are stored as they are (PKWARE's APPNOTE, 4.3.7, 4.3.12, 4.3.16). */
function zipStored(entries: readonly [name: string, data: Uint8Array][]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [], directory: number[] = [];
  let at = 0;
  for (const [name, data] of entries) {
    const id = new TextEncoder().encode(name);
    const facts = [
      ...[...little(0, 8), ...little(crc32(data), 4), ...little(data.length, 4)],
      ...[...little(data.length, 4), ...little(id.length, 2), 0, 0],
    ];
    const local = Uint8Array.from([0x50, 0x4b, 3, 4, 0, 0, ...facts, ...id]);
    directory.push(
      0x50,
      0x4b,
      1,
      2,
      0,
      0,
      0,
      0,
      ...facts,
      ...little(0, 10),
      ...little(at, 4),
      ...id,
    );
    parts.push(local, data);
    at += local.length + data.length;
  }
  const count = little(entries.length, 2);
  const end = [0x50, 0x4b, 5, 6, 0, 0, 0, 0, ...count, ...count, ...little(directory.length, 4)];
  return concatenate([...parts, Uint8Array.from([...directory, ...end, ...little(at, 4), 0, 0])]);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}
