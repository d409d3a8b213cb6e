// The sliced Wasserstein distance: nothing between equal sets, more and more as pictures get worse; its pyramid and its sort.

import assert from "node:assert/strict";
import type { Picture } from "../../../gpu/picture.ts";
import { randomStream } from "../../../gpu/random.ts";
import { laplacianPyramid, pyramidSides } from "../../../models/metrics/_laplacian_pyramid.ts";
import { sortFloats } from "../../../models/metrics/_sort_floats.ts";
import { slicedWasserstein } from "../../../models/metrics/sliced_wasserstein.ts";
import { assertClose } from "../../_assert.ts";
import { blurred, noisy, posters } from "./_pictures.ts";

const seed = 1;

Deno.test("slicedWasserstein of a set from itself is 0 at each level", async () => {
  const set = await posters(0, 10);
  const { levels, mean, pictures } = slicedWasserstein(set, set.slice(), { seed });
  assert.deepEqual(levels, [
    { height: 48, width: 32, distance: 0 },
    { height: 24, width: 16, distance: 0 },
  ]);
  assert.deepEqual([mean, pictures], [0, 10]);
});

Deno.test("slicedWasserstein rises with blur and with noise, and sets of one source are nearest", async () => {
  const real = await posters(0, 32), others = await posters(100, 40);
  const distances = (worse: (picture: Picture, amount: number, i: number) => Picture) =>
    [0, 1, 2, 4].map((amount) => {
      const set = others.map((picture, i) => worse(picture, amount, i));
      return slicedWasserstein(real, set, { seed });
    });
  const blur = distances((picture, amount) => blurred(picture, amount));
  const noise = distances((picture, amount, i) => noisy(picture, 15 * amount, i));
  for (const [name, list] of Object.entries({ blur, noise })) {
    const means = list.map(({ mean }) => mean);
    assert.ok(means.every((value, i) => i === 0 || value > means[i - 1]), `${name}: ${means}`);
  }
  // Noise of single pixels is fine detail: a halved picture has less of it.
  const [fine, coarse] = noise[3].levels.map(({ distance }) => distance);
  assert.ok(fine > coarse, `fine ${fine}, coarse ${coarse}`);
  // The longer set is cut to the length of the shorter.
  assert.equal(blur[0].pictures, 32);
  assert.deepEqual(slicedWasserstein(real, others.slice(0, 32), { seed }), blur[0]);
});

Deno.test("slicedWasserstein does not see brightness and contrast, which it normalises", async () => {
  const set = await posters(0, 8);
  const paler = set.map((picture): Picture => ({
    ...picture,
    data: picture.data.map((value, i) => i % 4 === 3 ? value : Math.round(value / 2) + 50),
  }));
  // What is left is rounding to half as many shades.
  assert.ok(slicedWasserstein(set, paler, { seed }).mean < 8);
});

Deno.test("slicedWasserstein refuses pictures that do not fit", async () => {
  const [picture] = await posters(0, 1);
  const small = { width: 6, height: 9, data: new Uint8Array(6 * 9 * 4) };
  const compare = (a: Picture[], b: Picture[]) => () => slicedWasserstein(a, b, { seed });
  assert.throws(compare([picture], []), /found an empty set, expected at least one/);
  assert.throws(compare([picture], [small]), /found 6x9, expected 32x48/);
  assert.throws(compare([small], [small]), /found 6x9, expected sides of at least 7/);
});

Deno.test("slicedWasserstein takes pictures without any change for what they are", () => {
  const plain = (shade: number) => ({
    ...{ width: 32, height: 48 },
    data: new Uint8Array(32 * 48 * 4).map((_, i) => shade + 17 * (i % 4)),
  });
  const { levels, mean } = slicedWasserstein([plain(3)], [plain(191)], { seed });
  assert.deepEqual([levels.length, mean], [2, 0]);
});

Deno.test("pyramidSides halves while the shorter side stays at 16 or above", () => {
  assert.deepEqual(pyramidSides([96, 64]), [[96, 64], [48, 32], [24, 16]]);
  assert.deepEqual(pyramidSides([63, 31]), [[63, 31], [32, 16]]);
  assert.deepEqual(pyramidSides([16, 8]), [[16, 8]]);
});

Deno.test("laplacianPyramid of an even area is 0 but for its last level", () => {
  for (const [width, height] of [[32, 48], [33, 47]]) {
    const data = new Uint8Array(width * height * 4).map((_, i) => [10, 130, 250, 255][i % 4]);
    const levels = laplacianPyramid({ width, height, data });
    assert.equal(levels.length, 2);
    assertClose(levels[0].values, new Float32Array(width * height * 3), { absolute: 1e-4 });
    const rest = Float32Array.from(levels[1].values, (_, i) => [10, 130, 250][i % 3]);
    assertClose(levels[1].values, rest, { absolute: 1e-4 });
  }
});

Deno.test("laplacianPyramid filters by 1 4 6 4 1 in both directions, as sums written out", () => {
  const random = randomStream(1, "pyramid"), width = 34, height = 36;
  const data = Uint8Array.from({ length: width * height * 4 }, () => random.integer(256));
  const [fine, coarse] = laplacianPyramid({ width, height, data });
  assert.deepEqual(coarse.sides, [18, 17]);
  const taps = [1, 4, 6, 4, 1],
    mirror = (i: number, n: number) => Math.abs(n - 1 - Math.abs(n - 1 - i));
  const weighted = (value: (dy: number, dx: number) => number) =>
    taps.reduce(
      (sum, a, i) => sum + taps.reduce((s, b, j) => s + a * b * value(i - 2, j - 2), 0),
      0,
    ) /
    256;
  // A corner, an edge and the middle; green.
  for (const [y, x] of [[0, 0], [17, 8], [9, 16], [7, 5]]) {
    const expected = weighted((dy, dx) =>
      data[(mirror(2 * y + dy, height) * width + mirror(2 * x + dx, width)) * 4 + 1]
    );
    assertClose(coarse.values[(y * 17 + x) * 3 + 1], expected, { absolute: 1e-3 }, `${y}, ${x}`);
  }
  for (const [y, x] of [[0, 0], [35, 33], [12, 7], [13, 20]]) {
    const guess = 4 * weighted((dy, dx) => {
      const v = mirror(y + dy, height), u = mirror(x + dx, width);
      return v % 2 || u % 2 ? 0 : coarse.values[(v / 2 * 17 + u / 2) * 3 + 1];
    });
    const lost = data[(y * width + x) * 4 + 1] - guess;
    assertClose(fine.values[(y * width + x) * 3 + 1], lost, { absolute: 1e-3 }, `${y}, ${x}`);
  }
});

Deno.test("sortFloats sorts as the engine does, in place", () => {
  const random = randomStream(1, "sort");
  const values = Float32Array.from([
    ...random.normals(5000),
    ...random.normals(100, 0, 1e-39),
    ...[0, 3.4e38, -3.4e38, 1e-45, -1e-45, 7, 7],
  ]);
  const expected = values.slice().sort();
  assert.equal(sortFloats(values), values);
  assert.deepEqual(values, expected);
  assert.deepEqual(sortFloats(new Float32Array(0)), new Float32Array(0));
});
