// Kernel distance between two sets of features (KID, Binkowski et al. 2018): near 0 if both could come from one source.

import { type Random, randomStream } from "../../gpu/random.ts";
import {
  BLOCK_B,
  eachProductBlock,
  type ProductBlock,
  type Rows,
  toRows,
} from "./_row_products.ts";
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
  assertSets(a, b);
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

/**
 * The estimate over all rows of both sets at once, without subsets: less noise than these have, and a cost that grows with the
 * square of the rows.
 *
 * @throws {RangeError} as `kernelDistance`
 */
export function wholeKernelDistance(a: Matrix, b: Matrix): number {
  assertSets(a, b);
  return unbiasedDiscrepancy(toRows(a), toRows(b));
}

function assertSets(a: Matrix, b: Matrix): void {
  assertMatrix(a, 2, "features of the first set");
  assertMatrix(b, 2, "features of the second set");
}

function pickRows(set: Matrix, count: number, random: Random): Rows {
  return toRows(set, random.permutation(set.rows).subarray(0, count));
}

function unbiasedDiscrepancy(a: Rows, b: Rows): number {
  const pairs = (set: Rows) => set.rows * (set.rows - 1) / 2;
  return innerSum(a) / pairs(a) + innerSum(b) / pairs(b) - 2 * crossSum(a, b) / (a.rows * b.rows);
}

/** The kernel summed over pairs of different rows, each pair once. */
function innerSum(a: Rows): number {
  let sum = 0;
  eachProductBlock(a, a, (block) => {
    for (let i = block.fromA; i < block.toA; i++) sum += kernelSum(block, a.width, i, i);
  }, "below");
  return sum;
}

function crossSum(a: Rows, b: Rows): number {
  let sum = 0;
  eachProductBlock(a, b, (block) => {
    for (let i = block.fromA; i < block.toA; i++) sum += kernelSum(block, a.width, i, b.rows);
  });
  return sum;
}

/** The kernels of a block's row `i` with its rows before `end`. */
function kernelSum(block: ProductBlock, width: number, i: number, end: number): number {
  const start = (i - block.fromA) * BLOCK_B, count = Math.min(block.toB, end) - block.fromB;
  let sum = 0;
  for (let j = 0; j < count; j++) {
    const base = block.products[start + j] / width + 1;
    sum += base * base * base;
  }
  return sum;
}
