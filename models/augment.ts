// Differentiable augmentation of what a discriminator sees (DiffAugment, Zhao et al. 2020): real and fake images go through
// the same kinds of change, gradients pass through, so few training images last longer.

import * as tf from "../gpu/tf.ts";
import type { Random } from "../gpu/random.ts";

/** The kinds of change, in the order in which they are applied. */
export const AUGMENTATIONS = ["color", "translation", "cutout"] as const;

/** One kind of change. */
export type Augmentation = typeof AUGMENTATIONS[number];

/** Shifts are at most this part of a side, and a cut-out square's sides are this part of the image's. */
const SHIFT_RATIO = 1 / 8, CUTOUT_RATIO = 1 / 2;

/** Images [n, h, w, 3], each changed by its own random draws; same shape. No kinds: the images themselves. */
export function augment(
  images: tf.Tensor4D,
  kinds: readonly Augmentation[],
  random: Random,
): tf.Tensor4D {
  const apply = { color: changeColor, translation: translate, cutout: cutOut };
  return AUGMENTATIONS.filter((kind) => kinds.includes(kind))
    .reduce((x, kind) => apply[kind](x, random), images);
}

/** Brightness +-0.5, saturation times [0, 2), contrast times [0.5, 1.5). */
function changeColor(images: tf.Tensor4D, random: Random): tf.Tensor4D {
  const draw = (min: number, max: number) =>
    tf.tensor4d(Array.from({ length: images.shape[0] }, () => random.uniform(min, max)), [
      images.shape[0],
      1,
      1,
      1,
    ]);
  const brighter = tf.add(images, draw(-0.5, 0.5));
  const grey = tf.mean(brighter, 3, true);
  const saturated = tf.add(tf.mul(tf.sub(brighter, grey), draw(0, 2)), grey);
  const level = tf.mean(saturated, [1, 2, 3], true);
  return tf.add(tf.mul(tf.sub(saturated, level), draw(0.5, 1.5)), level);
}

/** Moves each image by up to an eighth of its sides, zeros moving in. */
function translate(images: tf.Tensor4D, random: Random): tf.Tensor4D {
  const [n, h, w, c] = images.shape;
  const down = Math.round(h * SHIFT_RATIO), right = Math.round(w * SHIFT_RATIO);
  const padded = tf.pad(images, [[0, 0], [down, down], [right, right], [0, 0]]);
  const moved = Array.from({ length: n }, (_, i) => {
    const y = random.integer(2 * down + 1), x = random.integer(2 * right + 1);
    return tf.slice(padded, [i, y, x, 0], [1, h, w, c]);
  });
  return tf.concat(moved, 0);
}

/** Sets one rectangle of half the sides to zero; it may reach over the border. */
function cutOut(images: tf.Tensor4D, random: Random): tf.Tensor4D {
  const [n, h, w] = images.shape;
  const high = Math.round(h * CUTOUT_RATIO), wide = Math.round(w * CUTOUT_RATIO);
  const mask = new Float32Array(n * h * w).fill(1);
  for (let i = 0; i < n; i++) {
    const top = random.integer(h) - Math.floor(high / 2),
      left = random.integer(w) - Math.floor(wide / 2);
    for (let y = Math.max(0, top); y < Math.min(h, top + high); y++) {
      mask.fill(0, (i * h + y) * w + Math.max(0, left), (i * h + y) * w + Math.min(w, left + wide));
    }
  }
  return tf.mul(images, tf.tensor4d(mask, [n, h, w, 1]));
}
