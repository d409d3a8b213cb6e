// The engine: its compiled kernels over its heap, and the pool of threads that helps them.

import { createHeap, type Heap } from "./heap.ts";
import type { Setup, ThreadMessage, ThreadReply } from "./thread.ts";

type Kernel = (...numbers: number[]) => void;

/** The names of the module's kernels; what each takes is written where it is defined, in assembly/. */
type KernelName =
  | "idle"
  | "packPanels"
  | "padImages"
  | "multiply"
  | "convolve"
  | "packDots"
  | "packAdjoint"
  | "filterGradient"
  | "winograd"
  | "winogradFilterGradient"
  | "instanceNorm"
  | "instanceNormGradient"
  | "mirrorPad"
  | "mirrorPadGradient"
  | "binary"
  | "bytesToFloats"
  | "select"
  | "unary"
  | "reduce"
  | "copyStrided"
  | "fill"
  | "gather"
  | "segmentSum"
  | "softmax"
  | "resize"
  | "resizeGradient"
  | "filterSides"
  | "adam"
  | "ema"
  | "sumSquares";

/** The module's kernels. Addresses and counts are plain numbers. */
export type Kernels = Readonly<Record<KernelName, Kernel>>;

/** A heap, the kernels that work on it, and the threads that share the work. */
export interface Engine {
  readonly heap: Heap;
  readonly kernels: Kernels;
  readonly threads: number;
  /** Whether the tile that suits V8's revectorizer is in use; it is the faster one where that is on. */
  readonly isFused: boolean;
  /** Resolves with the reason if a thread dies; the engine is of no use then. */
  readonly lost: Promise<string>;
  /** Lets the threads end. */
  dispose(): void;
}

/** Looks that an idle thread takes before it sleeps: some milliseconds, more than lies between two kernels of a step. */
const POLLS_BEFORE_SLEEP = 1 << 21;

/** Scratch memory of a thread, in bytes. */
const SCRATCH_BYTES = 16 * 1024;

/** What the kernels say when a thread of the pool does not come back. */
const THREAD_LOST = "Cannot go on computing: a thread of the SIMD engine has died";

/**
 * Instantiates the module over a new heap, and once more for each further thread.
 *
 * @throws {Error} if a thread cannot be started
 */
export async function createEngine(module: WebAssembly.Module, threads: number): Promise<Engine> {
  const heap = createHeap();
  const threadLost = () => {
    throw new Error(THREAD_LOST);
  };
  const imports = { env: { memory: heap.memory, threadLost } };
  const instance = await WebAssembly.instantiate(module, imports);
  const kernels = instance.exports as unknown as Kernels & Setup;
  const scratch = Array.from({ length: threads }, () => heap.allocate(SCRATCH_BYTES));
  kernels.setThread(0, 1, scratch[0], 0);
  const isFused = isFasterFused(kernels, heap);
  kernels.setUnrolled(!isFused);
  let lose: (reason: string) => void = () => {};
  const lost = new Promise<string>((resolve) => lose = resolve);
  const starts = scratch.slice(1).map((address, i) =>
    startThread({
      module,
      memory: heap.memory,
      setup: [i + 1, threads, address, POLLS_BEFORE_SLEEP],
      unrolled: !isFused,
    }, lose)
  );
  await Promise.all(starts).catch((error) => {
    kernels.stop();
    throw error;
  });
  kernels.setThread(0, threads, scratch[0], 0);
  return {
    heap,
    kernels,
    threads,
    isFused,
    lost,
    dispose: kernels.stop,
  };
}

async function startThread(
  message: ThreadMessage,
  lose: (reason: string) => void,
): Promise<void> {
  const worker = new Worker(new URL("./thread.ts", import.meta.url), { type: "module" });
  await new Promise<void>((resolve, reject) => {
    const fail = (reason: string) => {
      reject(new Error(`Cannot start a thread of the SIMD engine: ${reason}`));
      lose(`a thread of the SIMD engine has died: ${reason}`);
    };
    worker.onmessage = ({ data }: MessageEvent<ThreadReply>) =>
      data.kind === "ready" ? resolve() : fail(data.reason);
    worker.onerror = (event) => {
      event.preventDefault();
      fail(event.message);
    };
    worker.postMessage(message);
  });
}

/** The choice is one of the machine and the runtime's flags, so it is made once. */
let fasterFused: boolean | undefined;

/** How long the tiles are timed: until the compiler has optimised both, which it does beside. */
const TIMING_MS = 30, FEWEST_ROUNDS = 24;

/** Far between what was measured with fused pairs (0.69) and without (1.33), so that a stall does not decide. */
const FUSED_RATIO = 0.9;

/** Times the two versions of the tile on a product of matrices, in turn. */
function isFasterFused(kernels: Kernels & Setup, heap: Heap): boolean {
  if (fasterFused !== undefined) return fasterFused;
  const m = 96, k = 128, n = 64, begin = performance.now();
  const a = heap.allocate(m * k * 4), b = heap.allocate(k * n * 4), out = heap.allocate(m * n * 4);
  const best = { fused: Infinity, unrolled: Infinity };
  for (let round = 0; round < FEWEST_ROUNDS || performance.now() - begin < TIMING_MS; round++) {
    for (const version of ["fused", "unrolled"] as const) {
      kernels.setUnrolled(version === "unrolled");
      const start = performance.now();
      for (let i = 0; i < 4; i++) {
        kernels.multiply(a, k * 4, 4, 0, b, 64, k * 64, 0, 0, out, 1, m, k, n, m, n / 16);
      }
      best[version] = Math.min(best[version], performance.now() - start);
    }
  }
  [a, b, out].forEach((address) => heap.free(address));
  return fasterFused = best.fused < FUSED_RATIO * best.unrolled;
}
