// Augmentation of what a discriminator sees, each change with a probability that may follow the discriminator (ADA, Karras et al. 2020
// "Training generative adversarial networks with limited data"). Of the changes published there, those that posters bear: what
// mirrors, turns or recolours a picture would be learnt with its lettering.

import * as tf from "../gpu/tf.ts";
import type { Random } from "../gpu/random.ts";

/** The kinds of change, in the order in which they are applied. */
export const CHANGES = [
  "translation",
  "scale",
  "stretch",
  "brightness",
  "contrast",
  "saturation",
  "cutout",
] as const;

/** One kind of change. */
export type Change = typeof CHANGES[number];

/** Shifts are at most this part of a side, and a cut-out rectangle's sides are this part of the image's. */
const SHIFT_RATIO = 1 / 8, CUTOUT_RATIO = 1 / 2;
/** Deviations: of the logarithms to base 2 of sizes, contrast and saturation, and of the brightness. */
const DEVIATIONS = {
  scale: 0.2,
  stretch: 0.1,
  brightness: 0.2,
  contrast: 0.5,
  saturation: 1,
} as const;

/** What is done to one image; the neutral values do nothing. */
export interface ImageChange {
  /** Whole pixels down and right. */
  shift: readonly [down: number, right: number];
  /** Factors of height and width. */
  zoom: readonly [height: number, width: number];
  brightness: number;
  contrast: number;
  saturation: number;
  /** Centre of the rectangle that is set to zero, in pixels. */
  hole: readonly [y: number, x: number] | null;
}

/**
 * Draws the changes of `count` images, each kind for each image with the given probability. However that stands, as many numbers are
 * drawn, so that one stream stays the same stream.
 */
export function drawChanges(
  { count, size: [height, width], kinds, probability }: {
    count: number;
    size: readonly [height: number, width: number];
    kinds: readonly Change[];
    probability: number;
  },
  random: Random,
): ImageChange[] {
  const [down, right] = [height, width].map((side) => Math.round(side * SHIFT_RATIO));
  return Array.from({ length: count }, (): ImageChange => {
    const isDrawn = (kind: Change) => {
      const wanted = random.uniform() < probability;
      return kinds.includes(kind) && wanted;
    };
    const normal = (kind: keyof typeof DEVIATIONS) => {
      const wanted = isDrawn(kind), value = random.normal(0, DEVIATIONS[kind]);
      return wanted ? value : 0;
    };
    const isShifted = isDrawn("translation");
    const shift = [random.integer(2 * down + 1) - down, random.integer(2 * right + 1) - right];
    const scale = normal("scale"), stretch = normal("stretch");
    const [brightness, contrast, saturation] = (["brightness", "contrast", "saturation"] as const)
      .map(normal);
    const isCut = isDrawn("cutout"), hole = [random.integer(height), random.integer(width)];
    return {
      shift: isShifted ? [shift[0], shift[1]] : [0, 0],
      zoom: [2 ** (scale + stretch), 2 ** (scale - stretch)],
      brightness,
      contrast: 2 ** contrast,
      saturation: 2 ** saturation,
      hole: isCut ? [hole[0], hole[1]] : null,
    };
  });
}

/**
 * Images [n, h, w, 3], each changed as its entry says; same shape. Linear in the images, so that gradients pass, twice too. What comes
 * from beyond the border is zero.
 */
export function applyChanges(
  images: tf.Tensor4D,
  changes: readonly ImageChange[],
): tf.Tensor4D {
  const isMoved = changes.some(({ shift, zoom }) =>
    [...shift, zoom[0] - 1, zoom[1] - 1].some((value) => value !== 0)
  );
  const isRecoloured = changes.some(({ brightness, contrast, saturation }) =>
    brightness !== 0 || contrast !== 1 || saturation !== 1
  );
  const moved = isMoved ? move(images, changes) : images;
  const coloured = isRecoloured ? recolour(moved, changes) : moved;
  return changes.some(({ hole }) => hole) ? cutOut(coloured, changes) : coloured;
}

