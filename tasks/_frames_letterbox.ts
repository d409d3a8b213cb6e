// Finds the black bars around a film's picture in several of its frames, most of which may be dark.

import type { Size } from "../data/picture_list.ts";
import type { Picture } from "../gpu/picture.ts";
import type { Box } from "./_frames_geometry.ts";

/** The first and the one after the last line that are lit, both ways. */
interface Edges {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

/** Brighter pixels are no black, of 255: coded bars have noise, and ringing near the picture. */
const LIT = 28;
/** A line is lit if this share of its pixels is: a speck makes no picture. */
const LIT_SHARE = 0.02;
/** An edge counts if this share of the frames that are not black, and at least two, reach out to it. */
const SUPPORT = 0.1;
/** A smaller part of the frame, in either direction, is taken for a dark film rather than for its picture. */
const LEAST_PART = 0.4;

/** Where a frame is lit, or undefined if it is black all over. */
export function findEdges({ width, height, data }: Picture): Edges | undefined {
  const rows = new Uint32Array(height), columns = new Uint32Array(width);
  const rowSums = new Float64Array(height), columnSums = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = 4 * (y * width + x);
      const luma = 0.299 * data[i] + 0.587 * data[i + 1] + 0.114 * data[i + 2];
      rowSums[y] += luma;
      columnSums[x] += luma;
      if (luma <= LIT) continue;
      rows[y]++;
      columns[x]++;
    }
  }
  const vertical = findSpan(rows, rowSums, Math.max(2, width * LIT_SHARE));
  const horizontal = findSpan(columns, columnSums, Math.max(2, height * LIT_SHARE));
  if (!vertical || !horizontal) return undefined;
  return { top: vertical[0], bottom: vertical[1], left: horizontal[0], right: horizontal[1] };
}

/**
 * The part of the frames inside their black bars, or undefined if there are none. An edge is where the outermost frames
 * reach to that are not alone in it: dark scenes, which reach less far, do not matter, and neither does one odd frame.
 * Sides are cut to even numbers of pixels, in which video stores its colours.
 *
 * @param frames of one size
 */
export function findPictureBox(
  frames: readonly (Edges | undefined)[],
  size: Size,
): Box | undefined {
  const lit = frames.filter((edges) => edges !== undefined);
  if (lit.length === 0) return undefined;
  const support = Math.min(lit.length, Math.max(2, Math.ceil(lit.length * SUPPORT)));
  const supported = (distances: number[]) => distances.sort((a, b) => a - b)[support - 1];
  const inward = (distance: number) => 2 * Math.ceil(distance / 2);
  const left = inward(supported(lit.map((edges) => edges.left)));
  const top = inward(supported(lit.map((edges) => edges.top)));
  const right = inward(supported(lit.map((edges) => size.width - edges.right)));
  const bottom = inward(supported(lit.map((edges) => size.height - edges.bottom)));
  const width = size.width - left - right, height = size.height - top - bottom;
  if (left + top + right + bottom === 0) return undefined;
  if (width < LEAST_PART * size.width || height < LEAST_PART * size.height) return undefined;
  return { width, height, left, top };
}

/** The span of lit lines; at bars, lines that are blended with the bar are left out of it. */
function findSpan(
  lit: Uint32Array,
  sums: Float64Array,
  least: number,
): [number, number] | undefined {
  let first = lit.findIndex((count) => count >= least);
  if (first < 0) return undefined;
  let last = lit.findLastIndex((count) => count >= least);
  if (first > 0 && sums[first] < 0.6 * sums[first + 1]) first++;
  if (last < lit.length - 1 && sums[last] < 0.6 * sums[last - 1]) last--;
  return first < last ? [first, last + 1] : undefined;
}
