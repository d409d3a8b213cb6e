// The modulated convolution (Karras et al. 2020, equations 1 to 3) in the form that scales activations: before the convolution by the
// style, after it by one over the length that the style gives the filters. Scaling the filters of each picture gives the same numbers,
// but asks for as many filters as pictures, and, where it is differentiated twice, for their gradient twice.

import * as tf from "../../../gpu/tf.ts";
import { blurred } from "../../../gpu/blur.ts";
import { conv } from "../../../gpu/conv.ts";
import type { DenseParams } from "../../../gpu/dense.ts";
import { activate, ACTIVATION_GAIN, equalisedDense } from "./equalised.ts";

/** A layer of the synthesis network. */
export type StyledParams = {
  /** From the style vector [w] to a factor for each channel. */
  affine: DenseParams;
  /** [k, k, cin, cout]; of a layer that doubles the picture, as it is transposed, [k, k, cout, cin]. */
  kernel: tf.Tensor4D;
  bias: tf.Tensor1D;
  /** How much the layer makes of its noise, a scalar; absent without noise inputs. */
  strength?: tf.Scalar;
};

/** The filter of the doublings. */
export const BLUR = [1, 3, 3, 1] as const;

const EPSILON = 1e-8;

/** Every parameter's path and shape of a layer. */
export function styledShapes(
  path: string,
  { style, kernel, hasNoise = false }: {
    style: number;
    kernel: { size: number; cin: number; cout: number; isTransposed?: boolean };
    hasNoise?: boolean;
  },
): [path: string, shape: number[]][] {
  const { size, cin, cout, isTransposed } = kernel;
  return [
    [`${path}.affine.kernel`, [style, cin]],
    [`${path}.affine.bias`, [cin]],
    [`${path}.kernel`, [size, size, ...(isTransposed ? [cout, cin] : [cin, cout])]],
    [`${path}.bias`, [cout]],
    ...(hasNoise ? [[`${path}.strength`, []] as [string, number[]]] : []),
  ];
}

/**
 * A convolution of images [n, h, w, cin] with filters that a style scales channel by channel and that are then brought to length 1;
 * [n, h, w, cout], or [n, 2h, 2w, cout] if it doubles them: a transposed convolution of stride 2, blurred.
 *
 * @param images [1, h, w, cin] for the same images with each style
 * @param factors [n, cin]
 * @param gain factor of the result
 */
export function modulatedConv(
  kernel: tf.Tensor4D,
  images: tf.Tensor4D,
  factors: tf.Tensor2D,
  { doubles = false, gain = 1 }: { doubles?: boolean; gain?: number } = {},
): tf.Tensor4D {
  const scaled = scaleChannels(images, factors);
  const lengths = tf.sum(tf.square(kernel), [0, 1]) as tf.Tensor2D;
  const squares = tf.matMul(tf.square(factors), lengths, false, doubles);
  const norm = tf.rsqrt(tf.add(squares, EPSILON)) as tf.Tensor2D;
  const output = doubles
    ? convDouble(kernel, scaled)
    : conv({ kernel }, scaled, { pad: (kernel.shape[0] - 1) / 2 });
  return scaleChannels(output, gain === 1 ? norm : tf.mul(norm, gain));
}

/** [n, h, w, cin] to [n, 2h, 2w, cout] by a kernel [3, 3, cout, cin]. */
function convDouble(kernel: tf.Tensor4D, images: tf.Tensor4D): tf.Tensor4D {
  const [n, h, w] = images.shape, cout = kernel.shape[2];
  const wide = tf.conv2dTranspose(images, kernel, [n, 2 * h + 1, 2 * w + 1, cout], 2, "valid");
  // Of the sum 2, since every second pixel along a side is a zero.
  return blurred(wide, BLUR, { pad: [1, 1], sum: 2 });
}

/** A factor [n, c] for each channel of each image [n, h, w, c]. */
function scaleChannels(images: tf.Tensor4D, factors: tf.Tensor2D): tf.Tensor4D {
  const [n, c] = factors.shape;
  return tf.mul(images, tf.reshape(factors, [n, 1, 1, c]));
}

/**
 * A layer: the modulated convolution, noise, bias, activation.
 *
 * @param style [n, w]
 * @param noise [n, h', w', 1]; without it the layer makes none
 */
export function applyStyled(
  { affine, kernel, bias, strength }: StyledParams,
  images: tf.Tensor4D,
  style: tf.Tensor2D,
  { doubles, noise }: { doubles: boolean; noise?: tf.Tensor4D },
): tf.Tensor4D {
  const factors = equalisedDense(affine, style);
  const output = modulatedConv(kernel, images, factors, { doubles, gain: ACTIVATION_GAIN });
  const shift = tf.mul(bias, ACTIVATION_GAIN);
  const added = noise && strength
    ? tf.add(shift, tf.mul(noise, tf.mul(strength, ACTIVATION_GAIN)))
    : shift;
  return activate(tf.add(output, added));
}

/** The colours [n, h, w, 3] of feature maps [n, h, w, c]: modulated, but not brought to length 1, a 1x1 kernel. */
export function applyColours(
  { affine, kernel, bias }: StyledParams,
  images: tf.Tensor4D,
  style: tf.Tensor2D,
): tf.Tensor4D {
  const factors = equalisedDense(affine, style, { gain: 1 / Math.sqrt(kernel.shape[2]) });
  return conv({ kernel, bias }, scaleChannels(images, factors));
}
