// Runs our CPU kernels beside tfjs's own, which they replaced: the two must agree.

import assert from "node:assert/strict";
import * as tf from "../../../gpu/tf.ts";
import "../../../gpu/tf_cpu.ts";
import { assertClose } from "../../_assert.ts";

// Taken as this module loads: the first start of the device replaces them.
const stockKernels = new Map(
  [
    "Conv2D",
    "Conv2DBackpropInput",
    "Conv2DBackpropFilter",
    "Add",
    "Sub",
    "Multiply",
    "RealDiv",
    "Sum",
    "Mean",
    "Slice",
    "Reverse",
    "PadV2",
    "MirrorPad",
  ].map((name) => [name, tf.getKernel(name, "cpu").kernelFunc]),
);

/** An input of a kernel: numbers and their shape; float32 unless told. */
export interface KernelInput {
  shape: readonly number[];
  values: ArrayLike<number>;
  dtype?: "float32" | "int32" | "bool";
}

/** What a kernel gave, or the message that it threw. */
export interface KernelOutput {
  shape: number[];
  dtype: string;
  values: number[];
}

/** Runs a kernel by name: ours as it is registered, or tfjs's own. */
export function runKernel(
  which: "ours" | "stock",
  name: string,
  inputs: Record<string, KernelInput>,
  attrs: Record<string, unknown> = {},
): KernelOutput {
  const ours = tf.getKernel(name, "cpu").kernelFunc, stock = stockKernels.get(name);
  assert.ok(stock && stock !== ours, `The kernel ${name} was not replaced`);
  return tf.tidy(() => {
    const tensors = Object.fromEntries(
      Object.entries(inputs).map(([key, { values, shape, dtype }]) =>
        [key, tf.tensor(Array.from(values), [...shape], dtype ?? "float32")] as const
      ),
    );
    const result = (which === "ours" ? ours : stock)({
      inputs: tensors,
      backend: tf.backend(),
      attrs: attrs as tf.NamedAttrMap,
    }) as tf.TensorInfo;
    const tensor = tf.engine().makeTensorFromTensorInfo(result);
    return { shape: tensor.shape, dtype: tensor.dtype, values: Array.from(tensor.dataSync()) };
  });
}

/** Asserts that our kernel gives what tfjs's own gives: shape, type, and numbers within 1e-5. */
export function assertSameAsStock(
  name: string,
  inputs: Record<string, KernelInput>,
  attrs: Record<string, unknown> = {},
): void {
  const ours = runKernel("ours", name, inputs, attrs);
  const stock = runKernel("stock", name, inputs, attrs);
  const shapes = Object.values(inputs).map(({ shape }) => `[${shape}]`).join(" ");
  const what = `${name} of ${shapes} with ${JSON.stringify(attrs)}`;
  assert.deepEqual([ours.shape, ours.dtype], [stock.shape, stock.dtype], what);
  assertClose(ours.values, stock.values, { absolute: 1e-5, relative: 1e-5 }, what);
}
