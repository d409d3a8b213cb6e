// Layers that change an image's size without weights: reflection padding, nearest-neighbour and bilinear resizing.

import * as tf from "./tf.ts";

/**
 * Reflects the border outwards without repeating the edge pixel: [n, h, w, c] to [n, h + 2 pad, w + 2 pad, c].
 *
 * Its gradient in tfjs is wrong; gpu/gradients.ts registers the right one.
 *
 * @throws {RangeError} if a side is not longer than the padding
 */
export function reflectPad(images: tf.Tensor4D, pad: number): tf.Tensor4D {
  const [, h, w] = images.shape;
  if (Math.min(h, w) <= pad) {
    throw new RangeError(
      `Cannot reflect the border: the image is ${h}x${w} pixels, expected both sides above ${pad}`,
    );
  }
  return tf.mirrorPad(images, [[0, 0], [pad, pad], [pad, pad], [0, 0]], "reflect");
}

/** Repeats each pixel 2 x 2: [n, h, w, c] to [n, 2h, 2w, c]. */
export function doubleNearest(images: tf.Tensor4D): tf.Tensor4D {
  const [, h, w] = images.shape;
  return tf.image.resizeNearestNeighbor(images, [2 * h, 2 * w]);
}

/** How a resized image's pixels are taken from the old ones. */
export type Interpolation = "nearest" | "bilinear";

/**
 * Images [n, h, w, c] at another size [n, height, width, c], pixel centres at half numbers, as PyTorch's `interpolate` does
 * without aligned corners and without antialiasing: for making images larger.
 *
 * A product with a matrix per axis, and so differentiable as often as one likes, which tfjs's own resizing is not.
 */
export function resize(
  images: tf.Tensor4D,
  [height, width]: readonly [number, number],
  interpolation: Interpolation,
): tf.Tensor4D {
  const [n, h, w, c] = images.shape;
  const apply = (rows: tf.Tensor, from: number, to: number) =>
    tf.matMul(tf.reshape(rows, [-1, from]), interpolationMatrix(from, to, interpolation));
  const channelsFirst = tf.transpose(images, [0, 3, 1, 2]);
  const wide = tf.reshape(apply(channelsFirst, w, width), [n, c, h, width]);
  const high = apply(tf.transpose(wide, [0, 1, 3, 2]), h, height);
  return tf.transpose(tf.reshape(high, [n, c, width, height]), [0, 3, 2, 1]);
}

/** The weights [from, to] with which old pixels make new ones, along one axis. */
function interpolationMatrix(from: number, to: number, interpolation: Interpolation): tf.Tensor2D {
  const weights = new Float32Array(from * to);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * from / to;
    if (interpolation === "nearest") {
      weights[Math.floor(centre) * to + i] = 1;
      continue;
    }
    const at = Math.min(Math.max(centre - 0.5, 0), from - 1), lower = Math.floor(at);
    weights[lower * to + i] = 1 - (at - lower);
    if (at > lower) weights[(lower + 1) * to + i] = at - lower;
  }
  return tf.tensor2d(weights, [from, to]);
}
