// The kernel distance: against its definition, unbiased, and rising as pictures get worse.

import assert from "node:assert/strict";
import { picturesToTensor } from "../../../gpu/image.ts";
import type { Picture } from "../../../gpu/picture.ts";
import { randomStream } from "../../../gpu/random.ts";
import * as tf from "../../../gpu/tf.ts";
import { disposeTree } from "../../../gpu/tree.ts";
import { applyClassifier, initClassifier } from "../../../models/classifier/classifier.ts";
import { kernelDistance } from "../../../models/metrics/kernel_distance.ts";
import type { Matrix } from "../../../models/metrics/matrix.ts";
import { assertClose } from "../../_assert.ts";
import { testOnSimd } from "../../_on_simd.ts";
import { blurred, noisy, posters } from "./_pictures.ts";

/** Vectors in three clusters. */
function clustered(rows: number, width: number, name: string, shift = 0): Matrix {
  const random = randomStream(1, "clusters", name), values = random.normals(rows * width);
  for (let row = 0; row < rows; row++) {
    const cluster = random.integer(3);
    for (let k = 0; k < width; k++) values[row * width + k] += (k % 3 === cluster ? 2 : 0) + shift;
  }
  return { rows, width, values };
}

/** Some rows of a matrix. */
function pick({ width, values }: Matrix, rows: ArrayLike<number>): Matrix {
  const picked = Array.from(rows, (row) => [...values.subarray(row * width, (row + 1) * width)]);
  return { rows: rows.length, width, values: Float32Array.from(picked.flat()) };
}

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
  const a = clustered(21, 7, "a"), b = clustered(13, 7, "b", 0.3);
  // Both sets have the rows of the smaller one: what is left of the larger is drawn.
  const whole = kernelDistance(pick(a, Array.from({ length: 13 }, (_, i) => i)), b, {
    ...{ seed: 1, subsets: 3 },
  });
  const expected = definition(pick(a, Array.from({ length: 13 }, (_, i) => i)), b);
  assertClose(whole.mean, expected, { relative: 1e-10 }, "distance");
  assert.ok(whole.deviation < 1e-6, `whole sets are the same each time: ${whole.deviation}`);
  assert.deepEqual([whole.rows, whole.subsets], [13, 3]);
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

const network = { size: [48, 32] as [number, number], genres: 1, width: 4, features: 32 };

testOnSimd("kernelDistance rises with blur and with noise", async () => {
  const real = await posters(0, 100), others = await posters(100, 100);
  // Features of a network that has learnt nothing: enough to tell large changes apart.
  const params = initClassifier(network, randomStream(1, "network"));
  const featuresOf = async (pictures: Picture[]): Promise<Matrix> => {
    const features = tf.tidy(() =>
      applyClassifier(params, picturesToTensor(pictures), network).features
    );
    const values = (await features.data<"float32">()).slice();
    features.dispose();
    return { rows: pictures.length, width: network.features, values };
  };
  const reference = await featuresOf(real);
  const distances = async (worse: (picture: Picture, amount: number, i: number) => Picture) => {
    const found: number[] = [];
    for (const amount of [0, 1, 2, 4]) {
      const pictures = others.map((picture, i) => worse(picture, amount, i));
      found.push(
        kernelDistance(reference, await featuresOf(pictures), { seed: 1, subsets: 1 }).mean,
      );
    }
    return found;
  };
  const blur = await distances((picture, amount) => blurred(picture, 2 * amount));
  const noise = await distances((picture, amount, i) => noisy(picture, 20 * amount, i));
  disposeTree(params);
  for (const [name, list] of Object.entries({ blur, noise })) {
    assert.ok(list.every((value, i) => i === 0 || value > list[i - 1]), `${name}: ${list}`);
  }
});
