// Small networks that judge the features of a trunk, one for each level (Kumari et al. 2022, section 3; Sauer et al. 2021).

import { conv, type ConvParams, convShapes, initConvs } from "../../gpu/conv.ts";
import { pixelNorm } from "../../gpu/norm.ts";
import type { Random } from "../../gpu/random.ts";
import { resize } from "../../gpu/resample.ts";
import * as tf from "../../gpu/tf.ts";
import type { ParamShapes } from "../../gpu/tree.ts";

/** A hidden layer that sees single pixels, and a score that sees their neighbours; the dotted paths are a file format. */
export type HeadParams = { hidden: ConvParams; score: ConvParams };

/** Slope of the leaky ReLU below zero. */
const LEAK = 0.2;

/** Every parameter's path and shape: a head for each level's channels, `width` channels in the hidden layers. */
export function headShapes(channels: readonly number[], width: number): ParamShapes {
  return Object.fromEntries(channels.flatMap((cin, i) => [
    ...convShapes(`${i}.hidden`, 1, [cin, width], width),
    ...convShapes(`${i}.score`, 3, [width, 1], 1),
  ]));
}

/** New heads, weights from N(0, 0.02); the caller owns the tensors. */
export function initHeads(
  channels: readonly number[],
  width: number,
  random: Random,
): HeadParams[] {
  return initConvs<HeadParams[]>(headShapes(channels, width), random);
}

/**
 * Scores [n, s] of a trunk's levels [n, h, w, c], the finest first; no sigmoid.
 *
 * A coarser level's map of scores is repeated up to the finest one's size, so that all have the same number of patches and a mean
 * over the scores, which every adversarial loss takes, is the mean over the levels of each one's own mean. Joined as they are, the
 * finest would outvote the coarsest by 64 to 1. What a feature vector weighs is left out: levels of untrained or pretrained
 * networks differ by orders of magnitude, and one step size serves all heads.
 */
export function applyHeads(
  heads: readonly HeadParams[],
  levels: readonly tf.Tensor4D[],
): tf.Tensor2D {
  const [n, height, width] = levels[0].shape;
  const scores = levels.map((features, i) => {
    const hidden = tf.leakyRelu(conv(heads[i].hidden, pixelNorm(features)), LEAK);
    const map = conv(heads[i].score, hidden, { pad: 1 });
    const large = i === 0 ? map : resize(map, [height, width], "nearest");
    return tf.reshape(large, [n, height * width]) as tf.Tensor2D;
  });
  return tf.concat(scores, 1);
}
