// One training step of the models with an encoder: the VAE (Kingma and Welling 2014), and the conditional VAE whose decoder is
// DCGAN's generator, trained against its discriminator too (VAE/GAN, Larsen et al. 2016).

import * as tf from "../../gpu/tf.ts";
import type { StepMetrics } from "../update.ts";
import { conditionOf, generatorInput } from "./condition.ts";
import { applyDiscriminator } from "./discriminator.ts";
import { applyEncoder, drawCodes } from "./encoder.ts";
import { applyGenerator } from "./generator.ts";
import { adversarialLoss, discriminatorLoss, divergence, reconstructionLoss } from "./loss.ts";
import type { LadderState } from "./state.ts";
import {
  drawInputs,
  drawLatents,
  type PosterBatch,
  type StepContext,
  update,
  weigh,
} from "./step_context.ts";

/** Encoder and decoder together: reconstruction in pixels, and the codes' divergence. */
export async function vaeStep(
  state: LadderState,
  batch: PosterBatch,
  context: StepContext,
): Promise<StepMetrics> {
  const { weights } = context;
  return await update(["enc", "gen"], state, context, () => {
    const { rebuilt, lossDivergence } = rebuild(state.params, batch, context);
    const lossReconstruction = reconstructionLoss(rebuilt, batch.images);
    return {
      loss: weigh(
        [lossReconstruction, weights.reconstruction],
        [lossDivergence, weights.divergence],
      ),
      kept: { lossReconstruction, lossDivergence },
    };
  });
}

/**
 * The discriminator's update on real, rebuilt and imagined pictures, then encoder and decoder: reconstruction in the
 * discriminator's features (Larsen et al. 2016, equation 8), divergence, and the adversarial loss of imagined pictures, which
 * does not reach the encoder.
 */
export async function vaeGanStep(
  state: LadderState,
  batch: PosterBatch,
  context: StepContext,
): Promise<StepMetrics> {
  const disc = await updateDiscriminator(state, batch, context);
  if (!disc.finite) return disc;
  const both = await updateAutoencoder(state, batch, context);
  return { finite: both.finite, values: { ...disc.values, ...both.values } };
}

async function updateDiscriminator(
  state: LadderState,
  batch: PosterBatch,
  context: StepContext,
): Promise<StepMetrics> {
  const { gen, disc } = state.params, { generator } = context.config;
  const shown = tf.tidy(() => ({
    rebuilt: rebuild(state.params, batch, context).rebuilt,
    imagined: applyGenerator(gen, drawInputs(batch.genres, context), generator),
  }));
  const metrics = await update(["disc"], state, context, () => {
    const score = (x: tf.Tensor4D) => applyDiscriminator(disc, x).score;
    const fakes = tf.concat([score(shown.rebuilt), score(shown.imagined)]);
    const lossDiscriminator = discriminatorLoss(score(batch.images), fakes);
    return { loss: weigh([lossDiscriminator, 1]), kept: { lossDiscriminator } };
  });
  tf.dispose([shown.rebuilt, shown.imagined]);
  return metrics;
}

async function updateAutoencoder(
  state: LadderState,
  batch: PosterBatch,
  context: StepContext,
): Promise<StepMetrics> {
  const { config: { generator }, weights } = context, { gen, disc } = state.params;
  return await update(["enc", "gen"], state, context, () => {
    const judge = (x: tf.Tensor4D) => applyDiscriminator(disc, x);
    const { rebuilt, lossDivergence } = rebuild(state.params, batch, context);
    const imagined = applyGenerator(gen, drawInputs(batch.genres, context), generator);
    const target = judge(batch.images).features;
    const lossReconstruction = reconstructionLoss(judge(rebuilt).features, target);
    const lossGenerator = adversarialLoss(judge(imagined).score);
    return {
      loss: weigh(
        [lossReconstruction, weights.reconstruction],
        [lossDivergence, weights.divergence],
        [lossGenerator, 1],
      ),
      kept: { lossReconstruction, lossDivergence, lossGenerator },
    };
  });
}

/** The batch through encoder and decoder, and its codes' divergence. */
function rebuild(
  { enc, gen }: Pick<LadderState["params"], "enc" | "gen">,
  { images, genres }: PosterBatch,
  context: StepContext,
): { rebuilt: tf.Tensor4D; lossDivergence: tf.Scalar } {
  const { generator } = context.config;
  const condition = generator.genres > 0 ? conditionOf(genres, generator) : undefined;
  const codes = applyEncoder(enc, images, condition);
  const drawn = drawCodes(codes, drawLatents(images.shape[0], context));
  return {
    rebuilt: applyGenerator(gen, generatorInput(drawn, genres, generator), generator),
    lossDivergence: divergence(codes.mean, codes.logVariance),
  };
}
