// State dicts of both of PyTorch's layouts and of safetensors: what PyTorch saved is read, number for number.

import assert from "node:assert/strict";
import { encodeSafetensors } from "../../gpu/safetensors.ts";
import { readStateDict } from "../../tasks/_state_dict.ts";
import { permuteAxes, readFloats32 } from "../../tasks/_state_tensor.ts";
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
  storage,
  tensor,
  text,
  tuple,
  whole,
  zip,
  zipFile,
} from "./_torch_files.ts";

function readGoldenFile(name: string): Promise<Uint8Array> {
  return Deno.readFile(new URL(`../golden/torch_${name}.pth`, import.meta.url));
}

function assertRefused(file: Uint8Array, problem: RegExp) {
  assert.throws(() => readStateDict(file), (error) => {
    assert(error instanceof SyntaxError);
    assert.match(error.message, /^Cannot read (weights|safetensors file): /);
    assert.match(error.message, problem);
    return true;
  });
}

/** The numbers 0 to 11 as one storage, and two tensors of it. */
const TWELVE = floats(...Array.from({ length: 12 }, (_, i) => i));
const TWO = dict(
  ...[text("rows"), tensor({ key: "0", elements: 12, shape: [2, 3], strides: [3, 1] })],
  ...[
    text("columns"),
    tensor({ key: "0", elements: 12, shape: [3, 2], strides: [1, 3], offset: 6 }),
  ],
);

Deno.test("readStateDict reads both layouts of PyTorch, tensors that share a storage, and strides", () => {
  for (
    const file of [zipFile(pickle(TWO), { 0: TWELVE }), legacyFile(pickle(TWO), { 0: TWELVE })]
  ) {
    const { tensors } = readStateDict(file);
    const values = [...tensors].map((
      [name, found],
    ) => [name, found.shape, [...readFloats32(found)]]);
    assert.deepEqual(values, [
      ["rows", [2, 3], [0, 1, 2, 3, 4, 5]],
      ["columns", [3, 2], [6, 9, 7, 10, 8, 11]],
    ]);
    assert.equal(tensors.get("rows")?.bytes.buffer, file.buffer);
  }
});

Deno.test("readStateDict tells the layouts of the files that PyTorch saved by their content", async () => {
  const expected = {
    zip: ["PyTorch zip", 16, "float32"],
    legacy_running: ["PyTorch legacy stream", 30, "float32"],
    zip_half_module: ["PyTorch zip", 37, "float16"],
    legacy_double_dropout: ["PyTorch legacy stream", 20, "float64"],
    zip_strided: ["PyTorch zip", 16, "float32"],
    legacy_bfloat16: ["PyTorch legacy stream", 12, "bfloat16"],
  };
  for (const [name, facts] of Object.entries(expected)) {
    const { layout, tensors } = readStateDict(await readGoldenFile(name));
    const [first] = tensors.values();
    assert.deepEqual([layout, tensors.size, first.dtype], facts, name);
  }
});

Deno.test("readFloats32 gives floats of each type, and refuses integers", () => {
  const types: [string, Bytes, number[]][] = [
    ["DoubleStorage", [...new Uint8Array(Float64Array.of(1.5, -2).buffer)], [1.5, -2]],
    ["FloatStorage", floats(1.5, -2), [1.5, -2]],
    ["HalfStorage", [0, 0x3e, 0, 0xc0], [1.5, -2]],
    ["BFloat16Storage", [0xc0, 0x3f, 0, 0xc0], [1.5, -2]],
  ];
  const saved = (type: string, bytes: Bytes) => {
    const own = storage("0", 2, named("torch", type));
    const one = tensor({ key: "0", elements: 2, shape: [2], strides: [1], storage: own });
    return readStateDict(zipFile(pickle(dict(text("w"), one)), { 0: bytes })).tensors.get("w");
  };
  for (const [type, bytes, expected] of types) {
    const found = saved(type, bytes);
    assert(found);
    assert.deepEqual([...readFloats32(found)], expected, type);
  }
  const counter = saved("LongStorage", little(7, 16));
  assert(counter);
  assert.throws(
    () => readFloats32(counter),
    /^TypeError: Cannot read floats: the tensor is int64$/,
  );
});

Deno.test("readFloats32 reads scalars, empty tensors and axes in any order", () => {
  const bytes = Uint8Array.from(TWELVE), dtype = "float32" as const;
  const scalar = { dtype, shape: [], strides: [], offset: 5, bytes };
  assert.deepEqual([...readFloats32(scalar)], [5]);
  assert.deepEqual([...readFloats32({ ...scalar, shape: [2, 0], strides: [1, 1] })], []);
  const cube = { dtype, shape: [2, 3, 2], strides: [6, 2, 1], offset: 0, bytes };
  const turned = permuteAxes(cube, [2, 0, 1]);
  assert.deepEqual(turned.shape, [2, 2, 3]);
  assert.deepEqual([...readFloats32(turned)], [0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11]);
});

Deno.test("readStateDict reads safetensors of others, with types that we do not write", () => {
  const header = JSON.stringify({
    a: { dtype: "BF16", shape: [1, 2], data_offsets: [0, 4] },
    b: { dtype: "I64", shape: [], data_offsets: [4, 12] },
  });
  const file = join([little(header.length, 8), ascii(header), [0xc0, 0x3f, 0, 0xc0], little(3, 8)]);
  const { layout, tensors } = readStateDict(file);
  assert.equal(layout, "safetensors");
  assert.deepEqual([...tensors].map(([name, { dtype, shape }]) => [name, dtype, shape]), [
    ["a", "bfloat16", [1, 2]],
    ["b", "int64", []],
  ]);
  const bytes = new Uint8Array(4);
  const deep = encodeSafetensors(
    new Map([["w", { dtype: "F32", shape: Array(9).fill(1), bytes }]]),
  );
  assertRefused(deep, /"w" has 9 axes/);
  assertRefused(file.subarray(0, -1), /it is cut off/);
});

