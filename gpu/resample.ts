// Layers that change an image's size without weights: reflection padding and nearest-neighbour doubling.

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
