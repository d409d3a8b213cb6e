// Moving numbers on the engine: transpose, slice, pad, concatenate, stack, split, tile, reverse, gather, and sums by segment.

import { backend_util, type NamedAttrMap, slice_util, type TensorInfo, util } from "../../tf.ts";
import { mergedAxes } from "../../cpu/strides.ts";
import type { SimdBackend } from "../backend.ts";
import { splitAxes } from "./axes.ts";
import type { NativeKernel } from "./native.ts";

/** The engine walks this many axes at a time. */
const MAX_AXES = 5;

/** The copies by tfjs's names; inputs are float32. */
export const rearrangeKernels: Readonly<Record<string, NativeKernel>> = {
  Transpose: ({ x }, backend, attrs) => {
    const perm = attrs.perm as number[], strides = stridesOf(x.shape);
    return rearranged(backend, x, perm.map((axis) => x.shape[axis]), {
      strides: perm.map((axis) => strides[axis]),
    });
  },
  Reverse: ({ x }, backend, { dims }) => {
    const axes = util.parseAxisParam(dims as number[], x.shape), strides = stridesOf(x.shape);
    const isTurned = (axis: number) => axes.includes(axis);
    return rearranged(backend, x, x.shape, {
      strides: strides.map((stride, axis) => isTurned(axis) ? -stride : stride),
      start: strides.reduce(
        (sum, stride, axis) => sum + (isTurned(axis) ? stride * (x.shape[axis] - 1) : 0),
        0,
      ),
    });
  },
  Slice: ({ x }, backend, { begin, size }) => {
    const [starts, sizes] = slice_util.parseSliceParams(
      x as never,
      begin as number[],
      size as number[],
    );
    slice_util.assertParamsValid(x as never, starts, sizes);
    return slice(backend, x, starts, sizes);
  },
  SplitV: ({ x }, backend, attrs) => {
    const [axis] = util.parseAxisParam(attrs.axis as number, x.shape);
    const lengths = backend_util.prepareSplitSize(
      x as never,
      attrs.numOrSizeSplits as number[],
      axis,
    );
    let start = 0;
    return lengths.map((length) => {
      const starts = x.shape.map((_, i) => (i === axis ? start : 0));
      start += length;
      return slice(backend, x, starts, x.shape.map((size, i) => (i === axis ? length : size)));
    });
  },
  Unpack: ({ value }, backend, attrs) => {
    const [axis] = util.parseAxisParam(attrs.axis as number, value.shape);
    const shape = value.shape.filter((_, i) => i !== axis), strides = stridesOf(value.shape);
    return Array.from({ length: value.shape[axis] }, (_, i) =>
      rearranged(backend, value, shape, {
        strides: strides.filter((_, other) => other !== axis),
        start: i * strides[axis],
      }));
  },
  Tile: ({ x }, backend, attrs) => {
    const reps = attrs.reps as number[], strides = stridesOf(x.shape);
    // Each axis becomes two: the copies, which all read the same place, and what is copied.
    return rearranged(backend, x, x.shape.map((size, i) => size * reps[i]), {
      walked: x.shape.flatMap((size, i) => [reps[i], size]),
      strides: strides.flatMap((stride) => [0, stride]),
    });
  },
  PadV2: ({ x }, backend, attrs) => {
    const paddings = attrs.paddings as unknown as [number, number][];
    const shape = x.shape.map((size, i) => size + paddings[i][0] + paddings[i][1]);
    const { tensor, address } = backend.makeInHeap(shape);
    const strides = stridesOf(shape);
    const start = strides.reduce((sum, stride, i) => sum + stride * paddings[i][0], 0);
    backend.engine.kernels.fill(address, attrs.constantValue as number, util.sizeFromShape(shape));
    copyStrided(backend, x.shape, {
      from: backend.addressOf(x),
      strides: stridesOf(x.shape),
      to: address + start * 4,
      targetStrides: strides,
    });
    return tensor;
  },
  Concat: (inputs, backend, attrs) => {
    const parts = Object.values(inputs);
    const [axis] = util.parseAxisParam(attrs.axis as number, parts[0].shape);
    return concat(backend, parts.map((part) => ({ part, shape: part.shape })), axis);
  },
  Pack: (inputs, backend, { axis }) => {
    const at = axis as number;
    const parts = Object.values(inputs).map((part) => ({
      part,
      shape: [...part.shape.slice(0, at), 1, ...part.shape.slice(at)],
    }));
    return concat(backend, parts, at);
  },
};

