// The DCGAN discriminator (Radford et al. 2016), and the ways in which it may learn of genres.

import * as tf from "../../gpu/tf.ts";
import { initConvs } from "../../gpu/conv.ts";
import { dense, type DenseParams } from "../../gpu/dense.ts";
import type { Random } from "../../gpu/random.ts";
import type { ParamShapes } from "../../gpu/tree.ts";
import type { DcganConfig } from "./config.ts";
import { applyTrunk, type TrunkConfig, type TrunkParams, trunkShapes } from "./trunk.ts";

/**
 * How the discriminator learns of genres.
 *
 * - `none`: it does not.
 * - `joined`: its answer and the genres pass one more linear layer, as in the source project. The two then only add up, so
 *   it cannot tell whether a picture fits its genres: see docs/decisions/0011.
 * - `projection`: the answer gains the inner product of the features and an embedding of the genres (Miyato and Koyama 2018).
 * - `classifier`: it names the genres itself, one logit for each (Odena et al. 2017, for several labels at once).
 */
export const GENRE_FORMS = ["none", "joined", "projection", "classifier"] as const;

/** One of the ways. */
export type GenreForm = typeof GENRE_FORMS[number];

/** What decides the discriminator's parameters, beside the generator's size and genres. */
export interface DiscriminatorConfig extends TrunkConfig {
  genres: GenreForm;
}

/** The discriminator's parameter tree; its dotted paths are a file format. */
export type DiscriminatorParams = {
  layer: TrunkParams;
  score: DenseParams;
  /** `joined` */
  join?: DenseParams;
  /** `projection`: the embedding. */
  embed?: DenseParams;
  /** `classifier` */
  genres?: DenseParams;
};

/** What a discriminator says of n images. */
export interface Verdict {
  /** [n, 1], no sigmoid. */
  score: tf.Tensor2D;
  /** Logits [n, g] of a classifier. */
  genres?: tf.Tensor2D;
  /** The last feature map, [n, f]. */
  features: tf.Tensor2D;
}

/** Every parameter's path and shape: as many convolutions of stride 2 as the generator has doublings, then the score. */
export function discriminatorShapes(
  config: DiscriminatorConfig,
  generator: Pick<DcganConfig, "base" | "stages" | "genres">,
): ParamShapes {
  const { shapes: entries, features } = trunkShapes(config, generator);
  const { genres: g } = generator, { genres } = config;
  entries.push(["score.kernel", [features, 1]], ["score.bias", [1]]);
  if (genres === "joined") entries.push(["join.kernel", [1 + g, 1]], ["join.bias", [1]]);
  if (genres === "projection") entries.push(["embed.kernel", [g, features]]);
  if (genres === "classifier") entries.push(["genres.kernel", [features, g]], ["genres.bias", [g]]);
  return Object.fromEntries(entries);
}

/** New parameters (`initConvs`); the caller owns the tensors. */
export function initDiscriminator(
  config: DiscriminatorConfig,
  generator: Pick<DcganConfig, "base" | "stages" | "genres">,
  random: Random,
): DiscriminatorParams {
  return initConvs<DiscriminatorParams>(discriminatorShapes(config, generator), random);
}

/**
 * Judges images [n, h, w, 3] in [-1, 1].
 *
 * @param genres what they are said to be, [n, g] as `conditionOf` gives it; unused without condition and by a classifier
 */
export function applyDiscriminator(
  params: DiscriminatorParams,
  images: tf.Tensor4D,
  genres?: tf.Tensor2D,
): Verdict {
  const features = applyTrunk(params.layer, images);
  const score = judge(params, features, genres);
  return { score, features, ...(params.genres && { genres: dense(params.genres, features) }) };
}

function judge(
  { score, join, embed }: DiscriminatorParams,
  features: tf.Tensor2D,
  genres: tf.Tensor2D | undefined,
): tf.Tensor2D {
  const answer = dense(score, features);
  if (!join && !embed) return answer;
  if (!genres) throw new TypeError("Cannot judge posters: the discriminator needs their genres");
  if (join) return dense(join, tf.concat([answer, genres], 1));
  const embedding = tf.matMul(genres, (embed as DenseParams).kernel);
  return tf.add(answer, tf.sum(tf.mul(features, embedding), 1, true));
}
