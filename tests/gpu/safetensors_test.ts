// The safetensors format: what is written is read back, halves are rounded as IEEE 754 says, and no malformed file gets in.

import assert from "node:assert/strict";
import fc from "fast-check";
import {
  decodeSafetensors,
  encodeSafetensors,
  readFloats,
  type StoredTensor,
  storeFloats,
} from "../../gpu/safetensors.ts";

const sizes = { F32: 4, F16: 2, I32: 4, U8: 1 } as const;
const stored: fc.Arbitrary<StoredTensor> = fc
  .tuple(
    fc.constantFrom<keyof typeof sizes>("F32", "F16", "I32", "U8"),
    fc.array(fc.nat(3), { maxLength: 4 }),
    fc.infiniteStream(fc.nat(255)),
  )
  .map(([dtype, shape, random]) => {
    const length = shape.reduce((product, size) => product * size, sizes[dtype]);
    return { dtype, shape, bytes: Uint8Array.from({ length }, () => random.next().value) };
  });
const names = fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "a.0.kernel", "1"))
  .filter((name) => name !== "__metadata__");
const texts = fc.dictionary(names, fc.string(), { noNullPrototype: true });

/** A file of any header text and data. */
function craft(header: string, data: Uint8Array | number = 0): Uint8Array {
  const bytes = typeof data === "number" ? new Uint8Array(data) : data;
  const text = new TextEncoder().encode(header);
  const file = new Uint8Array(8 + text.length + bytes.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  file.set(bytes, 8 + text.length);
  return file;
}

function assertRefused(file: Uint8Array, problem: string): void {
  const message = `Cannot read safetensors file: ${problem}`;
  assert.throws(() => decodeSafetensors(file), { name: "SyntaxError", message });
}

/** A header with one tensor "w", its entry changed. */
function oneTensor(change: Record<string, unknown>): string {
  return JSON.stringify({ w: { dtype: "F32", shape: [2], data_offsets: [0, 8], ...change } });
}

Deno.test("decodeSafetensors gives back what encodeSafetensors was given", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(names, stored)), texts, (entries, metadata) => {
      const tensors = new Map(entries);
      const file = encodeSafetensors(tensors, metadata);
      const decoded = decodeSafetensors(file);
      assert.deepEqual(decoded.tensors, tensors);
      assert.deepEqual(decoded.metadata, metadata);
    }),
  );
});

Deno.test("encodeSafetensors writes length, header padded to 8 with spaces, then the data in order", () => {
  const bytes = Uint8Array.of(1, 2, 3);
  const file = encodeSafetensors(new Map([["w", { dtype: "U8", shape: [3], bytes }]]), { a: "b" });
  const length = Number(new DataView(file.buffer).getBigUint64(0, true));
  assert.equal(length % 8, 0);
  const header = new TextDecoder().decode(file.subarray(8, 8 + length));
  assert.equal(
    header.trimEnd(),
    '{"__metadata__":{"a":"b"},"w":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}',
  );
  assert.deepEqual(file.subarray(8 + length), bytes);
});

Deno.test("encodeSafetensors refuses bytes that do not fit the shape, and the format's reserved name", () => {
  const bytes = new Uint8Array(7);
  assert.throws(() => encodeSafetensors(new Map([["w", { dtype: "F16", shape: [2, 2], bytes }]])), {
    name: "RangeError",
    message: 'Cannot encode tensor "w": it has 7 bytes, expected 8 for F16 [2,2]',
  });
  assert.throws(
    () => encodeSafetensors(new Map([["__metadata__", { dtype: "U8", shape: [7], bytes }]])),
    { name: "RangeError", message: 'Cannot encode tensor "__metadata__": the name is reserved' },
  );
});

