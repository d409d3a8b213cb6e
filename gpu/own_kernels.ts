// Kernels that tfjs does not have and some devices do: several steps of a layer or of the optimiser in one pass. Whoever calls one
// asks first whether the device has it, and composes the same numbers of tfjs's operations where it has not.

import * as tf from "./tf.ts";

/** The kernels of our own, with what they take and give. Gradients are registered in gradients.ts. */
export type OwnKernel =
  /**
   * act((x - mean) / sqrt(variance + epsilon)) per image and channel of x [n, h, w, c]; attributes `epsilon`, `negativeSlope`. May give a
   * second tensor, what the device knows of mean and variance.
   */
  | "InstanceNorm"
  /** The same of x, with `residual` added behind the activation. */
  | "InstanceNormAdd"
  /** The gradient of both with respect to x, of x and dy; the same attributes, and as `statistics` their second tensor, if there is one. */
  | "InstanceNormGrad"
  /** The adjoint of tfjs's MirrorPad, of dy; attributes `paddings`, `mode`. */
  | "MirrorPadGrad"
  /** x [n, h, w, c] filtered along rows and columns as the attributes say, a `SideFilter`. */
  | "FilterSides"
  /** dy where x is above 0, else dy times the attribute `alpha`. */
  | "LeakyReluGrad"
  /** Images of the attribute `shape` in [-1, 1] of their bytes in `words`, int32, four to a word, the first of them lowest. */
  | "UnpackBytes"
  /**
   * Adam's new param, m and v of each of any number of parameters, of param0, gradient0, m0, v0, param1...; attributes as gpu/adam.ts
   * names them. What only its variable holds may be changed in place.
   */
  | "AdamUpdate"
  /** param + (average - param) decay, of average0, param0, average1...; attribute `decay`. Averages may be changed in place. */
  | "EmaUpdate"
  /** The norm of all inputs taken as one vector, a scalar. */
  | "GlobalNorm";

/**
 * A filter along both sides of an image: place i of the result is the sum over k of `taps[k]` times place i `down` + k - `before` of
 * the image with `up` - 1 zeros after each pixel and zeros around.
 */
export interface SideFilter {
  taps: readonly number[];
  up: number;
  down: number;
  before: number;
  /** Heights and widths before and after. */
  from: readonly [number, number];
  to: readonly [number, number];
}

/** Whether the current device has a kernel. */
export function hasKernel(name: OwnKernel): boolean {
  return tf.getKernel(name, tf.getBackend()) !== undefined;
}

/** Runs a kernel of ours and gives its first tensor; it goes on the gradient tape like any other. */
export function runOwnKernel<T extends tf.Tensor>(
  name: OwnKernel,
  inputs: tf.NamedTensorMap,
  attrs: Readonly<Record<string, unknown>> = {},
): T {
  return runWholeKernel(name, inputs, attrs)[0] as T;
}

/** Runs a kernel of ours and gives all its tensors. */
export function runWholeKernel(
  name: OwnKernel,
  inputs: tf.NamedTensorMap,
  attrs: Readonly<Record<string, unknown>>,
): tf.Tensor[] {
  return [tf.engine().runKernel<tf.Tensor | tf.Tensor[]>(name, inputs, attrs as tf.NamedAttrMap)]
    .flat();
}

/** The inputs of a kernel that takes any number of parameters: the i-th one's tensor `name` becomes `name` + i. */
export function numberedInputs(all: readonly Record<string, tf.Tensor>[]): tf.NamedTensorMap {
  return Object.fromEntries(
    all.flatMap((each, i) => Object.entries(each).map(([name, tensor]) => [name + i, tensor])),
  );
}

/** Makes variables hold what a kernel has computed for them. */
export function assignAll(variables: readonly tf.Variable[], values: readonly tf.Tensor[]): void {
  variables.forEach((variable, i) => variable.assign(values[i]));
  tf.dispose([...values]);
}
