// Damaged and hostile files of weights, without end: what a reader must refuse in bounded time and memory.

import { randomStream } from "../../gpu/random.ts";
import {
  ascii,
  type Bytes,
  called,
  dict,
  floats,
  join,
  legacyFile,
  list,
  little,
  named,
  pickle,
  tensor,
  text,
  whole,
  zip,
  zipFile,
} from "./_torch_files.ts";

/** A file, and what was done to it. */
export interface DamagedFile {
  what: string;
  file: Uint8Array;
}

/** The file cut at every 64th byte. */
export function* cutFiles(name: string, file: Uint8Array): Generator<DamagedFile> {
  for (let length = 0; length < file.length; length += 64) {
    yield { what: `${name} cut at ${length}`, file: file.subarray(0, length) };
  }
}

/** The file with one to four bytes changed, with a part taken out, or with a part twice; the same ones each time. */
export function* changedFiles(
  name: string,
  file: Uint8Array,
  count: number,
): Generator<DamagedFile> {
  for (let i = 0; i < count; i++) {
    const random = randomStream(1, "damaged", name, i);
    // Half of the changes near an end, where the file says what is in it.
    const reach = random.integer(2) ? file.length : Math.min(2048, file.length);
    const near = random.integer(reach);
    const at = random.integer(2) ? near : file.length - 1 - near;
    const what = `${name}, change ${i} at ${at}`;
    if (i % 8 === 7) {
      const end = Math.min(file.length, at + 1 + random.integer(64)), part = file.subarray(at, end);
      const rest = random.integer(2) ? [part, file.subarray(at)] : [file.subarray(end)];
      yield { what, file: join([file.subarray(0, at), ...rest]) };
      continue;
    }
    const changed = Uint8Array.from(file);
    for (let k = random.integer(4); k >= 0; k--) {
      const values = [random.integer(256), 0, 255, changed[at] ^ (1 << random.integer(8))];
      changed[Math.min(file.length - 1, at + k * random.integer(9))] = values[random.integer(4)];
    }
    yield { what, file: changed };
  }
}

/** Pickles of instructions in a random order, in both layouts. */
export function* randomPickles(count: number): Generator<DamagedFile> {
  const parts: Bytes[] = [
    ...[[0x4e], [0x88], [0x5d], [0x7d], [0x29], [0x28], [0x74], [0x85], [0x86], [0x87]],
    ...[[0x61], [0x65], [0x73], [0x75], [0x52], [0x62], [0x51], [0x71, 0], [0x71, 1], [0x68, 0]],
    ...[[0x68, 1], [0x2e], whole(0), whole(3), whole(-1), whole(2 ** 50), text("storage")],
    ...[text("0"), named("collections", "OrderedDict"), named("torch", "FloatStorage")],
    ...[named("torch", "Size"), named("torch._utils", "_rebuild_tensor_v2"), named("os", "system")],
    tensor({ key: "0", elements: 3, shape: [3], strides: [1] }),
  ];
  for (let i = 0; i < count; i++) {
    const random = randomStream(1, "pickle", i);
    const body = Array.from(
      { length: 1 + random.integer(24) },
      () => parts[random.integer(parts.length)],
    );
    const object = pickle(...body), storages = { 0: floats(1, 2, 3) };
    const file = i % 2 ? zipFile(object, storages) : legacyFile(object, storages);
    yield { what: `random pickle ${i}`, file };
  }
}

