// Counted operations against numbers by hand, forwards and backwards.

import assert from "node:assert/strict";
import * as tf from "../../gpu/tf.ts";
import "../../gpu/gradients.ts";
import { conv, convTransposeDouble } from "../../gpu/conv.ts";
import { countFlop } from "../../tasks/_flop_count.ts";
import { testOnSimd } from "../_on_simd.ts";

async function countOf(run: () => tf.Tensor | tf.Tensor[]): Promise<number> {
  return await countFlop(() => {
    tf.dispose(run());
    return Promise.resolve();
  });
}

testOnSimd("countFlop() counts a convolution and both its gradients", async () => {
  const x = tf.ones([2, 8, 6, 3]) as tf.Tensor4D, kernel = tf.ones([4, 4, 3, 5]) as tf.Tensor4D;
  // 2 images of 4x3 outputs, 5 channels, 4x4x3 products each.
  const once = 2 * (2 * 4 * 3 * 5) * (4 * 4 * 3);
  const apply = (image: tf.Tensor4D, weights: tf.Tensor4D) =>
    conv({ kernel: weights }, image, { stride: 2, pad: 1 });
  assert.equal(await countOf(() => apply(x, kernel)), once);
  const gradients = (...inputs: tf.Tensor[]) =>
    tf.grads((image: tf.Tensor, weights: tf.Tensor) =>
      tf.sum(apply(image as tf.Tensor4D, weights as tf.Tensor4D))
    )(inputs);
  assert.equal(await countOf(() => gradients(x, kernel)), 3 * once);
  tf.dispose([x, kernel]);
});

testOnSimd(
  "countFlop() counts a transposed convolution and a matrix product, transposed or not",
  async () => {
    const x = tf.ones([2, 4, 3, 5]) as tf.Tensor4D, kernel = tf.ones([4, 4, 3, 5]) as tf.Tensor4D;
    const once = 2 * (2 * 4 * 3 * 5) * (4 * 4 * 3);
    assert.equal(await countOf(() => convTransposeDouble({ kernel }, x)), once);
    const a = tf.ones([3, 7]) as tf.Tensor2D, b = tf.ones([7, 4]) as tf.Tensor2D;
    assert.equal(await countOf(() => tf.matMul(a, b)), 2 * 3 * 7 * 4);
    assert.equal(await countOf(() => tf.matMul(a, a, true)), 2 * 7 * 3 * 7);
    tf.dispose([x, kernel, a, b]);
  },
);
