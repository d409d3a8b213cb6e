// What the poster models' steps share: the batch, the schedules' values, and the generator's random inputs.

import * as tf from "../../gpu/tf.ts";
import type { AdamOptions } from "../../gpu/adam.ts";
import type { Random } from "../../gpu/random.ts";
import { parseSchedule, scheduleAt } from "../schedule.ts";
import { generatorInput } from "./condition.ts";
import type { PosterTrainingConfig } from "./training_config.ts";

/** Real posters and their genres; owned by the caller. */
export interface PosterBatch {
  /** [n, h, w, 3] in [-1, 1]. */
  images: tf.Tensor4D;
  /** [n, g], each 0 or 1; a row of 0 hides a poster's genres. g is 0 without condition. */
  genres: tf.Tensor2D;
}

/** The values that the schedules give at one moment. */
export type PosterWeights = Record<
  "penalty" | "genres" | "divergence" | "reconstruction" | "learningRate",
  number
>;

/** All that a step needs beside state and batch. */
export interface StepContext {
  config: PosterTrainingConfig;
  weights: PosterWeights;
  random: Random;
  /** Whether the penalty is taken at this step. */
  isPenaltyTurn: boolean;
}

/** What the schedules say after `imagesSeen` images. */
export function posterWeightsAt(
  config: PosterTrainingConfig,
  imagesSeen: number,
): PosterWeights {
  const at = (key: keyof PosterWeights) => scheduleAt(parseSchedule(config[key]), imagesSeen);
  return {
    penalty: at("penalty"),
    genres: at("genres"),
    divergence: at("divergence"),
    reconstruction: at("reconstruction"),
    learningRate: at("learningRate"),
  };
}

/** Normal draws [n, latent]. */
export function drawLatents(n: number, { config, random }: StepContext): tf.Tensor2D {
  const { latent } = config.generator;
  return tf.tensor2d(random.normals(n * latent), [n, latent]);
}

/** The generator's inputs for new latents under these genres. */
export function drawInputs(genres: tf.Tensor2D, context: StepContext): tf.Tensor2D {
  return generatorInput(drawLatents(genres.shape[0], context), genres, context.config.generator);
}

/** What Adam takes from configuration and schedules; gradients are not clipped. */
export function adamOptions(
  { beta1, beta2 }: PosterTrainingConfig,
  { learningRate }: PosterWeights,
): AdamOptions & { clip: number } {
  return { beta1, beta2, learningRate, clip: Infinity };
}
