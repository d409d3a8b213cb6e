// Kernels of ours and what they are tried at.

import type { KernelCase } from "./cases/case.ts";
import type { GpuKernel } from "./kernels/own_kernel.ts";

/** Kernels by the names by which tfjs asks for them, and the cases at which each is tried before it is used. */
export interface KernelSet {
  kernels: Readonly<Record<string, GpuKernel>>;
  cases(): KernelCase[];
}