Deno.test("readStateDict refuses what is no file of weights, and shows how it begins", () => {
  assertRefused(new Uint8Array(0), /it has 0 bytes and begins with ""/);
  assertRefused(join([ascii("<!DOCTYPE html><html>")]), /begins with "<!DOCTYPE html><"/);
  assertRefused(join([[0x1f, 0x8b, 8, 0x1b]]), /begins with "\\u001f\\u008b\\b\\u001b"/);
  const tar = new Uint8Array(512);
  tar.set(ascii("storages"));
  tar.set(ascii("ustar"), 257);
  assertRefused(tar, /a tar archive of PyTorch 0\.1; save it again/);
});

Deno.test("readStateDict refuses a saved object that is no dictionary of tensors", () => {
  const objects: [Bytes, RegExp][] = [
    [list(), /it holds a list, expected a dictionary/],
    [[0x4e], /it holds nothing, expected a dictionary/],
    [storage("0", 12), /it holds a storage/],
    [dict(text("epoch"), whole(3)), /"epoch" is a number, expected a tensor/],
    [dict(text("G"), TWO), /"G" is a dictionary, expected a tensor; of a checkpoint that holds/],
    [dict(text("w"), named("torch", "FloatStorage")), /"w" is a storage type/],
  ];
  for (const [object, problem] of objects) {
    assertRefused(zipFile(pickle(object), { 0: TWELVE }), problem);
  }
});

Deno.test("readStateDict refuses zip files whose storages are missing or of another size", () => {
  const object = pickle(TWO);
  assertRefused(
    zipFile(object),
    /storage "0" has no bytes, expected 48 for 12 elements of float32/,
  );
  assertRefused(zipFile(object, { 0: floats(1) }), /storage "0" has 4 bytes, expected 48/);
  assertRefused(zipFile([...object, 0]), /its pickle ends at byte \d+ of \d+/);
  assertRefused(zip([{ name: "b/c/data.pkl", data: object }]), /has 0 entries "\*\/data\.pkl"/);
  const twice = ["a", "b"].map((folder) => ({ name: `${folder}/data.pkl`, data: object }));
  assertRefused(zip(twice), /has 2 entries "\*\/data\.pkl", expected one/);
  const big = [{ name: "a/data.pkl", data: object }, { name: "a/byteorder", data: ascii("big") }];
  assertRefused(zip(big), /not little-endian/);
});

Deno.test("readStateDict refuses legacy streams that are cut, of another version, or not in order", () => {
  const object = pickle(TWO), file = legacyFile(object, { 0: TWELVE });
  for (let length = 15; length < file.length; length++) {
    assertRefused(file.subarray(0, length), /cut off/);
  }
  assertRefused(legacyFile(object, {}, { version: whole(1002) }), /not of version 1001/);
  assertRefused(legacyFile(object, {}, { littleEndian: [0x89] }), /its numbers are little-endian/);
  assertRefused(legacyFile(object), /it lacks storage "0"/);
  assertRefused(legacyFile(object, { 0: TWELVE, 1: TWELVE }), /one that no tensor is of/);
  assertRefused(legacyFile(object, { 0: floats(1) }), /storage "0" has 1 elements, expected 12/);
  assertRefused(join([file, [0]]), /it has 1 bytes after its last storage/);
  const negative = join([file.subarray(0, -56), little(-1n, 8), TWELVE]);
  assertRefused(negative, /storage "0" has 18446744073709551615 elements/);
});

Deno.test("readStateDict refuses storages that claim more than the file has, before it makes anything", () => {
  const huge = dict(
    text("w"),
    tensor({ key: "0", elements: 2 ** 50, shape: [2 ** 50], strides: [1] }),
  );
  assertRefused(zipFile(pickle(huge), { 0: TWELVE }), /has 48 bytes, expected 4503599627370496/);
  assertRefused(
    legacyFile(pickle(huge), { 0: TWELVE }),
    /has 12 elements, expected 1125899906842624/,
  );
  const lying = legacyFile(pickle(huge), { 0: [] }).subarray(0, -8);
  assertRefused(join([lying, little(2 ** 50, 8)]), /it is cut off: storage "0" ends at/);
});

Deno.test("readStateDict refuses tensors that are together larger than any network that is read", () => {
  // Each of them is the same 256 thousand numbers.
  const elements = 2 ** 18, one = { key: "0", elements, shape: [elements], strides: [1] };
  const kept = [...tensor(one), 0x71, 0];
  const names = Array.from({ length: 2 ** 10 }, (_, i) => [...whole(i), 0x68, 0]);
  const file = zip([
    { name: "a/data.pkl", data: pickle(dict(text("w"), kept, ...names)) },
    { name: "a/data/0", data: new Uint8Array(4 * elements) },
  ]);
  assertRefused(file, /its tensors have 268697600 elements, expected at most 268435456/);
});

Deno.test("readStateDict runs nothing: a pickle that would leave a file behind leaves none", async () => {
  const folder = await Deno.makeTempDir(), trace = `${folder}/trace`;
  const attack = called(named("os", "system"), text(`touch ${trace}`));
  for (const file of [zipFile(pickle(attack)), legacyFile(pickle(tuple(attack, TWO)))]) {
    assertRefused(file, /its pickle names "os\.system"/);
  }
  await assert.rejects(Deno.stat(trace), Deno.errors.NotFound);
  await Deno.remove(folder, { recursive: true });
});
