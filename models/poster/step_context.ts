// What the steps of the ladder's models share: the batch, the schedules' values, the generator's random inputs, an update.

import * as tf from "../../gpu/tf.ts";
import { lossAndGradients, type LossResult } from "../../gpu/gradients.ts";
import type { Random } from "../../gpu/random.ts";
import { schedulesAt } from "../schedule.ts";
import { applyUpdate, type StepMetrics } from "../update.ts";
import { generatorInput } from "./condition.ts";
import type { LadderNetworks, LadderState } from "./state.ts";
import type { LadderConfig } from "./training_config.ts";

/** Real posters and their genres; owned by the caller. */
export interface PosterBatch {
  /** [n, h, w, 3] in [-1, 1]. */
  images: tf.Tensor4D;
  /** [n, g], each 0 or 1; a row of 0 hides a poster's genres. g is 0 without condition. */
  genres: tf.Tensor2D;
}

const SCHEDULED = ["penalty", "genres", "divergence", "reconstruction", "learningRate"] as const;

/** The values that the schedules give at one moment. */
export type LadderWeights = Record<typeof SCHEDULED[number], number>;

/** All that a step needs beside state and batch. */
export interface StepContext {
  config: LadderConfig;
  weights: LadderWeights;
  random: Random;
  /** Whether the penalty is taken at this step. */
  isPenaltyTurn: boolean;
}

/** What the schedules say after `imagesSeen` images. */
export function ladderWeightsAt(config: LadderConfig, imagesSeen: number): LadderWeights {
  return schedulesAt(config, SCHEDULED, imagesSeen);
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

/**
 * Updates some of the networks by the loss that `compute` gives, the others frozen. Gradients are not clipped.
 *
 * @param compute gives the loss, and in `kept` the terms to report
 */
export async function update(
  networks: readonly (keyof LadderNetworks)[],
  { params, adam }: LadderState,
  { config: { beta1, beta2 }, weights: { learningRate } }: StepContext,
  compute: () => LossResult<Record<string, tf.Scalar>>,
): Promise<StepMetrics> {
  const trained = Object.fromEntries(networks.map((network) => [network, params[network]]));
  const { gradients, loss, kept } = lossAndGradients(trained, compute);
  loss.dispose();
  const options = { beta1, beta2, learningRate, clip: Infinity, terms: kept };
  return await applyUpdate(networks, { params, adam }, gradients, options);
}

/** The sum of loss terms by their weights. */
export function weigh(...terms: [loss: tf.Scalar, weight: number][]): tf.Scalar {
  return terms.map(([loss, weight]) => tf.mul(loss, weight) as tf.Scalar)
    .reduce((sum, term) => tf.add(sum, term));
}
