// StyleGAN2's step: both penalties at their turns and weights, the running mean of path lengths, batches in parts.

import assert from "node:assert/strict";
import { randomStream } from "../../../../gpu/random.ts";
import * as tf from "../../../../gpu/tf.ts";
import {
  disposePosterState,
  initPosterState,
  PATH_TARGET,
  type PosterState,
  posterTensors,
} from "../../../../models/poster/state.ts";
import { posterStep } from "../../../../models/poster/step.ts";
import type { StyleGan2Config } from "../../../../models/poster/training_config.ts";
import type { StepMetrics } from "../../../../models/update.ts";
import { assertClose } from "../../../_assert.ts";
import { testOnSimd } from "../../../_on_simd.ts";
import { tinyFoldGenres, tinyPosterBatch, tinyStyleGan2 } from "../_tiny_posters.ts";

/** Steps from a fresh state; gives what `read` makes of the state and the steps' metrics. */
async function trained<T>(
  config: StyleGan2Config,
  steps: number,
  read: (state: PosterState, metrics: StepMetrics[]) => Promise<T> | T,
): Promise<T> {
  const state = initPosterState(config, tinyFoldGenres), metrics: StepMetrics[] = [];
  try {
    for (let i = 0; i < steps; i++) {
      const batch = tinyPosterBatch(config, state.imagesSeen);
      const random = randomStream(config.seed, "step", state.imagesSeen);
      metrics.push(await posterStep(state, batch, { config, random }));
      tf.dispose([batch.images, batch.genres]);
    }
    return await read(state, metrics);
  } finally {
    disposePosterState(state);
  }
}

async function weightsOf(state: PosterState): Promise<number[]> {
  const leaves = posterTensors(state).filter(([path]) => path.startsWith("params."));
  const values = await Promise.all(leaves.map(([, leaf]) => leaf.data()));
  return values.flatMap((numbers) => Array.from(numbers));
}

const turnsOf = (name: string) => (_: PosterState, metrics: StepMetrics[]) =>
  metrics.map(({ values }) => name in values);

testOnSimd("R1 and path lengths are taken at every Nth step, with N times the weight", async () => {
  const r1 = await trained(tinyStyleGan2({ penaltyEvery: 3 }), 4, turnsOf("penalty"));
  assert.deepEqual(r1, [true, false, false, true]);
  const path = { pathLength: "0.6", pathEvery: 2 };
  const lengths = await trained(tinyStyleGan2(path), 4, turnsOf("pathPenalty"));
  assert.deepEqual(lengths, [true, false, true, false]);
  assert.deepEqual(await trained(tinyStyleGan2(), 2, turnsOf("pathPenalty")), [false, false]);
  // One turn of a third of the weight, times three, moves the weights as one of the whole weight.
  const whole = tinyStyleGan2({ penalty: "0.3", pathLength: "0.6" });
  const part = tinyStyleGan2({ penalty: "0.1", penaltyEvery: 3, pathLength: "0.2", pathEvery: 3 });
  const expected = await trained(whole, 1, weightsOf);
  assertClose(await trained(part, 1, weightsOf), expected, { absolute: 1e-5 });
  const without = await trained(tinyStyleGan2({ penalty: "0" }), 1, weightsOf);
  assert.throws(() => assertClose(without, expected, { absolute: 1e-5 }));
});

testOnSimd(
  "the running mean of path lengths moves by a hundredth of the way at each turn",
  async () => {
    const config = tinyStyleGan2({ pathLength: "2", pathEvery: 2 });
    const { target, lengths } = await trained(config, 4, async ({ memory }, metrics) => ({
      target: (await memory[PATH_TARGET].data())[0],
      lengths: metrics.flatMap(({ values }) => "pathLength" in values ? [values.pathLength] : []),
    }));
    const [first, second] = lengths;
    assert.equal(lengths.length, 2);
    assert.ok(first > 0);
    assertClose(target, 0.99 * 0.01 * first + 0.01 * second, { relative: 1e-5 });
  },
);

testOnSimd(
  "a batch in parts reports the terms of all parts",
  async () => {
    const metrics = await trained(
      tinyStyleGan2({ batch: 8, accumulate: 2, mixStyles: 1, pathLength: "2" }),
      2,
      (_, all) => all,
    );
    for (const { finite, values } of metrics) {
      assert.ok(finite);
      for (const name of ["lossDiscriminator", "penalty", "lossGenerator", "pathLength", "sign"]) {
        assert.ok(Number.isFinite(values[name]), name);
      }
    }
  },
);
