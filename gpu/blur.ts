// Doubles, halves and filters images by a separable low-pass filter (Zhang 2019; the borders as StyleGAN2 has them, Karras et al. 2020).

import { hasKernel, runOwnKernel, type SideFilter } from "./own_kernels.ts";
import * as tf from "./tf.ts";

/**
 * Doubles images [n, h, w, c] to [n, 2h, 2w, c]: a zero after each pixel of a row and of a column, then the filter, outside the border
 * zeros.
 *
 * @param kernel the filter along one side, such as [1, 3, 3, 1]; scaled to sum 2, so that a flat picture stays what it is
 */
export function upsampleBlurred(images: tf.Tensor4D, kernel: readonly number[]): tf.Tensor4D {
  const [, h, w] = images.shape;
  return filterSides(images, {
    taps: tapsOf(kernel, 2),
    ...{ up: 2, down: 1, before: Math.floor((kernel.length + 1) / 2) },
    ...{ from: [h, w], to: [2 * h, 2 * w] },
  });
}

/**
 * Halves images [n, h, w, c], both sides even, to [n, h / 2, w / 2, c]: the filter, outside the border zeros, at every second pixel.
 *
 * @param kernel the filter along one side, such as [1, 3, 3, 1]; scaled to sum 1
 * @throws {RangeError} if a side is odd
 */
export function downsampleBlurred(images: tf.Tensor4D, kernel: readonly number[]): tf.Tensor4D {
  const [, h, w] = images.shape;
  if (h % 2 || w % 2) {
    throw new RangeError(`Cannot halve an image of ${h}x${w} pixels: expected even sides`);
  }
  return filterSides(images, {
    taps: tapsOf(kernel, 1),
    ...{ up: 1, down: 2, before: Math.floor((kernel.length - 1) / 2) },
    ...{ from: [h, w], to: [h / 2, w / 2] },
  });
}

/**
 * Filters images [n, h, w, c] to [n, h', w', c], h' = h + before + after - k + 1, outside the border zeros.
 *
 * @param kernel the filter along one side
 * @param pad zeros before and after along each side
 * @param sum what the kernel is scaled to; 1 unless given
 */
export function blurred(
  images: tf.Tensor4D,
  kernel: readonly number[],
  { pad: [before, after], sum = 1 }: {
    pad: readonly [before: number, after: number];
    sum?: number;
  },
): tf.Tensor4D {
  const [, h, w] = images.shape, more = before + after - kernel.length + 1;
  return filterSides(images, {
    taps: tapsOf(kernel, sum),
    ...{ up: 1, down: 1, before, from: [h, w], to: [h + more, w + more] },
  });
}

/** The longest kernel. */
const MOST_TAPS = 64;

/** The kernel scaled to a sum and turned round: a filter is a convolution. */
function tapsOf(kernel: readonly number[], gain: number): number[] {
  const sum = kernel.reduce((total, value) => total + value, 0);
  if (kernel.length < 2 || kernel.length > MOST_TAPS || !(sum > 0)) {
    throw new RangeError(
      `Cannot filter by [${
        kernel.join(", ")
      }]: expected 2 to ${MOST_TAPS} numbers of a positive sum`,
    );
  }
  return kernel.map((value) => value * gain / sum).reverse();
}

/** In one pass where the device has it, else as one matrix for rows and one for columns. */
function filterSides(images: tf.Tensor4D, filter: SideFilter): tf.Tensor4D {
  if (hasKernel("FilterSides")) return runOwnKernel("FilterSides", { x: images }, { ...filter });
  const [n, h, w, c] = images.shape, { to: [high, wide] } = filter;
  const rows = tf.matMul(bandMatrix(h, high, filter), tf.reshape(images, [n, h, w * c]));
  const pixels = tf.matMul(bandMatrix(w, wide, filter), tf.reshape(rows, [n * high, w, c]));
  return tf.reshape(pixels, [n, high, wide, c]);
}

/** The filter along one side as a matrix [1, to, from]. */
function bandMatrix(
  from: number,
  to: number,
  { taps, up, down, before }: SideFilter,
): tf.Tensor3D {
  const values = new Float32Array(to * from);
  for (let i = 0; i < to; i++) {
    taps.forEach((tap, k) => {
      const at = (i * down + k - before) / up;
      if (Number.isInteger(at) && at >= 0 && at < from) values[i * from + at] = tap;
    });
  }
  return tf.tensor3d(values, [1, to, from]);
}
