// tfjs on WebGPU as it comes, to be counted beside ours: its kernels, its gradients, its memory to the end of a backward pass. Must be
// imported before gpu/gradients.ts, which puts ours in their place.

import * as tf from "../gpu/tf.ts";
import "../gpu/tf_training.ts";
import { WebGPUBackend } from "../gpu/tf_webgpu.ts";

/**
 * Without these two of ours the program would not be the same: the stock gradient of reflection padding is wrong, and of a convolution
 * with a bias there is none.
 */
const OURS = ["MirrorPad", "FusedConv2D"];

if (tf.getGradient("MirrorPadGrad")) {
  throw new Error("Cannot take tfjs's own gradients: gpu/gradients.ts has been imported before");
}
const gradients = Object.values(tf).flatMap((name) =>
  typeof name === "string" && !OURS.includes(name) ? tf.getGradient(name) ?? [] : []
);
const kernels = tf.getKernelsForBackend("webgpu");

/** Starts a GPU with nothing but tfjs's kernels, and makes it current. @throws {Error} if a kernel of ours is among them */
export async function startStockGpu(): Promise<void> {
  const own = tf.getKernelsForBackend("webgpu").find((kernel) => !kernels.includes(kernel));
  if (own) throw new Error(`Cannot start stock tfjs: kernel "${own.kernelName}" is ours`);
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) throw new Error("Cannot start stock tfjs: no GPU adapter was found");
  const { maxBufferSize, maxStorageBufferBindingSize, maxStorageBuffersPerShaderStage } =
    adapter.limits;
  const device = await adapter.requestDevice({
    // tfjs does not ask for the last one: then its sum of many tensors is refused, and all that is submitted with it reads as zeros.
    requiredLimits: {
      ...{ maxBufferSize, maxStorageBufferBindingSize, maxStorageBuffersPerShaderStage },
    },
  });
  if (tf.findBackendFactory("webgpu")) tf.removeBackend("webgpu");
  tf.registerBackend("webgpu", () => new WebGPUBackend(device, adapter.info));
  await tf.setBackend("webgpu");
}

/** Puts tfjs's gradients back over ours; to be called once gpu/gradients.ts has been imported. */
export function restoreStockGradients(): void {
  gradients.forEach((config) => tf.registerGradient(config));
  for (const name of OURS) {
    const config = tf.getGradient(name);
    if (!config) throw new Error(`Cannot find our gradient of "${name}": import gpu/gradients.ts`);
    tf.registerGradient({
      ...config,
      // Ours free what they were given; of a copy nothing is lost.
      gradFunc: (dy, saved, attrs) =>
        config.gradFunc(
          Array.isArray(dy) ? dy.map((each) => tf.clone(each)) : tf.clone(dy),
          saved.map((tensor) => tf.clone(tensor)),
          attrs,
        ),
    });
  }
}
