// One training step of R3GAN (Huang et al. 2024, section 2): paired scores, and the zero-centred penalty on real (R1) and on generated
// pictures (R2).

import * as tf from "../../../gpu/tf.ts";
import { lossAndGradients, type LossResult } from "../../../gpu/gradients.ts";
import { applyChanges, type ImageChange } from "../../adaptive_augment.ts";
import { penalisedScores } from "../../penalty.ts";
import type { StepMetrics } from "../../update.ts";
import {
  adamOptions,
  type BatchPart,
  changeProbability,
  drawModernChanges,
  drawModernInputs,
  type ModernContext,
  partsOf,
  readAdaptation,
  rememberSign,
  updateByParts,
} from "../modern_context.ts";
import type { R3ganState } from "../state.ts";
import type { PosterBatch } from "../step_context.ts";
import type { R3ganConfig } from "../training_config.ts";
import { applyR3ganDiscriminator } from "./discriminator.ts";
import { applyR3ganGenerator } from "./generator.ts";
import { pairedDiscriminatorLoss, pairedGeneratorLoss } from "./loss.ts";

type Context = ModernContext<R3ganConfig>;

/** The discriminator's update, then the generator's, both on the same real pictures. */
export async function r3ganStep(
  state: R3ganState,
  batch: PosterBatch,
  context: Context,
): Promise<StepMetrics> {
  const { config, weights } = context;
  const adaptation = await readAdaptation(state, config);
  const probability = changeProbability(adaptation, { config, weights });
  const parts = partsOf(batch, context);
  try {
    const disc = await updateDiscriminator(state, parts, probability, context);
    if (!disc.finite) return disc;
    rememberSign(state, adaptation, disc.values.sign, config);
    const gen = await updateGenerator(state, parts, probability, context);
    return {
      finite: gen.finite,
      values: { ...disc.values, ...gen.values, augmentation: probability },
    };
  } finally {
    tf.dispose(parts.flatMap(({ images, condition }) => [images, condition]));
  }
}

/** What is drawn for a part: the generator's inputs, and how its pictures are changed before they are judged. */
interface Draws {
  inputs: tf.Tensor2D;
  ofReal: ImageChange[];
  ofFake: ImageChange[];
}

/** One kind after the other for all parts, so that they are the same numbers however many parts there are. */
function drawFor(parts: readonly BatchPart[], probability: number, context: Context): Draws[] {
  const changes = () =>
    parts.map(({ images }) => drawModernChanges(images.shape[0], probability, context));
  const inputs = parts.map(({ condition }) => tf.tidy(() => drawModernInputs(condition, context)));
  const ofReal = changes(), ofFake = changes();
  return inputs.map((each, i) => ({ inputs: each, ofReal: ofReal[i], ofFake: ofFake[i] }));
}

async function updateDiscriminator(
  state: R3ganState,
  parts: readonly BatchPart[],
  probability: number,
  context: Context,
): Promise<StepMetrics> {
  const { gen, disc } = state.params, draws = drawFor(parts, probability, context);
  return await updateByParts(
    "disc",
    state,
    adamOptions(context),
    parts.map(({ images, condition }, i) => (trained) => {
      const { inputs, ofReal, ofFake } = draws[i], changes = [...ofReal, ...ofFake];
      const shown = tf.tidy(() =>
        tf.concat([images, applyR3ganGenerator(gen, inputs, context.config.generator)])
      );
      // Real and generated ones go through as one batch: no picture's score depends on another.
      const critic = (x: tf.Tensor4D) =>
        applyR3ganDiscriminator(
          disc,
          applyChanges(x, changes),
          tf.concat([condition, condition]),
        );
      const result = lossAndGradients(trained, () => judge(critic, shown, context));
      tf.dispose([shown, inputs]);
      return result;
    }),
  );
}

/** The loss of real pictures and as many generated ones, [2n, h, w, 3]. */
function judge(
  critic: (images: tf.Tensor4D) => tf.Tensor2D,
  shown: tf.Tensor4D,
  { config: { penaltyEvery }, weights, isPenaltyTurn }: Context,
): LossResult<Record<string, tf.Scalar>> {
  if (!isPenaltyTurn) {
    const kept = termsOf(critic(shown));
    return { loss: tf.clone(kept.lossDiscriminator), kept };
  }
  const { scores, penalties } = penalisedScores(critic, shown);
  const [penaltyReal, penaltyFake] = tf.split(penalties, 2).map((half) => tf.mean<tf.Scalar>(half));
  const kept = { ...termsOf(scores), penaltyReal, penaltyFake };
  // Lazily: each turn stands for all those that are left out (Karras et al. 2020, section 3.1).
  const penalty = tf.mul(tf.add(penaltyReal, penaltyFake), weights.penalty * penaltyEvery);
  return { loss: tf.add(kept.lossDiscriminator, penalty), kept };
}

/** Of a pair it is the difference that counts, so its sign says how sure the discriminator is. */
function termsOf(scores: tf.Tensor2D) {
  const [real, fake] = tf.split(scores, 2) as [tf.Tensor2D, tf.Tensor2D];
  return {
    lossDiscriminator: pairedDiscriminatorLoss(real, fake),
    sign: tf.mean<tf.Scalar>(tf.sign(tf.sub(real, fake))),
  };
}

async function updateGenerator(
  state: R3ganState,
  parts: readonly BatchPart[],
  probability: number,
  context: Context,
): Promise<StepMetrics> {
  const { gen, disc } = state.params, draws = drawFor(parts, probability, context);
  return await updateByParts(
    "gen",
    state,
    adamOptions(context),
    parts.map(({ images, condition }, i) => (trained) => {
      const { inputs, ofReal, ofFake } = draws[i];
      const score = (x: tf.Tensor4D, changes: ImageChange[]) =>
        applyR3ganDiscriminator(disc, applyChanges(x, changes), condition);
      const real = tf.tidy(() => score(images, ofReal));
      const result = lossAndGradients(trained, () => {
        const fake = score(applyR3ganGenerator(gen, inputs, context.config.generator), ofFake);
        const lossGenerator = pairedGeneratorLoss(fake, real);
        return { loss: tf.clone(lossGenerator), kept: { lossGenerator } };
      });
      tf.dispose([real, inputs]);
      return result;
    }),
  );
}
