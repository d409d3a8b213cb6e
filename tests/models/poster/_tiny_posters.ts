// A poster training small enough for a test: two genres, one of dark pictures and one of bright ones.

import { randomStream } from "../../../gpu/random.ts";
import * as tf from "../../../gpu/tf.ts";
import {
  isLadderModel,
  type LadderModel,
  planStages,
  type PosterModel,
} from "../../../models/poster/config.ts";
import type { PosterBatch } from "../../../models/poster/step_context.ts";
import type {
  LadderConfig,
  PosterTrainingConfig,
  R3ganConfig,
  StyleGan2Config,
} from "../../../models/poster/training_config.ts";

/** Each rung's own way of learning genres. */
const GENRES = {
  dcgan: "none",
  vae: "none",
  "cvae-dcgan": "none",
  acgan: "classifier",
  cgan: "projection",
} as const;

/** The smallest networks of a rung at 8 x 16 pixels; everything in it can be changed. */
export function tinyPosters(
  model: LadderModel,
  change: Partial<LadderConfig> = {},
): LadderConfig {
  const isConditional = model !== "dcgan" && model !== "vae";
  return {
    kind: "poster",
    model,
    generator: {
      ...{ architecture: "dcgan", latent: 4, width: 4, normalise: true },
      genres: isConditional ? 2 : 0,
      ...planStages(16, 8),
    },
    discriminator: { width: 4, norm: "none", genres: GENRES[model] },
    genreNames: isConditional ? ["dark", "bright"] : [],
    size: [16, 8],
    batch: 4,
    balance: "none",
    hideGenres: 0,
    penalty: "0",
    penaltyEvery: 1,
    genres: "1",
    divergence: "1",
    reconstruction: "1",
    learningRate: "0.002",
    beta1: 0.5,
    beta2: 0.999,
    emaHalfLife: 20,
    augment: [],
    seed: 1,
    ...change,
  };
}

/** The smallest R3GAN at 8 x 16 pixels; everything in it can be changed. */
export function tinyR3gan(change: Partial<R3ganConfig> = {}): R3ganConfig {
  const stages = { width: 4, widest: 6, narrowing: 1, blocks: 1 };
  return {
    kind: "poster",
    model: "r3gan",
    generator: {
      ...{ architecture: "r3gan", latent: 4, genres: 2, normalise: true, embedding: 3 },
      ...stages,
      ...planStages(16, 8),
    },
    discriminator: { ...stages, embedding: 3 },
    genreNames: ["dark", "bright"],
    size: [16, 8],
    batch: 4,
    accumulate: 1,
    balance: "none",
    hideGenres: 0,
    mixGenres: 0,
    condition: "1",
    penalty: "0.1",
    penaltyEvery: 1,
    learningRate: "0.002",
    beta1: 0,
    beta2: "0.99",
    emaHalfLife: "20",
    augment: [],
    augmentProbability: "0",
    adapt: null,
    seed: 1,
    ...change,
  };
}

/** The smallest StyleGAN2 at 8 x 16 pixels; everything in it can be changed. */
export function tinyStyleGan2(change: Partial<StyleGan2Config> = {}): StyleGan2Config {
  const { generator: _generator, discriminator: _discriminator, ...r3gan } = tinyR3gan();
  const channels = { width: 4, widest: 6 };
  return {
    ...r3gan,
    model: "stylegan2",
    generator: {
      ...{ architecture: "stylegan2", latent: 4, genres: 2, normalise: true, style: 5 },
      ...{ mapping: 2, ...channels, noise: false },
      ...planStages(16, 8),
    },
    discriminator: { ...channels, group: 2 },
    mixStyles: 0,
    pathLength: "0",
    pathEvery: 1,
    ...change,
  };
}

/** The smallest training of any model. */
export function tinyTraining(model: PosterModel): PosterTrainingConfig {
  if (isLadderModel(model)) return tinyPosters(model);
  return model === "r3gan" ? tinyR3gan() : tinyStyleGan2();
}

/** Noisy pictures, dark ones of genre 0 and bright ones of genre 1, in turn; the caller owns them. */
export function tinyPosterBatch(
  { batch, size: [h, w], generator }: PosterTrainingConfig,
  ...names: (string | number)[]
): PosterBatch {
  const random = randomStream(1, "tiny posters", ...names);
  const values = Float32Array.from({ length: batch * h * w * 3 }, (_, i) => {
    const level = Math.floor(i / (h * w * 3)) % 2 ? 0.6 : -0.6;
    return level + random.uniform(-0.3, 0.3);
  });
  const genres = Array.from({ length: batch }, (_, i) => [1 - i % 2, i % 2]).flat();
  return {
    images: tf.tensor4d(values, [batch, h, w, 3]),
    genres: generator.genres > 0 ? tf.tensor2d(genres, [batch, 2]) : tf.tensor2d([], [batch, 0]),
  };
}

/** Genres to fold by: each of the two, in turn. */
export const tinyFoldGenres = Array.from({ length: 64 }, (_, i) => [1 - i % 2, i % 2]);
