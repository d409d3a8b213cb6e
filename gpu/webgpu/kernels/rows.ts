// Sums over the rows of matrices [n, rows, columns], columns side by side: coalesced reads, no transposition, no atomics, always in the
// same order. A workgroup is some columns wide and some rows high; the rows are cut into slices, so that one matrix fills the card.

import { typeOf, widthOf } from "./own_kernel.ts";

/** Threads of a workgroup one below the other. Few, since each adds up what all of them have: that takes two barriers, and a tree eight. */
export const HEIGHT = 16;

/** Slices of the rows of one matrix, at most, and rows of a slice for one thread, at least. */
const MOST_SLICES = 64, ROWS_PER_THREAD = 4;

/** How a sum over rows is split. */
export interface RowSplit {
  /** Matrices, their rows, and their columns in units of `width` values. */
  n: number;
  rows: number;
  columns: number;
  width: 1 | 4;
  /** Threads of a workgroup side by side. */
  lanes: number;
  slices: number;
  sliceRows: number;
}

/** Splits the rows of matrices of so many channels, into so many slices at most. */
export function splitRows(
  n: number,
  rows: number,
  channels: number,
  mostSlices = MOST_SLICES,
): RowSplit {
  const width = widthOf(channels), columns = channels / width;
  const lanes = columns <= 4 ? 4 : columns <= 8 ? 8 : 16;
  const wanted = Math.min(mostSlices, Math.ceil(rows / (HEIGHT * ROWS_PER_THREAD)));
  const sliceRows = Math.ceil(rows / wanted);
  const slices = Math.ceil(rows / sliceRows);
  return { n, rows, columns, width, lanes, slices, sliceRows };
}

/** The numbers of a split that a shader knows as `u.rows` and so on. */
export function countsOf({ rows, columns, slices, sliceRows }: RowSplit): Record<string, number> {
  return { rows, columns, slices, sliceRows };
}

/** What the text of a shader of a split depends on. */
export function variantOf({ lanes, width }: RowSplit): string {
  return `${lanes}x${width}`;
}

/** Workgroups of a shader that takes so many rows in one. */
export function gridOf({ n, rows, columns, lanes }: RowSplit, groupRows: number): [
  number,
  number,
  number,
] {
  return [Math.ceil(rows / groupRows), Math.ceil(columns / lanes), n];
}

/** The type V of `width` values, and `sumRows`: the sums of two values over a workgroup's rows, for each thread those of its column. */
export function declareSums({ lanes, width }: RowSplit): string {
  return `
alias V = ${typeOf(width)};
const LANES = ${lanes}u;
const HEIGHT = ${HEIGHT}u;
struct Pair { first: V, second: V };
var<workgroup> shares: array<Pair, ${lanes * HEIGHT}>;
fn sumRows(index: u32, first: V, second: V) -> Pair {
  workgroupBarrier();
  shares[index] = Pair(first, second);
  workgroupBarrier();
  var total = Pair(V(0.0), V(0.0));
  for (var at = index % LANES; at < LANES * HEIGHT; at += LANES) {
    total.first += shares[at].first;
    total.second += shares[at].second;
  }
  return total;
}`;
}

/** The beginning of a shader's body: its column and image, whether there is such a column, and where it begins. */
export const FIND_COLUMN = `
  let column = group.y * LANES + lane.x;
  let isIn = column < u.columns;
  let start = group.z * u.rows * u.columns + column;
  let partialStart = group.z * u.slices * 2u * u.columns + column;`;
