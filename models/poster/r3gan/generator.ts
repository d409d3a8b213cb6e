// R3GAN's generator (Huang et al. 2024, section 3): a grid that the latent vector and the genres weigh, then residual stages.

import * as tf from "../../../gpu/tf.ts";
import { upsampleBlurred } from "../../../gpu/blur.ts";
import { conv, type ConvParams } from "../../../gpu/conv.ts";
import { dense, type DenseParams } from "../../../gpu/dense.ts";
import type { Random } from "../../../gpu/random.ts";
import { assertShape } from "../../../gpu/shape.ts";
import type { ParamShapes } from "../../../gpu/tree.ts";
import { stageWidths } from "../stage_widths.ts";
import type { R3ganGeneratorConfig } from "./config.ts";
import {
  applyBlocks,
  BLUR,
  countBlocks,
  initResidual,
  type StageParams,
  stageShapes,
} from "./residual.ts";

/** The generator's parameter tree; its dotted paths are a file format. */
export type R3ganGeneratorParams = {
  /** Genres to their vector; absent without condition. */
  embed?: DenseParams;
  /** Latent vector and genres' vector to a weight for each channel of the grid. */
  stem: DenseParams;
  /** The grid [h0, w0, c]. */
  basis: tf.Tensor3D;
  stage: StageParams[];
  rgb: ConvParams;
};

/** Every parameter's path and shape. */
export function r3ganGeneratorShapes(config: R3ganGeneratorConfig): ParamShapes {
  const { latent, genres, embedding, base, stages } = config, widths = stageWidths(config);
  return Object.fromEntries([
    ...(genres > 0 ? [["embed.kernel", [genres, embedding]]] : []),
    ["stem.kernel", [latent + (genres > 0 ? embedding : 0), widths[0]]],
    ["basis", [...base, widths[0]]],
    ...stageShapes(config, "up"),
    ["rgb.kernel", [1, 1, widths[stages], 3]],
  ]);
}

/** New parameters (`initResidual`); the caller owns the tensors. */
export function initR3ganGenerator(
  config: R3ganGeneratorConfig,
  random: Random,
): R3ganGeneratorParams {
  return initResidual<R3ganGeneratorParams>(r3ganGeneratorShapes(config), {
    blocks: countBlocks(config),
    fanIn: { basis: stageWidths(config)[0], "embed.kernel": config.embedding },
    random,
  });
}

/**
 * Pictures [n, h, w, 3] from inputs [n, latent + genres] (`generatorInput`), not squeezed into [-1, 1]: what lies beyond is cut off when
 * they become bytes, as published.
 *
 * The grid and the genres' vectors are numbers near 1 made of parameters as small as those of the layers, so that a step of Adam moves
 * them as much. As parameters near 1, as published, they would still be what they were drawn to be after the few steps of a small run.
 */
export function applyR3ganGenerator(
  { embed, stem, basis, stage, rgb }: R3ganGeneratorParams,
  inputs: tf.Tensor2D,
  config: R3ganGeneratorConfig,
): tf.Tensor4D {
  assertShape(inputs, [null, config.latent + config.genres], "poster generator input");
  const weights = dense(stem, embed ? embedGenres(embed, inputs, config) : inputs);
  const scaled = tf.mul(weights, Math.sqrt(basis.shape[2]));
  const grid = tf.mul(tf.reshape(scaled, [inputs.shape[0], 1, 1, -1]), basis) as tf.Tensor4D;
  const features = stage.reduce((x, { block, change }, i) => {
    const y = applyBlocks(block, x);
    if (i === stage.length - 1) return y;
    return upsampleBlurred(change ? conv(change, y) : y, BLUR);
  }, grid);
  return conv(rgb, features);
}

/** The inputs with the genres' vector in place of the genres. */
function embedGenres(
  embed: DenseParams,
  inputs: tf.Tensor2D,
  { latent, genres, embedding }: R3ganGeneratorConfig,
): tf.Tensor2D {
  const [latents, weights] = tf.split(inputs, [latent, genres], 1) as [tf.Tensor2D, tf.Tensor2D];
  return tf.concat([latents, tf.mul(dense(embed, weights), Math.sqrt(embedding))], 1);
}
