// Instance normalisation with an activation and what is added to it, and its gradient: two passes each, of which the first sums over the
// pixels. Kernels of ours, which tfjs does not have.

import type { TensorInfo } from "../../tf.ts";
import type { GpuBackend } from "../backend.ts";
import type { GpuKernel } from "./own_kernel.ts";
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

/** The kernels by the names of gpu/own_kernels.ts. */
export const normKernels: Readonly<Record<string, GpuKernel>> = {
  InstanceNorm: ({ x }, backend, attrs) => apply(backend, { x }, attrs as never),
  InstanceNormAdd: ({ x, residual }, backend, attrs) =>
    apply(backend, { x, residual }, attrs as never),
  InstanceNormGrad: ({ x, dy }, backend, attrs) => {
    const { statistics: known, ...others } = attrs as unknown as GradientAttributes;
    const split = splitImages(x), statistics = known ?? measure(backend, x, split);
    const dx = differentiate(backend, { x, dy, statistics }, split, others);
    if (!known) backend.disposeData(statistics.dataId);
    return dx;
  },
};

interface NormAttributes {
  epsilon: number;
  negativeSlope: number;
}

type GradientAttributes = NormAttributes & { statistics?: TensorInfo };

/** Rows of a workgroup that normalises, in rows per thread: few enough for small images, many enough to merge seldom. */
const APPLIED_ROWS = 16, FEW_ROWS = 4, FEW = 4096;

/** The images and their statistics. */
function apply(
  backend: GpuBackend,
  { x, residual }: { x: TensorInfo; residual?: TensorInfo },
  attributes: NormAttributes,
): TensorInfo[] {
  const split = splitImages(x), statistics = measure(backend, x, split);
  return [normalise(backend, { x, residual, statistics }, split, attributes), statistics];
}

function splitImages({ shape: [n, h, w, c] }: TensorInfo): RowSplit {
  return splitRows(n, h * w, c);
}

function vectorNames({ width }: RowSplit, ...names: string[]): string[] {
  return width === 4 ? names : [];
}

/** What the shaders of a split have in common. */
function shared(split: RowSplit) {
  return {
    variant: variantOf(split),
    counts: countsOf(split),
    workgroup: [split.lanes, HEIGHT, 1] as const,
  };
}

/** Rows of a workgroup of the second pass. */
function appliedRows({ rows }: RowSplit): number {
  return HEIGHT * (rows < FEW ? FEW_ROWS : APPLIED_ROWS);
}

/** The mean of each slice's pixels, and the sum of squares around it, [n, slices, 2, c]. */
function measure(backend: GpuBackend, x: TensorInfo, split: RowSplit): TensorInfo {
  const [n, , , c] = x.shape, partials = backend.makeFloats([n, split.slices, 2, c]);
  backend.run({
    ...shared(split),
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
function declareMerge(split: RowSplit): string {
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

function normalise(
  backend: GpuBackend,
  { x, residual, statistics }: { x: TensorInfo; residual?: TensorInfo; statistics: TensorInfo },
  split: RowSplit,
  { epsilon, negativeSlope }: NormAttributes,
): TensorInfo {
  const y = backend.makeFloats(x.shape), groupRows = appliedRows(split);
  const { counts, variant, ...others } = shared(split);
  backend.run({
    ...others,
    kernel: residual ? "InstanceNormAdd" : "InstanceNorm",
    variant,
    counts: { ...counts, groupRows },
    factors: { epsilon, negativeSlope },
    writes: { y },
    reads: { x, statistics, ...(residual && { residual }) },
    vectors: vectorNames(split, "y", "x", "statistics", "residual"),
    grid: gridOf(split, groupRows),
    declare: () => declareMerge(split),
    body: () =>
      `${FIND_COLUMN}
  let norm = merge(index, partialStart, isIn);
  if (!isIn) { return; }
  let end = min((group.x + 1u) * u.groupRows, u.rows);
  for (var row = group.x * u.groupRows + lane.y; row < end; row += HEIGHT) {
    let at = start + row * u.columns;
    let value = (x[at] - norm.first) * norm.second;
    y[at] = select(value * u.negativeSlope, value, value > V(0.0))${
        residual ? " + residual[at]" : ""
      };
  }`,
  });
  return y;
}

/** dx = r (u - mean(u) - xn mean(u xn)), with u = dy act'(xn); see gpu/gradients.ts. */
function differentiate(
  backend: GpuBackend,
  inputs: { x: TensorInfo; dy: TensorInfo; statistics: TensorInfo },
  split: RowSplit,
  { epsilon, negativeSlope }: NormAttributes,
): TensorInfo {
  const dx = backend.makeFloats(inputs.x.shape), groupRows = appliedRows(split);
  const sloped = backend.makeFloats(inputs.statistics.shape);
  const { counts, ...others } = shared(split), factors = { epsilon, negativeSlope };
  const slope = `
    let xn = (x[at] - norm.first) * norm.second;
    let slope = select(dy[at] * u.negativeSlope, dy[at], xn > V(0.0));`;
  backend.run({
    ...others,
    kernel: "InstanceNormGrad sums",
    counts,
    factors,
    writes: { sloped },
    reads: inputs,
    vectors: vectorNames(split, "sloped", "x", "dy", "statistics"),
    grid: gridOf(split, split.sliceRows),
    declare: () => declareMerge(split),
    body: () =>
      `${FIND_COLUMN}
  let norm = merge(index, partialStart, isIn);
  let end = min((group.x + 1u) * u.sliceRows, u.rows);
  var level = V(0.0);
  var along = V(0.0);
  for (var row = group.x * u.sliceRows + lane.y; isIn && row < end; row += HEIGHT) {
    let at = start + row * u.columns;${slope}
    level += slope;
    along += slope * xn;
  }
  let total = sumRows(index, level, along);
  if (isIn && lane.y == 0u) {
    let at = partialStart + group.x * 2u * u.columns;
    sloped[at] = total.first;
    sloped[at + u.columns] = total.second;
  }`,
  });
  backend.run({
    ...others,
    kernel: "InstanceNormGrad",
    counts: { ...counts, groupRows },
    factors,
    writes: { dx },
    reads: { ...inputs, sloped },
    vectors: vectorNames(split, "dx", "x", "dy", "statistics", "sloped"),
    grid: gridOf(split, groupRows),
    declare: () => declareMerge(split),
    body: () =>
      `${FIND_COLUMN}
  let norm = merge(index, partialStart, isIn);
  var level = V(0.0);
  var along = V(0.0);
  for (var slice = lane.y; isIn && slice < u.slices; slice += HEIGHT) {
    level += sloped[partialStart + slice * 2u * u.columns];
    along += sloped[partialStart + (slice * 2u + 1u) * u.columns];
  }
  let total = sumRows(index, level, along);
  if (!isIn) { return; }
  let mean = Pair(total.first / f32(u.rows), total.second / f32(u.rows));
  let end = min((group.x + 1u) * u.groupRows, u.rows);
  for (var row = group.x * u.groupRows + lane.y; row < end; row += HEIGHT) {
    let at = start + row * u.columns;${slope}
    dx[at] = norm.second * (slope - mean.first - xn * mean.second);
  }`,
  });
  backend.disposeData(sloped.dataId);
  return dx;
}
