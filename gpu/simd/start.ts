// Starts the `simd` device: our kernels where there are any, the `cpu` device's for the rest, on one heap.

import * as tf from "../tf.ts";
import { startCpu } from "../cpu/start.ts";
import { DeviceUnavailableError, type StartedDevice } from "../device.ts";
import { SimdBackend } from "./backend.ts";
import { createEngine } from "./engine.ts";
import { convolutionKernels } from "./kernels/convolution.ts";
import { elementwiseKernels } from "./kernels/elementwise.ts";
import type { NativeKernel } from "./kernels/native.ts";

const NATIVE: Readonly<Record<string, NativeKernel>> = {
  ...convolutionKernels,
  ...elementwiseKernels,
};

/** The built module; `deno task build:simd` makes it. */
const MODULE = new URL("../../dist/simd/engine.wasm", import.meta.url);

/**
 * Starts the `simd` device on one thread.
 *
 * @throws {DeviceUnavailableError} if the module is not built or the runtime lacks shared memory or relaxed SIMD
 */
export async function startSimd(): Promise<StartedDevice> {
  const engine = await loadEngine();
  // Registers what the `cpu` device adds to tfjs's kernels, which are then taken over.
  (await startCpu()).dispose();
  if (tf.findBackendFactory("simd")) tf.removeBackend("simd");
  for (const kernel of tf.getKernelsForBackend("simd")) {
    tf.unregisterKernel(kernel.kernelName, "simd");
  }
  tf.registerBackend("simd", () => new SimdBackend(engine));
  for (const { kernelName, kernelFunc, ...rest } of tf.getKernelsForBackend("cpu")) {
    tf.registerKernel({
      ...rest,
      kernelName,
      backendName: "simd",
      kernelFunc: holding(withStock(kernelFunc, NATIVE[kernelName])),
    });
  }
  if (!(await tf.setBackend("simd"))) {
    throw new DeviceUnavailableError("simd", "tfjs refused the backend");
  }
  return {
    name: "simd",
    description: "SIMD: WebAssembly, one thread",
    limits: {},
    isSoftware: false,
    lost: new Promise(() => {}),
    dispose: () => tf.removeBackend("simd"),
  };
}

async function loadEngine() {
  try {
    const response = await fetch(MODULE);
    return await createEngine(await response.arrayBuffer());
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new DeviceUnavailableError(
      "simd",
      `its WebAssembly module cannot be used (${why}); run deno task build:simd`,
    );
  }
}

/** The native kernel where there is one and all inputs are float32, else the stock kernel, its result taken out of the heap. */
function withStock(stock: tf.KernelFunc, native: NativeKernel | undefined): tf.KernelFunc {
  return (args) => {
    const inputs = args.inputs as Record<string, tf.TensorInfo>;
    const backend = args.backend as SimdBackend;
    if (native && Object.values(inputs).every(({ dtype }) => dtype === "float32")) {
      const result = native(inputs, backend, args.attrs ?? {});
      if (result) return result;
    }
    const result = stock(args);
    for (const tensor of [result].flat()) backend.detach(tensor);
    return result;
  };
}

function holding(kernel: tf.KernelFunc): tf.KernelFunc {
  return (args) => (args.backend as SimdBackend).runHolding(() => kernel(args));
}