Deno.test("decodeSafetensors reads a file whose header is in another order and unpadded", () => {
  const header = JSON.stringify({
    b: { shape: [1], data_offsets: [2, 3], dtype: "U8" },
    empty: { shape: [0, 5], data_offsets: [2, 2], dtype: "F32" },
    a: { shape: [], data_offsets: [0, 2], dtype: "F16" },
  });
  const { tensors, metadata } = decodeSafetensors(craft(header, Uint8Array.of(0, 0x3c, 9)));
  assert.deepEqual([...tensors.keys()], ["a", "empty", "b"]);
  assert.deepEqual([...tensors.get("b")?.bytes ?? []], [9]);
  assert.deepEqual(metadata, {});
});

Deno.test("decodeSafetensors gives views: no byte is copied", () => {
  const file = craft(oneTensor({}), Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
  const bytes = decodeSafetensors(file).tensors.get("w")?.bytes;
  assert.equal(bytes?.buffer, file.buffer);
  // Also where the file is itself a part of a larger buffer.
  const larger = new Uint8Array(file.length + 3);
  larger.set(file, 3);
  const inside = decodeSafetensors(larger.subarray(3)).tensors.get("w");
  assert.deepEqual([...inside?.bytes ?? []], [1, 2, 3, 4, 5, 6, 7, 8]);
});

Deno.test("decodeSafetensors refuses a file too short for its own header length", () => {
  assertRefused(new Uint8Array(0), "it has 0 bytes, expected at least 8");
  assertRefused(new Uint8Array(7), "it has 7 bytes, expected at least 8");
  const file = craft("{}");
  file[0] = 3;
  assertRefused(file, "its header claims 3 bytes, expected at most 2");
  file.fill(255, 0, 8);
  assertRefused(file, "its header claims 18446744073709551615 bytes, expected at most 2");
  const large = new Uint8Array(20 * 2 ** 20);
  new DataView(large.buffer).setBigUint64(0, 16n * 2n ** 20n + 1n, true);
  assertRefused(large, "its header claims 16777217 bytes, expected at most 16777216");
});

Deno.test("decodeSafetensors refuses a header that is not a JSON object", () => {
  for (const header of ["", "{", "{}x", "nonsense", "{'w':1}"]) {
    assertRefused(craft(header), "its header is not JSON");
  }
  const notUtf8 = craft('{"w":"?"}');
  notUtf8[14] = 0xff;
  assertRefused(notUtf8, "its header is not JSON");
  for (const header of ["[]", "null", "3", '"{}"']) {
    assertRefused(craft(header), "its header is not an object");
  }
});

Deno.test("decodeSafetensors refuses metadata that is not a table of strings", () => {
  for (const metadata of ["3", "null", "[]", '{"a":1}', '{"a":{}}']) {
    const problem = "its metadata is not a table of strings";
    assertRefused(craft(`{"__metadata__":${metadata}}`), problem);
  }
});

Deno.test("decodeSafetensors takes __proto__ for a name like others and not for a prototype", () => {
  const entry = '{"dtype":"U8","shape":[1],"data_offsets":[0,1]}';
  const { tensors } = decodeSafetensors(craft(`{"__proto__":${entry}}`, 1));
  assert.deepEqual([...tensors.keys()], ["__proto__"]);
  assertRefused(craft('{"__proto__":3}'), 'the entry of tensor "__proto__" is not an object');
  // The entry's fields must be its own, not those of a prototype that the file brings.
  const inherited = craft(`{"w":{"__proto__":${entry}}}`, 1);
  const problem = 'tensor "w" is of type undefined, expected F32, F16, I32, U8';
  assertRefused(inherited, problem);
});

Deno.test("decodeSafetensors refuses an entry with a wrong type, shape or offsets, naming the tensor", () => {
  const refused = (change: Record<string, unknown>, problem: string) =>
    assertRefused(craft(oneTensor(change), 8), problem);
  assertRefused(craft('{"w":[]}'), 'the entry of tensor "w" is not an object');
  for (const dtype of ["F64", "f32", "toString", "", null, 3]) {
    refused({ dtype }, `tensor "w" is of type ${dtype}, expected F32, F16, I32, U8`);
  }
  for (const shape of [[-2], [1.5], ["2"], [null], [2 ** 53], "2", { 0: 2 }, undefined]) {
    refused({ shape }, 'tensor "w" has no valid shape');
  }
  for (const data_offsets of [[0], [0, 4, 8], [-8, 0], [0.5, 8.5], [0, 1e300], ["0", "8"], null]) {
    refused({ data_offsets }, 'tensor "w" has no valid offsets');
  }
  refused({ shape: [3] }, 'tensor "w" has 8 bytes, expected 12 for F32 [3]');
  refused({ data_offsets: [8, 0] }, 'tensor "w" has -8 bytes, expected 8 for F32 [2]');
  refused({ dtype: "F16" }, 'tensor "w" has 8 bytes, expected 4 for F16 [2]');
  // Sizes whose product leaves the whole numbers are refused and never allocated.
  const huge = [2 ** 31, 2 ** 31, 2 ** 31];
  refused({ shape: huge }, `tensor "w" has 8 bytes, expected ${4 * 2 ** 93} for F32 [${huge}]`);
});

Deno.test("decodeSafetensors refuses gaps, overlaps, trailing bytes and data that is cut off", () => {
  const two = (first: [number, number], second: [number, number]) =>
    JSON.stringify({
      a: { dtype: "U8", shape: [first[1] - first[0]], data_offsets: first },
      b: { dtype: "U8", shape: [second[1] - second[0]], data_offsets: second },
    });
  decodeSafetensors(craft(two([0, 4], [4, 6]), 6));
  assertRefused(craft(two([0, 4], [5, 6]), 6), 'tensor "b" starts at byte 5, expected 4');
  assertRefused(craft(two([0, 4], [3, 6]), 6), 'tensor "b" starts at byte 3, expected 4');
  assertRefused(craft(two([0, 4], [0, 4]), 4), 'tensor "b" starts at byte 0, expected 4');
  assertRefused(craft(two([1, 4], [4, 6]), 6), 'tensor "a" starts at byte 1, expected 0');
  assertRefused(craft(two([0, 4], [4, 6]), 7), "it has 7 bytes of data, expected 6");
  assertRefused(craft("{}", 1), "it has 1 bytes of data, expected 0");
  const header = two([0, 4], [4, 6]), end = 8 + header.length + 6;
  assertRefused(
    craft(header, 5),
    `it is cut off: tensor "b" ends at byte ${end} of ${end - 1}`,
  );
});

Deno.test("decodeSafetensors refuses a file that is cut at any byte", () => {
  const bytes = new Uint8Array(6);
  const file = encodeSafetensors(new Map([["kernel", { dtype: "F16", shape: [3], bytes }]]));
  decodeSafetensors(file);
  for (let length = 0; length < file.length; length++) {
    assert.throws(() => decodeSafetensors(file.subarray(0, length)), {
      name: "SyntaxError",
      message: /^Cannot read safetensors file: /,
    }, `cut at byte ${length}`);
  }
});

Deno.test("decodeSafetensors reads a damaged file to the last byte or refuses it, and never fails otherwise", () => {
  const file = encodeSafetensors(new Map([["w", storeFloats(new Float32Array(3), [3], "F32")]]));
  fc.assert(
    fc.property(fc.nat(file.length - 1), fc.nat(255), (at, byte) => {
      const damaged = Uint8Array.from(file);
      damaged[at] = byte;
      try {
        const { tensors } = decodeSafetensors(damaged);
        const held = [...tensors.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
        assert.equal(held, tensors.size === 0 ? 0 : 12);
      } catch (error) {
        assert.ok(error instanceof SyntaxError, `byte ${at} as ${byte} gave ${error}`);
      }
    }),
    { numRuns: 500 },
  );
});

/** The 16 bits that storeFloats makes of a number. */
function halfBits(value: number): number {
  const { bytes } = storeFloats(Float32Array.of(value), [1], "F16");
  return bytes[0] | bytes[1] << 8;
}

/** The 16 bits that the engine's own type makes of it. */
function nativeBits(value: number): number {
  return new Uint16Array(Float16Array.of(value).buffer)[0];
}

Deno.test("readFloats gives each of the 65,536 halves its value", () => {
  const halves = Uint16Array.from({ length: 65_536 }, (_, i) => i);
  const bytes = new Uint8Array(halves.buffer);
  const found = readFloats({ dtype: "F16", shape: [65_536], bytes });
  const expected = new Float16Array(halves.buffer);
  const wrong = found.findIndex((value, half) => !Object.is(value, expected[half]));
  assert.equal(wrong, -1, `half ${wrong} was read as ${found[wrong]}, not ${expected[wrong]}`);
});

Deno.test("storeFloats rounds to the nearest half, at, beside and between all of them", () => {
  const values = new Float16Array(Uint16Array.from({ length: 0x7c00 }, (_, i) => i).buffer);
  const words = new Uint32Array(1), floats = new Float32Array(words.buffer);
  const beside = (value: number, steps: number) => {
    floats[0] = value;
    words[0] += steps;
    return floats[0];
  };
  // Halfway between two halves is a tie, which goes to the even one.
  const tried = Array.from(values.subarray(1)).flatMap((value, i) => {
    const tie = (values[i] + value) / 2;
    return [value, tie, beside(tie, -1), beside(tie, 1)];
  });
  const both = Float32Array.from([...tried, ...tried.map((value) => -value)]);
  const { bytes } = storeFloats(both, [both.length], "F16");
  const found = new Uint16Array(bytes.slice().buffer);
  const expected = new Uint16Array(Float16Array.from(both).buffer);
  const wrong = found.findIndex((half, i) => half !== expected[i]);
  assert.equal(wrong, -1, `${both[wrong]} became half ${found[wrong]}, not ${expected[wrong]}`);
});

Deno.test("storeFloats keeps the edges of the half format", () => {
  const edges: [value: number, bits: number][] = [
    [0, 0],
    [-0, 0x8000],
    [2 ** -24, 1], // the smallest subnormal
    [2 ** -25, 0], // a tie between it and zero, to even
    [2 ** -25 * (1 + 2 ** -23), 1],
    [3 * 2 ** -25, 2], // a tie, to even
    [2 ** -14 - 2 ** -24, 0x03ff], // the largest subnormal
    [2 ** -14 - 2 ** -26, 0x0400], // rounds up to the smallest normal
    [2 ** -149, 0], // the smallest float
    [65504, 0x7bff],
    [65519.99609375, 0x7bff], // the float just below 65520
    [65520, 0x7c00], // rounds to infinity
    [1e30, 0x7c00],
    [-Infinity, 0xfc00],
  ];
  for (const [value, bits] of edges) {
    assert.equal(halfBits(value), bits, `half of ${value}`);
    assert.equal(nativeBits(value), bits, `native half of ${value}`);
  }
  const nan = readFloats(storeFloats(Float32Array.of(NaN), [1], "F16"));
  assert.deepEqual([...nan], [NaN]);
});

Deno.test("storeFloats and readFloats keep every float as F32, from any position in memory", () => {
  fc.assert(
    fc.property(fc.float32Array(), fc.nat(3), (values, skip) => {
      const part = values.subarray(Math.min(skip, values.length));
      const tensor = storeFloats(part, [part.length], "F32");
      // Read from an odd address, where a Float32Array cannot lie.
      const moved = new Uint8Array(tensor.bytes.length + 1);
      moved.set(tensor.bytes, 1);
      assert.deepEqual(readFloats({ ...tensor, bytes: moved.subarray(1) }), part.slice());
    }),
  );
});

Deno.test("readFloats gives a copy and refuses integers", () => {
  const tensor = storeFloats(Float32Array.of(1), [1], "F32");
  readFloats(tensor)[0] = 2;
  assert.deepEqual([...readFloats(tensor)], [1]);
  for (const dtype of ["I32", "U8"] as const) {
    assert.throws(() => readFloats({ dtype, shape: [4], bytes: new Uint8Array(4) }), {
      name: "TypeError",
      message: `Cannot read floats: the tensor is ${dtype}, expected F32 or F16`,
    });
  }
});
