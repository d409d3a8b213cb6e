// The PatchGAN discriminator (Isola et al. 2017, appendix 6.1.2), with its score per patch or pooled per image.

import * as tf from "../../gpu/tf.ts";
import { conv, type ConvParams, convShapes, initConvs } from "../../gpu/conv.ts";
import { instanceNorm } from "../../gpu/norm.ts";
import type { Random } from "../../gpu/random.ts";
import { assertShape } from "../../gpu/shape.ts";
import type { ParamShapes } from "../../gpu/tree.ts";
import type { PatchConfig } from "./config.ts";

/** The discriminator's parameter tree; its dotted paths are a file format. */
export type DiscriminatorParams = { layer: { conv: ConvParams }[]; score: { conv: ConvParams } };

/** Slope of the leaky ReLU below zero. */
const LEAK = 0.2;

/** Every parameter's path and shape: `layers` convolutions of stride 2, one of stride 1, and the score. */
export function discriminatorShapes({ width, layers, bias }: PatchConfig): ParamShapes {
  const channels = [
    3,
    ...Array.from({ length: layers + 1 }, (_, i) => width * Math.min(2 ** i, 8)),
  ];
  const every = [
    ...channels.slice(1).flatMap((cout, i) =>
      convShapes(`layer.${i}.conv`, 4, [channels[i], cout], cout)
    ),
    ...convShapes("score.conv", 4, [channels[layers + 1], 1], 1),
  ];
  // The first layer has no norm.
  const isNeeded = (path: string) =>
    !path.endsWith(".bias") || path === "layer.0.conv.bias" || path === "score.conv.bias";
  return Object.fromEntries(bias === "needed" ? every.filter(([path]) => isNeeded(path)) : every);
}

/** New parameters, weights from N(0, 0.02); the caller owns the tensors. */
export function initDiscriminator(
  config: PatchConfig,
  random: Random,
): DiscriminatorParams {
  return initConvs<DiscriminatorParams>(discriminatorShapes(config), random);
}

/** Scores of images [n, h, w, 3] in [-1, 1]: [n, patches], or [n, 1] if pooled per image; no sigmoid. */
export function applyDiscriminator(
  params: DiscriminatorParams,
  images: tf.Tensor4D,
  { score }: Pick<PatchConfig, "score">,
): tf.Tensor2D {
  assertShape(images, [null, null, null, 3], "discriminator input");
  const last = params.layer.length - 1;
  const features = params.layer.reduce((x, layer, i) => {
    const y = conv(layer.conv, x, { stride: i < last ? 2 : 1, pad: 1 });
    return i === 0 ? tf.leakyRelu(y, LEAK) : instanceNorm(y, { negativeSlope: LEAK });
  }, images);
  const map = conv(params.score.conv, features, { pad: 1 });
  const scores = tf.reshape(map, [images.shape[0], -1]) as tf.Tensor2D;
  return score === "image" ? tf.mean(scores, 1, true) : scores;
}
