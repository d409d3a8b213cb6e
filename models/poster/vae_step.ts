// One training step of the models with an encoder: the VAE (Kingma and Welling 2014), and the conditional VAE whose decoder is
// DCGAN's generator, trained against its discriminator too (VAE/GAN, Larsen et al. 2016).

import * as tf from "../../gpu/tf.ts";
import { lossAndGradients } from "../../gpu/gradients.ts";
import { applyUpdate, type StepMetrics } from "../update.ts";
import { conditionOf, generatorInput } from "./condition.ts";
import { applyDiscriminator } from "./discriminator.ts";
import { applyEncoder, drawCodes } from "./encoder.ts";
import { applyGenerator } from "./generator.ts";
import { adversarialLoss, discriminatorLoss, divergence, reconstructionLoss } from "./loss.ts";
import type { PosterState } from "./state.ts";
import {
  adamOptions,
  drawInputs,
  drawLatents,
  type PosterBatch,
  type StepContext,
} from "./step_context.ts";

/** Encoder and decoder together: reconstruction in pixels, and the codes' divergence. */
export async function vaeStep(
  { params, adam }: PosterState,
  batch: PosterBatch,
  context: StepContext,
): Promise<StepMetrics> {
  const { config, weights } = context;
  const { enc, gen } = params;
  const { gradients, loss, kept } = lossAndGradients({ enc, gen }, () => {
    const { rebuilt, lossDivergence } = rebuild(params, batch, context);
    const lossReconstruction = reconstructionLoss(rebuilt, batch.images);
    return {
      loss: weigh([lossReconstruction, weights.reconstruction], [
        lossDivergence,
        weights.divergence,
      ]),
      kept: { lossReconstruction, lossDivergence },
    };
  });
  return await applyUpdate(["enc", "gen"], { params, adam }, gradients, {
    ...adamOptions(config, weights),
    terms: { ...kept, lossTotal: loss },
  });
}

/**
 * The discriminator's update on real, rebuilt and imagined pictures, then encoder and decoder: reconstruction in the
 * discriminator's features (Larsen et al. 2016, equation 8), divergence, and the adversarial loss of imagined pictures, which
 * does not reach the encoder.
 */
export async function vaeGanStep(
  state: PosterState,
  batch: PosterBatch,
  context: StepContext,
): Promise<StepMetrics> {
  const disc = await updateDiscriminator(state, batch, context);
  if (!disc.finite) return disc;
  const both = await updateAutoencoder(state, batch, context);
  return { finite: both.finite, values: { ...disc.values, ...both.values } };
}

async function updateDiscriminator(
  { params, adam }: PosterState,
  batch: PosterBatch,
  context: StepContext,
): Promise<StepMetrics> {
  const { config, weights } = context;
  const shown = tf.tidy(() => ({
    rebuilt: rebuild(params, batch, context).rebuilt,
    imagined: applyGenerator(params.gen, drawInputs(batch.genres, context), config.generator),
  }));
  const { gradients, loss } = lossAndGradients({ disc: params.disc }, () => {
    const score = (x: tf.Tensor4D) => applyDiscriminator(params.disc, x).score;
    const fakes = tf.concat([score(shown.rebuilt), score(shown.imagined)]);
    return { loss: discriminatorLoss(score(batch.images), fakes), kept: {} };
  });
  tf.dispose([shown.rebuilt, shown.imagined]);
  return await applyUpdate(["disc"], { params, adam }, gradients, {
    ...adamOptions(config, weights),
    terms: { lossDiscriminator: loss },
  });
}

async function updateAutoencoder(
  { params, adam }: PosterState,
  batch: PosterBatch,
  context: StepContext,
): Promise<StepMetrics> {
  const { config, weights } = context;
  const { enc, gen } = params;
  const { gradients, loss, kept } = lossAndGradients({ enc, gen }, () => {
    const features = (x: tf.Tensor4D) => applyDiscriminator(params.disc, x).features;
    const { rebuilt, lossDivergence } = rebuild(params, batch, context);
    const imagined = applyGenerator(gen, drawInputs(batch.genres, context), config.generator);
    const terms = {
      lossReconstruction: reconstructionLoss(features(rebuilt), features(batch.images)),
      lossDivergence,
      lossGenerator: adversarialLoss(applyDiscriminator(params.disc, imagined).score),
    };
    return {
      loss: weigh(
        [terms.lossReconstruction, weights.reconstruction],
        [lossDivergence, weights.divergence],
        [terms.lossGenerator, 1],
      ),
      kept: terms,
    };
  });
  return await applyUpdate(["enc", "gen"], { params, adam }, gradients, {
    ...adamOptions(config, weights),
    terms: { ...kept, lossTotal: loss },
  });
}

/** The batch through encoder and decoder, and its codes' divergence. */
function rebuild(
  { enc, gen }: Pick<PosterState["params"], "enc" | "gen">,
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

function weigh(...terms: [loss: tf.Scalar, weight: number][]): tf.Scalar {
  return tf.addN(terms.map(([loss, weight]) => tf.mul(loss, weight) as tf.Scalar));
}
