// The tfjs backend `simd`: tfjs's plain CPU backend whose tensors move into the engine's heap when one of our kernels needs
// them. Every other kernel runs as on `cpu`, on the same data.

import { type DataId, type TensorInfo, util } from "../tf.ts";
import { MathBackendCPU } from "../tf_cpu.ts";
import type { Engine } from "./engine.ts";

/** The backend; one per engine. */
export class SimdBackend extends MathBackendCPU {
  readonly engine: Engine;
  /** Heap blocks by tensor. */
  #blocks = new Map<DataId, number>();
  /** Blocks whose tensors were disposed of while a kernel runs: stock kernels read values after disposing of them. */
  #held: number[] = [];
  #depth = 0;

  constructor(engine: Engine) {
    super();
    this.engine = engine;
  }

  /** Runs a kernel; blocks that are given back meanwhile stay untouched until the outermost kernel has returned. */
  runHolding<T>(kernel: () => T): T {
    this.#depth++;
    try {
      return kernel();
    } finally {
      if (--this.#depth === 0) {
        for (const address of this.#held) this.engine.heap.free(address);
        this.#held.length = 0;
      }
    }
  }

  /** The address of a float32 tensor's values, which move into the heap if they are not there. */
  addressOf(tensor: TensorInfo): number {
    const known = this.#blocks.get(tensor.dataId);
    if (known !== undefined) return known;
    const data = this.data.get(tensor.dataId);
    const values = data.values as Float32Array;
    const address = this.engine.heap.allocate(values.length * 4);
    const moved = this.engine.heap.floats(address, values.length);
    moved.set(values);
    data.values = moved;
    this.#blocks.set(tensor.dataId, address);
    return address;
  }

  /** A new float32 tensor in the heap, its values not set. */
  makeInHeap(shape: number[]): { tensor: TensorInfo; address: number } {
    const size = util.sizeFromShape(shape);
    const address = this.engine.heap.allocate(size * 4);
    const tensor = this.makeTensorInfo(shape, "float32", this.engine.heap.floats(address, size));
    this.#blocks.set(tensor.dataId, address);
    return { tensor, address };
  }

  /** Working memory for the length of one call. */
  withScratch<T>(bytes: number, use: (address: number) => T): T {
    const address = this.engine.heap.allocate(bytes);
    try {
      return use(address);
    } finally {
      this.engine.heap.free(address);
    }
  }

  /** Copies a stock kernel's result out of the heap if it is a view into another tensor's block, as a slice's is. */
  detach({ dataId }: TensorInfo): void {
    const data = this.data.get(dataId);
    const values = data.values as Float32Array | undefined;
    if (
      values && ArrayBuffer.isView(values) && !this.#blocks.has(dataId) &&
      this.engine.heap.owns(values)
    ) {
      data.values = values.slice();
    }
  }

  /** A copy: a view would change when its block is used again. */
  override readSync(dataId: DataId): ReturnType<MathBackendCPU["readSync"]> {
    const values = super.readSync(dataId);
    return this.#blocks.has(dataId) ? (values as Float32Array).slice() : values;
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const disposed = super.disposeData(dataId, force);
    const address = this.#blocks.get(dataId);
    if (disposed && address !== undefined) {
      this.#blocks.delete(dataId);
      if (this.#depth > 0) this.#held.push(address);
      else this.engine.heap.free(address);
    }
    return disposed;
  }
}
