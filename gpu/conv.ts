// Convolution and transposed convolution: parameters, initialisation, application. NHWC images, HWIO kernels.

import * as tf from "./tf.ts";
import type { Random } from "./random.ts";
import { sizeOf } from "./shape.ts";
import { type ParamShapes, type ParamTree, treeFromEntries } from "./tree.ts";

/** Kernel [k, k, cin, cout] (transposed: [k, k, cout, cin]) and an optional bias [cout]. */
export type ConvParams = { kernel: tf.Tensor4D; bias?: tf.Tensor1D };

/** The deviation of the weights at the start (CycleGAN, Zhu et al. 2017, appendix 7.1); biases start at 0. */
const INITIAL_DEVIATION = 0.02;

/**
 * The parameter shapes of a convolution at `path`, for the shape list of its network.
 *
 * @param channels the two channel sizes in the kernel's own order: [cin, cout], or [cout, cin] if transposed
 * @param biasChannels the length of the bias
 */
export function convShapes(
  path: string,
  kernelSize: number,
  channels: readonly [number, number],
  biasChannels: number,
): [path: string, shape: number[]][] {
  return [
    [`${path}.kernel`, [kernelSize, kernelSize, ...channels]],
    [`${path}.bias`, [biasChannels]],
  ];
}

/**
 * New parameters of a convolutional network: kernels from N(0, 0.02), biases and offsets 0, scales of norms from N(1, 0.02)
 * (DCGAN, Radford et al. 2016, as its authors' code has it); the caller owns the tensors.
 */
export function initConvs<T extends ParamTree>(shapes: ParamShapes, random: Random): T {
  return treeFromEntries<T>(
    Object.entries(shapes).map(([path, shape]) => {
      const isZero = path.endsWith(".bias") || path.endsWith(".offset");
      const mean = path.endsWith(".scale") ? 1 : 0;
      const values = isZero
        ? new Float32Array(sizeOf(shape))
        : random.normals(sizeOf(shape), mean, INITIAL_DEVIATION);
      return [path, tf.tensor(values, [...shape])];
    }),
  );
}

/**
 * Convolves [n, h, w, cin] to [n, h', w', cout], h' = floor((h + 2 pad - k) / stride) + 1, zeros outside the border.
 *
 * @param pad pixels on each side; `"same"` keeps the size where the stride is 1, whatever the kernel's two odd sides
 */
export function conv(
  params: ConvParams,
  images: tf.Tensor4D,
  { stride = 1, pad = 0 }: { stride?: number; pad?: number | "same" } = {},
): tf.Tensor4D {
  const { kernel: filter, bias } = params;
  if (!bias) return tf.conv2d(images, filter, stride, pad);
  // tf.fused.conv2d has a gradient of its own making, which forgets its inputs' links when it is differentiated again.
  return tf.engine().runKernel("FusedConv2D", { x: images, filter, bias }, {
    ...{ strides: stride, pad, dataFormat: "NHWC", dilations: 1, activation: "linear" },
  });
}

/**
 * Transposed convolution of stride 2 that doubles the image: [n, h, w, cin] to [n, 2h, 2w, cout].
 *
 * The kernel is 3x3 or 4x4. With 3x3 it equals PyTorch's `ConvTranspose2d(k=3, stride=2, padding=1, output_padding=1)`, with 4x4 the one
 * without output padding; tfjs's padding
 * `"same"` would be shifted by one pixel against it, so the padding is a number.
 */
export function convTransposeDouble(params: ConvParams, images: tf.Tensor4D): tf.Tensor4D {
  const [n, h, w] = images.shape;
  const cout = params.kernel.shape[2];
  const output = tf.conv2dTranspose(images, params.kernel, [n, 2 * h, 2 * w, cout], 2, 1);
  return params.bias ? tf.add(output, params.bias) : output;
}
