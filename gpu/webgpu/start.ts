// Starts the WebGPU device in Deno and in browsers. tfjs's own start-up fails in Deno and cannot report a lost device.

import * as tf from "../tf.ts";
import { GpuBackend } from "./backend.ts";
import { DeviceUnavailableError, type ModuleOptions, type StartedDevice } from "../device.ts";
import { forDrawing } from "./for_drawing.ts";
import { excludeOpenGl } from "./native_backends.ts";
import { registerKernels } from "./register.ts";

/** The adapter's limits that we ask for in full; the defaults are far below what most cards have. */
const LIMITS = [
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxComputeWorkgroupSizeX",
  "maxComputeInvocationsPerWorkgroup",
  "maxStorageBuffersPerShaderStage",
] as const;

/** Adapters that run on the processor; not all of them say so by `isFallbackAdapter`. */
const SOFTWARE = /llvmpipe|lavapipe|swiftshader|basic render/i;

/** Which kernels of ours an adapter was found to compute wrongly: they are tried once, however often its device is started. */
const trials = new Map<string, Readonly<Record<string, string>>>();

/**
 * Starts the `webgpu` device on the fastest adapter.
 *
 * @throws {DeviceUnavailableError} if there is no WebGPU, no adapter, or one that is not good enough, or the device or backend is refused
 */
export async function startWebGpu(
  { drawsOnly = false, realGpuOnly = false }: ModuleOptions = {},
): Promise<StartedDevice> {
  const adapter = await requestAdapter(), name = describe(adapter.info);
  const isSoftware = adapter.info.isFallbackAdapter || SOFTWARE.test(name);
  if (isSoftware && realGpuOnly) {
    throw new DeviceUnavailableError(
      "webgpu",
      `the only GPU adapter is a software one (WebGPU: ${name}), slower than the CPU engine`,
    );
  }
  const limits = Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]]));
  const gpu = await requestDevice(adapter, limits);
  // Importing the backend registers a factory of its own; a second registration under that name would be ignored.
  if (tf.findBackendFactory("webgpu")) tf.removeBackend("webgpu");
  const backend = new GpuBackend(gpu, adapter.info);
  tf.registerBackend("webgpu", () => backend, 3);
  // A refused backend makes tfjs carry on silently with another one.
  const accepted = await tf.setBackend("webgpu");
  if (!accepted || tf.getBackend() !== "webgpu") {
    throw new DeviceUnavailableError("webgpu", "tfjs refused the backend");
  }
  // Without this tfjs's transposed convolution has one thread for each two pixels, and nothing shared.
  tf.env().set("WEBGPU_USE_NAIVE_CONV2D_TRANSPOSE", false);
  const trial = drawsOnly ? `${name}, drawing` : name;
  const set = drawsOnly ? forDrawing : (await import("./for_training.ts")).forTraining;
  const refusedKernels = await registerKernels(backend, set, trials.get(trial));
  trials.set(trial, refusedKernels);
  let disposed = false;
  return {
    name: "webgpu",
    description: describeDevice(name, Object.keys(refusedKernels)),
    limits,
    refusedKernels,
    isSoftware,
    // A device that is given back on purpose is not lost.
    lost: gpu.lost.then((info) => disposed ? new Promise(() => {}) : info.message || info.reason),
    dispose() {
      disposed = true;
      tf.removeBackend("webgpu");
      gpu.destroy();
    },
  };
}

async function requestAdapter(): Promise<GPUAdapter> {
  const gpu: GPU | undefined = globalThis.navigator?.gpu;
  if (!gpu) throw new DeviceUnavailableError("webgpu", "this runtime has no WebGPU");
  excludeOpenGl();
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" })
    .catch((error) => {
      throw new DeviceUnavailableError("webgpu", `asking for a GPU adapter failed: ${error}`);
    });
  if (!adapter) {
    throw new DeviceUnavailableError(
      "webgpu",
      "no GPU adapter was found; a graphics driver with Vulkan, Metal or Direct3D 12 is needed",
    );
  }
  return adapter;
}

async function requestDevice(
  adapter: GPUAdapter,
  requiredLimits: Record<string, number>,
): Promise<GPUDevice> {
  try {
    return await adapter.requestDevice({ requiredLimits });
  } catch (error) {
    throw new DeviceUnavailableError("webgpu", `the adapter gave no device: ${String(error)}`);
  }
}

/** One line, which names the kernels of ours that compute wrongly here: without them the device is right, but slower. */
function describeDevice(name: string, refused: readonly string[]): string {
  const without = refused.length === 0 ? "" : `, without ${refused.join(", ")}`;
  return `WebGPU: ${name}${without}`;
}

function describe(info: GPUAdapterInfo): string {
  const parts = [info.vendor, info.architecture, info.description || info.device];
  // Deno gives vendor and device as bare PCI numbers, which tell a reader nothing.
  return parts.filter((part) => part && !/^\d+$/.test(part)).join(" ") || "unnamed adapter";
}
