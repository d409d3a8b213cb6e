// Measures how long each kernel of a program runs on the GPU, by its timestamps. Every kernel is submitted on its own for that:
// the times are right beside each other, their sum is not that of the program.

import { countedBackend, watchKernels } from "./_gpu_backend.ts";

/**
 * Milliseconds by kernel.
 *
 * @throws {TypeError} if the device was started without timestamps
 */
export async function timeKernels(work: () => Promise<void>): Promise<Record<string, number>> {
  const backend = countedBackend();
  if (!backend.supportTimestampQuery) {
    throw new TypeError("Cannot time kernels: the device has no timestamp-query");
  }
  const kernels: string[] = [], timers: NonNullable<typeof backend.activeTimers> = [];
  const unwatch = watchKernels(backend, ({ kernel }) => kernels.push(kernel));
  backend.activeTimers = timers;
  try {
    await work();
  } finally {
    backend.activeTimers = undefined;
    unwatch();
  }
  const milliseconds = await Promise.all(timers.map(({ query }) => query));
  const sums: Record<string, number> = {};
  kernels.forEach((kernel, i) => sums[kernel] = (sums[kernel] ?? 0) + milliseconds[i]);
  return sums;
}

/** Lets devices have timestamps if their adapter can, which training and pages have no use for; the result ends that. */
export function allowTimestamps(): () => void {
  const { prototype } = GPUAdapter, { requestDevice } = prototype;
  prototype.requestDevice = function (descriptor) {
    const requiredFeatures: GPUFeatureName[] = this.features.has("timestamp-query")
      ? ["timestamp-query"]
      : [];
    return requestDevice.call(this, { ...descriptor, requiredFeatures });
  };
  return () => prototype.requestDevice = requestDevice;
}
