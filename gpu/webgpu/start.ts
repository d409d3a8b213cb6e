// Starts the WebGPU device in Deno and in browsers. tfjs's own start-up fails in Deno and cannot report a lost device.

import * as tf from "../tf.ts";
import { WebGPUBackend } from "../tf_webgpu.ts";
import { DeviceUnavailableError, type StartedDevice } from "../device.ts";
import { excludeOpenGl } from "./native_backends.ts";

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

/**
 * Starts the `webgpu` device on the fastest adapter.
 *
 * @throws {DeviceUnavailableError} if there is no WebGPU, no adapter, or the device or backend is refused
 */
export async function startWebGpu(): Promise<StartedDevice> {
  const adapter = await requestAdapter();
  const limits = Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]]));
  const gpu = await requestDevice(adapter, limits);
  // Importing the backend registers a factory of its own; a second registration under that name would be ignored.
  if (tf.findBackendFactory("webgpu")) tf.removeBackend("webgpu");
  tf.registerBackend("webgpu", () => new WebGPUBackend(gpu, adapter.info), 3);
  // A refused backend makes tfjs carry on silently with another one.
  const accepted = await tf.setBackend("webgpu");
  if (!accepted || tf.getBackend() !== "webgpu") {
    throw new DeviceUnavailableError("webgpu", "tfjs refused the backend");
  }
  let disposed = false;
  return {
    name: "webgpu",
    description: `WebGPU: ${describe(adapter.info)}`,
    limits,
    isSoftware: adapter.info.isFallbackAdapter || SOFTWARE.test(describe(adapter.info)),
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

function describe(info: GPUAdapterInfo): string {
  const parts = [info.vendor, info.architecture, info.description || info.device];
  // Deno gives vendor and device as bare PCI numbers, which tell a reader nothing.
  return parts.filter((part) => part && !/^\d+$/.test(part)).join(" ") || "unnamed adapter";
}
