// Runs kernels on the simd device and on cpu, whole outputs side by side.

import { startDevice } from "../../../gpu/device.ts";
import * as tf from "../../../gpu/tf.ts";

/** A kernel call: its name, inputs as shape and values, and attributes. */
export interface KernelCall {
  kernel: string;
  inputs: Record<string, { shape: number[]; values: Float32Array }>;
  attrs?: Record<string, unknown>;
}

/** A kernel's whole output. */
export interface KernelResult {
  shape: number[];
  values: Float32Array;
}

/** The results of the calls on a device, in order; the device is started before and disposed of after. */
export async function runOn(
  device: "cpu" | "simd",
  calls: readonly KernelCall[],
): Promise<KernelResult[]> {
  const started = await startDevice(device);
  try {
    return calls.map(({ kernel, inputs, attrs }) =>
      tf.tidy(() => {
        const tensors = Object.entries(inputs).map((
          [name, { shape, values }],
        ) => [name, tf.tensor(values, shape)]);
        const output = tf.engine().runKernel(
          kernel,
          // AddN takes a list.
          kernel === "AddN" ? tensors.map(([, tensor]) => tensor) : Object.fromEntries(tensors),
          attrs as tf.NamedAttrMap,
        ) as tf.Tensor;
        return { shape: output.shape, values: output.dataSync<"float32">().slice() };
      })
    );
  } finally {
    started.dispose();
  }
}
