// The nearest rows of a set to each row of another: which training pictures a sample is closest to.

import {
  BLOCK_B,
  eachProductBlock,
  type ProductBlock,
  squaredNorms,
  toRows,
} from "./_row_products.ts";
import { assertMatrix, type Matrix } from "./matrix.ts";

/** For each query its nearest rows, the nearest first. */
export interface Nearest {
  /** How many for each query. */
  count: number;
  /** Squared Euclidean distances, `count` for each query. */
  squares: Float64Array;
  /** Their numbers in the set, likewise. */
  rows: Uint32Array;
}

/**
 * The `count` nearest rows of `set` to each row of `queries`, by Euclidean distance. Exact; of equal distances the first row comes
 * first. 64-bit sums; memory grows with the rows, not with their pairs.
 *
 * @param own `queries` is `set` itself, and no row is its own neighbour
 * @throws {RangeError} if the rows differ in length, or the set has not as many rows
 */
export function nearestRows(queries: Matrix, set: Matrix, count: number, own = false): Nearest {
  assertMatrix(queries, 1, "features to look for");
  assertMatrix(set, own ? count + 1 : count, "features to look among");
  const found: Nearest = {
    count,
    squares: new Float64Array(queries.rows * count).fill(Infinity),
    rows: new Uint32Array(queries.rows * count),
  };
  eachSquaredDistance(queries, set, (squares, i, fromB, toB) => {
    for (let j = fromB; j < toB; j++) {
      if (!own || i !== j) insert(found, i, j, squares[j - fromB]);
    }
  });
  return found;
}

/**
 * Calls back with the squared Euclidean distances between row `i` of `a` and rows `fromB` to `toB` (not included) of `b`; the
 * array is good until the visitor returns. Equal rows are exactly 0 apart.
 */
export function eachSquaredDistance(
  a: Matrix,
  b: Matrix,
  visit: (squares: Float64Array, i: number, fromB: number, toB: number) => void,
): void {
  const rowsA = toRows(a), rowsB = a === b ? rowsA : toRows(b);
  const normsA = squaredNorms(rowsA), normsB = a === b ? normsA : squaredNorms(rowsB);
  const squares = new Float64Array(BLOCK_B);
  eachProductBlock(rowsA, rowsB, ({ fromA, toA, fromB, toB, products }: ProductBlock) => {
    for (let i = fromA; i < toA; i++) {
      for (let j = fromB, at = (i - fromA) * BLOCK_B; j < toB; j++, at++) {
        // The three are equal for equal rows; else rounding may leave a hair below 0.
        squares[j - fromB] = Math.max(0, normsA[i] + normsB[j] - 2 * products[at]);
      }
      visit(squares, i, fromB, toB);
    }
  });
}

/** Puts a row in its place among a query's nearest, if it is one. */
function insert({ count, squares, rows }: Nearest, query: number, row: number, square: number) {
  const first = query * count;
  let at = first + count - 1;
  if (!(square < squares[at])) return;
  for (; at > first && square < squares[at - 1]; at--) {
    squares[at] = squares[at - 1];
    rows[at] = rows[at - 1];
  }
  squares[at] = square;
  rows[at] = row;
}
