// Convolution and transposed convolution: parameters, initialisation, application. NHWC images, HWIO kernels.

import * as tf from "./tf.ts";
import type { Random } from "./random.ts";

/** Kernel [k, k, cin, cout] (transposed: [k, k, cout, cin]) and an optional bias [cout]. */
export type ConvParams = { kernel: tf.Tensor4D; bias?: tf.Tensor1D };

/** The sizes of a convolution's parameters. */
export interface ConvSizes {
  /** Side of the square kernel, in pixels. */
  kernelSize: number;
  /** The two channel sizes in the kernel's own order: [cin, cout], or [cout, cin] if transposed. */
  channels: [number, number];
  /** Channels of the bias; no bias if absent. */
  biasChannels?: number;
}

/** The deviation of the weights at the start (CycleGAN, Zhu et al. 2017, appendix 7.1); biases start at 0. */
const INITIAL_DEVIATION = 0.02;

/** New convolution parameters, weights drawn from N(0, 0.02) in kernel order; the caller owns the tensors. */
export function initConv(
  { kernelSize, channels, biasChannels }: ConvSizes,
  random: Random,
): ConvParams {
  const shape: [number, number, number, number] = [kernelSize, kernelSize, ...channels];
  const weights = random.normals(kernelSize ** 2 * channels[0] * channels[1], 0, INITIAL_DEVIATION);
  const kernel = tf.tensor4d(weights, shape);
  return biasChannels === undefined ? { kernel } : { kernel, bias: tf.zeros([biasChannels]) };
}

/** Convolves [n, h, w, cin] to [n, h', w', cout], h' = floor((h + 2 pad - k) / stride) + 1, zeros outside the border. */
export function conv(
  params: ConvParams,
  images: tf.Tensor4D,
  { stride = 1, pad = 0 }: { stride?: number; pad?: number } = {},
): tf.Tensor4D {
  return addBias(tf.conv2d(images, params.kernel, stride, pad), params.bias);
}

/**
 * Transposed convolution of stride 2 that doubles the image: [n, h, w, cin] to [n, 2h, 2w, cout].
 *
 * With a 3x3 kernel it equals PyTorch's `ConvTranspose2d(k=3, stride=2, padding=1, output_padding=1)`; tfjs's padding
 * `"same"` would be shifted by one pixel against it, so the padding is a number.
 */
export function convTransposeDouble(params: ConvParams, images: tf.Tensor4D): tf.Tensor4D {
  const [n, h, w] = images.shape;
  const cout = params.kernel.shape[2];
  const output = tf.conv2dTranspose(images, params.kernel, [n, 2 * h, 2 * w, cout], 2, 1);
  return addBias(output, params.bias);
}

function addBias(images: tf.Tensor4D, bias?: tf.Tensor1D): tf.Tensor4D {
  return bias ? tf.add(images, bias) : images;
}
