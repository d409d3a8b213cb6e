// Arithmetic and comparisons with broadcasting on the engine.

import { backend_util, type TensorInfo, util } from "../../tf.ts";
import { type Axis, mergedAxes, stridesFor } from "../../cpu/strides.ts";
import type { SimdBackend } from "../backend.ts";
import type { NativeKernel } from "./native.ts";

/** tfjs's names in the order of the numbers by which assembly/binary.ts knows its operations. */
const OPERATIONS = [
  ...["Add", "Sub", "Multiply", "RealDiv", "Maximum", "Minimum", "SquaredDifference", "Prelu"],
  ...["EluGrad", "Pow", "Mod", "FloorDiv", "Atan2"],
  ...["Greater", "GreaterEqual", "Less", "LessEqual", "Equal", "NotEqual"],
];
const ADD = 0, FIRST_COMPARISON = OPERATIONS.indexOf("Greater");

/** What tfjs calls the operands, where it is not `a` and `b`. */
const OPERANDS: Readonly<Record<string, readonly [string, string]>> = {
  Prelu: ["x", "alpha"],
  EluGrad: ["dy", "y"],
};

/** The engine walks this many axes at a time. */
const MAX_AXES = 3;

/** The maps over pairs by tfjs's names, and AddN. */
export const binaryKernels: Readonly<Record<string, NativeKernel>> = {
  ...Object.fromEntries(
    OPERATIONS.map((name, operation): [string, NativeKernel] => {
      const [first, second] = OPERANDS[name] ?? ["a", "b"];
      return [
        name,
        (inputs, backend) => combine(backend, operation, inputs[first], inputs[second]),
      ];
    }),
  ),
  AddN: (inputs, backend) => {
    const [first, ...others] = Object.values(inputs);
    if (others.length === 0) return undefined;
    const size = util.sizeFromShape(first.shape);
    const { tensor, address } = backend.makeInHeap(first.shape);
    let sum = backend.addressOf(first);
    for (const other of others) {
      const next = backend.addressOf(other);
      backend.engine.kernels.binary(ADD, sum, next, address, 1, 1, size, 0, 0, 1, 0, 0, 1);
      sum = address;
    }
    return tensor;
  },
};

function combine(
  backend: SimdBackend,
  operation: number,
  a: TensorInfo,
  b: TensorInfo,
): TensorInfo {
  const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const isComparison = operation >= FIRST_COMPARISON;
  const { tensor, address } = backend.makeInHeap(shape, isComparison ? "bool" : "float32");
  const axes = mergedAxes(shape, { a: stridesFor(a.shape, shape), b: stridesFor(b.shape, shape) });
  const outer = axes.slice(0, -MAX_AXES), inner = fillAxes(axes.slice(-MAX_AXES));
  const length = inner.reduce((product, { size }) => product * size, 1);
  const from = backend.addressOf(a), other = backend.addressOf(b);
  let out = address;
  const strides = [...inner.map((axis) => axis.a), ...inner.map((axis) => axis.b)];
  forEachIndex(outer, (aAt, bAt) => {
    backend.engine.kernels.binary(
      ...[operation, from + aAt * 4, other + bAt * 4, out],
      ...inner.map(({ size }) => size),
      ...strides,
    );
    out += length * (isComparison ? 1 : 4);
  });
  return tensor;
}

/** Filled up in front to the number of axes that the engine walks. */
function fillAxes(axes: Axis[]): Axis[] {
  const missing = Array.from({ length: MAX_AXES - axes.length }, () => ({ size: 1, a: 0, b: 0 }));
  return [...missing, ...axes];
}

/** Visits all places of some axes, once if there are none, with the offsets of both operands. */
function forEachIndex(axes: readonly Axis[], visit: (a: number, b: number) => void): void {
  if (axes.length === 0) return visit(0, 0);
  const [first, ...others] = axes;
  for (let i = 0; i < first.size; i++) {
    forEachIndex(others, (a, b) => visit(a + i * first.a, b + i * first.b));
  }
}
