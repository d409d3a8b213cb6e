// Scalar products of all rows of two matrices, a block at a time: what distances and kernels between many pictures are made of.

import type { Matrix } from "./matrix.ts";

/** Rows in 64 bits, in which the metrics add up. Below them are rows of zeros, so that tiles are always whole. */
export interface Rows {
  rows: number;
  width: number;
  values: Float64Array;
}

/** Products of rows `fromA` to `toA` (not included) of one matrix with rows `fromB` to `toB` of another. */
export interface ProductBlock {
  fromA: number;
  toA: number;
  fromB: number;
  toB: number;
  /** That of row `fromA + i` and row `fromB + j` at `i * BLOCK_B + j`; good until the visitor returns. */
  products: Float64Array;
}

/** Rows of a tile, whose eight sums stay in registers. */
const TILE_A = 2, TILE_B = 4;
/** Rows of a block: with 128 numbers each both sides lie in the cache, and the products do too. */
const BLOCK_A = 64;
/** Products in a row of a block. */
export const BLOCK_B = 256;

/** Some rows of a matrix in 64 bits: those of these numbers in their order, or all. */
export function toRows({ rows, width, values }: Matrix, picked?: ArrayLike<number>): Rows {
  const count = picked?.length ?? rows;
  const copy = new Float64Array(Math.ceil(count / TILE_B) * TILE_B * width);
  if (picked === undefined) copy.set(values);
  else {
    for (let i = 0; i < count; i++) {
      copy.set(values.subarray(picked[i] * width, (picked[i] + 1) * width), i * width);
    }
  }
  return { rows: count, width, values: copy };
}

/** The scalar product of each row with itself, to the last bit what `eachProductBlock` gives for it. */
export function squaredNorms({ rows, width, values }: Rows): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let k = row * width; k < (row + 1) * width; k++) sum += values[k] * values[k];
    return sum;
  });
}

/**
 * Calls back with every product of a row of `a` and a row of `b`, block by block: half a megabyte at once, however many rows there
 * are. Rows of `a` rise slowest.
 *
 * @param blocks `below` leaves out blocks in which every row of `b` comes after every row of `a`: enough for pairs of one set
 * @throws {RangeError} if rows of `a` and of `b` differ in length
 */
export function eachProductBlock(
  a: Rows,
  b: Rows,
  visit: (block: ProductBlock) => void,
  blocks: "all" | "below" = "all",
): void {
  if (a.width !== b.width) {
    throw new RangeError(
      `Cannot compare features: found ${b.width} numbers a row, expected ${a.width}`,
    );
  }
  const products = new Float64Array(BLOCK_A * BLOCK_B);
  for (let fromA = 0; fromA < a.rows; fromA += BLOCK_A) {
    const toA = Math.min(fromA + BLOCK_A, a.rows);
    const endB = blocks === "below" ? toA : b.rows;
    for (let fromB = 0; fromB < endB; fromB += BLOCK_B) {
      const block = { fromA, toA, fromB, toB: Math.min(fromB + BLOCK_B, b.rows), products };
      multiplyBlock(a.values, b.values, a.width, block);
      visit(block);
    }
  }
}

function multiplyBlock(
  a: Float64Array,
  b: Float64Array,
  width: number,
  { fromA, toA, fromB, toB, products }: ProductBlock,
): void {
  for (let i = fromA; i < toA; i += TILE_A) {
    for (let j = fromB; j < toB; j += TILE_B) {
      multiplyTile(a, i * width, b, j * width, width, products, (i - fromA) * BLOCK_B + j - fromB);
    }
  }
}

/** Two rows by four: each number that is read takes part in two or four products. */
function multiplyTile(
  a: Float64Array,
  p: number,
  b: Float64Array,
  q: number,
  width: number,
  products: Float64Array,
  at: number,
): void {
  const p1 = p + width, q1 = q + width, q2 = q1 + width, q3 = q2 + width;
  let s00 = 0, s01 = 0, s02 = 0, s03 = 0, s10 = 0, s11 = 0, s12 = 0, s13 = 0;
  for (let k = 0; k < width; k++) {
    const x0 = a[p + k], x1 = a[p1 + k];
    const y0 = b[q + k], y1 = b[q1 + k], y2 = b[q2 + k], y3 = b[q3 + k];
    s00 += x0 * y0;
    s01 += x0 * y1;
    s02 += x0 * y2;
    s03 += x0 * y3;
    s10 += x1 * y0;
    s11 += x1 * y1;
    s12 += x1 * y2;
    s13 += x1 * y3;
  }
  products[at] = s00;
  products[at + 1] = s01;
  products[at + 2] = s02;
  products[at + 3] = s03;
  products[at + BLOCK_B] = s10;
  products[at + BLOCK_B + 1] = s11;
  products[at + BLOCK_B + 2] = s12;
  products[at + BLOCK_B + 3] = s13;
}
