// The moving average of weights: its formula, its ramp-up, its half-life.

import assert from "node:assert/strict";
import { emaDecay, updateEma } from "../../gpu/ema.ts";
import * as tf from "../../gpu/tf.ts";
import { disposeTree, type ParamTree, toVariables } from "../../gpu/tree.ts";
import { assertClose } from "../_assert.ts";
import { forEachDevice } from "../_gates.ts";

Deno.test("emaDecay halves the old average's weight in one half-life, whatever the batch", () => {
  for (const batch of [1, 4, 10, 100]) {
    const updates = 1000 / batch;
    assertClose(emaDecay(1000, 1e6, batch) ** updates, 0.5, { relative: 1e-12 }, `batch ${batch}`);
  }
});

Deno.test("emaDecay forgets the start: the half-life is at most 5 % of the images seen", () => {
  // 400 images seen: a half-life of 20, so a batch of 10 keeps the square root of one half.
  assertClose(emaDecay(1000, 400, 10), Math.SQRT1_2, { relative: 1e-12 });
  assert.equal(emaDecay(1000, 20_000, 10), emaDecay(1000, 1e9, 10));
  assert.ok(emaDecay(1000, 19_999, 10) < emaDecay(1000, 20_000, 10));
});

Deno.test("emaDecay is 0, a plain copy, without a half-life and before the first image", () => {
  assert.equal(emaDecay(0, 1e6, 1), 0);
  assert.equal(emaDecay(1000, 0, 1), 0);
});

const tree = (...leaves: [string, number[]][]): ParamTree =>
  tf.tidy(() =>
    toVariables(Object.fromEntries(leaves.map(([key, values]) => [key, tf.tensor1d(values)])))
  );

forEachDevice("updateEma moves each leaf towards the weight of its path", async () => {
  const average = tree(["a", [0, 10]], ["b", [4, 4]]);
  const params = tree(["b", [8, -4]], ["a", [1, 20]]);
  updateEma(average, params, 0.75);
  const { a, b } = average as Record<string, tf.Tensor>;
  assertClose(await a.data(), [0.25, 12.5], { absolute: 1e-6 });
  assertClose(await b.data(), [5, 2], { absolute: 1e-6 });
  updateEma(average, params, 0);
  assert.deepEqual([...await a.data()], [1, 20]);
  assert.deepEqual([...await (params as Record<string, tf.Tensor>).a.data()], [1, 20]);
  [average, params].forEach(disposeTree);
});

forEachDevice("updateEma refuses an average without its weight", () => {
  const average = tree(["a", [1]], ["b", [2]]), params = tree(["a", [1]]);
  assert.throws(() => updateEma(average, params, 0.5), {
    name: "TypeError",
    message: 'Cannot average "b": it has no weight',
  });
  [average, params].forEach(disposeTree);
});