/** GatherV2 and its adjoint, whose second input is int32. */
export const pickKernels: Readonly<Record<string, NativeKernel>> = {
  GatherV2: ({ x, indices }, backend, attrs) => gather(backend, x, indices, attrs),
  UnsortedSegmentSum: ({ x, segmentIds }, backend, { numSegments }) => {
    const segments = numSegments as number, rows = segmentIds.shape[0];
    const shape = [segments, ...x.shape.slice(1)], length = util.sizeFromShape(x.shape.slice(1));
    if (x.dtype !== "float32" || segmentIds.dtype !== "int32" || segmentIds.shape.length !== 1) {
      return undefined;
    }
    const { tensor, address } = backend.makeInHeap(shape);
    const from = backend.addressOf(x), ids = backend.addressOf(segmentIds);
    backend.engine.kernels.segmentSum(from, ids, address, segments, rows, length);
    return tensor;
  },
};

function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = strides[i + 1] * shape[i + 1];
  return strides;
}

function slice(
  backend: SimdBackend,
  x: TensorInfo,
  starts: readonly number[],
  sizes: number[],
): TensorInfo {
  const strides = stridesOf(x.shape);
  const start = strides.reduce((sum, stride, i) => sum + stride * starts[i], 0);
  return rearranged(backend, x, sizes, { strides, start });
}

/** A new tensor of `shape`, filled by walking x with these strides from `start` on, over the axes of `walked` if they are others. */
function rearranged(
  backend: SimdBackend,
  x: TensorInfo,
  shape: number[],
  { strides, start = 0, walked = shape }: {
    strides: readonly number[];
    start?: number;
    walked?: readonly number[];
  },
): TensorInfo {
  const { tensor, address } = backend.makeInHeap([...shape]);
  copyStrided(backend, walked, {
    from: backend.addressOf(x) + start * 4,
    strides,
    to: address,
    targetStrides: stridesOf(walked),
  });
  return tensor;
}

function concat(
  backend: SimdBackend,
  parts: readonly { part: TensorInfo; shape: number[] }[],
  axis: number,
): TensorInfo {
  const shape = backend_util.computeOutShape(parts.map((each) => each.shape), axis);
  const { tensor, address } = backend.makeInHeap(shape);
  const targetStrides = stridesOf(shape);
  let start = 0;
  for (const { part, shape: partShape } of parts) {
    copyStrided(backend, partShape, {
      from: backend.addressOf(part),
      strides: stridesOf(partShape),
      to: address + start * targetStrides[axis] * 4,
      targetStrides,
    });
    start += partShape[axis];
  }
  return tensor;
}

/** Copies along all axes with strides on both sides. */
function copyStrided(
  backend: SimdBackend,
  shape: readonly number[],
  { from, strides, to, targetStrides }: {
    from: number;
    strides: readonly number[];
    to: number;
    targetStrides: readonly number[];
  },
): void {
  if (util.sizeFromShape([...shape]) === 0) return;
  const axes = mergedAxes(shape, { a: strides, b: targetStrides });
  const { inner, forEachOuter } = splitAxes(axes, MAX_AXES);
  const steps = [...inner.map(({ a }) => a), ...inner.map(({ b }) => b)];
  forEachOuter((a, b) =>
    backend.engine.kernels.copyStrided(
      ...[from + a * 4, to + b * 4, ...inner.map(({ size }) => size), ...steps],
    )
  );
}

function gather(
  backend: SimdBackend,
  x: TensorInfo,
  indices: TensorInfo,
  { axis, batchDims }: NamedAttrMap,
): TensorInfo | undefined {
  if (x.dtype !== "float32" || indices.dtype !== "int32") return undefined;
  const [at] = util.parseAxisParam(axis as number, x.shape);
  const { batchSize, outerSize, dimSize, sliceSize, outputShape } = backend_util.segment_util
    .collectGatherOpShapeInfo(x as never, indices as never, at, batchDims as number);
  if (batchSize !== 1) return undefined;
  const values = backend.data.get(indices.dataId).values as Int32Array;
  const wrong = values.find((index) => index < 0 || index >= dimSize);
  if (wrong !== undefined) {
    throw new RangeError(`Cannot gather: an index is ${wrong}, expected 0 to ${dimSize - 1}`);
  }
  const { tensor, address } = backend.makeInHeap(outputShape);
  backend.engine.kernels.gather(
    ...[backend.addressOf(x), backend.addressOf(indices), address],
    ...[outerSize, dimSize, values.length, sliceSize],
  );
  return tensor;
}
