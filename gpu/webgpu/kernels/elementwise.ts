// Arithmetic with a number that the processor knows, without sending it to the GPU as a tensor.

import { type TensorInfo, util } from "../../tf.ts";
import type { GpuBackend } from "../backend.ts";
import {
  FLAT_GROUP,
  flatGrid,
  type GpuKernel,
  sizeOf,
  THREADS,
  typeOf,
  widthOf,
} from "./own_kernel.ts";

/** tfjs's arithmetic, where one operand is a number. */
export const elementwiseKernels: Readonly<Record<string, GpuKernel>> = {
  Add: withNumber("Add", "value + u.number", "value + u.number"),
  Multiply: withNumber("Multiply", "value * u.number", "value * u.number"),
  Sub: withNumber("Sub", "value - u.number", "u.number - value"),
  RealDiv: withNumber("RealDiv", "value / u.number", "u.number / value"),
};

/**
 * A kernel for a tensor and a number that has not left the processor. tfjs sends each such number in a buffer of its own, which also ends
 * the pass.
 *
 * @param right the value in the shader if the number is the right operand; `left` if it is the left one
 */
function withNumber(kernel: string, right: string, left: string): GpuKernel {
  return ({ a, b }, backend) => {
    if (backend.shouldExecuteOnCPU([a, b])) return undefined;
    const [number, other] = [knownNumber(backend, b), knownNumber(backend, a)];
    if ((number === undefined) === (other === undefined)) return undefined;
    const [x, scalar] = number === undefined ? [b, a] : [a, b];
    if (scalar.shape.length > x.shape.length) return undefined;
    const shader = number === undefined
      ? { kernel, variant: "left", value: left }
      : { kernel, variant: "right", value: right };
    return mapEach(backend, shader, { x }, { number: number ?? other ?? NaN });
  };
}

/** The value of a tensor of one element, if the processor knows it. */
function knownNumber(backend: GpuBackend, tensor: TensorInfo): number | undefined {
  if (util.sizeFromShape(tensor.shape) !== 1) return undefined;
  const { values }: { values: ArrayLike<unknown> | null } = backend.tensorMap.get(tensor.dataId);
  return values ? Number(values[0]) : undefined;
}

/** A tensor of the shape of x, each element computed from those in its place, of which `value` is x's. */
export function mapEach(
  backend: GpuBackend,
  { kernel, variant, value }: { kernel: string; variant?: string; value: string },
  reads: { x: TensorInfo; dy?: TensorInfo },
  factors: Record<string, number>,
): TensorInfo {
  const result = backend.makeFloats(reads.x.shape), width = widthOf(sizeOf(result));
  const size = sizeOf(result) / width;
  backend.run({
    ...{ kernel, variant, reads, factors, writes: { result } },
    vectors: width === 4 ? ["result", "x", "dy"] : [],
    counts: { size },
    workgroup: [THREADS, 1, 1],
    grid: flatGrid(Math.ceil(size / THREADS)),
    declare: () => `alias V = ${typeOf(width)};`,
    body: () => `
  let i = ${FLAT_GROUP} * ${THREADS}u + index;
  if (i >= u.size) { return; }
  let value = x[i];
  result[i] = ${value};`,
  });
  return result;
}
