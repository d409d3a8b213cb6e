// Layers with an equalised learning rate (Karras et al. 2018, section 4.1): weights are drawn from N(0, 1) and scaled when they are
// used, so that Adam's steps are equally large for all.

import * as tf from "../../../gpu/tf.ts";
import { conv, type ConvParams } from "../../../gpu/conv.ts";
import { dense, type DenseParams } from "../../../gpu/dense.ts";
import type { Random } from "../../../gpu/random.ts";
import { sizeOf } from "../../../gpu/shape.ts";
import { type ParamShapes, type ParamTree, treeFromEntries } from "../../../gpu/tree.ts";

/** Slope of the leaky ReLU below zero. */
const LEAK = 0.2;

/** What an activation is multiplied by, so that it keeps the variance (He et al. 2015). */
export const ACTIVATION_GAIN = Math.SQRT2;

/** How a layer's output is scaled. */
export interface LayerGain {
  /** Factor of the output; `ACTIVATION_GAIN` before an activation. 1 unless given. */
  gain?: number;
  /** Factor of the learning rate of kernel and bias; 1 unless given. */
  rate?: number;
}

/**
 * Vectors [n, in] to [n, out], the kernel scaled by 1 / sqrt(in).
 *
 * The gain is a factor of weights and not of activations, which are more: a leaky ReLU of twice the input is twice that of the input.
 */
export function equalisedDense(
  { kernel, bias }: DenseParams,
  vectors: tf.Tensor2D,
  { gain = 1, rate = 1 }: LayerGain = {},
): tf.Tensor2D {
  const scaled = tf.mul(kernel, gain * rate / Math.sqrt(kernel.shape[0])) as tf.Tensor2D;
  return dense({ kernel: scaled, bias: bias && scaledBias(bias, gain * rate) }, vectors);
}

/** Images [n, h, w, cin] to [n, h', w', cout] as `conv` does, the kernel scaled by 1 / sqrt(k k cin). */
export function equalisedConv(
  { kernel, bias }: ConvParams,
  images: tf.Tensor4D,
  { gain = 1, ...options }: { gain?: number; stride?: number; pad?: number } = {},
): tf.Tensor4D {
  const [h, w, cin] = kernel.shape;
  const scaled = tf.mul(kernel, gain / Math.sqrt(h * w * cin)) as tf.Tensor4D;
  return conv({ kernel: scaled, bias: bias && scaledBias(bias, gain) }, images, options);
}

function scaledBias(bias: tf.Tensor1D, factor: number): tf.Tensor1D {
  return factor === 1 ? bias : tf.mul(bias, factor);
}

/** The activation of both networks without its gain, which the layer before has. */
export function activate<T extends tf.Tensor>(x: T): T {
  return tf.leakyRelu(x, LEAK);
}

/** Vectors [n, w], each scaled to a mean square of 1; a vector of zeros stays one. */
export function normaliseVectors(vectors: tf.Tensor2D): tf.Tensor2D {
  return tf.mul(vectors, tf.rsqrt(tf.add(tf.mean(tf.square(vectors), 1, true), 1e-8)));
}

/**
 * New parameters of a network: biases and noise strengths 0, but biases of styles 1, everything else from N(0, 1) times what its
 * `deviations` say; the caller owns the tensors.
 *
 * @param deviations by the beginning of the path
 */
export function initEqualised<T extends ParamTree>(
  shapes: ParamShapes,
  random: Random,
  deviations: Readonly<Record<string, number>> = {},
): T {
  return treeFromEntries<T>(
    Object.entries(shapes).map(([path, shape]) => {
      const size = sizeOf(shape);
      const deviation = Object.keys(deviations).find((start) => path.startsWith(start));
      const isConstant = /\.(bias|strength)$/.test(path);
      const values = isConstant
        ? new Float32Array(size).fill(path.endsWith(".affine.bias") ? 1 : 0)
        : random.normals(size, 0, deviation === undefined ? 1 : deviations[deviation]);
      return [path, tf.tensor(values, [...shape])];
    }),
  );
}
