// One training step of the models that are a generator against a discriminator: dcgan, acgan and cgan, which differ in what
// their discriminator learns of genres.

import * as tf from "../../gpu/tf.ts";
import { lossAndGradients } from "../../gpu/gradients.ts";
import { augment } from "../augment.ts";
import { zeroCentredPenalty } from "../penalty.ts";
import { applyUpdate, type StepMetrics } from "../update.ts";
import { conditionOf } from "./condition.ts";
import { applyDiscriminator, type Verdict } from "./discriminator.ts";
import { applyGenerator } from "./generator.ts";
import { adversarialLoss, discriminatorLoss, genreLoss } from "./loss.ts";
import type { PosterState } from "./state.ts";
import { adamOptions, drawInputs, type PosterBatch, type StepContext } from "./step_context.ts";

/** The discriminator's update, then the generator's. */
export async function ganStep(
  state: PosterState,
  batch: PosterBatch,
  context: StepContext,
): Promise<StepMetrics> {
  const disc = await updateDiscriminator(state, batch, context);
  if (!disc.finite) return disc;
  const gen = await updateGenerator(state, batch, context);
  return { finite: gen.finite, values: { ...disc.values, ...gen.values } };
}

async function updateDiscriminator(
  { params, adam }: PosterState,
  { images, genres }: PosterBatch,
  context: StepContext,
): Promise<StepMetrics> {
  const { config, weights, random, isPenaltyTurn } = context;
  const fakes = tf.tidy(() =>
    applyGenerator(params.gen, drawInputs(genres, context), config.generator)
  );
  const { gradients, loss, kept } = lossAndGradients({ disc: params.disc }, () => {
    const condition = conditionOf(genres, config.generator);
    const critic = (x: tf.Tensor4D) => applyDiscriminator(params.disc, x, condition);
    const seen = augment(images, config.augment, random);
    const real = critic(seen), fake = critic(augment(fakes, config.augment, random));
    const terms: Record<string, tf.Scalar> = {
      lossDiscriminator: discriminatorLoss(real.score, fake.score),
    };
    const weighted = [terms.lossDiscriminator];
    if (real.genres) {
      terms.lossGenresReal = genreLoss(real.genres, genres);
      weighted.push(tf.mul(terms.lossGenresReal, weights.genres) as tf.Scalar);
    }
    if (isPenaltyTurn) {
      terms.penalty = zeroCentredPenalty((x) => critic(x).score, seen);
      // Lazily: each turn stands for all those that are left out (Karras et al. 2020, section 3.1).
      weighted.push(tf.mul(terms.penalty, weights.penalty * config.penaltyEvery) as tf.Scalar);
    }
    return { loss: tf.addN(weighted), kept: terms };
  });
  fakes.dispose();
  loss.dispose();
  return await applyUpdate(["disc"], { params, adam }, gradients, {
    ...adamOptions(config, weights),
    terms: kept,
  });
}

async function updateGenerator(
  { params, adam }: PosterState,
  { genres }: PosterBatch,
  context: StepContext,
): Promise<StepMetrics> {
  const { config, weights, random } = context;
  const { gradients, loss, kept } = lossAndGradients({ gen: params.gen }, () => {
    const fakes = applyGenerator(params.gen, drawInputs(genres, context), config.generator);
    const verdict: Verdict = applyDiscriminator(
      params.disc,
      augment(fakes, config.augment, random),
      conditionOf(genres, config.generator),
    );
    const terms: Record<string, tf.Scalar> = { lossGenerator: adversarialLoss(verdict.score) };
    const weighted = [terms.lossGenerator];
    if (verdict.genres) {
      terms.lossGenresFake = genreLoss(verdict.genres, genres);
      weighted.push(tf.mul(terms.lossGenresFake, weights.genres) as tf.Scalar);
    }
    return { loss: tf.addN(weighted), kept: terms };
  });
  loss.dispose();
  return await applyUpdate(["gen"], { params, adam }, gradients, {
    ...adamOptions(config, weights),
    terms: kept,
  });
}
