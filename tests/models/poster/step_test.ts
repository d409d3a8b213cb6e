// Training steps of every poster model: they learn, repeat themselves, leak nothing and leave out what is not finite.

import assert from "node:assert/strict";
import { randomStream } from "../../../gpu/random.ts";
import * as tf from "../../../gpu/tf.ts";
import { disposeTree, treeEntries } from "../../../gpu/tree.ts";
import { generatorInput } from "../../../models/poster/condition.ts";
import {
  disposePosterState,
  foldedGenerator,
  initPosterState,
  type PosterState,
  posterTensors,
  restorePosterState,
} from "../../../models/poster/state.ts";
import { posterStep } from "../../../models/poster/step.ts";
import { CHANGES } from "../../../models/adaptive_augment.ts";
import { LADDER_MODELS } from "../../../models/poster/config.ts";
import type { PosterTrainingConfig } from "../../../models/poster/training_config.ts";
import { posterArchitecture } from "../../../models/registry.ts";
import { type LoadedTensor, stateCounters } from "../../../models/train_state.ts";
import type { StepMetrics } from "../../../models/update.ts";
import { forEachDevice } from "../../_gates.ts";
import { testOnSimd } from "../../_on_simd.ts";
import {
  tinyFoldGenres,
  tinyPosterBatch,
  tinyPosters,
  tinyR3gan,
  tinyStyleGan2,
} from "./_tiny_posters.ts";

async function trainSteps(
  state: PosterState,
  config: PosterTrainingConfig,
  steps: number,
): Promise<StepMetrics[]> {
  const metrics: StepMetrics[] = [];
  for (let i = 0; i < steps; i++) {
    const batch = tinyPosterBatch(config, state.imagesSeen);
    const random = randomStream(config.seed, "step", state.imagesSeen);
    metrics.push(await posterStep(state, batch, { config, random }));
    tf.dispose([batch.images, batch.genres]);
  }
  return metrics;
}

async function readTensors(state: PosterState): Promise<Map<string, LoadedTensor>> {
  const read = new Map<string, LoadedTensor>();
  for (const [path, tensor] of posterTensors(state)) {
    read.set(path, { shape: tensor.shape, values: (await tensor.data<"float32">()).slice() });
  }
  return read;
}

/** Everything that a model can train with: of the ladder, penalty and augmentation are for those without an encoder. */
const configs: PosterTrainingConfig[] = [
  ...LADDER_MODELS.map((model) =>
    tinyPosters(
      model,
      model.includes("vae")
        ? {}
        : { augment: ["color", "translation", "cutout"], penalty: "1", penaltyEvery: 2 },
    )
  ),
  tinyR3gan({
    ...{ penaltyEvery: 2, accumulate: 2, mixGenres: 0.5, condition: "0.1->1@0..16" },
    ...{ augment: [...CHANGES], adapt: { target: 0, images: 20 } },
  }),
  tinyStyleGan2({
    generator: { ...tinyStyleGan2().generator, noise: true },
    ...{ penaltyEvery: 2, mixGenres: 0.5, condition: "0.1->1@0..16" },
    ...{ mixStyles: 0.5, pathLength: "2", pathEvery: 2 },
    ...{ augment: [...CHANGES], adapt: { target: 0, images: 20 } },
  }),
];

