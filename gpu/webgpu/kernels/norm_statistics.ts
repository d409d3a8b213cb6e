// The first pass of an instance norm: mean and deviation of slices of an image's pixels, which the second pass of the norm and both of its
// gradient merge for themselves.

import type { TensorInfo } from "../../tf.ts";
import type { GpuBackend } from "../backend.ts";
import {
  countsOf,
  declareSums,
  FIND_COLUMN,
  gridOf,
  HEIGHT,
  type RowSplit,
  splitRows,
  variantOf,
} from "./rows.ts";

/** The attributes of the norm and its gradient. */
export interface NormAttributes {
  epsilon: number;
  negativeSlope: number;
}

/** Rows of a workgroup that normalises, in rows per thread: few enough for small images, many enough to merge seldom. */
const APPLIED_ROWS = 16, FEW_ROWS = 4, FEW = 4096;

/** How the pixels of images [n, h, w, c] are split. */
export function splitImages({ shape: [n, h, w, c] }: TensorInfo): RowSplit {
  return splitRows(n, h * w, c);
}

/** Those of the names that the shaders of a split see as vectors of four: all or none. */
export function vectorNames({ width }: RowSplit, ...names: string[]): string[] {
  return width === 4 ? names : [];
}

/** What the shaders of a split have in common. */
export function sharedOf(split: RowSplit) {
  return {
    variant: variantOf(split),
    counts: countsOf(split),
    workgroup: [split.lanes, HEIGHT, 1] as const,
  };
}

/** Rows of a workgroup of the second pass. */
export function appliedRows({ rows }: RowSplit): number {
  return HEIGHT * (rows < FEW ? FEW_ROWS : APPLIED_ROWS);
}

/** The mean of each slice's pixels, and the sum of squares around it, [n, slices, 2, c]. */
export function measure(backend: GpuBackend, x: TensorInfo, split: RowSplit): TensorInfo {
  const [n, , , c] = x.shape, partials = backend.makeFloats([n, split.slices, 2, c]);
  backend.run({
    ...sharedOf(split),
    kernel: "InstanceNorm measures",
    writes: { partials },
    reads: { x },
    vectors: vectorNames(split, "partials", "x"),
    grid: gridOf(split, split.sliceRows),
    declare: () => declareSums(split),
    // Differences from the slice's first pixel: sums of squares around 0 would lose a mean that is large beside the deviation.
    body: () =>
      `${FIND_COLUMN}
  let begin = group.x * u.sliceRows;
  let end = min(begin + u.sliceRows, u.rows);
  var origin = V(0.0);
  var sum = V(0.0);
  var squares = V(0.0);
  if (isIn) {
    origin = x[start + begin * u.columns];
    for (var row = begin + lane.y; row < end; row += HEIGHT) {
      let away = x[start + row * u.columns] - origin;
      sum += away;
      squares += away * away;
    }
  }
  let total = sumRows(index, sum, squares);
  if (isIn && lane.y == 0u) {
    let mean = total.first / f32(end - begin);
    let at = partialStart + group.x * 2u * u.columns;
    partials[at] = origin + mean;
    partials[at + u.columns] = max(total.second - total.first * mean, V(0.0));
  }`,
  });
  return partials;
}

/** `merge` makes mean and 1 / deviation of all pixels from those of the slices (Chan et al. 1983, all slices at once). */
export function declareMerge(split: RowSplit): string {
  return `${declareSums(split)}
fn merge(index: u32, at: u32, isIn: bool) -> Pair {
  var sum = V(0.0);
  var squares = V(0.0);
  var origin = V(0.0);
  if (isIn) {
    origin = statistics[at];
    for (var slice = index / LANES; slice < u.slices; slice += HEIGHT) {
      let count = f32(min(u.sliceRows, u.rows - slice * u.sliceRows));
      let away = statistics[at + slice * 2u * u.columns] - origin;
      sum += count * away;
      squares += statistics[at + (slice * 2u + 1u) * u.columns] + count * away * away;
    }
  }
  let total = sumRows(index, sum, squares);
  let mean = total.first / f32(u.rows);
  let variance = max(total.second / f32(u.rows) - mean * mean, V(0.0));
  return Pair(origin + mean, inverseSqrt(variance + u.epsilon));
}`;
}
