// Starts the `simd` device: our kernels where there are any, the `cpu` device's for the rest, on one heap.

import * as tf from "../tf.ts";
import { startCpu } from "../cpu/start.ts";
import { DeviceUnavailableError, type StartedDevice } from "../device.ts";
import { SimdBackend } from "./backend.ts";
import { createEngine } from "./engine.ts";
import { nativeKernels } from "./kernels/native_kernels.ts";
import type { NativeKernel } from "./kernels/native.ts";

/** The built modules; `deno task build:simd` makes them. */
const MODULES = {
  relaxed: new URL("../../dist/simd/engine.wasm", import.meta.url),
  plain: new URL("../../dist/simd/engine_plain.wasm", import.meta.url),
};

/** A module of one function that uses relaxed SIMD's multiply-add: valid only where the runtime has it. */
const RELAXED_PROBE = new Uint8Array([
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0],
  ...[65, 1, 253, 15, 65, 2, 253, 15, 65, 3, 253, 15, 253, 133, 2, 11],
]);

/** No more threads than this: steps are too short to be split further. */
const MOST_THREADS = 32;

/**
 * Starts the `simd` device.
 *
 * @param threads how many share the work; all cores if not given, one where threads cannot share memory or may not block
 * @throws {DeviceUnavailableError} if the module is not built, a thread does not start, or the runtime lacks SIMD
 */
export async function startSimd(threads = availableThreads()): Promise<StartedDevice> {
  const module = await loadModule();
  const engine = await createEngine(module, threads).catch((error) => {
    throw new DeviceUnavailableError("simd", reasonOf(error));
  });
  await registerKernels();
  if (tf.findBackendFactory("simd")) tf.removeBackend("simd");
  const backend = new SimdBackend(engine);
  tf.registerBackend("simd", () => backend);
  if (!(await tf.setBackend("simd"))) {
    engine.dispose();
    throw new DeviceUnavailableError("simd", "tfjs refused the backend");
  }
  const width = engine.isFused ? "256-bit" : "128-bit";
  return {
    name: "simd",
    description: `CPU: WebAssembly SIMD, ${threads} thread${
      threads === 1 ? "" : "s"
    }, ${width} vectors`,
    limits: {},
    refusedKernels: {},
    isSoftware: false,
    lost: engine.lost,
    dispose: () => {
      // Another one may have been started since.
      if (tf.findBackend("simd") === backend) tf.removeBackend("simd");
      engine.dispose();
    },
  };
}

/** As many threads as cores; one where memory cannot be shared (a page that is not isolated), or where waiting would freeze a page. */
function availableThreads(): number {
  const canShare = typeof SharedArrayBuffer === "function" && typeof Worker === "function";
  if (!canShare || typeof document === "object") return 1;
  return Math.min(MOST_THREADS, navigator.hardwareConcurrency || 1);
}

let loaded: Promise<WebAssembly.Module> | undefined;

/** Compiled once, however often the device is started. */
async function loadModule(): Promise<WebAssembly.Module> {
  loaded ??= fetchModule();
  try {
    return await loaded;
  } catch (error) {
    loaded = undefined;
    throw new DeviceUnavailableError(
      "simd",
      `its WebAssembly module cannot be used (${reasonOf(error)}); run deno task build:simd`,
    );
  }
}

async function fetchModule(): Promise<WebAssembly.Module> {
  const response = await fetch(
    WebAssembly.validate(RELAXED_PROBE) ? MODULES.relaxed : MODULES.plain,
  );
  if (!response.ok) throw new Error(`The server answered ${response.status}`);
  return await WebAssembly.compile(await response.arrayBuffer());
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

let registered = false;

/** Takes over the kernels of the `cpu` device, what it adds to tfjs's own included, behind ours. */
async function registerKernels(): Promise<void> {
  if (registered) return;
  (await startCpu()).dispose();
  for (const { kernelName, kernelFunc, ...rest } of tf.getKernelsForBackend("cpu")) {
    const run = withStock(kernelName, kernelFunc, nativeKernels[kernelName]);
    tf.registerKernel({ ...rest, kernelName, backendName: "simd", kernelFunc: holding(run) });
  }
  for (const [kernelName, native] of Object.entries(nativeKernels)) {
    if (tf.getKernel(kernelName, "cpu")) continue;
    const run = withStock(kernelName, refuseInputs(kernelName), native);
    tf.registerKernel({ kernelName, backendName: "simd", kernelFunc: holding(run) });
  }
  registered = true;
}

/** The native kernel if there is one and it takes the inputs, else the stock kernel, its result taken out of the heap. */
function withStock(
  kernelName: string,
  stock: tf.KernelFunc,
  native: NativeKernel | undefined,
): tf.KernelFunc {
  return (args) => {
    const backend = args.backend as SimdBackend;
    const result = native?.(
      args.inputs as Record<string, tf.TensorInfo>,
      backend,
      args.attrs ?? {},
    );
    if (result) return result;
    backend.fallbacks.set(kernelName, (backend.fallbacks.get(kernelName) ?? 0) + 1);
    const found = stock(args);
    for (const tensor of [found].flat()) backend.detach(tensor);
    return found;
  };
}

/** What stands behind a kernel that tfjs does not have. */
function refuseInputs(kernelName: string): tf.KernelFunc {
  return () => {
    throw new TypeError(`Cannot run kernel ${kernelName}: its inputs are not float32`);
  };
}

function holding(kernel: tf.KernelFunc): tf.KernelFunc {
  return (args) => (args.backend as SimdBackend).runHolding(() => kernel(args));
}
