// Eight pictures of two kinds that a tiny CycleGAN can learn to change into each other.

import * as tf from "../../../gpu/tf.ts";
import type { Batch } from "../../../models/cyclegan/step.ts";

/** Height and width, and pictures per domain. */
export const SIDE = 16, COUNT = 4;

/** The two colours of each domain, in [-1, 1]: warm stripes in A, cold checkers in B. */
const COLOURS = {
  A: [[0.8, 0.1, -0.7], [0.2, -0.6, -0.9]],
  B: [[-0.8, 0.2, 0.8], [-0.9, -0.5, 0.1]],
} as const;

/** The four pictures of each domain [4, 16, 16, 3], each with its own shift; the caller owns them. */
export function learningSet(): Batch {
  const stripes = (shift: number, _: number, x: number) => Math.floor((x + shift) / 4) % 2;
  const checkers = (shift: number, y: number, x: number) =>
    (Math.floor((x + shift) / 4) + Math.floor((y + shift) / 4)) % 2;
  return { a: draw("A", stripes), b: draw("B", checkers) };
}

function draw(
  domain: "A" | "B",
  which: (shift: number, y: number, x: number) => number,
): tf.Tensor4D {
  const values = [];
  for (let shift = 0; shift < COUNT; shift++) {
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) values.push(...COLOURS[domain][which(shift, y, x)]);
    }
  }
  return tf.tensor4d(values, [COUNT, SIDE, SIDE, 3]);
}
