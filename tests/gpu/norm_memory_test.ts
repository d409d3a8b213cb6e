// Norms whose statistics are averaged over a film's frames, on numbers worked out by hand.

import assert from "node:assert/strict";
import { type NormMemory, normMemory, rememberedNorm } from "../../gpu/norm_memory.ts";
import * as tf from "../../gpu/tf.ts";
import { assertClose } from "../_assert.ts";
import { forEachDevice } from "../_gates.ts";
import { testOnCpu } from "../_on_cpu.ts";

/** The norm of one frame of four pixels and one channel. */
async function norm(memory: NormMemory, values: number[], negativeSlope = 1): Promise<number[]> {
  memory.begin();
  const output = tf.tidy(() =>
    rememberedNorm(memory, tf.tensor4d(values, [1, 2, 2, 1]), { negativeSlope })
  );
  const data = [...await output.data()];
  output.dispose();
  return data;
}

forEachDevice("a frame is normed by its own statistics and a share of those before", async () => {
  const before = tf.memory().numTensors, memory = normMemory(0.75);
  // Mean 2, variance 4.
  assertClose(await norm(memory, [0, 0, 4, 4]), [-1, -1, 1, 1], { absolute: 1e-4 });
  // Mean 10, variance 16; averaged: mean 0.75 * 2 + 0.25 * 10 = 4, variance 0.75 * 4 + 0.25 * 16 = 7.
  const [low, high] = [(6 - 4) / Math.sqrt(7), (14 - 4) / Math.sqrt(7)];
  assertClose(await norm(memory, [6, 6, 14, 14]), [low, low, high, high], { absolute: 1e-4 });
  assertClose(await memory.read(), [4, 7], { absolute: 1e-4 });
  memory.forget();
  assertClose(await norm(memory, [6, 14, 6, 14], 0.5), [-0.5, 1, -0.5, 1], { absolute: 1e-4 });
  memory.dispose();
  assert.equal(tf.memory().numTensors, before);
});

forEachDevice("a memory goes on from what it gave, to the same numbers", async () => {
  const frames = [[1, 2, 3, 9], [4, 4, 6, 0], [7, -1, 3, 2]];
  const memory = normMemory(0.6);
  for (const frame of frames.slice(0, 2)) await norm(memory, frame);
  const resumed = normMemory(0.6, await memory.read());
  assert.deepEqual(await norm(resumed, frames[2]), await norm(memory, frames[2]));
  assert.deepEqual(await resumed.read(), await memory.read());
  [memory, resumed].forEach((kept) => kept.dispose());
});

testOnCpu("a batch is no frame of a film", () => {
  const memory = normMemory(0.5), batch = tf.zeros([2, 2, 2, 1]) as tf.Tensor4D;
  assert.throws(() => rememberedNorm(memory, batch), /frame of a film/);
  batch.dispose();
});
