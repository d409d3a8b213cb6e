// Fully connected layer.

import * as tf from "./tf.ts";

/** Kernel [in, out] and an optional bias [out]. */
export type DenseParams = { kernel: tf.Tensor2D; bias?: tf.Tensor1D };

/** Vectors [n, in] to [n, out]. */
export function dense({ kernel, bias }: DenseParams, vectors: tf.Tensor2D): tf.Tensor2D {
  const output = tf.matMul(vectors, kernel) as tf.Tensor2D;
  return bias ? tf.add(output, bias) as tf.Tensor2D : output;
}
