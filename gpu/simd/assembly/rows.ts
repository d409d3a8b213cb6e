// The tables that tiles take: addresses of rows, for up to 96 rows at a time, in the scratch memory of the thread.

import { scratch } from "./threads";
import { COLUMNS, ROWS, tile } from "./tile";

/** Rows that one table holds: 16 tiles. A panel of 16 columns is read once for all of them, from the second-level cache. */
export const TABLE_ROWS = 96;

// Where things lie in the thread's scratch memory.
const INS = 0, OUTS = 512, SPARE = 1024, SPARE_OUTS = 1536, FREE = 2048;

/** Behind the tables: what a kernel keeps there between two calls of its own. */
export function freeScratch(): usize {
  return scratch + FREE;
}

/** The table of addresses of a's rows. */
export function ins(): usize {
  return scratch + INS;
}

/** The table of addresses of the results' rows. */
export function outs(): usize {
  return scratch + OUTS;
}

/** Enters the addresses of row i. */
export function setRow(i: i32, a: usize, out: usize): void {
  store<usize>(scratch + (<usize> i << 2), a, INS);
  store<usize>(scratch + (<usize> i << 2), out, OUTS);
}

/** Fills the last tile of `count` rows up with copies of the last row, whose results are thrown away; gives the number of tiles. */
export function closeRows(count: i32): i32 {
  const tiles = (count + ROWS - 1) / ROWS;
  const last = load<usize>(scratch + (<usize> (count - 1) << 2), INS);
  for (let i = count; i < tiles * ROWS; i++) setRow(i, last, 0);
  return tiles;
}

/**
 * The products of all rows of the tables with one panel of b: see gpu/simd/tile_source.ts. Only `columns` of the 16 columns are
 * kept, from byte `column` of each row of results on. `init` is what is added, 16 floats, or 0 for what the results hold.
 */
export function multiplyPanel(
  count: i32, b: usize, inner: i32, aStep: usize, bStep: usize,
  outer: i32, aSkip: usize, bSkip: usize, column: usize, columns: i32, init: usize,
): void {
  const whole = columns === COLUMNS ? count / ROWS : 0, tiles = (count + ROWS - 1) / ROWS;
  const mask = init === 0 ? <usize> -1 : 0;
  for (let t = 0; t < whole; t++) {
    const at = scratch + <usize> (t * ROWS * 4);
    tile(at + INS, b, inner, aStep, bStep, outer, aSkip, bSkip, at + OUTS, column, init, mask);
  }
  for (let t = whole; t < tiles; t++) {
    multiplyEdge(
      t * ROWS, min(ROWS, count - t * ROWS),
      b, inner, aStep, bStep, outer, aSkip, bSkip, column, columns, init, mask,
    );
  }
}

/** A tile that sticks out of the results: it goes to spare memory, of which only the part that counts is copied. */
function multiplyEdge(
  first: i32, rows: i32, b: usize, inner: i32, aStep: usize, bStep: usize,
  outer: i32, aSkip: usize, bSkip: usize, column: usize, columns: i32, init: usize, mask: usize,
): void {
  const at = scratch + <usize> (first << 2), spare = scratch + SPARE;
  for (let r = 0; r < ROWS; r++) {
    const to = spare + <usize> (r * COLUMNS * 4);
    store<usize>(scratch + (<usize> r << 2), to, SPARE_OUTS);
    if (mask && r < rows) copyFloats(to, load<usize>(at + (<usize> r << 2), OUTS) + column, columns);
  }
  tile(at + INS, b, inner, aStep, bStep, outer, aSkip, bSkip, scratch + SPARE_OUTS, 0, init, mask);
  for (let r = 0; r < rows; r++) {
    const from = spare + <usize> (r * COLUMNS * 4);
    copyFloats(load<usize>(at + (<usize> r << 2), OUTS) + column, from, columns);
  }
}

/** Copies some floats; for so few, memory.copy costs more than it copies. */
export function copyFloats(to: usize, from: usize, count: i32): void {
  for (; count >= 4; count -= 4) {
    v128.store(to, v128.load(from));
    to += 16;
    from += 16;
  }
  for (; count > 0; count--) {
    store<f32>(to, load<f32>(from));
    to += 4;
    from += 4;
  }
}
