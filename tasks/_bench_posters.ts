// What `deno task bench` measures of the poster models: a training step of each, in the preset that a first run takes.

import { GENRES } from "../data/posters.ts";
import { picturesToTensor } from "../gpu/image.ts";
import { randomStream } from "../gpu/random.ts";
import * as tf from "../gpu/tf.ts";
import type { ModernModel, PosterModel } from "../models/poster/config.ts";
import { disposePosterState, initPosterState } from "../models/poster/state.ts";
import { posterStep } from "../models/poster/step.ts";
import type { PosterBatch } from "../models/poster/step_context.ts";
import type { PosterTrainingConfig } from "../models/poster/training_config.ts";
import type { BenchCase } from "./_bench_case.ts";
import { noisePictures } from "./_bench_pictures.ts";
import { resolvePosterConfig } from "./_poster_config.ts";
import type { PosterTrainFlags } from "./_poster_flags.ts";
import { posterPresets } from "./_poster_presets.ts";

/** A step of the preset `toy` at 64x96, with flags of `train:posters`. */
export function posterStepCase(model: PosterModel, flags: PosterTrainFlags = {}): BenchCase {
  return stepCase("toy preset", configOf(model, "toy", flags));
}

/** A lazy penalty comes no more often than at every fourth step (R3GAN's and StyleGAN2's authors: 8 and 16). */
const LEAST_LAZY = 4;

/** Steps of a modern model's preset `best`: its penalty at every step, now and then, and not at all. */
export function penaltyCases(model: ModernModel): BenchCase[] {
  // Midway through a run pictures are changed now and then; at its beginning they are not yet.
  const changed = { "augment-probability": "0.3" };
  const { penaltyEvery } = configOf(model, "best", changed);
  const every = String(Math.max(LEAST_LAZY, penaltyEvery));
  const lazy = configOf(model, "best", { ...changed, "penalty-every": every });
  return [
    stepCase(
      "penalty at every step",
      configOf(model, "best", { ...changed, "penalty-every": "1" }),
    ),
    stepCase(`penalty at every ${lazy.penaltyEvery}th step`, lazy),
    stepCase("no penalty", configOf(model, "best", { ...changed, penalty: "0" })),
  ];
}

function configOf(
  model: PosterModel,
  preset: string,
  flags: PosterTrainFlags,
): PosterTrainingConfig {
  const { size } = posterPresets[preset], set = { size, genres: [...GENRES] };
  return resolvePosterConfig({ model, preset, images: 1000 }, set, flags);
}

function stepCase(what: string, config: PosterTrainingConfig): BenchCase {
  const { model, batch: n, size: [height, width], generator, penaltyEvery } = config;
  return {
    name: `posters ${model}, ${what}, ${width}x${height}`,
    unit: "s / 1,000 images",
    flop: 0,
    // A run is as many steps as lie between two penalties, so that all runs are alike.
    images: n * penaltyEvery,
    isSlow: true,
    prepare() {
      const state = initPosterState(config, [new Uint8Array(generator.genres).fill(1)]);
      const random = randomStream(1, "posters"), pictures = noisePictures("posters", config);
      const genres = Array.from({ length: n * generator.genres }, () => random.integer(2));
      return {
        async run() {
          for (let i = 0; i < penaltyEvery; i++) {
            const batch: PosterBatch = {
              images: picturesToTensor(pictures),
              genres: tf.tensor2d(genres, [n, generator.genres]),
            };
            await posterStep(state, batch, { config, random: randomStream(1, "step") });
            tf.dispose([batch.images, batch.genres]);
          }
        },
        dispose: () => disposePosterState(state),
      };
    },
  };
}
