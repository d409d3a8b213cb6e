// Normalisation layers.

import * as tf from "./tf.ts";

/** Added to the variance, as in PyTorch's `InstanceNorm2d`. */
const EPSILON = 1e-5;

/**
 * Instance normalisation without parameters: each channel of each image [n, h, w, c] gets mean 0 and variance 1 over its
 * pixels, y = (x - mean) / sqrt(var + 1e-5), with the biased variance (Ulyanov et al. 2016, equation 3).
 */
export function instanceNorm(images: tf.Tensor4D): tf.Tensor4D {
  const centred = tf.sub(images, tf.mean(images, [1, 2], true));
  const variance = tf.mean(tf.square(centred), [1, 2], true);
  return tf.mul(centred, tf.rsqrt(tf.add(variance, EPSILON)));
}
