// One training step of the models that are a generator against a discriminator: dcgan, acgan and cgan, which differ in what
// their discriminator learns of genres.

import * as tf from "../../gpu/tf.ts";
import { augment } from "../augment.ts";
import { zeroCentredPenalty } from "../penalty.ts";
import type { StepMetrics } from "../update.ts";
import { conditionOf } from "./condition.ts";
import { applyDiscriminator } from "./discriminator.ts";
import { applyGenerator } from "./generator.ts";
import { adversarialLoss, discriminatorLoss, genreLoss } from "./loss.ts";
import type { LadderState } from "./state.ts";
import { drawInputs, type PosterBatch, type StepContext, update, weigh } from "./step_context.ts";

/** The discriminator's update, then the generator's. */
export async function ganStep(
  state: LadderState,
  batch: PosterBatch,
  context: StepContext,
): Promise<StepMetrics> {
  const disc = await updateDiscriminator(state, batch, context);
  if (!disc.finite) return disc;
  const gen = await updateGenerator(state, batch, context);
  return { finite: gen.finite, values: { ...disc.values, ...gen.values } };
}

async function updateDiscriminator(
  state: LadderState,
  { images, genres }: PosterBatch,
  context: StepContext,
): Promise<StepMetrics> {
  const { config, weights, random, isPenaltyTurn } = context;
  const { gen, disc } = state.params;
  const fakes = tf.tidy(() => applyGenerator(gen, drawInputs(genres, context), config.generator));
  const metrics = await update(["disc"], state, context, () => {
    const condition = conditionOf(genres, config.generator);
    const critic = (x: tf.Tensor4D) => applyDiscriminator(disc, x, condition);
    const seen = augment(images, config.augment, random);
    const real = critic(seen), fake = critic(augment(fakes, config.augment, random));
    const kept: Record<string, tf.Scalar> = {
      lossDiscriminator: discriminatorLoss(real.score, fake.score),
    };
    const terms: [tf.Scalar, number][] = [[kept.lossDiscriminator, 1]];
    if (real.genres) {
      kept.lossGenresReal = genreLoss(real.genres, genres);
      terms.push([kept.lossGenresReal, weights.genres]);
    }
    if (isPenaltyTurn) {
      kept.penalty = zeroCentredPenalty((x) => critic(x).score, seen);
      // Lazily: each turn stands for all those that are left out (Karras et al. 2020, section 3.1).
      terms.push([kept.penalty, weights.penalty * config.penaltyEvery]);
    }
    return { loss: weigh(...terms), kept };
  });
  fakes.dispose();
  return metrics;
}

async function updateGenerator(
  state: LadderState,
  { genres }: PosterBatch,
  context: StepContext,
): Promise<StepMetrics> {
  const { config, weights, random } = context;
  const { gen, disc } = state.params;
  return await update(["gen"], state, context, () => {
    const fakes = applyGenerator(gen, drawInputs(genres, context), config.generator);
    const condition = conditionOf(genres, config.generator);
    const verdict = applyDiscriminator(disc, augment(fakes, config.augment, random), condition);
    const kept: Record<string, tf.Scalar> = { lossGenerator: adversarialLoss(verdict.score) };
    const terms: [tf.Scalar, number][] = [[kept.lossGenerator, 1]];
    if (verdict.genres) {
      kept.lossGenresFake = genreLoss(verdict.genres, genres);
      terms.push([kept.lossGenresFake, weights.genres]);
    }
    return { loss: weigh(...terms), kept };
  });
}
