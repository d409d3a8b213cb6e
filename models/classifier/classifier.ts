// The genre classifier: a small convolutional network of no other family, by which posters are measured.

import * as tf from "../../gpu/tf.ts";
import { conv, type ConvParams, convShapes } from "../../gpu/conv.ts";
import { dense, type DenseParams } from "../../gpu/dense.ts";
import type { Random } from "../../gpu/random.ts";
import { assertShape, sizeOf } from "../../gpu/shape.ts";
import { type ParamShapes, treeFromEntries } from "../../gpu/tree.ts";
import { layerChannels, mapSize, type NetworkConfig } from "./config.ts";

/** The classifier's parameter tree; its dotted paths are a file format. */
export type ClassifierParams = {
  layer: { conv: ConvParams }[];
  features: DenseParams;
  genres: DenseParams;
};

/** What the classifier says of n images; each picture's share depends on that picture alone. */
export interface Judgement {
  /** The layer before the last, [n, features], after its leaky ReLU. */
  features: tf.Tensor2D;
  /** [n, g], no sigmoid. */
  logits: tf.Tensor2D;
}

/** Kernel of the convolutions, which have stride 2. */
const KERNEL = 4;
/** Slope of the leaky ReLU below zero. */
const LEAK = 0.2;

/** Every parameter's path and shape, in the order of the layers. */
export function classifierShapes(config: NetworkConfig): ParamShapes {
  const channels = [3, ...layerChannels(config)], { features, genres } = config;
  const cells = sizeOf(mapSize(config)) * channels[channels.length - 1];
  return Object.fromEntries([
    ...channels.slice(1).flatMap((cout, i) =>
      convShapes(`layer.${i}.conv`, KERNEL, [channels[i], cout], cout)
    ),
    ["features.kernel", [cells, features]],
    ["features.bias", [features]],
    ["genres.kernel", [features, genres]],
    ["genres.bias", [genres]],
  ]);
}

/**
 * New parameters; the caller owns the tensors. Without norms the deviation of the weights has to follow their number: kernels
 * are from N(0, 2 / fan-in) (He et al. 2015, equation 10), biases 0.
 */
export function initClassifier(config: NetworkConfig, random: Random): ClassifierParams {
  const entries = Object.entries(classifierShapes(config)).map(([path, shape]) => {
    const size = sizeOf(shape), deviation = Math.sqrt(2 * shape[shape.length - 1] / size);
    const values = path.endsWith(".bias")
      ? new Float32Array(size)
      : random.normals(size, 0, deviation);
    return [path, tf.tensor(values, [...shape])] as const;
  });
  return treeFromEntries<ClassifierParams>(entries);
}

/**
 * Judges images [n, h, w, 3] in [-1, 1].
 *
 * @throws {TypeError} if they are not of the size that the configuration says
 */
export function applyClassifier(
  { layer, features: inner, genres }: ClassifierParams,
  images: tf.Tensor4D,
  { size }: Pick<NetworkConfig, "size">,
): Judgement {
  assertShape(images, [null, ...size, 3], "classifier picture");
  const map = layer.reduce(
    (x, { conv: params }) => tf.leakyRelu(conv(params, x, { stride: 2, pad: 1 }), LEAK),
    images,
  );
  const flat: tf.Tensor2D = tf.reshape(map, [images.shape[0], -1]);
  const features = tf.leakyRelu(dense(inner, flat), LEAK);
  return { features, logits: dense(genres, features) };
}
