// Kernel distance between two sets of features (KID, Binkowski et al. 2018): near 0 if both could come from one source.

import { type Random, randomStream } from "../../gpu/random.ts";
import { assertMatrix, type Matrix } from "./matrix.ts";

/** The distance over random subsets. */
export interface KernelDistance {
  /** Mean over the subsets; unbiased, so between sets of one source it is as often below 0 as above. */
  mean: number;
  /** Standard deviation over the subsets. Subsets share rows, so it is not the error of the mean. */
  deviation: number;
  /** Rows drawn of each set for a subset. */
  rows: number;
  subsets: number;
}

/** How the subsets are drawn. */
export interface KernelDistanceOptions {
  seed: number;
  /** How many; published: 100. */
  subsets?: number;
  /** Rows in each at most, fewer if a set has no more; published: 1000. */
  mostRows?: number;
}

/**
 * KID: the unbiased estimate of the squared maximum mean discrepancy with the kernel (x y / width + 1)^3 (Binkowski et al. 2018,
 * section 2.3 and equation 4; the subsets as in the code of StyleGAN3, Karras et al. 2021). A subset of a set that has no more
 * rows than are asked for is the whole set. 64-bit sums.
 *
 * @throws {RangeError} if the sets' vectors differ in length, or a set has fewer than two
 */
export function kernelDistance(
  a: Matrix,
  b: Matrix,
  { seed, subsets = 100, mostRows = 1000 }: KernelDistanceOptions,
): KernelDistance {
  assertMatrix(a, 2, "features of the first set");
  assertMatrix(b, 2, "features of the second set");
  if (a.width !== b.width) {
    throw new RangeError(
      `Cannot compare features: found ${b.width} numbers a row, expected ${a.width}`,
    );
  }
  const rows = Math.min(mostRows, a.rows, b.rows);
  const random = randomStream(seed, "kernel distance");
  let sum = 0, squares = 0;
  for (let i = 0; i < subsets; i++) {
    const estimate = unbiasedDiscrepancy(pickRows(a, rows, random), pickRows(b, rows, random));
    sum += estimate;
    squares += estimate ** 2;
  }
  const mean = sum / subsets;
  return {
    mean,
    deviation: Math.sqrt(Math.max(0, squares / subsets - mean ** 2)),
    ...{ rows, subsets },
  };
}

/** Rows of a set in 64 bits. */
interface Subset {
  rows: number;
  width: number;
  values: Float64Array;
}

function pickRows({ rows, width, values }: Matrix, count: number, random: Random): Subset {
  const picked = new Float64Array(count * width);
  random.permutation(rows).subarray(0, count).forEach((row, i) =>
    picked.set(values.subarray(row * width, (row + 1) * width), i * width)
  );
  return { rows: count, width, values: picked };
}

function unbiasedDiscrepancy(a: Subset, b: Subset): number {
  const pairs = a.rows * (a.rows - 1) / 2;
  return innerSum(a) / pairs + innerSum(b) / pairs - 2 * crossSum(a, b) / (a.rows * b.rows);
}

/** The kernel summed over pairs of different rows, each pair once. */
function innerSum(a: Subset): number {
  let sum = 0;
  for (let i = 1; i < a.rows; i++) {
    for (let j = 0; j < i; j++) sum += kernel(a, i, a, j);
  }
  return sum;
}

function crossSum(a: Subset, b: Subset): number {
  let sum = 0;
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < b.rows; j++) sum += kernel(a, i, b, j);
  }
  return sum;
}

function kernel({ width, values: x }: Subset, i: number, { values: y }: Subset, j: number): number {
  const p = i * width, q = j * width, whole = width - width % 4;
  // Four sums side by side: one alone would wait for each addition.
  let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  for (let k = 0; k < whole; k += 4) {
    s0 += x[p + k] * y[q + k];
    s1 += x[p + k + 1] * y[q + k + 1];
    s2 += x[p + k + 2] * y[q + k + 2];
    s3 += x[p + k + 3] * y[q + k + 3];
  }
  for (let k = whole; k < width; k++) s0 += x[p + k] * y[q + k];
  const base = (s0 + s1 + s2 + s3) / width + 1;
  return base * base * base;
}
