// Adam against algorithm 1 of its paper, written out in 64 bits.

import assert from "node:assert/strict";
import { type AdamOptions, applyAdam, disposeAdam, globalNorm, initAdam } from "../../gpu/adam.ts";
import * as tf from "../../gpu/tf.ts";
import { disposeTree, type ParamTree, toVariables, treeEntries } from "../../gpu/tree.ts";
import { assertClose } from "../_assert.ts";
import { forEachDevice } from "../_gates.ts";

const options: AdamOptions = { learningRate: 0.05, beta1: 0.5, beta2: 0.9 };

type Numbers = Record<string, number[]>;

/** The tree of variables with some vectors at dotted paths. */
function variables(values: Numbers): ParamTree {
  return tf.tidy(() =>
    toVariables(
      Object.fromEntries(Object.entries(values).map(([key, list]) => [key, tf.tensor1d(list)])),
    )
  );
}

function tensors(values: Numbers): Record<string, tf.Tensor> {
  return Object.fromEntries(Object.entries(values).map(([key, list]) => [key, tf.tensor1d(list)]));
}

async function read(tree: ParamTree): Promise<Numbers> {
  const numbers: Numbers = {};
  for (const [path, leaf] of treeEntries(tree)) numbers[path] = [...await leaf.data()];
  return numbers;
}

/** The parameters after some updates, one list of gradients each (Kingma and Ba 2015, algorithm 1). */
function adamByHand(
  start: number[],
  gradients: number[][],
  { learningRate, ...beta }: AdamOptions,
) {
  const m = start.map(() => 0), v = start.map(() => 0), x = [...start];
  gradients.forEach((gradient, t) => {
    gradient.forEach((g, i) => {
      m[i] = beta.beta1 * m[i] + (1 - beta.beta1) * g;
      v[i] = beta.beta2 * v[i] + (1 - beta.beta2) * g * g;
      const mHat = m[i] / (1 - beta.beta1 ** (t + 1)), vHat = v[i] / (1 - beta.beta2 ** (t + 1));
      x[i] -= learningRate * mHat / (Math.sqrt(vHat) + 1e-8);
    });
  });
  return { x, m, v };
}

forEachDevice("applyAdam equals the paper's algorithm over three updates", async () => {
  const start = [1, -2, 0.5, 0], steps = [[0.1, -3, 0, 1e-3], [0.2, 5, 0, 1e-3], [-1, 5, 2, -1e-3]];
  const params = variables({ w: start }), state = initAdam(params);
  for (const step of steps) {
    const gradients = tensors({ w: step });
    applyAdam(params, state, gradients, options);
    tf.dispose(gradients);
  }
  const { x, m, v } = adamByHand(start, steps, options);
  assertClose((await read(params)).w, x, { absolute: 1e-6 });
  assertClose((await read(state.m)).w, m, { relative: 1e-5, absolute: 1e-7 });
  assertClose((await read(state.v)).w, v, { relative: 1e-5, absolute: 1e-9 });
  assert.equal(state.updates, 3);
  disposeAdam(state);
  disposeTree(params);
});

forEachDevice(
  "applyAdam moves by the learning rate first, then by numbers worked out by hand",
  async () => {
    const params = variables({ w: [1, 1] }), state = initAdam(params);
    const update = async (gradient: number[]) => {
      const gradients = tensors({ w: gradient });
      applyAdam(params, state, gradients, { learningRate: 0.1, beta1: 0.5, beta2: 0.5 });
      tf.dispose(gradients);
      return (await read(params)).w;
    };
    assertClose(await update([4, -0.01]), [0.9, 1.1], { absolute: 1e-6 });
    // m = 2, then 1 + 1 = 2; corrected 2 / 0.75. v = 8, then 4 + 2 = 6; corrected 6 / 0.75 = 8.
    // The step is 0.1 (8 / 3) / sqrt(8) = 0.0942809.
    assertClose((await update([2, 0]))[0], 0.9 - 0.0942809, { absolute: 1e-6 });
    disposeAdam(state);
    disposeTree(params);
  },
);

