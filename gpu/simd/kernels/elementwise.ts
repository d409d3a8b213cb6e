// Arithmetic with broadcasting, maps and sums on the engine.

import { backend_util, type TensorInfo, util } from "../../tf.ts";
import { mergedAxes, stridesFor } from "../../cpu/strides.ts";
import type { SimdBackend } from "../backend.ts";
import type { NativeKernel } from "./native.ts";

/** The numbers by which assembly/elementwise.ts knows its operations. */
const BINARY = { Add: 0, Sub: 1, Multiply: 2, RealDiv: 3 } as const;
const UNARY = {
  Relu: 0,
  LeakyRelu: 1,
  Step: 2,
  Neg: 3,
  Square: 4,
  Sqrt: 5,
  Rsqrt: 6,
  Abs: 7,
} as const;

/** The engine walks this many axes; operands that need more are left to the stock kernel. */
const MAX_AXES = 3;

/** The elementwise kernels by tfjs's names. */
export const elementwiseKernels: Readonly<Record<string, NativeKernel>> = {
  ...Object.fromEntries(
    Object.entries(BINARY).map(([name, op]): [string, NativeKernel] => [
      name,
      ({ a, b }, backend) => binary(backend, op, a, b),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(UNARY).map(([name, op]): [string, NativeKernel] => [
      name,
      ({ x }, backend, attrs) => {
        const { tensor, address } = backend.makeInHeap(x.shape);
        const alpha = (attrs?.alpha ?? 0) as number;
        backend.engine.kernels.unary(
          op,
          backend.addressOf(x),
          address,
          util.sizeFromShape(x.shape),
          alpha,
        );
        return tensor;
      },
    ]),
  ),
  AddN: (inputs, backend) => {
    const tensors = Object.values(inputs);
    const size = util.sizeFromShape(tensors[0].shape);
    const { tensor, address } = backend.makeInHeap(tensors[0].shape);
    const add = (a: number, b: number) =>
      backend.engine.kernels.binary(BINARY.Add, a, b, address, 1, 1, size, 0, 0, 1, 0, 0, 1);
    if (tensors.length === 1) return undefined;
    add(backend.addressOf(tensors[0]), backend.addressOf(tensors[1]));
    for (const next of tensors.slice(2)) add(address, backend.addressOf(next));
    return tensor;
  },
  Sum: ({ x }, backend, attrs) =>
    reduce(backend, x, attrs.axis as number[], attrs.keepDims as boolean, () => 1),
  Mean: ({ x }, backend, attrs) =>
    reduce(backend, x, attrs.axis as number[], attrs.keepDims as boolean, (count) => 1 / count),
};

function binary(
  backend: SimdBackend,
  op: number,
  a: TensorInfo,
  b: TensorInfo,
): TensorInfo | undefined {
  const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const axes = walk(shape, stridesFor(a.shape, shape), stridesFor(b.shape, shape));
  if (!axes) return undefined;
  const { tensor, address } = backend.makeInHeap(shape);
  backend.engine.kernels.binary(
    ...[op, backend.addressOf(a), backend.addressOf(b), address],
    ...axes.map(({ size }) => size),
    ...axes.map((axis) => axis.a),
    ...axes.map((axis) => axis.b),
  );
  return tensor;
}

function reduce(
  backend: SimdBackend,
  x: TensorInfo,
  axis: number | number[],
  keepDims: boolean,
  factorOf: (count: number) => number,
): TensorInfo | undefined {
  const summed = util.parseAxisParam(axis, x.shape);
  const kept = x.shape.map((size, i) => (summed.includes(i) ? 1 : size));
  const axes = walk(x.shape, stridesFor(kept, x.shape), stridesFor(x.shape, x.shape));
  const count = util.sizeFromShape(kept);
  if (!axes || count === 0) return undefined;
  const { tensor, address } = backend.makeInHeap(
    keepDims ? kept : x.shape.filter((_, i) => !summed.includes(i)),
  );
  backend.withScratch(count * 8, (sums) =>
    backend.engine.kernels.sum(
      ...[backend.addressOf(x), address, sums, count],
      ...axes.map(({ size }) => size),
      ...axes.map((each) => each.a),
      factorOf(util.sizeFromShape(x.shape) / count),
    ));
  return tensor;
}

/** The merged axes, filled up in front to the number that the engine walks; undefined if there are more. */
function walk(shape: number[], a: number[], b: number[]) {
  if (util.sizeFromShape(shape) === 0) return undefined;
  const axes = mergedAxes(shape, { a, b });
  if (axes.length > MAX_AXES) return undefined;
  const missing = Array.from({ length: MAX_AXES - axes.length }, () => ({ size: 1, a: 0, b: 0 }));
  return [...missing, ...axes];
}
