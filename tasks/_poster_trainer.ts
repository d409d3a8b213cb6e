// The poster models as the training loop sees them.

import type { PosterBatches } from "../data/poster_batches.ts";
import * as tf from "../gpu/tf.ts";
import { picturesToTensor } from "../gpu/image.ts";
import { randomStream } from "../gpu/random.ts";
import { type PosterGenerator, posterGenerator } from "../models/poster_generator.ts";
import type { PosterModel } from "../models/poster/config.ts";
import {
  foldedGenerator,
  type PosterState,
  posterTensors,
  restorePosterState,
} from "../models/poster/state.ts";
import { posterStep, posterWeightsAt } from "../models/poster/step.ts";
import type { PosterBatch } from "../models/poster/step_context.ts";
import type { PosterTrainingConfig } from "../models/poster/training_config.ts";
import { stateCounters } from "../models/train_state.ts";
import { slowdownOf } from "./_guard.ts";
import type { Trainer } from "./_training_run.ts";
import type { PosterAssessor } from "./_poster_assessment.ts";
import { genresToTensor } from "./_poster_labels.ts";
import { drawPosterSheet } from "./_poster_samples.ts";

const GAN = { generator: "lossGenerator", discriminator: "lossDiscriminator" } as const;
const AUTOENCODER = { reconstruction: "lossReconstruction", divergence: "lossDivergence" } as const;

/** The losses to show of each model. */
const HEADLINES: Readonly<Record<PosterModel, Trainer["headline"]>> = {
  dcgan: GAN,
  vae: AUTOENCODER,
  "cvae-dcgan": { ...AUTOENCODER, ...GAN },
  acgan: { ...GAN, genres: "lossGenresFake" },
  cgan: GAN,
  r3gan: { ...GAN, sign: "sign" },
  stylegan2: { ...GAN, sign: "sign" },
};

/** What the trainer of a poster model needs beside its state. */
export interface PosterTrainerOptions {
  config: PosterTrainingConfig;
  dataHash: string;
  batches: PosterBatches;
  /** Posters in a row of a sheet. */
  columns: number;
  /** Looks at the sheets, if anything does. */
  assessor?: PosterAssessor;
}

/** Trains `state`, which stays the caller's, on the batches. */
export function posterTrainer(
  state: PosterState,
  { config, dataHash, batches, columns, assessor }: PosterTrainerOptions,
): Trainer {
  const withGenerator = async <T>(use: (generator: PosterGenerator) => Promise<T>) => {
    const generator = posterGenerator(foldedGenerator(state, config), config.generator);
    try {
      return await use(generator);
    } finally {
      generator.dispose();
    }
  };
  return {
    ...{ config, dataHash, state },
    headline: HEADLINES[config.model],
    async step(progress) {
      const { pictures, genres } = await batches.batch(progress.dataPosition, config.batch);
      progress.dataPosition += config.batch;
      const batch: PosterBatch = {
        images: picturesToTensor(pictures),
        genres: genresToTensor(genres, config.generator.genres),
      };
      try {
        const random = randomStream(config.seed, "step", state.imagesSeen);
        const slowdown = slowdownOf(progress.guard);
        return await posterStep(state, batch, { config, random, slowdown });
      } finally {
        tf.dispose([batch.images, batch.genres]);
      }
    },
    settings: () => ({ weights: posterWeightsAt(config, state.imagesSeen) }),
    snapshot: () => ({ tensors: posterTensors(state), counters: stateCounters(state) }),
    restore: ({ tensors, counters }) => restorePosterState(state, tensors, counters),
    drawSheet: () =>
      withGenerator(async (generator) => ({
        png: await drawPosterSheet(generator, sheetOptions(config, columns)),
      })),
    ...(assessor && { assess: () => withGenerator(assessor.assess) }),
  };
}

/** What the sheets of a run show. */
export function sheetOptions({ genreNames, hideGenres }: PosterTrainingConfig, columns: number) {
  return { genres: genreNames, columns, withoutGenre: hideGenres > 0 };
}
