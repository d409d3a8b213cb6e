// The kernel distance: against its definition, unbiased, and rising as pictures get worse.

import assert from "node:assert/strict";
import { randomStream } from "../../../gpu/random.ts";
import { kernelDistance, wholeKernelDistance } from "../../../models/metrics/kernel_distance.ts";
import type { Matrix } from "../../../models/metrics/matrix.ts";
import { assertClose } from "../../_assert.ts";
import { testOnSimd } from "../../_on_simd.ts";
import { clustered, featuresOf, pick, posters, worsened } from "./_pictures.ts";

/** Equation 4 of Binkowski et al. 2018, term by term; `biased` counts each row's kernel with itself. */
function definition(a: Matrix, b: Matrix, biased = false): number {
  const kernel = (x: Matrix, i: number, y: Matrix, j: number) => {
    let product = 0;
    for (let k = 0; k < x.width; k++) {
      product += x.values[i * x.width + k] * y.values[j * y.width + k];
    }
    return (product / x.width + 1) ** 3;
  };
  const meanOf = (x: Matrix, y: Matrix, skipSame: boolean) => {
    let sum = 0, count = 0;
    for (let i = 0; i < x.rows; i++) {
      for (let j = 0; j < y.rows; j++) {
        if (skipSame && i === j) continue;
        sum += kernel(x, i, y, j);
        count++;
      }
    }
    return sum / count;
  };
  return meanOf(a, a, !biased) + meanOf(b, b, !biased) - 2 * meanOf(a, b, false);
}

Deno.test("kernelDistance is its definition, for whole sets of awkward sizes", () => {
  const a = clustered(21, 7, "a"), b = clustered(13, 7, "b", { shift: 0.3 });
  // Both sets have the rows of the smaller one: what is left of the larger is drawn.
  const whole = kernelDistance(pick(a, Array.from({ length: 13 }, (_, i) => i)), b, {
    ...{ seed: 1, subsets: 3 },
  });
  const expected = definition(pick(a, Array.from({ length: 13 }, (_, i) => i)), b);
  assertClose(whole.mean, expected, { relative: 1e-10 }, "distance");
  assert.ok(whole.deviation < 1e-6, `whole sets are the same each time: ${whole.deviation}`);
  assert.deepEqual([whole.rows, whole.subsets], [13, 3]);
  assertClose(wholeKernelDistance(a, b), definition(a, b), { relative: 1e-10 }, "all rows");
  // More rows than a block of products has, and no multiple of a tile.
  const [long, wide] = [clustered(301, 5, "long"), clustered(259, 5, "wide", { shift: 0.1 })];
  assertClose(
    wholeKernelDistance(long, wide),
    definition(long, wide),
    { relative: 1e-9 },
    "blocks",
  );
  const drawn = kernelDistance(a, b, { seed: 1, subsets: 400, mostRows: 9 });
  assert.equal(drawn.rows, 9);
  assert.ok(drawn.deviation > 0);
  // Subsets estimate what the definition says of all rows.
  const error = drawn.deviation / Math.sqrt(400);
  assertClose(drawn.mean, definition(a, b), { absolute: 4 * error }, "mean over subsets");
});

Deno.test("kernelDistance of two halves of one set is around zero, and the biased estimate is not", () => {
  const all = clustered(80, 12, "halves"), halvings = 200;
  const pairs = Array.from({ length: halvings }, (_, i) => {
    const order = randomStream(2, "halving", i).permutation(80);
    return [pick(all, order.subarray(0, 40)), pick(all, order.subarray(40))];
  });
  const distances = pairs.map(([a, b]) => kernelDistance(a, b, { seed: 1, subsets: 1 }).mean);
  const mean = distances.reduce((sum, value) => sum + value, 0) / halvings;
  const deviation = Math.sqrt(
    distances.reduce((sum, value) => sum + (value - mean) ** 2, 0) / halvings,
  );
  const bound = 3 * deviation / Math.sqrt(halvings);
  assert.ok(Math.abs(mean) < bound, `mean ${mean} beyond ${bound}`);
  const below = distances.filter((value) => value < 0).length / halvings;
  assert.ok(below > 0.2 && below < 0.9, `${below} of the distances are below zero`);
  const [a, b] = pairs[0];
  assert.ok(definition(a, b, true) > bound, "the test would not notice a biased estimate");
});

Deno.test("kernelDistance repeats itself for a seed, and refuses what does not fit", () => {
  const a = clustered(30, 5, "a"), b = clustered(30, 5, "b");
  const by = (seed: number) => kernelDistance(a, b, { seed, subsets: 5, mostRows: 10 });
  assert.deepEqual(by(1), by(1));
  assert.notEqual(by(1).mean, by(2).mean);
  assert.throws(
    () => kernelDistance(a, clustered(9, 4, "c"), { seed: 1 }),
    /4 numbers a row, expected 5/,
  );
  assert.throws(
    () => kernelDistance(a, pick(b, [0]), { seed: 1 }),
    /found 1 row, expected at least 2/,
  );
  assert.throws(
    () => kernelDistance({ ...a, rows: 7 }, b, { seed: 1 }),
    /found 150 numbers, expected 7 rows of 5/,
  );
});

testOnSimd("kernelDistance rises with blur and with noise", async () => {
  const reference = await featuresOf(await posters(0, 100));
  for (const [name, sets] of Object.entries(worsened(await posters(100, 100)))) {
    const list: number[] = [];
    for (const pictures of sets) {
      list.push(
        kernelDistance(reference, await featuresOf(pictures), { seed: 1, subsets: 1 }).mean,
      );
    }
    assert.ok(list.every((value, i) => i === 0 || value > list[i - 1]), `${name}: ${list}`);
  }
});
