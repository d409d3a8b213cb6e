// A picture in numbers, and its enlarging by a Lanczos filter: as a whole, or any part of it strip by strip.

import type { Picture } from "../gpu/picture.ts";

/** A picture in numbers: red, green and blue of each pixel, 0 to 255, row by row. */
export interface Master {
  width: number;
  height: number;
  /** `width * height * 3` numbers. */
  rgb: Float32Array;
}

/** The reach of the filter that enlarges, in pixels of the smaller picture. */
const LOBES = 3;

/** The picture's own pixels. */
export function masterOf({ width, height, data }: Picture): Master {
  const rgb = Float32Array.from(
    { length: width * height * 3 },
    (_, i) => data[4 * Math.floor(i / 3) + i % 3],
  );
  return { width, height, rgb };
}

/** The whole picture at another, larger size, by a Lanczos filter. */
export function resizeMaster(master: Master, width: number, height: number): Master {
  const rows = enlargeRows(master, { width, left: 0, right: master.width });
  const rgb = new Float32Array(width * height * 3);
  rows.read({ height, top: 0, bottom: master.height }, 0, height, rgb);
  return { width, height, rgb };
}

/** Which columns of a master are enlarged to how many. They may be fractions, and lie outside it: its edge is repeated there. */
export interface Columns {
  width: number;
  left: number;
  right: number;
}

/** Which rows of a master are enlarged to how many. */
export interface Rows {
  height: number;
  top: number;
  bottom: number;
}

/** Gives rows of an enlarged picture, a strip at a time. */
export interface RowReader {
  /** Writes rows `from` to `to` of the enlarged picture, 0 to 255, into `rgb`. */
  read(rows: Rows, from: number, to: number, rgb: Float32Array): void;
}

/** Enlarges a master's rows to so many columns at once; their number is enlarged strip by strip. */
export function enlargeRows({ width, height, rgb }: Master, columns: Columns): RowReader {
  const across = tapsOf(columns.width, columns.left, columns.right, width);
  const out = columns.width * 3;
  // Only the master's own rows: what an output row needs of them is kept while the strip moves down.
  const wide = new Map<number, Float32Array>();
  const widen = (y: number) => {
    const known = wide.get(y);
    if (known) return known;
    const row = new Float32Array(out);
    for (let x = 0; x < columns.width; x++) {
      for (let tap = 0; tap < across.count; tap++) {
        const weight = across.weights[x * across.count + tap];
        const from = 3 * (y * width + across.indices[x * across.count + tap]);
        for (let c = 0; c < 3; c++) row[3 * x + c] += weight * rgb[from + c];
      }
    }
    wide.set(y, row);
    return row;
  };
  return {
    read({ height: total, top, bottom }, from, to, strip) {
      const down = tapsOf(total, top, bottom, height, from, to);
      const needed = new Set(down.indices);
      for (const y of wide.keys()) if (!needed.has(y)) wide.delete(y);
      for (let y = 0; y < to - from; y++) {
        const target = strip.subarray(y * out, (y + 1) * out).fill(0);
        for (let tap = 0; tap < down.count; tap++) {
          const weight = down.weights[y * down.count + tap];
          const row = widen(down.indices[y * down.count + tap]);
          for (let i = 0; i < out; i++) target[i] += weight * row[i];
        }
        for (let i = 0; i < out; i++) target[i] = Math.min(255, Math.max(0, target[i]));
      }
    },
  };
}

/** For each output pixel from `from` to `to`, the input pixels that it is made of and their weights, which sum to 1. */
function tapsOf(
  count: number,
  start: number,
  end: number,
  length: number,
  from = 0,
  to = count,
): { count: number; indices: Int32Array; weights: Float32Array } {
  const taps = 2 * LOBES, size = (to - from) * taps;
  const indices = new Int32Array(size), weights = new Float32Array(size);
  for (let i = from; i < to; i++) {
    const at = start + (i + 0.5) * (end - start) / count - 0.5;
    const first = Math.floor(at) - LOBES + 1;
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      const slot = (i - from) * taps + tap;
      indices[slot] = Math.min(length - 1, Math.max(0, first + tap));
      weights[slot] = lanczos(at - first - tap);
      sum += weights[slot];
    }
    for (let tap = 0; tap < taps; tap++) weights[(i - from) * taps + tap] /= sum;
  }
  return { count: taps, indices, weights };
}

function lanczos(distance: number): number {
  if (Math.abs(distance) < 1e-6) return 1;
  if (Math.abs(distance) >= LOBES) return 0;
  const x = Math.PI * distance;
  return LOBES * Math.sin(x) * Math.sin(x / LOBES) / (x * x);
}
