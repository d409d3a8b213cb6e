// How different the pictures of one group are from each other: a generator that repeats itself has little of it.

import { assertMatrix, type Matrix } from "./matrix.ts";

/** Distance within groups. */
export interface Diversity {
  /** Mean over groups of the mean Euclidean distance over a group's pairs; undefined if no group has two rows. */
  mean: number | undefined;
  /** Groups that were counted: those of at least two rows. */
  groups: number;
}

/**
 * The mean Euclidean distance between the features of two pictures of one group, over all pairs of a group, then over groups, so
 * that a small group counts as much as a large one. It has the unit of the features: it compares only between sets that one
 * network has judged. 64-bit sums.
 *
 * @param groups the numbers of the rows of each group, such as the posters of each genre; a row may be in several
 * @throws {RangeError} if there is no row of such a number
 */
export function diversity(features: Matrix, groups: readonly (readonly number[])[]): Diversity {
  assertMatrix(features, 0, "features");
  const wrong = groups.flat().find((row) =>
    !(Number.isInteger(row) && row >= 0 && row < features.rows)
  );
  if (wrong !== undefined) {
    throw new RangeError(
      `Cannot compare rows of a group: found row ${wrong}, expected 0 to ${features.rows - 1}`,
    );
  }
  const counted = groups.filter((group) => group.length >= 2);
  if (counted.length === 0) return { mean: undefined, groups: 0 };
  const sum = counted.reduce((sum, group) => sum + meanDistance(features, group), 0);
  return { mean: sum / counted.length, groups: counted.length };
}

function meanDistance({ width, values }: Matrix, group: readonly number[]): number {
  let sum = 0;
  for (let i = 1; i < group.length; i++) {
    for (let j = 0; j < i; j++) {
      const p = group[i] * width, q = group[j] * width;
      let squares = 0;
      for (let k = 0; k < width; k++) squares += (values[p + k] - values[q + k]) ** 2;
      sum += Math.sqrt(squares);
    }
  }
  return sum / (group.length * (group.length - 1) / 2);
}
