// Kernels that make tensors of one value, change a type, choose between two tensors, or show the same values under another shape.

import { type TensorInfo, util } from "../../tf.ts";
import { isHeapType, type SimdBackend } from "../backend.ts";
import type { NativeKernel } from "./native.ts";

/** The kernels by tfjs's names; they take tensors of any type that the heap holds. */
export const valueKernels: Readonly<Record<string, NativeKernel>> = {
  Identity: ({ x }, backend) => (isHeapType(x.dtype) ? backend.share(x, x.shape) : undefined),
  Reshape: ({ x }, backend, { shape }) => {
    const size = util.sizeFromShape(x.shape);
    const inferred = util.inferFromImplicitShape(shape as number[], size);
    if (!isHeapType(x.dtype) || util.sizeFromShape(inferred) !== size) return undefined;
    return backend.share(x, inferred);
  },
  ExpandDims: ({ input }, backend, { dim }) => {
    if (!isHeapType(input.dtype)) return undefined;
    const at = dim as number, shape = [...input.shape];
    shape.splice(at < 0 ? shape.length + 1 + at : at, 0, 1);
    return backend.share(input, shape);
  },
  Cast: ({ x }, backend, { dtype }) => {
    if (x.dtype === dtype && isHeapType(x.dtype)) return backend.share(x, x.shape);
    if (x.dtype !== "bool" || dtype !== "float32") return undefined;
    const { tensor, address } = backend.makeInHeap(x.shape);
    const size = util.sizeFromShape(x.shape);
    backend.engine.kernels.bytesToFloats(backend.addressOf(x), address, size);
    return tensor;
  },
  Fill: (_, backend, { shape, value, dtype }) =>
    typeof value === "number" && (dtype ?? "float32") === "float32"
      ? filled(backend, shape as number[], value)
      : undefined,
  ZerosLike: ({ x }, backend) => (x.dtype === "float32" ? filled(backend, x.shape, 0) : undefined),
  OnesLike: ({ x }, backend) => (x.dtype === "float32" ? filled(backend, x.shape, 1) : undefined),
  Select: ({ condition, t, e }, backend) => {
    const isPlain = t.dtype === "float32" && e.dtype === "float32" &&
      condition.shape.length === t.shape.length;
    if (!isPlain) return undefined;
    const { tensor, address } = backend.makeInHeap(t.shape);
    backend.engine.kernels.select(
      ...[condition, t, e].map((each) => backend.addressOf(each)),
      ...[address, util.sizeFromShape(t.shape)],
    );
    return tensor;
  },
};

function filled(backend: SimdBackend, shape: number[], value: number): TensorInfo {
  const { tensor, address } = backend.makeInHeap(shape);
  backend.engine.kernels.fill(address, value, util.sizeFromShape(shape));
  return tensor;
}
