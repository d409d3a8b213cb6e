// How the products of matrices in the gradients of convolutions are cut into tiles: a workgroup per tile, 4 x 4 elements per thread.

import { THREADS } from "./own_kernel.ts";

/** The tile of a workgroup. */
export interface Tile {
  /** Threads side by side, and one below the other. */
  across: number;
  down: number;
  rows: number;
  columns: number;
}

/** Columns of a product up to which the narrower tile, of 32, wastes less than that of 64. */
const FEW_COLUMNS = 32;

/** The tile for a product of so many columns. */
export function tileFor(columns: number): Tile {
  const across = columns <= FEW_COLUMNS ? 8 : 16, down = THREADS / across;
  return { across, down, rows: 4 * down, columns: 4 * across };
}

/** The tile in a shader. */
export function declareTile({ across, down, rows, columns }: Tile): string {
  return `
const ACROSS = ${across}u;
const DOWN = ${down}u;
const ROWS = ${rows}u;
const COLUMNS = ${columns}u;`;
}
