// Counts the floating-point operations of what runs on the current device: those of convolutions and matrix products, as a direct
// computation would need them. What comes besides is less than a hundredth of a training step.

import * as tf from "../gpu/tf.ts";
import { sizeOf } from "../gpu/shape.ts";

type Inputs = Readonly<Record<string, tf.Tensor>>;

/** The engine's one door for kernels. */
interface KernelRunner {
  runKernel(name: string, inputs: tf.NamedTensorMap, attrs?: unknown): unknown;
}

/** Operations of each kernel that is counted: two for each product and its sum. */
const COUNTED: Readonly<Record<string, (inputs: Inputs, output: tf.Tensor) => number>> = {
  Conv2D: ({ filter }, output) => 2 * output.size * sizeOf(filter.shape.slice(0, 3)),
  FusedConv2D: ({ filter }, output) => 2 * output.size * sizeOf(filter.shape.slice(0, 3)),
  // Also the transposed convolution, whose images are `dy`.
  Conv2DBackpropInput: ({ dy, filter }) => 2 * dy.size * sizeOf(filter.shape.slice(0, 3)),
  Conv2DBackpropFilter: ({ dy }, output) => 2 * dy.size * sizeOf(output.shape.slice(0, 3)),
  BatchMatMul: product,
  _FusedMatMul: product,
};

/** [m, k] by [k, n], either of them transposed: (m k)(k n)(m n) is (m k n) squared. */
function product({ a, b }: Inputs, output: tf.Tensor): number {
  return 2 * Math.sqrt(a.size * b.size * output.size);
}

/** The operations of whatever `work` runs. */
export async function countFlop(work: () => Promise<void>): Promise<number> {
  const engine = tf.engine() as unknown as KernelRunner, { runKernel } = engine;
  let total = 0;
  engine.runKernel = function (name, inputs, attrs) {
    const output = runKernel.call(this, name, inputs, attrs);
    total += COUNTED[name]?.(inputs as Inputs, output as tf.Tensor) ?? 0;
    return output;
  };
  try {
    await work();
  } finally {
    engine.runKernel = runKernel;
  }
  return total;
}
