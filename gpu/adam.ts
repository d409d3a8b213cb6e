// Adam over a parameter tree (Kingma and Ba 2015, algorithm 1). tfjs's own keeps its moments by list position, so a changed
// order would corrupt a resumed run; here moments have the paths of their parameters.

import * as tf from "./tf.ts";
import type { Gradients } from "./gradients.ts";
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
  tf.tidy(() => {
    // Scalars are made once for all leaves: on a GPU every number literal is an upload of its own.
    const decay1 = tf.scalar(beta1), decay2 = tf.scalar(beta2);
    const fresh1 = tf.scalar((1 - beta1) * gradientScale);
    const fresh2 = tf.scalar((1 - beta2) * gradientScale ** 2);
    const rootCorrection = tf.scalar(1 / Math.sqrt(1 - beta2 ** state.updates));
    const epsilon = tf.scalar(EPSILON);
    const step = tf.scalar(learningRate / (1 - beta1 ** state.updates));
    for (const { param, gradient, m, v } of updates) {
      tf.tidy(() => {
        m.assign(tf.add(tf.mul(m, decay1), tf.mul(gradient, fresh1)));
        v.assign(tf.add(tf.mul(v, decay2), tf.mul(tf.square(gradient), fresh2)));
        const denominator = tf.add(tf.mul(tf.sqrt(v), rootCorrection), epsilon);
        param.assign(tf.sub(param, tf.div(tf.mul(m, step), denominator)));
      });
    }
  });
}

function matchByPath(params: ParamTree, state: AdamState, gradients: Gradients) {
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
  return tf.tidy(() => {
    const squares = Object.values(gradients).map((gradient) => tf.sum(tf.square(gradient)));
    return tf.sqrt(tf.addN(squares)) as tf.Scalar;
  });
}
