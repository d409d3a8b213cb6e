// Adam over a parameter tree (Kingma and Ba 2015, algorithm 1). tfjs's own keeps its moments by list position, so a changed
// order would corrupt a resumed run; here moments have the paths of their parameters.

import * as tf from "./tf.ts";
import type { Gradients } from "./gradients.ts";
import {
  assignAll,
  hasKernel,
  numberedInputs,
  runOwnKernel,
  runWholeKernel,
} from "./own_kernels.ts";
import { disposeTree, mapTree, type ParamTree, treeVariables } from "./tree.ts";

/** First and second moments, trees of variables with the parameters' paths, and the number of updates made. */
export interface AdamState {
  m: ParamTree;
  v: ParamTree;
  updates: number;
}

/** Step size (as the paper's alpha) and the moments' decay rates. */
export interface AdamOptions {
  learningRate: number;
  beta1: number;
  beta2: number;
}

/** The paper's epsilon, outside the square root as in PyTorch. */
const EPSILON = 1e-8;

/** Zero moments for `params`; the caller owns the variables. */
export function initAdam(params: ParamTree): AdamState {
  // A variable shares its first value's memory but does not own it: the tidy frees the tensor of zeros.
  const zeros = () => mapTree(params, (leaf) => tf.tidy(() => tf.variable(tf.zerosLike(leaf))));
  return { m: zeros(), v: zeros(), updates: 0 };
}

/**
 * One update of every leaf, each gradient multiplied by `gradientScale` first; assigns into params and state.
 *
 * @throws {TypeError} naming a parameter without moments or gradient; nothing is then changed
 */
export function applyAdam(
  params: ParamTree,
  state: AdamState,
  gradients: Gradients,
  { learningRate, beta1, beta2, gradientScale = 1 }: AdamOptions & { gradientScale?: number },
): void {
  const updates = matchByPath(params, state, gradients);
  state.updates++;
  const numbers = {
    beta1,
    beta2,
    fresh1: (1 - beta1) * gradientScale,
    fresh2: (1 - beta2) * gradientScale ** 2,
    rootCorrection: 1 / Math.sqrt(1 - beta2 ** state.updates),
    step: learningRate / (1 - beta1 ** state.updates),
    epsilon: EPSILON,
  };
  if (hasKernel("AdamUpdate")) applyInOnePass(updates, numbers);
  else applyInSteps(updates, numbers);
}

/** A parameter, its gradient and its moments. */
interface Update {
  param: tf.Variable;
  gradient: tf.Tensor;
  m: tf.Variable;
  v: tf.Variable;
}

/** The numbers of one update: m' = beta1 m + fresh1 g, v' = beta2 v + fresh2 g^2, p' = p - step m' / (rootCorrection sqrt v' + epsilon). */
type UpdateNumbers = Record<
  "beta1" | "beta2" | "fresh1" | "fresh2" | "rootCorrection" | "step" | "epsilon",
  number
>;

function applyInOnePass(updates: readonly Update[], numbers: UpdateNumbers): void {
  const inputs = numberedInputs(updates.map((update) => ({ ...update })));
  const fresh = runWholeKernel("AdamUpdate", inputs, numbers);
  assignAll(updates.flatMap(({ param, m, v }) => [param, m, v]), fresh);
}

function applyInSteps(updates: readonly Update[], numbers: UpdateNumbers): void {
  tf.tidy(() => {
    // Scalars are made once for all leaves: on a GPU every number literal is an upload of its own.
    const { beta1, beta2, fresh1, fresh2, rootCorrection, step, epsilon } = Object.fromEntries(
      Object.entries(numbers).map(([name, value]) => [name, tf.scalar(value)]),
    );
    for (const { param, gradient, m, v } of updates) {
      tf.tidy(() => {
        m.assign(tf.add(tf.mul(m, beta1), tf.mul(gradient, fresh1)));
        v.assign(tf.add(tf.mul(v, beta2), tf.mul(tf.square(gradient), fresh2)));
        const denominator = tf.add(tf.mul(tf.sqrt(v), rootCorrection), epsilon);
        param.assign(tf.sub(param, tf.div(tf.mul(m, step), denominator)));
      });
    }
  });
}

function matchByPath(params: ParamTree, state: AdamState, gradients: Gradients): Update[] {
  const first = new Map(treeVariables(state.m)), second = new Map(treeVariables(state.v));
  return treeVariables(params).map(([path, param]) => {
    const m = first.get(path), v = second.get(path);
    if (!m || !v) throw new TypeError(`Cannot update "${path}": it has no moments`);
    if (!Object.hasOwn(gradients, path)) {
      throw new TypeError(`Cannot update "${path}": it has no gradient`);
    }
    return { param, gradient: gradients[path], m, v };
  });
}

/** Disposes the moments. */
export function disposeAdam(state: AdamState): void {
  disposeTree(state.m);
  disposeTree(state.v);
}

/** The norm of all gradients taken as one vector, a scalar tensor (Pascanu et al. 2013, section 3.2). */
export function globalNorm(gradients: Gradients): tf.Scalar {
  if (hasKernel("GlobalNorm")) return runOwnKernel("GlobalNorm", gradients);
  return tf.tidy(() => {
    const squares = Object.values(gradients).map((gradient) => tf.sum(tf.square(gradient)));
    return tf.sqrt(tf.addN(squares)) as tf.Scalar;
  });
}
