// Arithmetic with broadcasting and sums over axes for tfjs's plain CPU backend; the stock kernels work out every element's
// place from its index, which costs ten times the arithmetic.

import { backend_util, getKernel, type KernelFunc, type TensorInfo, util } from "../tf.ts";
import { stridesFor, walkRuns } from "./strides.ts";
import { makeTensor, replaceKernel, valuesOf } from "./values.ts";

/** One run: out[start + i] from a[aAt + i * aStep] and b[bAt + i * bStep]. */
type Run = (
  a: Float32Array,
  aAt: number,
  aStep: number,
  b: Float32Array,
  bAt: number,
  bStep: number,
  out: Float32Array,
  start: number,
  length: number,
) => void;

// One loop per operation, so that each is compiled for its own arithmetic.
const runs: Readonly<Record<string, Run>> = {
  Add: (a, aAt, aStep, b, bAt, bStep, out, start, length) => {
    for (let i = 0; i < length; i++) out[start + i] = a[aAt + i * aStep] + b[bAt + i * bStep];
  },
  Sub: (a, aAt, aStep, b, bAt, bStep, out, start, length) => {
    for (let i = 0; i < length; i++) out[start + i] = a[aAt + i * aStep] - b[bAt + i * bStep];
  },
  Multiply: (a, aAt, aStep, b, bAt, bStep, out, start, length) => {
    for (let i = 0; i < length; i++) out[start + i] = a[aAt + i * aStep] * b[bAt + i * bStep];
  },
  RealDiv: (a, aAt, aStep, b, bAt, bStep, out, start, length) => {
    for (let i = 0; i < length; i++) out[start + i] = a[aAt + i * aStep] / b[bAt + i * bStep];
  },
};

/** Replaces Add, Sub, Multiply, RealDiv, Sum and Mean of the backend `cpu` for float32; other types run as before. */
export function registerCpuElementwise(): void {
  for (const [name, run] of Object.entries(runs)) {
    replaceKernel(name, orStock(name, ["a", "b"], binaryKernel(run)));
  }
  replaceKernel("Sum", orStock("Sum", ["x"], reduceKernel(() => 1)));
  replaceKernel("Mean", orStock("Mean", ["x"], reduceKernel((count) => 1 / count)));
}

/** `fast` where all inputs are float32, tfjs's kernel otherwise. */
function orStock(name: string, inputNames: readonly string[], fast: KernelFunc): KernelFunc {
  const stock = getKernel(name, "cpu").kernelFunc;
  return (args) => {
    const inputs = args.inputs as Record<string, TensorInfo>;
    return inputNames.every((key) => inputs[key].dtype === "float32") ? fast(args) : stock(args);
  };
}

function binaryKernel(run: Run): KernelFunc {
  return ({ inputs, backend }) => {
    const { a, b } = inputs as Record<string, TensorInfo>;
    const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
    const out = new Float32Array(util.sizeFromShape(shape));
    const aValues = valuesOf(backend, a), bValues = valuesOf(backend, b);
    const strides = { a: stridesFor(a.shape, shape), b: stridesFor(b.shape, shape) };
    const { innermost, forEachRun } = walkRuns(shape, strides);
    forEachRun((aAt, bAt, start, length) =>
      run(aValues, aAt, innermost.a, bValues, bAt, innermost.b, out, start, length)
    );
    return makeTensor(backend, shape, out);
  };
}

/** Sums over axes in 64 bits, times a factor of the number of elements summed. */
function reduceKernel(factorOf: (count: number) => number): KernelFunc {
  return ({ inputs, backend, attrs }) => {
    const { x } = inputs as Record<string, TensorInfo>;
    const { axis, keepDims } = attrs as { axis: number | number[]; keepDims: boolean };
    const axes = util.parseAxisParam(axis, x.shape);
    const kept = x.shape.map((size, i) => (axes.includes(i) ? 1 : size));
    const sums = new Float64Array(util.sizeFromShape(kept)), values = valuesOf(backend, x);
    const strides = { a: stridesFor(kept, x.shape), b: new Array(x.shape.length).fill(0) };
    const { innermost, forEachRun } = walkRuns(x.shape, strides);
    forEachRun((at, _, start, length) => addRun(sums, at, innermost.a, values, start, length));
    const factor = factorOf(values.length / sums.length);
    const shape = keepDims ? kept : x.shape.filter((_, i) => !axes.includes(i));
    return makeTensor(backend, shape, Float32Array.from(sums, (sum) => sum * factor));
  };
}

function addRun(
  sums: Float64Array,
  at: number,
  step: number,
  values: Float32Array,
  start: number,
  length: number,
): void {
  if (step === 0) {
    let sum = 0;
    for (let i = 0; i < length; i++) sum += values[start + i];
    sums[at] += sum;
  } else {
    for (let i = 0; i < length; i++) sums[at + i * step] += values[start + i];
  }
}