forEachDevice("applyAdam scales the gradient before both moments", async () => {
  const start = { w: [1, 2] };
  const scaled = variables(start), plain = variables(start);
  const scaledState = initAdam(scaled), plainState = initAdam(plain);
  for (const [gradient, scale] of [[[3, -8], 0.25], [[1, 2], 1], [[40, 0.1], 0.125]] as const) {
    const whole = tensors({ w: [...gradient] });
    const part = tensors({ w: gradient.map((g) => g * scale) });
    applyAdam(scaled, scaledState, whole, { ...options, gradientScale: scale });
    applyAdam(plain, plainState, part, options);
    tf.dispose([whole, part]);
  }
  assertClose((await read(scaled)).w, (await read(plain)).w, { relative: 1e-6 });
  assertClose((await read(scaledState.v)).w, (await read(plainState.v)).w, { relative: 1e-5 });
  [scaledState, plainState].forEach(disposeAdam);
  [scaled, plain].forEach(disposeTree);
});

forEachDevice("applyAdam finds moments and gradients by path, whatever their order", async () => {
  const start: Numbers = { a: [1, 2], b: [3, 4], c: [5, 6] };
  const first: Numbers = { a: [1, -1], b: [10, 20], c: [0.1, 0] };
  const second: Numbers = { a: [-2, 1], b: [-5, 5], c: [0, 3] };
  const params = variables(start);
  const reversed = variables(Object.fromEntries(Object.entries(start).reverse()));
  const state = initAdam(reversed);
  for (const step of [first, second]) {
    const { a, b, c } = tensors(step);
    applyAdam(params, state, { b, c, a }, options);
    tf.dispose([a, b, c]);
  }
  const found = await read(params);
  for (const key of ["a", "b", "c"]) {
    const { x } = adamByHand(start[key], [first[key], second[key]], options);
    assertClose(found[key], x, { absolute: 1e-6 }, key);
  }
  disposeAdam(state);
  [params, reversed].forEach(disposeTree);
});

forEachDevice("applyAdam refuses a parameter without moments or gradient, naming it", () => {
  const params = variables({ a: [1], b: [2] }), state = initAdam(params);
  const gradients = tensors({ a: [1] });
  assert.throws(() => applyAdam(params, state, gradients, options), {
    name: "TypeError",
    message: 'Cannot update "b": it has no gradient',
  });
  const more = variables({ a: [1], c: [2] }), both = tensors({ a: [1], c: [2] });
  assert.throws(() => applyAdam(more, state, both, options), {
    name: "TypeError",
    message: 'Cannot update "c": it has no moments',
  });
  // Nothing was updated half.
  assert.equal(state.updates, 0);
  disposeAdam(state);
  [params, more, gradients, both].forEach(disposeTree);
});

forEachDevice("initAdam starts at zero and disposeAdam frees what it made", async () => {
  const params = variables({ a: [1, 2], b: [3] });
  const before = tf.memory().numTensors;
  const state = initAdam(params);
  assert.equal(tf.memory().numTensors, before + 4);
  assert.deepEqual(await read(state.m), { a: [0, 0], b: [0] });
  assert.deepEqual(await read(state.v), { a: [0, 0], b: [0] });
  assert.equal(state.updates, 0);
  disposeAdam(state);
  disposeTree(params);
});

forEachDevice("globalNorm is the length of all gradients taken as one vector", async () => {
  const gradients = { a: tf.tensor2d([[1, 2], [4, 0]]), b: tf.tensor1d([-2]), c: tf.scalar(0) };
  const norm = globalNorm(gradients);
  assertClose(await norm.data(), [5], { relative: 1e-6 });
  tf.dispose([norm, gradients]);
});