/** Shift and zoom about the centre, bilinear: a matrix for the rows of each image and one for its columns. */
function move(images: tf.Tensor4D, changes: readonly ImageChange[]): tf.Tensor4D {
  const [n, h, w, c] = images.shape;
  const down = resampling(h, changes.map(({ shift, zoom }) => [shift[0], zoom[0]]));
  const across = resampling(w, changes.map(({ shift, zoom }) => [shift[1], zoom[1]]));
  const rows = tf.reshape(tf.matMul(down, tf.reshape(images, [n, h, w * c])), [n, h, w, c]);
  const turned = tf.reshape(tf.transpose(rows, [0, 2, 1, 3]), [n, w, h * c]);
  const columns: tf.Tensor4D = tf.reshape(tf.matMul(across, turned), [n, w, h, c]);
  return tf.transpose(columns, [0, 2, 1, 3]);
}

/** One side's matrices [n, size, size]. */
function resampling(
  size: number,
  sides: readonly (readonly [shift: number, zoom: number])[],
): tf.Tensor3D {
  const values = new Float32Array(sides.length * size * size), centre = (size - 1) / 2;
  sides.forEach(([shift, zoom], i) => {
    for (let to = 0; to < size; to++) {
      const from = (to - shift - centre) / zoom + centre, first = Math.floor(from);
      const row = (i * size + to) * size, share = from - first;
      if (first >= 0 && first < size) values[row + first] = 1 - share;
      if (share > 0 && first + 1 >= 0 && first + 1 < size) values[row + first + 1] = share;
    }
  });
  return tf.tensor3d(values, [sides.length, size, size]);
}

/** Brightness, then contrast, then saturation about the mean of the three colours. */
function recolour(images: tf.Tensor4D, changes: readonly ImageChange[]): tf.Tensor4D {
  const perImage = (value: (change: ImageChange) => number) =>
    tf.tensor4d(changes.map(value), [changes.length, 1, 1, 1]);
  const grey = tf.mean(images, 3, true);
  const colour = tf.mul(images, perImage(({ contrast, saturation }) => contrast * saturation));
  const light = tf.mul(grey, perImage(({ contrast, saturation }) => contrast * (1 - saturation)));
  const level = perImage(({ contrast, brightness }) => contrast * brightness);
  return tf.add(colour, tf.add(light, level));
}

/** Sets the rectangles to zero; they may reach over the border. */
function cutOut(images: tf.Tensor4D, changes: readonly ImageChange[]): tf.Tensor4D {
  const [n, h, w] = images.shape;
  const high = Math.round(h * CUTOUT_RATIO), wide = Math.round(w * CUTOUT_RATIO);
  const mask = new Float32Array(n * h * w).fill(1);
  changes.forEach(({ hole }, i) => {
    if (!hole) return;
    const top = hole[0] - Math.floor(high / 2), left = hole[1] - Math.floor(wide / 2);
    for (let y = Math.max(0, top); y < Math.min(h, top + high); y++) {
      mask.fill(0, (i * h + y) * w + Math.max(0, left), (i * h + y) * w + Math.min(w, left + wide));
    }
  });
  return tf.mul(images, tf.tensor4d(mask, [n, h, w, 1]));
}

/** The probability of each change while it follows the discriminator. */
export interface Adaptation {
  probability: number;
  /** The signs since the probability was last changed: their sum over steps, and the steps. */
  signs: number;
  steps: number;
}

/** How the probability follows. */
export interface AdaptationOptions {
  /** The mean sign that is aimed at, -1 to 1; published: 0.6. */
  target: number;
  /** Images in which the probability could go from 0 to 1; published: 500,000. */
  images: number;
}

/** Steps from one change of the probability to the next; published: 4. */
const STEPS = 4;

/**
 * The adaptation after one more step (section 3.1 of the paper): every fourth step the probability goes up if the discriminator was too
 * sure of real pictures, else down.
 *
 * @param sign the mean sign of the discriminator's scores of real pictures in this step, -1 to 1: near 1 it has learnt them by heart
 * @param batch images of the step
 */
export function adapt(
  { probability, signs, steps }: Adaptation,
  { sign, batch }: { sign: number; batch: number },
  { target, images }: AdaptationOptions,
): Adaptation {
  const sum = signs + sign, count = steps + 1;
  if (count < STEPS) return { probability, signs: sum, steps: count };
  const step = Math.sign(sum / count - target) * batch * STEPS / images;
  return { probability: Math.min(1, Math.max(0, probability + step)), signs: 0, steps: 0 };
}
