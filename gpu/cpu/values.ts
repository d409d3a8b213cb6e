// Access to the plain CPU backend's tensors from our own kernels.

import { type KernelFunc, registerKernel, type TensorInfo, unregisterKernel } from "../tf.ts";
import type { MathBackendCPU } from "../tf_cpu.ts";

/** The numbers of a tensor, as the backend holds them. */
export function valuesOf(backend: unknown, tensor: TensorInfo): Float32Array {
  return (backend as MathBackendCPU).data.get(tensor.dataId).values as Float32Array;
}

/** A new float32 tensor that takes over `values`. */
export function makeTensor(backend: unknown, shape: number[], values: Float32Array): TensorInfo {
  return (backend as MathBackendCPU).makeTensorInfo(shape, "float32", values);
}

/** Puts a kernel in the place of tfjs's own for the backend `cpu`. */
export function replaceKernel(kernelName: string, kernelFunc: KernelFunc): void {
  unregisterKernel(kernelName, "cpu");
  registerKernel({ kernelName, backendName: "cpu", kernelFunc });
}
