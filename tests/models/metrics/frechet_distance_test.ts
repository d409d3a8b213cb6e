// The Fréchet distance: what it must be in closed form, 0 between equal sets, rising as pictures get worse.

import assert from "node:assert/strict";
import { randomStream } from "../../../gpu/random.ts";
import { squareRoot, symmetricEigen } from "../../../gpu/symmetric_eigen.ts";
import { frechetDistance } from "../../../models/metrics/frechet_distance.ts";
import type { Matrix } from "../../../models/metrics/matrix.ts";
import { assertClose } from "../../_assert.ts";
import { testOnSimd } from "../../_on_simd.ts";
import { clustered, featuresOf, pick, posters, worsened } from "./_pictures.ts";

/** Each number times a factor and moved, in numbers that 32 bits can hold. */
function changed(set: Matrix, factor: number, shift: number): Matrix {
  return { ...set, values: set.values.map((value) => factor * value + shift) };
}

/** Rounded so that halves and sums stay exact. */
function coarse(set: Matrix): Matrix {
  return { ...set, values: set.values.map((value) => Math.round(64 * value) / 64) };
}

Deno.test("frechetDistance is 0 between equal sets, and the square of a shift between moved ones", () => {
  const set = coarse(clustered(200, 16, "a"));
  assertClose(frechetDistance(set, set), 0, { absolute: 1e-10 });
  const reversed = pick(set, Array.from({ length: 200 }, (_, i) => 199 - i));
  assertClose(frechetDistance(set, reversed), 0, { absolute: 1e-10 });
  assertClose(frechetDistance(set, changed(set, 1, 0.5)), 16 * 0.25, { relative: 1e-10 });
});

Deno.test("frechetDistance of a set from its double is the square of its mean and its variance", () => {
  const set = coarse(clustered(300, 9, "a"));
  let expected = 0;
  for (let k = 0; k < 9; k++) {
    const column = Array.from({ length: 300 }, (_, row) => set.values[row * 9 + k]);
    const mean = column.reduce((sum, value) => sum + value, 0) / 300;
    // tr(S + 4 S - 2 (4 S^2)^(1/2)) = tr(S).
    expected += mean ** 2 + column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 299;
  }
  assertClose(frechetDistance(set, changed(set, 2, 0)), expected, { relative: 1e-10 });
});

Deno.test("frechetDistance is the same both ways, and small between two sets of one source", () => {
  const a = clustered(400, 12, "a"), b = clustered(400, 12, "b");
  const dropped = clustered(400, 12, "b", { centres: 2 });
  const same = frechetDistance(a, b);
  assertClose(frechetDistance(b, a), same, { relative: 1e-9 });
  const far = frechetDistance(a, dropped);
  assert.ok(far > 5 * same, `${same}, ${far}`);
});

testOnSimd("frechetDistance rises with blur and with noise", async () => {
  const reference = await featuresOf(await posters(0, 100));
  for (const [name, sets] of Object.entries(worsened(await posters(100, 100)))) {
    const list: number[] = [];
    for (const pictures of sets) list.push(frechetDistance(reference, await featuresOf(pictures)));
    assert.ok(list.every((value, i) => i === 0 || value > list[i - 1]), `${name}: ${list}`);
  }
});

Deno.test("frechetDistance refuses what does not fit", () => {
  const a = clustered(9, 5, "a");
  assert.throws(
    () => frechetDistance(a, clustered(9, 4, "b")),
    /found 4 numbers a row, expected 5/,
  );
  assert.throws(() => frechetDistance(a, pick(a, [0])), /found 1 row, expected at least 2/);
  const broken = { ...a, values: a.values.map((value, i) => i === 3 ? NaN : value) };
  assert.throws(() => frechetDistance(broken, a), /an entry is not finite/);
});

Deno.test("symmetricEigen takes a matrix apart, and squareRoot squared is the matrix", () => {
  for (const size of [1, 2, 7, 40]) {
    const half = randomStream(1, "matrix", size).normals(size * (size + 1));
    // Of rank size + 1 at most, without eigenvalues below 0; the last but one row repeats the first.
    const values = new Float64Array(size * size);
    const at = (row: number, k: number) => half[(row === size - 2 ? 0 : row) * (size + 1) + k];
    for (let i = 0; i < size * size; i++) {
      for (let k = 0; k <= size; k++) values[i] += at(Math.floor(i / size), k) * at(i % size, k);
    }
    const { eigenvalues, vectors } = symmetricEigen({ size, values });
    const sumOf = (term: (k: number) => number) =>
      Array.from({ length: size }, (_, k) => term(k)).reduce((sum, value) => sum + value, 0);
    const v = vectors.values, root = squareRoot({ size, values }).values;
    const rebuilt = values.map((_, i) =>
      sumOf((k) => eigenvalues[k] * v[k * size + Math.floor(i / size)] * v[k * size + i % size])
    );
    const scale = Math.hypot(...values);
    assertClose(rebuilt, values, { absolute: 1e-13 * scale }, `rebuilt ${size}`);
    const squared = values.map((_, i) =>
      sumOf((k) => root[Math.floor(i / size) * size + k] * root[k * size + i % size])
    );
    assertClose(squared, values, { absolute: 1e-12 * scale }, `squared ${size}`);
    const products = values.map((_, i) =>
      sumOf((k) => v[Math.floor(i / size) * size + k] * v[(i % size) * size + k])
    );
    const unit = values.map((_, i) => Number(i % (size + 1) === 0));
    assertClose(products, unit, { absolute: 1e-13 }, `lengths and angles ${size}`);
  }
});