/** Files that are made to take time or memory, most of them as large as a reader takes. */
export function* bombs(): Generator<DamagedFile> {
  const most = 2 ** 19, million = 2 ** 20;
  const bodies: Record<string, Bytes | Uint8Array> = {
    "many dictionaries": new Uint8Array(16 * million).fill(0x7d),
    "many lists": new Uint8Array(16 * million).fill(0x5d),
    "many marks": new Uint8Array(16 * million).fill(0x28),
    "deep tuples": join([[0x29], new Uint8Array(most - 10).fill(0x85)]),
    "deep lists": join([[0x29], repeat([0x5d, 0x61], most / 4), new Uint8Array(9).fill(0x85)]),
    "a list in itself": join([[0x5d, 0x71, 0], repeat([0x68, 0, 0x61], most / 3)]),
    "a dictionary in itself": join([
      [0x7d, 0x71, 0, ...text("a"), 0x68, 0, 0x73],
      repeat([0x68, 0], most / 3),
    ]),
    "many memories": join([
      [0x5d],
      ...Array.from({ length: most / 4 }, (_, i) => [0x72, ...little(2 ** 32 - 1 - i, 4)]),
    ]),
    "one list made into many dictionaries": join([
      [...named("collections", "OrderedDict"), 0x71, 1, 0x5d, 0x71, 0, 0x28],
      ...Array.from({ length: 50_000 }, (_, i) => list(whole(i), whole(i))),
      [0x65],
      repeat([0x68, 1, 0x68, 0, 0x85, 0x52], 40_000),
    ]),
    "long text": join([
      [0x58, ...little(15 * million, 4)],
      new Uint8Array(15 * million).fill(0x61),
    ]),
    "much text": repeat([...text("x".repeat(28))], most),
    "a text of 4 GB": [0x58, 255, 255, 255, 255],
    "long names": repeat([0x63, ...ascii("x".repeat(250)), 10, 10], 1000),
    "a bad name after much": join([repeat([0x4e], most - 100), named("os", "system")]),
  };
  for (const [what, body] of Object.entries(bodies)) {
    const object = join([[0x80, 2], body, [0x2e]]);
    yield { what: `${what}, zip`, file: zip([{ name: "a/data.pkl", data: object }]) };
    const magic = legacyFile([]).subarray(0, -pickle(list()).length);
    yield { what: `${what}, legacy`, file: join([magic, object]) };
  }
  yield* claims();
  yield* archives();
}

/** Sizes that are claimed and not there. */
function* claims(): Generator<DamagedFile> {
  const sizes = [
    2 ** 31 - 1,
    2 ** 31,
    2 ** 32,
    2 ** 40,
    2 ** 53 - 1,
    2n ** 63n - 1n,
    -1,
    -(2 ** 40),
  ];
  for (const size of sizes) {
    const shapes = [[size], [size, size], [size, 0], [1, size]];
    for (const shape of shapes) {
      for (const elements of [size, 3, 0]) {
        for (const stride of [0, 1, size]) {
          const strides = shape.map(() => stride);
          const object = pickle(dict(text("w"), tensor({ key: "0", elements, shape, strides })));
          const what = `shape ${shape}, strides ${strides}, ${elements} elements`;
          yield { what: `${what}, zip`, file: zipFile(object, { 0: floats(1, 2, 3) }) };
          yield { what: `${what}, legacy`, file: legacyFile(object, { 0: floats(1, 2, 3) }) };
        }
      }
    }
    const offsets = [little(BigInt(size) & (2n ** 64n - 1n), 8), ascii("{}".repeat(100))];
    yield { what: `a safetensors header of ${size}`, file: join(offsets) };
  }
}

/** Archives that stand for more than they are, and headers that are all nesting. */
function* archives(): Generator<DamagedFile> {
  const data = new Uint8Array(2 ** 20), megabyte = { name: "a/data/0", data };
  const same = Array.from({ length: 30_000 }, (_, i) => ({ name: `a/${i}`, data: [], start: 0 }));
  const nested = Array.from({ length: 200 }, (_, i) => ({ ...megabyte, name: `a/${i}`, crc: 0 }));
  yield { what: "30,000 entries in one place", file: zip(same) };
  yield {
    what: "200 entries in one megabyte",
    file: zip(
      nested.map((entry, i) => i === 0 ? entry : { ...entry, data: [], size: 2 ** 20, start: 0 }),
    ),
  };
  yield { what: "compressed", file: zip([{ ...megabyte, method: 8, size: 2 ** 32 - 2 }]) };
  yield { what: "a huge entry", file: zip([{ ...megabyte, size: 2 ** 32 - 2 }]) };
  const zeros = new Uint8Array(16 * 2 ** 20), brackets = Uint8Array.from(zeros).fill(0x5b);
  yield { what: "zeros", file: zeros };
  for (const [what, filling] of Object.entries({ brackets, zeros })) {
    const file = join([
      little(4 * 2 ** 20, 8),
      ascii('{"a":'),
      filling.subarray(0, 4 * 2 ** 20 - 5),
    ]);
    yield { what: `a safetensors header of ${what}`, file };
  }
  const axes = ascii(
    `{"w":{"dtype":"F32","data_offsets":[0,4],"shape":[${"1,".repeat(500_000)}1]}}`,
  );
  yield { what: "a million axes", file: join([little(axes.length, 8), axes, floats(1)]) };
  const attack = called(named("torch._utils", "_rebuild_tensor_v2"), list());
  yield { what: "a tensor of nothing", file: zipFile(pickle(attack)) };
}

function repeat(part: Bytes, times: number): Uint8Array {
  const bytes = new Uint8Array(part.length * Math.floor(times));
  for (let at = 0; at < bytes.length; at += part.length) bytes.set(part, at);
  return bytes;
}
