// R3GAN's step: the penalties as they are weighed, a batch in parts, genres that are shared, and an augmentation that adapts.

import assert from "node:assert/strict";
import { randomStream } from "../../../../gpu/random.ts";
import * as tf from "../../../../gpu/tf.ts";
import { treeEntries } from "../../../../gpu/tree.ts";
import { CHANGES } from "../../../../models/adaptive_augment.ts";
import {
  ADAPTATION,
  disposePosterState,
  initPosterState,
  type PosterState,
  posterTensors,
} from "../../../../models/poster/state.ts";
import { posterStep } from "../../../../models/poster/step.ts";
import type { R3ganConfig } from "../../../../models/poster/training_config.ts";
import type { StepMetrics } from "../../../../models/update.ts";
import { assertClose } from "../../../_assert.ts";
import { testOnSimd } from "../../../_on_simd.ts";
import { tinyPosterBatch, tinyR3gan } from "../_tiny_posters.ts";

/** Steps from a fresh state; gives the last one's metrics, and the state to `read`. */
async function trained<T>(
  config: R3ganConfig,
  { steps = 1, slowdown = 1 }: { steps?: number; slowdown?: number },
  read: (state: PosterState, metrics: StepMetrics[]) => Promise<T> | T,
): Promise<T> {
  const state = initPosterState(config, []), metrics: StepMetrics[] = [];
  try {
    for (let i = 0; i < steps; i++) {
      const batch = tinyPosterBatch(config, state.imagesSeen);
      const random = randomStream(config.seed, "step", state.imagesSeen);
      metrics.push(await posterStep(state, batch, { config, random, slowdown }));
      tf.dispose([batch.images, batch.genres]);
    }
    return await read(state, metrics);
  } finally {
    disposePosterState(state);
  }
}

async function weights(state: PosterState): Promise<number[]> {
  const leaves = posterTensors(state).filter(([path]) => path.startsWith("params."));
  const values = await Promise.all(leaves.map(([, leaf]) => leaf.data()));
  return values.flatMap((numbers) => Array.from(numbers));
}

testOnSimd(
  "both penalties are taken at every step, or at every Nth with N times the weight",
  async () => {
    const withPenalty = (metrics: StepMetrics[]) =>
      metrics.map(({ values }) => "penaltyReal" in values && "penaltyFake" in values);
    const exact = await trained(tinyR3gan(), { steps: 4 }, (_, metrics) => withPenalty(metrics));
    assert.deepEqual(exact, [true, true, true, true]);
    const lazy = tinyR3gan({ penaltyEvery: 3 });
    const turns = await trained(lazy, { steps: 4 }, (_, metrics) => withPenalty(metrics));
    assert.deepEqual(turns, [true, false, false, true]);
    // One turn of a third of the weight, times three, moves the weights as one of the whole weight.
    const whole = await trained(tinyR3gan({ penalty: "0.3" }), {}, weights);
    const third = await trained(tinyR3gan({ penalty: "0.1", penaltyEvery: 3 }), {}, weights);
    const other = await trained(tinyR3gan({ penalty: "0.1" }), {}, weights);
    assertClose(third, whole, { absolute: 1e-6 });
    assert.notDeepEqual(other, whole);
    const none = await trained(
      tinyR3gan({ penalty: "0" }),
      { steps: 2 },
      (_, metrics) => withPenalty(metrics),
    );
    assert.deepEqual(none, [false, false]);
  },
);

testOnSimd("a batch in parts has the gradients of the whole batch", async () => {
  const config = tinyR3gan({
    ...{ batch: 8, penalty: "0.5", mixGenres: 0.5 },
    ...{ augment: [...CHANGES], augmentProbability: "0.5" },
  });
  const moments = (state: PosterState) =>
    Promise.all(
      [...treeEntries(state.adam.disc.m), ...treeEntries(state.adam.gen.m)]
        .map(([, moment]) => moment.data()),
    ).then((all) => all.flatMap((values) => Array.from(values)));
  // The first moments without decay are the gradients themselves.
  const whole = await trained(config, {}, moments);
  const parts = await trained({ ...config, accumulate: 4 }, {}, moments);
  const largest = Math.max(...whole.map(Math.abs));
  assert.ok(largest > 0.01);
  assertClose(parts, whole, { absolute: 1e-5 * largest });
});

testOnSimd("a learning rate that is slowed down is a smaller learning rate", async () => {
  const slow = await trained(tinyR3gan({ learningRate: "0.0005" }), {}, weights);
  const slowed = await trained(tinyR3gan({ learningRate: "0.002" }), { slowdown: 0.25 }, weights);
  assert.deepEqual(slowed, slow);
});

testOnSimd("a condition of 0 hides the genres from both networks", async () => {
  const moved = await trained(tinyR3gan({ condition: "0" }), {}, async ({ adam }) => {
    const embeddings = [adam.gen.m, adam.disc?.m].map((tree) =>
      (tree as { embed: { kernel: tf.Tensor } }).embed.kernel
    );
    return await Promise.all(embeddings.map((moment) => moment.data()));
  });
  for (const moment of moved) assert.ok(moment.every((value) => value === 0));
});

testOnSimd(
  "the augmentation's probability follows the discriminator's signs and stays within 0 and 1",
  async () => {
    const options = { augment: ["cutout" as const] };
    const probabilityAfter = (target: number) =>
      trained(
        tinyR3gan({ ...options, adapt: { target, images: 64 } }),
        { steps: 8 },
        async ({ memory }, metrics) => ({
          remembered: Array.from(await memory[ADAPTATION].data()),
          reported: metrics.map(({ values }) => values.augmentation),
        }),
      );
    // Every sign is at least -1: four steps of 4 images are a quarter of the way, and only then.
    const up = await probabilityAfter(-1);
    assert.deepEqual(up.reported.slice(0, 4), [0, 0, 0, 0]);
    assert.ok(up.reported.slice(4).every((p) => p === 0.25 || p === 0), `${up.reported}`);
    const down = await probabilityAfter(1);
    assert.deepEqual(down.reported, new Array(8).fill(0));
    assert.deepEqual(down.remembered, [0, 0, 0]);
    // Without it, nothing is remembered.
    const plain = await trained(
      tinyR3gan({ ...options, augmentProbability: "0.5" }),
      { steps: 5 },
      async ({ memory }) => Array.from(await memory[ADAPTATION].data()),
    );
    assert.deepEqual(plain, [0, 0, 0]);
  },
);
