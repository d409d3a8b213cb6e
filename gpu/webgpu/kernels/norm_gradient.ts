// The gradient of an instance norm with an activation, in two passes like the norm itself: a kernel of ours, which tfjs does not have.

import type { TensorInfo } from "../../tf.ts";
import type { GpuBackend } from "../backend.ts";
import {
  appliedRows,
  declareMerge,
  measure,
  type NormAttributes,
  sharedOf,
  splitImages,
  vectorNames,
} from "./norm_statistics.ts";
import type { GpuKernel } from "./own_kernel.ts";
import { FIND_COLUMN, gridOf, type RowSplit } from "./rows.ts";

/** The kernel by its name in gpu/own_kernels.ts. */
export const normGradientKernels: Readonly<Record<string, GpuKernel>> = {
  InstanceNormGrad: ({ x, dy }, backend, attrs) => {
    const { statistics: known, ...others } = attrs as unknown as GradientAttributes;
    const split = splitImages(x), statistics = known ?? measure(backend, x, split);
    const inputs = { x, dy, statistics };
    const sloped = sumSlopes(backend, inputs, split, others);
    const dx = differentiate(backend, { ...inputs, sloped }, split, others);
    backend.disposeData(sloped.dataId);
    if (!known) backend.disposeData(statistics.dataId);
    return dx;
  },
};

type GradientAttributes = NormAttributes & { statistics?: TensorInfo };

/** u = dy act'(xn) at a row, as `slope`. */
const SLOPE = `
    let xn = (x[at] - norm.first) * norm.second;
    let slope = select(dy[at] * u.negativeSlope, dy[at], xn > V(0.0));`;

/** The sums of u and of u xn over each slice's pixels, [n, slices, 2, c]. */
function sumSlopes(
  backend: GpuBackend,
  inputs: Record<"x" | "dy" | "statistics", TensorInfo>,
  split: RowSplit,
  { epsilon, negativeSlope }: NormAttributes,
): TensorInfo {
  const sloped = backend.makeFloats(inputs.statistics.shape);
  backend.run({
    ...sharedOf(split),
    kernel: "InstanceNormGrad sums",
    factors: { epsilon, negativeSlope },
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
    let at = start + row * u.columns;${SLOPE}
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
  return sloped;
}

/** dx = r (u - mean(u) - xn mean(u xn)); see gpu/gradients.ts. */
function differentiate(
  backend: GpuBackend,
  inputs: Record<"x" | "dy" | "statistics" | "sloped", TensorInfo>,
  split: RowSplit,
  { epsilon, negativeSlope }: NormAttributes,
): TensorInfo {
  const dx = backend.makeFloats(inputs.x.shape), groupRows = appliedRows(split);
  const { counts, ...others } = sharedOf(split);
  backend.run({
    ...others,
    kernel: "InstanceNormGrad",
    counts: { ...counts, groupRows },
    factors: { epsilon, negativeSlope },
    writes: { dx },
    reads: inputs,
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
    let at = start + row * u.columns;${SLOPE}
    dx[at] = norm.second * (slope - mean.first - xn * mean.second);
  }`,
  });
  return dx;
}
