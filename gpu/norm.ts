// Normalisation layers.

import { hasKernel, runOwnKernel } from "./own_kernels.ts";
import * as tf from "./tf.ts";

/** Added to the variance, as in PyTorch's `InstanceNorm2d`. */
const EPSILON = 1e-5;

/**
 * Instance normalisation without parameters: each channel of each image [n, h, w, c] gets mean 0 and variance 1 over its
 * pixels, y = (x - mean) / sqrt(var + 1e-5), with the biased variance (Ulyanov et al. 2016, equation 3).
 *
 * @param negativeSlope what values below 0 are multiplied by afterwards: 1 leaves them, 0 is ReLU, 0.2 a leaky ReLU
 */
export function instanceNorm(
  images: tf.Tensor4D,
  { negativeSlope = 1 }: { negativeSlope?: number } = {},
): tf.Tensor4D {
  if (hasKernel("InstanceNorm")) {
    return runOwnKernel("InstanceNorm", { x: images }, { epsilon: EPSILON, negativeSlope });
  }
  const centred = tf.sub(images, tf.mean(images, [1, 2], true));
  const variance = tf.mean(tf.square(centred), [1, 2], true);
  const normal = tf.mul(centred, tf.rsqrt(tf.add(variance, EPSILON))) as tf.Tensor4D;
  if (negativeSlope === 1) return normal;
  return negativeSlope === 0 ? tf.relu(normal) : tf.leakyRelu(normal, negativeSlope);
}