for (const config of configs) {
  forEachDevice(`posterStep of ${config.model} moves every network and leaks nothing`, async () => {
    const state = initPosterState(config, tinyFoldGenres);
    const before = await readTensors(state);
    await trainSteps(state, config, 2);
    const { numTensors } = tf.memory();
    const metrics = await trainSteps(state, config, 2);
    assert.equal(tf.memory().numTensors, numTensors);
    assert.ok(metrics.every(({ finite, values }) => finite && Object.keys(values).length >= 3));
    assert.equal(state.imagesSeen, 16);
    for (const [path, { values }] of await readTensors(state)) {
      // These stay what they were at the beginning, or have come back to it.
      if (path.startsWith("fold.") || path.startsWith("augment.")) continue;
      assert.notDeepEqual(values, before.get(path)?.values, path);
    }
    disposePosterState(state);
  });

  testOnSimd(`posterStep of ${config.model} goes on from saved tensors bit for bit`, async () => {
    const whole = initPosterState(config, tinyFoldGenres);
    await trainSteps(whole, config, 3);
    const saved = await readTensors(whole), counters = stateCounters(whole);
    await trainSteps(whole, config, 3);
    const resumed = initPosterState({ ...config, seed: 9 }, tinyFoldGenres.slice(0, 8));
    restorePosterState(resumed, saved, counters);
    await trainSteps(resumed, config, 3);
    assert.deepEqual(await readTensors(resumed), await readTensors(whole));
    assert.throws(
      () => restorePosterState(resumed, new Map([...saved].slice(1)), counters),
      /"params\.gen\.(stem|embed|mapping\.embed)\.kernel" is missing/,
    );
    const { gen } = counters.updates;
    assert.throws(
      () => restorePosterState(resumed, saved, { ...counters, updates: { gen } }),
      /counts updates of gen, expected /,
    );
    [whole, resumed].forEach(disposePosterState);
  });
}

/** Mean brightness, in [-1, 1], of what the folded average draws for each genre. */
async function brightnessOfGenres(
  state: PosterState,
  config: PosterTrainingConfig,
): Promise<number[]> {
  const folded = foldedGenerator(state, config);
  const { generator } = config;
  const means = [0, 1].map((genre) =>
    tf.tidy(() => {
      const latents = tf.tensor2d(randomStream(1, "test").normals(32 * 4), [32, 4]);
      const genres = tf.tensor2d(Array.from({ length: 32 }, () => [1 - genre, genre]).flat(), [
        32,
        2,
      ]);
      const inputs = generatorInput(latents, genres, generator);
      return tf.mean(posterArchitecture(generator).apply(folded, inputs, generator));
    })
  );
  const values = await Promise.all(means.map((mean) => mean.data()));
  tf.dispose(means);
  disposeTree(folded);
  return values.map(([value]) => value);
}

const conditional: PosterTrainingConfig[] = [
  ...(["cgan", "acgan", "cvae-dcgan"] as const).map((model) =>
    tinyPosters(model, { batch: 16, emaHalfLife: 160 })
  ),
  tinyR3gan({ batch: 16, emaHalfLife: "160" }),
  tinyStyleGan2({ batch: 16, emaHalfLife: "160", learningRate: "0.01" }),
];

for (const config of conditional) {
  testOnSimd(
    `posterStep of ${config.model} learns that one genre is darker than the other`,
    async () => {
      const state = initPosterState(config, tinyFoldGenres);
      await trainSteps(state, config, 250);
      const [dark, bright] = await brightnessOfGenres(state, config);
      assert.ok(dark < -0.2 && bright > 0.2, `brightness ${dark} and ${bright}`);
      disposePosterState(state);
    },
  );
}

testOnSimd("posterStep of vae brings the reconstruction's error down", async () => {
  const config = tinyPosters("vae", { batch: 16 });
  const state = initPosterState(config, []);
  const metrics = await trainSteps(state, config, 100);
  const [first, last] = [metrics[0], metrics[99]].map(({ values }) => values.lossReconstruction);
  // What is left is the noise, 0.3^2 / 3 / 2 for each of 384 values, and little more.
  assert.ok(last < 12 && last < first / 4, `from ${first} to ${last}`);
  disposePosterState(state);
});

testOnSimd("posterStep leaves a batch that is not finite out and counts it", async () => {
  for (const config of configs) {
    const state = initPosterState(config, tinyFoldGenres);
    const before = await readTensors(state);
    const batch = tinyPosterBatch(config, 0);
    const broken = { ...batch, images: tf.tidy(() => tf.mul(batch.images, NaN)) as tf.Tensor4D };
    const random = randomStream(1, "step", 0);
    const { finite } = await posterStep(state, broken, { config, random });
    assert.deepEqual([finite, state.skippedSteps, state.skippedInARow], [false, 1, 1]);
    const paths = treeEntries(state.params, "params").map(([path]) => path);
    const after = await readTensors(state);
    for (const path of paths) assert.deepEqual(after.get(path), before.get(path), path);
    tf.dispose([batch.images, batch.genres, broken.images]);
    disposePosterState(state);
  }
});
