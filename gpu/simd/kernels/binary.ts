// Arithmetic and comparisons with broadcasting on the engine.

import { backend_util, type TensorInfo, util } from "../../tf.ts";
import { mergedAxes, stridesFor } from "../../cpu/strides.ts";
import type { SimdBackend } from "../backend.ts";
import { splitAxes } from "./axes.ts";
import type { NativeKernel } from "./native.ts";

/** tfjs's names in the order of the numbers by which assembly/binary.ts knows its operations. */
const OPERATIONS = [
  ...["Add", "Sub", "Multiply", "RealDiv", "Maximum", "Minimum", "SquaredDifference", "Prelu"],
  ...["EluGrad", "Pow", "Mod", "Atan2"],
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
  const from = backend.addressOf(a),
    other = backend.addressOf(b),
    { binary } = backend.engine.kernels;
  if (isSameShape(a, b)) {
    const size = util.sizeFromShape(shape);
    binary(operation, from, other, address, 1, 1, size, 0, 0, 1, 0, 0, 1);
    return tensor;
  }
  const axes = mergedAxes(shape, { a: stridesFor(a.shape, shape), b: stridesFor(b.shape, shape) });
  const { inner: [i, j, k], forEachOuter } = splitAxes(axes, MAX_AXES);
  const bytes = i.size * j.size * k.size * (isComparison ? 1 : 4);
  let out = address;
  forEachOuter((aAt, bAt) => {
    const sizes = [i.size, j.size, k.size, i.a, j.a, k.a, i.b, j.b, k.b] as const;
    binary(operation, from + aAt * 4, other + bAt * 4, out, ...sizes);
    out += bytes;
  });
  return tensor;
}

function isSameShape({ shape: a }: TensorInfo, { shape: b }: TensorInfo): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}
