// Normalisation layers.

import { hasKernel, runOwnKernel } from "./own_kernels.ts";
import * as tf from "./tf.ts";

/** What is done with a norm's output. */
export interface NormOptions {
  /** What values below 0 are multiplied by: 1 leaves them, 0 is ReLU, 0.2 a leaky ReLU. */
  negativeSlope?: number;
  /** Added last. */
  residual?: tf.Tensor4D;
}

/** A norm and what is done after it: `instanceNorm`, or one with statistics from elsewhere. */
export type Norm = (images: tf.Tensor4D, options?: NormOptions) => tf.Tensor4D;

/** Added to the variance, as in PyTorch's `InstanceNorm2d`. */
const EPSILON = 1e-5;

/**
 * Instance normalisation without parameters: each channel of each image [n, h, w, c] gets mean 0 and variance 1 over its
 * pixels, y = (x - mean) / sqrt(var + 1e-5), with the biased variance (Ulyanov et al. 2016, equation 3).
 */
export function instanceNorm(
  images: tf.Tensor4D,
  { negativeSlope = 1, residual }: NormOptions = {},
): tf.Tensor4D {
  const attributes = { epsilon: EPSILON, negativeSlope };
  return tf.tidy(() => {
    if (residual && hasKernel("InstanceNormAdd")) {
      return runOwnKernel("InstanceNormAdd", { x: images, residual }, attributes);
    }
    const normal = hasKernel("InstanceNorm")
      ? runOwnKernel<tf.Tensor4D>("InstanceNorm", { x: images }, attributes)
      : composedNorm(images, attributes);
    return residual ? tf.add(residual, normal) : normal;
  });
}

function composedNorm(
  images: tf.Tensor4D,
  { epsilon, negativeSlope }: { epsilon: number; negativeSlope: number },
): tf.Tensor4D {
  const centred = tf.sub(images, tf.mean(images, [1, 2], true));
  const variance = tf.mean(tf.square(centred), [1, 2], true);
  const normal = tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon))) as tf.Tensor4D;
  return activate(normal, negativeSlope);
}

/** Mean and biased variance of each channel, [c]. */
export type NormStatistics = { mean: tf.Tensor1D; variance: tf.Tensor1D };

/** Instance norm by given statistics, which are not the image's own where it is a part of a larger one or of a film. */
export function fixedNorm(
  images: tf.Tensor4D,
  { mean, variance }: NormStatistics,
  { negativeSlope = 1, residual }: NormOptions = {},
): tf.Tensor4D {
  const factor = tf.rsqrt(tf.add(variance, EPSILON));
  const normal = activate(tf.mul(tf.sub(images, mean), factor) as tf.Tensor4D, negativeSlope);
  return residual ? tf.add(residual, normal) : normal;
}

function activate(x: tf.Tensor4D, negativeSlope: number): tf.Tensor4D {
  if (negativeSlope === 1) return x;
  return negativeSlope === 0 ? tf.relu(x) : tf.leakyRelu(x, negativeSlope);
}

/** Scale and offset of each channel, [c]. */
export type NormParams = { scale: tf.Tensor1D; offset: tf.Tensor1D };

/**
 * Batch normalisation by the batch's own statistics (Ioffe and Szegedy 2015, algorithm 1): each channel of [n, h, w, c] gets
 * mean 0 and variance 1 over all images and pixels, then its scale and offset. There are no running statistics: a trained
 * network has its norms folded into its weights, by statistics of many images.
 */
export function batchNorm({ scale, offset }: NormParams, images: tf.Tensor4D): tf.Tensor4D {
  const [n, h, w, c] = images.shape;
  // One tall picture: then the statistics of an image are those of the batch, and the engine's own kernel serves both.
  const normal = tf.reshape(instanceNorm(tf.reshape(images, [1, n * h, w, c])), [n, h, w, c]);
  return tf.add(tf.mul(normal, scale), offset);
}

/**
 * What stands in for a batch norm once the statistics are fixed: y = factor x + bias per channel, both [c].
 *
 * @param images the norm's input over enough images to trust its mean and variance
 */
export function frozenNorm(
  { scale, offset }: NormParams,
  images: tf.Tensor4D,
): { factor: tf.Tensor1D; bias: tf.Tensor1D } {
  const { mean, variance } = tf.moments(images, [0, 1, 2]);
  const factor = tf.mul(scale, tf.rsqrt(tf.add(variance, EPSILON))) as tf.Tensor1D;
  return { factor, bias: tf.sub(offset, tf.mul(mean, factor)) };
}

/** Added to the mean square of a pixel's channels. */
const PIXEL_EPSILON = 1e-8;

/**
 * Each pixel of [n, h, w, c] divided by the root mean square of its channels, x / sqrt(mean x^2 + 1e-8): only the direction of
 * a feature vector is left (Karras et al. 2018, section 4.2).
 */
export function pixelNorm(images: tf.Tensor4D): tf.Tensor4D {
  const size = tf.mean(tf.square(images), 3, true);
  return tf.mul(images, tf.rsqrt(tf.add(size, PIXEL_EPSILON)));
}
