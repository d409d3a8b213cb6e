// R3GAN's discriminator (Huang et al. 2024, section 3): the generator's stages backwards, and genres by projection.

import * as tf from "../../../gpu/tf.ts";
import { downsampleBlurred } from "../../../gpu/blur.ts";
import { conv, type ConvParams } from "../../../gpu/conv.ts";
import { dense, type DenseParams } from "../../../gpu/dense.ts";
import type { Random } from "../../../gpu/random.ts";
import { assertShape } from "../../../gpu/shape.ts";
import type { ParamShapes } from "../../../gpu/tree.ts";
import { stageWidths } from "../stage_widths.ts";
import type { R3ganDiscriminatorConfig, R3ganGeneratorConfig, StagesConfig } from "./config.ts";
import {
  applyBlocks,
  BLUR,
  countBlocks,
  initResidual,
  type StageParams,
  stageShapes,
} from "./residual.ts";

/** The discriminator's parameter tree, the smallest grid's stage first; its dotted paths are a file format. */
export type R3ganDiscriminatorParams = {
  rgb: ConvParams;
  stage: StageParams[];
  /** The weight [h0, w0, c] of each cell of the last feature map. */
  basis: tf.Tensor3D;
  /** The map's sums to the picture's vector. */
  features: DenseParams;
  score: DenseParams;
  /** Genres to their vector; absent without condition. */
  embed?: DenseParams;
};

/** What of the generator decides the discriminator's shape. */
type Generated = Pick<R3ganGeneratorConfig, "base" | "stages" | "genres">;

const stagesOf = (config: R3ganDiscriminatorConfig, { stages }: Generated): StagesConfig => ({
  ...config,
  stages,
});

/** Every parameter's path and shape. */
export function r3ganDiscriminatorShapes(
  config: R3ganDiscriminatorConfig,
  generated: Generated,
): ParamShapes {
  const { embedding } = config, { base, stages, genres } = generated;
  const all = stagesOf(config, generated), widths = stageWidths(all);
  return Object.fromEntries([
    ["rgb.kernel", [1, 1, 3, widths[stages]]],
    ...stageShapes(all, "down"),
    ["basis", [...base, widths[0]]],
    ["features.kernel", [widths[0], embedding]],
    ["score.kernel", [embedding, 1]],
    ...(genres > 0 ? [["embed.kernel", [genres, embedding]]] : []),
  ]);
}

/** New parameters (`initResidual`); the caller owns the tensors. */
export function initR3ganDiscriminator(
  config: R3ganDiscriminatorConfig,
  generated: Generated,
  random: Random,
): R3ganDiscriminatorParams {
  const { base: [h0, w0], genres } = generated;
  return initResidual<R3ganDiscriminatorParams>(r3ganDiscriminatorShapes(config, generated), {
    blocks: countBlocks(stagesOf(config, generated)),
    // A product of two vectors, each of numbers near 1, is to be near 1.
    fanIn: { basis: h0 * w0, "embed.kernel": config.embedding * Math.max(1, genres) },
    random,
  });
}

/**
 * Scores [n, 1], no sigmoid, of images [n, h, w, 3]: that of a picture depends on itself alone. It is that of the picture plus that
 * of the picture with its genres (Miyato and Koyama 2018, equation 3), so that hidden genres leave the first.
 *
 * @param genres what they are said to be, [n, g] as `conditionOf` gives it
 * @throws {TypeError} if a discriminator with condition is not given genres
 */
export function applyR3ganDiscriminator(
  { rgb, stage, basis, features, score, embed }: R3ganDiscriminatorParams,
  images: tf.Tensor4D,
  genres?: tf.Tensor2D,
): tf.Tensor2D {
  assertShape(images, [null, null, null, 3], "poster picture");
  const map = stage.toReversed().reduce((x, { block, change }, i) => {
    const y = applyBlocks(block, x);
    if (i === stage.length - 1) return y;
    const half = downsampleBlurred(y, BLUR);
    return change ? conv(change, half) : half;
  }, conv(rgb, images));
  const vector = dense(features, tf.sum(tf.mul(map, basis), [1, 2]));
  const answer = dense(score, vector);
  if (!embed) return answer;
  if (!genres) throw new TypeError("Cannot judge posters: the discriminator needs their genres");
  return tf.add(answer, tf.sum(tf.mul(vector, dense(embed, genres)), 1, true));
}
