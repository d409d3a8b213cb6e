// Kernels that tfjs does not have and some devices do: several steps of a layer or of the optimiser in one pass. Whoever calls one
// asks first whether the device has it, and composes the same numbers of tfjs's operations where it has not.

import * as tf from "./tf.ts";

/** The kernels of our own, with what they take and give. Gradients are registered in gradients.ts. */
export type OwnKernel =
  /** act((x - mean) / sqrt(variance + epsilon)) per image and channel of x [n, h, w, c]; attributes `epsilon`, `negativeSlope`. */
  | "InstanceNorm"
  /** Its gradient with respect to x, of x and dy; the same attributes. */
  | "InstanceNormGrad"
  /** The adjoint of tfjs's MirrorPad, of dy; attributes `paddings`, `mode`. */
  | "MirrorPadGrad"
  /** Adam's new param, m and v, of param, gradient, m and v; attributes as gpu/adam.ts names them. */
  | "AdamUpdate"
  /** param + (average - param) decay, of average and param; attribute `decay`. */
  | "EmaUpdate"
  /** The norm of all inputs taken as one vector, a scalar. */
  | "GlobalNorm";

/** Whether the current device has a kernel. */
export function hasKernel(name: OwnKernel): boolean {
  return tf.getKernel(name, tf.getBackend()) !== undefined;
}

/** Runs a kernel of ours that gives one tensor; it goes on the gradient tape like any other. */
export function runOwnKernel<T extends tf.Tensor>(
  name: Exclude<OwnKernel, "AdamUpdate">,
  inputs: tf.NamedTensorMap,
  attrs: Readonly<Record<string, unknown>> = {},
): T {
  return tf.engine().runKernel(name, inputs, attrs as tf.NamedAttrMap);
}
