// The tfjs backend `simd`: tfjs's plain CPU backend whose tensors move into the engine's heap when one of our kernels needs
// them. Every other kernel runs as on `cpu`, on the same data.

import { type DataId, type DataType, type TensorInfo, util } from "../tf.ts";
import { MathBackendCPU } from "../tf_cpu.ts";
import { Arena } from "./arena.ts";
import type { Engine } from "./engine.ts";
import type { Heap } from "./heap.ts";

/** The types of numbers that the heap holds; strings and complex numbers stay outside. */
const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** A type of number that the heap holds. */
export type HeapType = keyof typeof ARRAYS;

/** Whether tensors of this type can live in the heap. */
export function isHeapType(dtype: DataType): dtype is HeapType {
  return Object.hasOwn(ARRAYS, dtype);
}

/** A tensor's values in the heap, in the form of the CPU backend's records; the view is made when a stock kernel asks for it. */
class HeapValues {
  refCount = 1;
  #view: InstanceType<typeof ARRAYS[HeapType]> | undefined;

  constructor(
    readonly heap: Heap,
    readonly address: number,
    readonly length: number,
    readonly dtype: HeapType,
  ) {}

  get values() {
    const { heap, address, length, dtype } = this;
    return this.#view ??= new ARRAYS[dtype](heap.memory.buffer, address, length);
  }
}

/** The backend; one per engine. */
export class SimdBackend extends MathBackendCPU {
  readonly engine: Engine;
  /** How often each kernel ran as the stock one on the CPU, by name, since the start. */
  readonly fallbacks = new Map<string, number>();
  /** Whether 3x3 convolutions go through Winograd's transform where it pays; off to compare. */
  usesWinograd = true;
  /** Forms of a tensor that kernels have prepared for themselves, such as packed weights: blocks by name. */
  #prepared = new Map<DataId, Map<string, number>>();
  /** Blocks that were given back while a kernel runs: stock kernels read values after disposing of them. */
  #held: number[] = [];
  #depth = 0;
  readonly #arena: Arena;

  constructor(engine: Engine) {
    super();
    this.engine = engine;
    this.#arena = new Arena(engine.heap);
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

  /** The address of a tensor's values, which move into the heap if they are not there. */
  addressOf(tensor: TensorInfo): number {
    const data: unknown = this.data.get(tensor.dataId);
    if (data instanceof HeapValues) return data.address;
    const { values, dtype, refCount } = data as {
      values: Float32Array;
      dtype: HeapType;
      refCount: number;
    };
    const moved = this.#makeValues(values.length, dtype);
    moved.values.set(values);
    moved.refCount = refCount;
    // Taken out first, or tfjs's storage would count it twice.
    this.data.delete(tensor.dataId);
    this.#store(tensor.dataId, moved);
    return moved.address;
  }

  /** A new tensor in the heap, its values not set. */
  makeInHeap(
    shape: number[],
    dtype: HeapType = "float32",
  ): { tensor: TensorInfo; address: number } {
    const values = this.#makeValues(util.sizeFromShape(shape), dtype), dataId = {};
    this.#store(dataId, values);
    return { tensor: { dataId, shape, dtype }, address: values.address };
  }

  /** Another tensor over the same values: no copy. */
  share({ dataId, dtype }: TensorInfo, shape: number[]): TensorInfo {
    this.incRef(dataId);
    return { dataId, shape, dtype };
  }

  /** A form of a tensor's values that is made once and lives as long as they do. */
  prepare(
    { dataId }: TensorInfo,
    name: string,
    bytes: number,
    make: (address: number) => void,
  ): number {
    let forms = this.#prepared.get(dataId);
    if (!forms) this.#prepared.set(dataId, forms = new Map());
    let address = forms.get(name);
    if (address === undefined) {
      forms.set(name, address = this.engine.heap.allocate(bytes));
      make(address);
    }
    return address;
  }

  /** Working memory for the length of one call, a block for each size: the same memory in every call, so that it stays in the cache. */
  withScratch<T>(sizes: readonly number[], use: (...addresses: number[]) => T): T {
    const [bytes, ...others] = sizes;
    if (bytes === undefined) return use();
    return this.#arena.with(
      bytes,
      (address) => this.withScratch(others, (...rest) => use(address, ...rest)),
    );
  }

  /** Copies a stock kernel's result out of the heap if it is a view into another tensor's block, as a slice's is. */
  detach({ dataId }: TensorInfo): void {
    const data: unknown = this.data.get(dataId);
    if (data instanceof HeapValues) return;
    const record = data as {
      values?: Float32Array;
      complexTensorInfos?: Record<"real" | "imag", TensorInfo>;
    };
    if (ArrayBuffer.isView(record.values) && this.engine.heap.owns(record.values)) {
      record.values = record.values.slice();
    }
    for (const part of Object.values(record.complexTensorInfos ?? {})) this.detach(part);
  }

  /** A copy: a view would change when its block is used again. */
  override readSync(dataId: DataId): ReturnType<MathBackendCPU["readSync"]> {
    const values = super.readSync(dataId);
    const isShared = ArrayBuffer.isView(values) && this.engine.heap.owns(values);
    return isShared ? (values as Float32Array).slice() : values;
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const data: unknown = this.data.has(dataId) ? this.data.get(dataId) : undefined;
    const disposed = super.disposeData(dataId, force);
    if (!disposed) return false;
    if (data instanceof HeapValues) this.#release(data.address);
    for (const address of this.#prepared.get(dataId)?.values() ?? []) this.#release(address);
    this.#prepared.delete(dataId);
    return true;
  }

  /** True numbers: nothing waits for a garbage collector. */
  override memory() {
    return { unreliable: false, reasons: [], numBytesInHeap: this.engine.heap.usage().usedBytes };
  }

  #makeValues(length: number, dtype: HeapType): HeapValues {
    const { heap } = this.engine;
    const bytes = length * ARRAYS[dtype].BYTES_PER_ELEMENT;
    return new HeapValues(heap, heap.allocate(bytes), length, dtype);
  }

  #store(dataId: DataId, values: HeapValues): void {
    this.data.set(dataId, values as unknown as Parameters<typeof this.data.set>[1]);
  }

  #release(address: number): void {
    if (this.#depth > 0) this.#held.push(address);
    else this.engine.heap.free(address);
  }
}
