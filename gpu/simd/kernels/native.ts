// What a kernel of the engine looks like from the backend, and how it splits its work.

import type { NamedAttrMap, TensorInfo } from "../../tf.ts";
import type { SimdBackend } from "../backend.ts";

/** Computes on the engine; undefined for attributes or shapes that are left to the stock kernel. Inputs are float32. */
export type NativeKernel = (
  inputs: Readonly<Record<string, TensorInfo>>,
  backend: SimdBackend,
  attrs: NamedAttrMap,
) => TensorInfo | TensorInfo[] | undefined;

/** Columns of a panel, and the most rows of a block; see assembly/rows.ts. */
const COLUMNS = 16, MOST_ROWS = 96;
/** Blocks per thread below which blocks are made smaller, so that threads end at about the same time. */
const BLOCKS_PER_THREAD = 6;

/** The number of panels of 16 that some columns take. */
export function panelsOf(columns: number): number {
  return Math.ceil(columns / COLUMNS);
}

/** Bytes of a matrix in panels. */
export function panelBytes(rows: number, columns: number): number {
  return rows * panelsOf(columns) * COLUMNS * 4;
}

/** Rows and panels per block of a product of matrices: large, so that what is read is used often, but enough for all threads. */
export function splitProduct(
  rows: number,
  columns: number,
  threads: number,
): { blockRows: number; groupPanels: number } {
  const panels = panelsOf(columns), wanted = threads > 1 ? threads * BLOCKS_PER_THREAD : 1;
  let blockRows = Math.min(MOST_ROWS, Math.ceil(rows / 6) * 6), groupPanels = panels;
  const blocks = () => Math.ceil(rows / blockRows) * Math.ceil(panels / groupPanels);
  while (blocks() < wanted) {
    if (groupPanels > 4) groupPanels = Math.ceil(groupPanels / 2);
    else if (blockRows > 24) blockRows = Math.ceil(blockRows / 12) * 6;
    else if (groupPanels > 1) groupPanels = Math.ceil(groupPanels / 2);
    else if (blockRows > 6) blockRows = Math.ceil(blockRows / 12) * 6;
    else break;
  }
  return { blockRows, groupPanels };
}
