// Instance normalisation with an activation and what is added to it: two passes, of which the first sums over the pixels. Kernels of ours,
// which tfjs does not have.

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

/** The kernels by the names of gpu/own_kernels.ts. */
export const normKernels: Readonly<Record<string, GpuKernel>> = {
  InstanceNorm: ({ x }, backend, attrs) => apply(backend, { x }, attrs as never),
  InstanceNormAdd: ({ x, residual }, backend, attrs) =>
    apply(backend, { x, residual }, attrs as never),
};

/** The images and their statistics. */
function apply(
  backend: GpuBackend,
  { x, residual }: { x: TensorInfo; residual?: TensorInfo },
  attributes: NormAttributes,
): TensorInfo[] {
  const split = splitImages(x), statistics = measure(backend, x, split);
  return [normalise(backend, { x, residual, statistics }, split, attributes), statistics];
}

function normalise(
  backend: GpuBackend,
  { x, residual, statistics }: { x: TensorInfo; residual?: TensorInfo; statistics: TensorInfo },
  split: RowSplit,
  { epsilon, negativeSlope }: NormAttributes,
): TensorInfo {
  const y = backend.makeFloats(x.shape), groupRows = appliedRows(split);
  const { counts, ...others } = sharedOf(split);
  backend.run({
    ...others,
    kernel: residual ? "InstanceNormAdd" : "InstanceNorm",
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
