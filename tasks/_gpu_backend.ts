// What we use of tfjs's WebGPU backend to count and time its work: most of it is private in its types, and all of it stands here.

import * as tf from "../gpu/tf.ts";
import { sizeOf } from "../gpu/shape.ts";

/** What we use of the backend of the device webgpu. */
export interface CountedBackend {
  readonly device: GPUDevice;
  readonly queue: GPUQueue;
  readonly tensorMap: {
    has(dataId: tf.DataId): boolean;
    get(dataId: tf.DataId): { resource?: unknown };
  };
  commandEncoder: GPUCommandEncoder | null;
  /** While it is there, every dispatch is timed and submitted on its own. */
  activeTimers?: { name: string; query: Promise<number> }[];
  supportTimestampQuery: boolean;
  endComputePassEncoder(): void;
  submitQueue(): void;
  memory(): { numBytesInGPU: number; numBytesAllocatedInGPU: number };
  /** Runs a kernel of tfjs's. */
  runWebGPUProgram(
    program: object,
    inputs: tf.TensorInfo[],
    dtype: tf.DataType,
    uniforms?: unknown,
    output?: tf.TensorInfo,
  ): tf.TensorInfo;
  /** Runs a kernel of ours, where the backend has such. */
  run?(run: {
    kernel: string;
    writes: Readonly<Record<string, tf.TensorInfo>>;
    reads: Readonly<Record<string, tf.TensorInfo>>;
  }): void;
}

/** The current backend. @throws {TypeError} if it is not WebGPU's */
export function countedBackend(): CountedBackend {
  const backend = tf.backend() as unknown as Partial<CountedBackend>;
  if (!backend.runWebGPUProgram) {
    throw new TypeError(
      `Cannot count on "${tf.getBackend()}": expected the device webgpu to be current`,
    );
  }
  return backend as CountedBackend;
}

/** Sends what is recorded, so that nothing of before is counted with what comes. */
export function flush(backend: CountedBackend): void {
  backend.endComputePassEncoder();
  if (backend.commandEncoder) backend.submitQueue();
}

/** One dispatch: its kernel, and the tensors that it reads and writes; what it changes is in both. */
export interface KernelRun {
  kernel: string;
  reads: readonly tf.TensorInfo[];
  writes: readonly tf.TensorInfo[];
}

/** Tells of every kernel that is dispatched from here on; the result ends that. */
export function watchKernels(
  backend: CountedBackend,
  onRun: (run: KernelRun) => void,
): () => void {
  const { tensorMap } = backend;
  /** Those of the outputs that hold something already. */
  const changed = (outputs: readonly tf.TensorInfo[]) =>
    outputs.filter(({ dataId }) => tensorMap.has(dataId) && tensorMap.get(dataId).resource);
  const tell = (run: KernelRun) => {
    // Nothing is dispatched for outputs without elements.
    if (run.writes.some(({ shape }) => sizeOf(shape) > 0)) onRun(run);
  };
  const undoStock = replaceMethod(
    backend,
    "runWebGPUProgram",
    (run) => (program, inputs, dtype, uniforms, given) => {
      const reads = [...inputs, ...changed(given ? [given] : [])];
      const output = run(program, inputs, dtype, uniforms, given);
      const kernel = program.constructor.name.replace(/Program\d*$/, "");
      tell({ kernel, reads, writes: [output] });
      return output;
    },
  );
  if (!backend.run) return undoStock;
  const undoOwn = replaceMethod(backend as Required<CountedBackend>, "run", (run) => (each) => {
    const writes = Object.values(each.writes);
    const reads = [...Object.values(each.reads), ...changed(writes)];
    run(each);
    tell({ kernel: each.kernel, reads, writes });
  });
  return () => {
    undoOwn();
    undoStock();
  };
}

/** Puts a function around a method; the result takes it away again. */
export function replaceMethod<Target extends object, Key extends keyof Target>(
  target: Target,
  key: Key,
  around: (method: Target[Key]) => Target[Key],
): () => void {
  const own = Object.getOwnPropertyDescriptor(target, key), method = target[key];
  target[key] = around((method as () => unknown).bind(target) as Target[Key]);
  return () => {
    if (own) Object.defineProperty(target, key, own);
    else delete (target as Partial<Target>)[key];
  };
}
