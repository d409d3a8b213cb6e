// The engine: its compiled kernels over its heap.

import { createHeap, type Heap } from "./heap.ts";

/** Addresses and counts are plain numbers; strides and sizes count elements. */
type Kernel = (...numbers: number[]) => void;

/** The module's exports; what each takes is written where it is defined, in assembly/. */
export interface Kernels {
  packColumns: Kernel;
  packAdjoint: Kernel;
  padImage: Kernel;
  convolve: Kernel;
  filterGradient: Kernel;
  binary: Kernel;
  unary: Kernel;
  sum: Kernel;
}

/** A heap and the kernels that work on it. */
export interface Engine {
  heap: Heap;
  kernels: Kernels;
}

/**
 * Instantiates the module over a new heap.
 *
 * @throws {WebAssembly.CompileError} if this runtime has no relaxed SIMD
 */
export async function createEngine(module: BufferSource): Promise<Engine> {
  const heap = createHeap();
  const { instance } = await WebAssembly.instantiate(module, { env: { memory: heap.memory } });
  return { heap, kernels: instance.exports as unknown as Kernels };
}
