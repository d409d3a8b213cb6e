// Makes the current GPU compute nothing: programs run on it as ever, kernel by kernel, but what they create, send and record is
// empty. So the work of a large training step can be counted in a second, on any adapter and without its memory.

import type { CountedBackend } from "./_gpu_backend.ts";

/** From here on the backend's device computes nothing, and every number read from it is 0; there is no way back. */
export function stubGpu({ device, queue }: Pick<CountedBackend, "device" | "queue">): void {
  const nothing = () => {};
  const pass = {
    ...{ setPipeline: nothing, setBindGroup: nothing, dispatchWorkgroups: nothing, end: nothing },
  };
  Object.defineProperty(device, "limits", { value: withoutSizeLimits(device.limits) });
  const pipeline = () => ({ getBindGroupLayout: () => ({}) });
  Object.assign(device, {
    createBuffer: emptyBuffer,
    createShaderModule: () => ({}),
    createComputePipeline: pipeline,
    createComputePipelineAsync: () => Promise.resolve(pipeline()),
    createBindGroup: () => ({}),
    createCommandEncoder: () => ({
      beginComputePass: () => ({ ...pass }),
      copyBufferToBuffer: nothing,
      finish: () => ({}),
    }),
  });
  Object.assign(queue, { submit: nothing, writeBuffer: nothing });
}

/** A device that holds nothing holds tensors of any size. */
function withoutSizeLimits(limits: GPUSupportedLimits): GPUSupportedLimits {
  return new Proxy(limits, {
    get: (target, name) =>
      name === "maxBufferSize" || name === "maxStorageBufferBindingSize"
        ? Infinity
        : Reflect.get(target, name),
  });
}

/** Where uploads are written to, which nobody reads. */
let scratch = new ArrayBuffer(0);

/** A buffer of that size without memory. tfjs asks of a buffer whether it is a GPUBuffer. */
function emptyBuffer({ size, usage, mappedAtCreation = false }: GPUBufferDescriptor): GPUBuffer {
  let isMapped = mappedAtCreation;
  return Object.create(GPUBuffer.prototype, {
    size: { value: size },
    usage: { value: usage },
    mapState: { get: () => isMapped ? "mapped" : "unmapped" },
    mapAsync: { value: () => Promise.resolve() },
    getMappedRange: {
      value() {
        if (usage & GPUBufferUsage.MAP_READ) return new ArrayBuffer(size);
        if (scratch.byteLength < size) scratch = new ArrayBuffer(size);
        return scratch;
      },
    },
    unmap: { value: () => isMapped = false },
    destroy: { value: () => {} },
  });
}
