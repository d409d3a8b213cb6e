// Sums, means, largest and smallest values over axes on the engine.

import { type TensorInfo, util } from "../../tf.ts";
import type { SimdBackend } from "../backend.ts";
import type { NativeKernel } from "./native.ts";

/** The numbers by which assembly/reduce.ts knows its operations. */
const SUM = 0, MAX = 1, MIN = 2;

/** Numbers per segment of a long reduction, and the most segments that there are. */
const SEGMENT = 32_768, MOST_SEGMENTS = 64;

/** The reductions by tfjs's names. */
export const reduceKernels: Readonly<Record<string, NativeKernel>> = {
  Sum: reduction(SUM, () => 1),
  Mean: reduction(SUM, (count) => 1 / count),
  Max: reduction(MAX, () => 1),
  Min: reduction(MIN, () => 1),
};

function reduction(operation: number, factorOf: (count: number) => number): NativeKernel {
  return ({ x }, backend, attrs) => {
    const axes = util.parseAxisParam((attrs.axis ?? attrs.reductionIndices) as number[], x.shape);
    const kept = x.shape.map((size, i) => (axes.includes(i) ? 1 : size));
    const count = util.sizeFromShape(kept);
    if (util.sizeFromShape(x.shape) === 0) return undefined;
    const shape = attrs.keepDims ? kept : x.shape.filter((_, i) => !axes.includes(i));
    const factor = factorOf(util.sizeFromShape(x.shape) / count);
    const sizes = alternatingSizes(x.shape, axes);
    return reduceFrom(backend, operation, backend.addressOf(x), sizes, shape, factor);
  };
}

/** Sizes of axes merged to kept, reduced, kept, ..., the last one kept: at least three. */
function alternatingSizes(shape: readonly number[], axes: readonly number[]): number[] {
  const sizes = [1];
  shape.forEach((size, i) => {
    const isReduced = axes.includes(i), lastIsReduced = sizes.length % 2 === 0;
    if (size === 1) return;
    if (isReduced === lastIsReduced) sizes[sizes.length - 1] *= size;
    else sizes.push(size);
  });
  if (sizes.length === 1) sizes.push(1);
  if (sizes.length % 2 === 0) sizes.push(1);
  return sizes;
}

/** Reduces the last reduced axis, and what that gives as long as there are others. */
function reduceFrom(
  backend: SimdBackend,
  operation: number,
  x: number,
  sizes: readonly number[],
  shape: number[],
  factor: number,
): TensorInfo {
  const [r, inner] = sizes.slice(-2), before = sizes.slice(0, -2);
  const outer = before.reduce((product, size) => product * size, 1);
  if (sizes.length === 3) {
    const { tensor, address } = backend.makeInHeap(shape);
    reduceMiddle(backend, operation, x, address, [outer, r, inner], factor);
    return tensor;
  }
  return backend.withScratch([outer * inner * 4], (partial) => {
    reduceMiddle(backend, operation, x, partial, [outer, r, inner], 1);
    const rest = [...before.slice(0, -1), before[before.length - 1] * inner];
    return reduceFrom(backend, operation, partial, rest, shape, factor);
  });
}

function reduceMiddle(
  backend: SimdBackend,
  operation: number,
  x: number,
  out: number,
  [outer, r, inner]: readonly [number, number, number],
  factor: number,
): void {
  // The number of segments follows from the sizes alone, so that results do not depend on the number of threads.
  const wanted = Math.min(MOST_SEGMENTS, Math.floor(outer * r * inner / SEGMENT));
  const groups = outer * (inner === 1 ? 1 : Math.ceil(inner / 16));
  const segments = Math.max(1, Math.min(r, Math.ceil(wanted / groups)));
  backend.withScratch([segments * outer * inner * 8], (partials) =>
    backend.engine.kernels.reduce(
      ...[operation, x, out, partials, outer, r, inner, segments, factor],
    ));
}
