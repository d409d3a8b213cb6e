// A backward pass frees what it is done with, and gives the same gradients.

import assert from "node:assert/strict";
import { lossAndGradients } from "../../gpu/gradients.ts";
import { randomStream } from "../../gpu/random.ts";
import * as tf from "../../gpu/tf.ts";
import { assertClose } from "../_assert.ts";
import { forEachDevice } from "../_gates.ts";

const LAYERS = 30;

/** A chain of layers over w; its first operation, the last to be differentiated, tells how many tensors are alive then. */
function chain(w: tf.Variable, seen: (tensors: number) => void): tf.Scalar {
  const watched = tf.customGrad((x) => {
    const gradFunc = (dy: tf.Tensor) => {
      seen(tf.memory().numTensors);
      return tf.mul(dy, 2);
    };
    return { value: tf.mul(x as tf.Tensor, 2), gradFunc };
  });
  let x: tf.Tensor = watched(w);
  for (let i = 0; i < LAYERS; i++) x = tf.add(tf.tanh(tf.mul(x, 1.1)), w);
  return tf.sum(x);
}

forEachDevice(
  "lossAndGradients frees activations and their gradients on the way back",
  async () => {
    const values = randomStream(1, "gradients memory").normals(6, 0, 0.5);
    const w = tf.tidy(() => tf.variable(tf.tensor1d(values), true));
    let withFreeing = 0, without = 0;
    const { loss, gradients } = lossAndGradients({ w }, () => ({
      loss: chain(w, (tensors) => withFreeing = tensors),
      kept: {},
    }));
    const { value, grads } = tf.variableGrads(() => chain(w, (tensors) => without = tensors), [w]);
    assertClose(await gradients.w.data(), await grads[w.name].data(), { relative: 1e-6 });
    assertClose(await loss.data(), await value.data(), { relative: 1e-6 });
    assert.ok(without > 5 * LAYERS, `${without}`);
    assert.ok(withFreeing < without / 4, `${withFreeing} of ${without}`);
    tf.dispose([loss, gradients, value, grads, w]);
  },
);

forEachDevice(
  "lossAndGradients keeps what an inner gradient needs to be differentiated again",
  async () => {
    const w = tf.tidy(() => tf.variable(tf.tensor1d([0.3, -0.7, 0.5]), true));
    // d/dw of (d/dx sum tanh(w x)) at x = 1: (1 - t^2) (1 - 2 w t), t = tanh w.
    const { loss, gradients } = lossAndGradients({ w }, () => ({
      loss: tf.sum(tf.grad((x: tf.Tensor) => tf.sum(tf.tanh(tf.mul(w, x))))(tf.ones([3]))),
      kept: {},
    }));
    const expected = Array.from(await w.data(), (each) => {
      const t = Math.tanh(each);
      return (1 - t * t) * (1 - 2 * each * t);
    });
    assertClose(await gradients.w.data(), expected, { absolute: 1e-5 });
    tf.dispose([loss, gradients, w]);
  },
);
