// Counts what a program asks of the GPU, exactly: dispatches, uploads, buffers, pipelines, the traffic of its kernels, memory.

import { sizeOf } from "../gpu/shape.ts";
import {
  type CountedBackend,
  countedBackend,
  flush,
  type KernelRun,
  replaceMethod,
  watchKernels,
} from "./_gpu_backend.ts";

/** What is counted over one run of a program; sizes in bytes. */
export interface GpuCounts {
  dispatches: number;
  submits: number;
  /** Arrays and numbers that were sent to the GPU; the kernels' own sizes and attributes (uniforms) are not among them. */
  uploads: number;
  uploadBytes: number;
  uniformBytes: number;
  /** What was newly created: buffers that the pool of free ones did not have. */
  createdBytes: number;
  /** Different compiled kernels. */
  pipelines: number;
  /** Each kernel's different inputs read once and its outputs written once. */
  trafficBytes: number;
  /** Most that was in use at one time: tensors, and what waits for the next submit. */
  liveBytes: number;
  /** All buffers at the end, those kept for reuse among them: what the card has to hold. */
  heldBytes: number;
  /** By kernel, most traffic first. */
  kernels: KernelCounts[];
}

/** The part of one kernel. */
export interface KernelCounts {
  kernel: string;
  dispatches: number;
  trafficBytes: number;
}

/** Counts what `work` asks of the current GPU, really run or traced (`_gpu_trace.ts`). */
export async function countGpu(work: () => Promise<void>): Promise<GpuCounts> {
  const backend = countedBackend();
  flush(backend);
  const counts = noCounts(), kernels = new Map<string, KernelCounts>();
  const restore = [
    watchKernels(backend, (run) => {
      const { kernel } = run, trafficBytes = bytesMoved(run);
      const entry = kernels.get(kernel) ?? { kernel, dispatches: 0, trafficBytes: 0 };
      kernels.set(kernel, entry);
      entry.dispatches++;
      entry.trafficBytes += trafficBytes;
      counts.trafficBytes += trafficBytes;
    }),
    watchBuffers(backend, counts),
    watchRecording(backend, counts),
  ];
  try {
    await work();
    flush(backend);
  } finally {
    restore.forEach((undo) => undo());
  }
  const named = [...kernels.values()].reduce((sum, { dispatches }) => sum + dispatches, 0);
  if (named !== counts.dispatches) {
    throw new Error(
      `Cannot count traffic: ${counts.dispatches} dispatches were recorded, ${named} of them by what runs kernels`,
    );
  }
  return {
    ...counts,
    heldBytes: backend.memory().numBytesAllocatedInGPU,
    kernels: [...kernels.values()].sort((a, b) => b.trafficBytes - a.trafficBytes),
  };
}

/** Runs before the one that counts: they make what later ones find, compiled kernels and buffers in the pool. */
const WARM_UP_RUNS = 2;

/** Counts what every later run of `work` asks of the current GPU: the first ones create more. */
export async function countSteady(work: () => Promise<void>): Promise<GpuCounts> {
  // Counted like the last one, which begins with a submit: where submits fall decides which buffers are free.
  for (let i = 0; i < WARM_UP_RUNS; i++) await countGpu(work);
  return await countGpu(work);
}

function noCounts(): GpuCounts {
  return {
    ...{ dispatches: 0, submits: 0, uploads: 0, uploadBytes: 0, uniformBytes: 0 },
    ...{ createdBytes: 0, pipelines: 0, trafficBytes: 0, liveBytes: 0, heldBytes: 0 },
    kernels: [],
  };
}

/** Every value has 4 bytes. */
function bytesMoved({ reads, writes }: KernelRun): number {
  const sizes = (
    tensors: KernelRun["reads"],
  ) => [...new Map(tensors.map(({ dataId, shape }) => [dataId, 4 * sizeOf(shape)])).values()];
  return [...sizes(reads), ...sizes(writes)].reduce((sum, bytes) => sum + bytes, 0);
}

/** What is created and sent. */
function watchBuffers({ device, queue }: CountedBackend, counts: GpuCounts): () => void {
  const undoCreate = replaceMethod(device, "createBuffer", (create) => (descriptor) => {
    counts.createdBytes += descriptor.size;
    if (descriptor.mappedAtCreation) {
      counts.uploads++;
      counts.uploadBytes += descriptor.size;
    }
    return create(descriptor);
  });
  const undoWrite = replaceMethod(queue, "writeBuffer", (write) => (...args: unknown[]) => {
    // tfjs writes whole arrays.
    const [buffer, , { byteLength }] = args as [GPUBuffer, number, ArrayBuffer];
    if (buffer.usage & GPUBufferUsage.UNIFORM) counts.uniformBytes += byteLength;
    else {
      counts.uploads++;
      counts.uploadBytes += byteLength;
    }
    return (write as (...args: unknown[]) => undefined)(...args);
  });
  return () => {
    undoWrite();
    undoCreate();
  };
}

/** What is recorded and submitted. */
function watchRecording(backend: CountedBackend, counts: GpuCounts): () => void {
  const { device, queue } = backend, pipelines = new Set<GPUComputePipeline>();
  const watchPass = (pass: GPUComputePassEncoder) => {
    replaceMethod(pass, "setPipeline", (set) => (pipeline) => {
      pipelines.add(pipeline);
      counts.pipelines = pipelines.size;
      return set(pipeline);
    });
    replaceMethod(pass, "dispatchWorkgroups", (dispatch) => (...groups) => {
      counts.dispatches++;
      counts.liveBytes = Math.max(counts.liveBytes, backend.memory().numBytesInGPU);
      return dispatch(...groups);
    });
    return pass;
  };
  const undoEncoder = replaceMethod(device, "createCommandEncoder", (create) => (descriptor) => {
    const encoder = create(descriptor);
    replaceMethod(
      encoder,
      "beginComputePass",
      (begin) => (descriptor) => watchPass(begin(descriptor)),
    );
    return encoder;
  });
  const undoSubmit = replaceMethod(queue, "submit", (submit) => (commands) => {
    counts.submits++;
    return submit(commands);
  });
  return () => {
    undoSubmit();
    undoEncoder();
  };
}
