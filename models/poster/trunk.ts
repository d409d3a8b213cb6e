// The convolutions that discriminator and encoder share the form of: DCGAN's, each halving the picture (Radford et al. 2016).

import * as tf from "../../gpu/tf.ts";
import { conv, type ConvParams } from "../../gpu/conv.ts";
import { batchNorm, type NormParams } from "../../gpu/norm.ts";
import { assertShape } from "../../gpu/shape.ts";
import { type DcganConfig, stageChannels } from "./config.ts";

/** The layers' parameters; a layer with a norm has no bias. */
export type TrunkParams = { conv: ConvParams; norm?: NormParams }[];

/** What decides the trunk's parameters, beside the picture's size. */
export interface TrunkConfig {
  /** Channels of the first layer, twice as many in each later one, at most 8 times; published: 64. */
  width: number;
  /** Batch norms in all layers but the first, as published, or none: a penalty on gradients asks for scores of single images. */
  norm: "batch" | "none";
}

/** Slope of the leaky ReLU below zero. */
const LEAK = 0.2;
const KERNEL = 4;

/** Every parameter's path and shape, and the length of the features: one layer for each doubling of the generator. */
export function trunkShapes(
  { width, norm }: TrunkConfig,
  { base: [h0, w0], stages }: Pick<DcganConfig, "base" | "stages">,
): { shapes: [path: string, shape: number[]][]; features: number } {
  const channels = [3, ...stageChannels({ width, stages }).reverse()];
  const shapes = channels.slice(1).flatMap((cout, i): [string, number[]][] => {
    const path = `layer.${i}`;
    const kernel: [string, number[]] = [
      `${path}.conv.kernel`,
      [KERNEL, KERNEL, channels[i], cout],
    ];
    return norm === "batch" && i > 0
      ? [kernel, [`${path}.norm.scale`, [cout]], [`${path}.norm.offset`, [cout]]]
      : [kernel, [`${path}.conv.bias`, [cout]]];
  });
  return { shapes, features: h0 * w0 * channels[stages] };
}

/** The features [n, f] of images [n, h, w, 3] in [-1, 1]. */
export function applyTrunk(layers: TrunkParams, images: tf.Tensor4D): tf.Tensor2D {
  assertShape(images, [null, null, null, 3], "poster picture");
  const map = layers.reduce((x, { conv: layer, norm }) => {
    const y = conv(layer, x, { stride: 2, pad: 1 });
    return tf.leakyRelu(norm ? batchNorm(norm, y) : y, LEAK);
  }, images);
  return tf.reshape(map, [images.shape[0], -1]);
}
