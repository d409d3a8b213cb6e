// A poster training small enough for a test: two genres, one of dark pictures and one of bright ones.

import { randomStream } from "../../../gpu/random.ts";
import * as tf from "../../../gpu/tf.ts";
import { planStages } from "../../../models/poster/config.ts";
import type { PosterBatch } from "../../../models/poster/step_context.ts";
import type { PosterModel } from "../../../models/poster/config.ts";
import type { PosterTrainingConfig } from "../../../models/poster/training_config.ts";

/** Each model's own way of learning genres. */
const GENRES = {
  dcgan: "none",
  vae: "none",
  "cvae-dcgan": "none",
  acgan: "classifier",
  cgan: "projection",
} as const;

/** The smallest networks at 8 x 16 pixels; everything in it can be changed. */
export function tinyPosters(
  model: PosterModel,
  change: Partial<PosterTrainingConfig> = {},
): PosterTrainingConfig {
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
