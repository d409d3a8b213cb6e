// Watches tfjs's gradient tape: which kernels a computation asks to be differentiated, and how many times.

import * as tf from "../../gpu/tf.ts";

/** How often each kernel has to be differentiable, by its name: 1, or 2 where it lies inside an inner gradient. */
export type TapedKernels = Map<string, number>;

/** The part of tfjs's engine that records; private in its types, unchanged since 2021. */
interface Recorder {
  state: { gradientDepth: number };
  addTapeNode(
    kernel: string,
    inputs: tf.NamedTensorMap,
    outputs: tf.Tensor[],
    ...rest: unknown[]
  ): void;
}

/**
 * Adds to `found` the kernels that go on the tape until the returned function is called. In an inner gradient the forward
 * pass is recorded at depth 2, and the kernels of its backward pass, which the outer gradient differentiates, at depth 1.
 */
export function watchTape(found: TapedKernels, atMost = Infinity): () => void {
  const recorder = tf.engine() as unknown as Recorder;
  const original = recorder.addTapeNode;
  recorder.addTapeNode = function (kernel, inputs, outputs, ...rest) {
    const depth = this.state.gradientDepth;
    // A clone goes on the tape under the name of whatever runs around it; it is no kernel.
    const isClone = inputs.x?.dataId === outputs[0].dataId && !tf.getGradient(kernel);
    if (depth <= atMost && !isClone) addKernels(found, new Map([[kernel, depth]]));
    return original.call(this, kernel, inputs, outputs, ...rest);
  };
  return () => recorder.addTapeNode = original;
}

/** The kernels that are used to an order to which they are not proved, each with that order. */
export function unprovedKernels(used: TapedKernels, proved: TapedKernels): string[] {
  return [...used]
    .filter(([kernel, order]) => order > (proved.get(kernel) ?? 0))
    .map(([kernel, order]) => `${kernel} to order ${order}`);
}

/** Adds kernels to those found before, each with the higher of its orders. */
export function addKernels(all: TapedKernels, more: TapedKernels): void {
  for (const [kernel, order] of more) all.set(kernel, Math.max(order, all.get(kernel) ?? 0));
}
