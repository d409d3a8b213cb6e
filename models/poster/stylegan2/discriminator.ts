// StyleGAN2's discriminator (Karras et al. 2020, figure 7): residual blocks that halve the picture, the variety within the batch as one
// more feature map, and genres by projection.

import * as tf from "../../../gpu/tf.ts";
import { blurred, downsampleBlurred } from "../../../gpu/blur.ts";
import type { ConvParams } from "../../../gpu/conv.ts";
import type { DenseParams } from "../../../gpu/dense.ts";
import type { Random } from "../../../gpu/random.ts";
import { assertShape } from "../../../gpu/shape.ts";
import type { ParamShapes } from "../../../gpu/tree.ts";
import { stageWidths } from "../stage_widths.ts";
import type { StyleGan2DiscriminatorConfig, StyleGan2GeneratorConfig } from "./config.ts";
import {
  activate,
  ACTIVATION_GAIN,
  equalisedConv,
  equalisedDense,
  initEqualised,
} from "./equalised.ts";
import { minibatchDeviation } from "./minibatch_deviation.ts";
import { BLUR } from "./modulated_conv.ts";

/** A block: a 3x3 convolution, another that halves, and a 1x1 around both, which halves too and has no bias. */
export type BlockParams = { first: ConvParams; second: ConvParams; skip: ConvParams };

/** The discriminator's parameter tree; its dotted paths are a file format. */
export type StyleGan2DiscriminatorParams = {
  rgb: ConvParams;
  block: BlockParams[];
  conv: ConvParams;
  features: DenseParams;
  score: DenseParams;
  /** Genres to their vector; absent without condition. */
  embed?: { kernel: tf.Tensor2D };
};

/** Every parameter's path and shape, in the order of the layers. */
export function styleGan2DiscriminatorShapes(
  config: StyleGan2DiscriminatorConfig,
  generator: Pick<StyleGan2GeneratorConfig, "base" | "stages" | "genres">,
): ParamShapes {
  const { base: [h0, w0], genres } = generator;
  const [last, ...wider] = stageWidths({ ...config, stages: generator.stages }),
    widths = [last, ...wider].reverse();
  const layer = (path: string, shape: number[]): [string, number[]][] => [
    [`${path}.kernel`, shape],
    [`${path}.bias`, shape.slice(-1)],
  ];
  return Object.fromEntries([
    ...layer("rgb", [1, 1, 3, widths[0]]),
    ...widths.slice(1).flatMap((cout, i): [string, number[]][] => [
      ...layer(`block.${i}.first`, [3, 3, widths[i], widths[i]]),
      ...layer(`block.${i}.second`, [3, 3, widths[i], cout]),
      [`block.${i}.skip.kernel`, [1, 1, widths[i], cout]],
    ]),
    ...layer("conv", [3, 3, last + 1, last]),
    ...layer("features", [h0 * w0 * last, last]),
    ...layer("score", [last, 1]),
    ...(genres > 0 ? [["embed.kernel", [genres, last]] as [string, number[]]] : []),
  ]);
}

/** New parameters (`initEqualised`); the caller owns the tensors. */
export function initStyleGan2Discriminator(
  config: StyleGan2DiscriminatorConfig,
  generator: Pick<StyleGan2GeneratorConfig, "base" | "stages" | "genres">,
  random: Random,
): StyleGan2DiscriminatorParams {
  return initEqualised(styleGan2DiscriminatorShapes(config, generator), random);
}

/** Of two branches of variance 1 the sum has variance 1 too. */
const RESIDUAL_GAIN = Math.SQRT1_2;

/**
 * Scores [n, 1] of images [n, h, w, 3] in [-1, 1], no sigmoid: an answer of the picture alone, and the inner product of its features
 * with the genres' vector over the root of their length (Miyato and Koyama 2018; the root as in Karras et al. 2020).
 *
 * A score depends on the other pictures of its group too (`minibatchDeviation`).
 *
 * @param genres what the pictures are said to be, [n, g] as `conditionOf` gives it; not used without condition
 */
export function applyStyleGan2Discriminator(
  { rgb, block, conv, features, score, embed }: StyleGan2DiscriminatorParams,
  images: tf.Tensor4D,
  genres: tf.Tensor2D,
  { group }: Pick<StyleGan2DiscriminatorConfig, "group">,
): tf.Tensor2D {
  assertShape(images, [null, null, null, 3], "poster picture");
  const colours = activate(equalisedConv(rgb, images, { gain: ACTIVATION_GAIN }));
  const small = block.reduce((x, params) => residualBlock(params, x), colours);
  const joined = tf.concat([small, minibatchDeviation(small, group)], 3) as tf.Tensor4D;
  const map = activate(equalisedConv(conv, joined, { gain: ACTIVATION_GAIN, pad: 1 }));
  const flat = tf.reshape(map, [images.shape[0], -1]) as tf.Tensor2D;
  const found = activate(equalisedDense(features, flat, { gain: ACTIVATION_GAIN }));
  const answer = equalisedDense(score, found);
  if (!embed) return answer;
  const vector = tf.mul(tf.matMul(genres, embed.kernel), 1 / Math.sqrt(found.shape[1]));
  return tf.add(answer, tf.sum(tf.mul(found, vector), 1, true));
}

/** [n, h, w, cin] to [n, h / 2, w / 2, cout]. */
export function residualBlock(
  { first, second, skip }: BlockParams,
  images: tf.Tensor4D,
): tf.Tensor4D {
  const gain = ACTIVATION_GAIN * RESIDUAL_GAIN;
  const inner = activate(equalisedConv(first, images, { gain: ACTIVATION_GAIN, pad: 1 }));
  const wide = blurred(inner, BLUR, { pad: [2, 2] });
  const halved = activate(equalisedConv(second, wide, { gain, stride: 2 }));
  const around = equalisedConv(skip, downsampleBlurred(images, BLUR), { gain: RESIDUAL_GAIN });
  return tf.add(halved, around);
}
