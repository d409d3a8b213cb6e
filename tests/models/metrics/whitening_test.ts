// Whitening: a set's own features come out uncorrelated and of one size, and others by the same map.

import assert from "node:assert/strict";
import { randomStream } from "../../../gpu/random.ts";
import type { Matrix } from "../../../models/metrics/matrix.ts";
import { whiteningBy } from "../../../models/metrics/whitening.ts";
import { assertClose } from "../../_assert.ts";

/** Rows of three numbers that depend on each other and are of different sizes. */
function correlated(rows: number, name: string): Matrix {
  const random = randomStream(1, name), values = new Float32Array(rows * 3);
  for (let i = 0; i < rows; i++) {
    const [a, b, c] = random.normals(3);
    values.set([100 + 50 * a, 20 * a + 5 * b, a - b + 3 * c], i * 3);
  }
  return { rows, width: 3, values };
}

function moments({ rows, values }: Matrix): { mean: number[]; covariance: number[] } {
  const mean = [0, 1, 2].map((k) => {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += values[i * 3 + k];
    return sum / rows;
  });
  const covariance = [0, 1, 2].flatMap((k) =>
    [0, 1, 2].map((l) => {
      let sum = 0;
      for (let i = 0; i < rows; i++) {
        sum += (values[i * 3 + k] - mean[k]) * (values[i * 3 + l] - mean[l]);
      }
      return sum / rows;
    })
  );
  return { mean, covariance };
}

Deno.test("whiteningBy gives its own features the mean 0 and nearly the covariance 1", () => {
  const features = correlated(500, "own");
  const { mean, covariance } = moments(whiteningBy(features)(features));
  assertClose(mean, [0, 0, 0], { absolute: 1e-5 });
  // What is added to the variances makes the smallest direction smaller.
  [0, 4, 8].forEach((at) => assert.ok(covariance[at] > 0.5 && covariance[at] <= 1 + 1e-4));
  [1, 2, 5].forEach((at) => assert.ok(Math.abs(covariance[at]) < 0.1));
});

Deno.test("whiteningBy maps others by the same numbers: x - mean of one feature, over its deviation", () => {
  const own: Matrix = { rows: 4, width: 1, values: Float32Array.of(1, 3, 1, 3) };
  const { values } = whiteningBy(own)({ rows: 2, width: 1, values: Float32Array.of(2, 5) });
  assertClose(values, [0, 3 / Math.sqrt(1.001)], { absolute: 1e-6 });
});

Deno.test("whiteningBy bears features that do not differ at all, and refuses a single row", () => {
  const same: Matrix = { rows: 3, width: 2, values: new Float32Array(6).fill(7) };
  assert.ok(whiteningBy(same)(same).values.every((value) => value === 0));
  assert.throws(() => whiteningBy({ rows: 1, width: 2, values: new Float32Array(2) }), RangeError);
});
