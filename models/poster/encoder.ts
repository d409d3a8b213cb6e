// The encoder of the variational models (Kingma and Welling 2014): a picture, and its genres, to a distribution of codes.

import * as tf from "../../gpu/tf.ts";
import { initConvs } from "../../gpu/conv.ts";
import { dense, type DenseParams } from "../../gpu/dense.ts";
import type { Random } from "../../gpu/random.ts";
import type { ParamShapes } from "../../gpu/tree.ts";
import type { DcganConfig } from "./config.ts";
import { applyTrunk, type TrunkParams, trunkShapes } from "./trunk.ts";

/** The encoder's parameter tree: the discriminator's convolutions, then mean and log-variance of the code in one layer. */
export type EncoderParams = {
  layer: TrunkParams;
  code: DenseParams;
};

/** A Gaussian per image: mean and log-variance, [n, latent] each. */
export interface CodeDistribution {
  mean: tf.Tensor2D;
  logVariance: tf.Tensor2D;
}

/** Every parameter's path and shape. */
export function encoderShapes(width: number, generator: DcganConfig): ParamShapes {
  const { shapes, features } = trunkShapes({ width, norm: "batch" }, generator);
  return Object.fromEntries([
    ...shapes,
    ["code.kernel", [features + generator.genres, 2 * generator.latent]],
    ["code.bias", [2 * generator.latent]],
  ]);
}

/** New parameters (`initConvs`); the caller owns the tensors. */
export function initEncoder(
  width: number,
  generator: DcganConfig,
  random: Random,
): EncoderParams {
  return initConvs<EncoderParams>(encoderShapes(width, generator), random);
}

/** The codes of images [n, h, w, 3] in [-1, 1]. @param genres [n, g] as `conditionOf` gives it, of a conditional encoder */
export function applyEncoder(
  { layer, code }: EncoderParams,
  images: tf.Tensor4D,
  genres?: tf.Tensor2D,
): CodeDistribution {
  const features = applyTrunk(layer, images);
  const input = genres ? tf.concat([features, genres], 1) : features;
  const [mean, logVariance] = tf.split(dense(code, input), 2, 1) as [tf.Tensor2D, tf.Tensor2D];
  return { mean, logVariance };
}

/** Codes drawn from their distributions by given normal draws [n, latent] (the reparameterisation of section 2.4). */
export function drawCodes(
  { mean, logVariance }: CodeDistribution,
  normals: tf.Tensor2D,
): tf.Tensor2D {
  return tf.add(mean, tf.mul(tf.exp(tf.mul(logVariance, 0.5)), normals));
}
