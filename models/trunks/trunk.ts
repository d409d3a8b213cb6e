// The trunk of a big network: all its convolutions, without the classifier, giving features at four levels.

import type { Random } from "../../gpu/random.ts";
import { resize } from "../../gpu/resample.ts";
import { assertShape, sizeOf } from "../../gpu/shape.ts";
import * as tf from "../../gpu/tf.ts";
import { type ParamShapes, type ParamTree, treeFromEntries } from "../../gpu/tree.ts";
import type { TrunkNet } from "./config.ts";
import {
  applyInception,
  INCEPTION_CHANNELS,
  type InceptionParams,
  inceptionShapes,
} from "./inception.ts";
import { applyResnet, RESNET_CHANNELS, type ResnetParams, resnetShapes } from "./resnet.ts";
import { applyVgg, VGG_CHANNELS, type VggParams, vggShapes } from "./vgg.ts";

/**
 * A trunk's parameters: kernels and biases alone. Batch norms, which run with their running statistics, are folded into the
 * convolution before them; the function is the same, and so is what fine-tuning can reach.
 */
export type TrunkParams = VggParams | ResnetParams | InceptionParams;

/** A network as the rest sees it. */
interface Trunk {
  shapes: ParamShapes;
  /** Channels of the levels, the finest first. */
  channels: readonly number[];
  /** The shortest side that leaves every level a pixel; as torchvision states it, and of ResNet its stride. */
  smallestSide: number;
  /** Whether images are normalised by ImageNet's mean and deviation. */
  normalised: boolean;
  apply(params: TrunkParams, images: tf.Tensor4D): tf.Tensor4D[];
}

const vgg = (depths: readonly number[]): Trunk => ({
  shapes: vggShapes(depths),
  channels: VGG_CHANNELS,
  smallestSide: 32,
  normalised: true,
  apply: (params, images) => applyVgg(params as VggParams, images),
});

const resnet = (depths: readonly number[]): Trunk => ({
  shapes: resnetShapes(depths),
  channels: RESNET_CHANNELS,
  smallestSide: 32,
  normalised: true,
  apply: (params, images) => applyResnet(params as ResnetParams, images),
});

const TRUNKS: Readonly<Record<TrunkNet, Trunk>> = {
  vgg16: vgg([2, 2, 3, 3, 3]),
  vgg19: vgg([2, 2, 4, 4, 4]),
  resnet18: resnet([2, 2, 2, 2]),
  resnet34: resnet([3, 4, 6, 3]),
  inception: {
    shapes: inceptionShapes(),
    channels: INCEPTION_CHANNELS,
    smallestSide: 75,
    // The published weights are ported from TensorFlow and were trained on images in [-1, 1]: torchvision normalises as for its
    // other networks and then takes that back (`transform_input`).
    normalised: false,
    apply: (params, images) => applyInception(params as InceptionParams, images),
  },
};

/** Mean and deviation of ImageNet's pixels in [0, 1], by which torchvision normalises. */
const MEAN = [0.485, 0.456, 0.406], DEVIATION = [0.229, 0.224, 0.225];

/** Every parameter's path and shape, in the order of the layers. */
export function trunkShapes(net: TrunkNet): ParamShapes {
  return TRUNKS[net].shapes;
}

/** Channels of a trunk's levels, the finest first. */
export function trunkChannels(net: TrunkNet): readonly number[] {
  return TRUNKS[net].channels;
}

/**
 * New parameters, uniform with variance 2 / fan in (He et al. 2015, equation 10), biases 0; the caller owns the tensors.
 *
 * The last convolution of each of L residual blocks is divided by sqrt(L), so that the features do not grow from block to block
 * without norms (Hayou et al. 2021, section 2).
 */
export function initTrunk(net: TrunkNet, random: Random): TrunkParams {
  const shapes = Object.entries(trunkShapes(net));
  const isLast = (path: string) => path.endsWith(".conv2.kernel");
  const blocks = shapes.filter(([path]) => isLast(path)).length;
  const leaves = shapes.map(([path, shape]): [string, tf.Tensor] => {
    const values = new Float32Array(sizeOf(shape));
    if (path.endsWith(".kernel")) {
      const fan = sizeOf(shape.slice(0, 3)) * (isLast(path) ? blocks : 1);
      const most = Math.sqrt(6 / fan);
      for (let i = 0; i < values.length; i++) values[i] = random.uniform(-most, most);
    }
    return [path, tf.tensor(values, [...shape])];
  });
  return treeFromEntries<ParamTree>(leaves) as TrunkParams;
}

/**
 * The features of images [n, h, w, 3] in [-1, 1], the finest level first: [n, h', w', c], none below 0.
 *
 * Images whose shorter side is less than the network needs (32 pixels, Inception 75) are enlarged to that; others keep their size.
 */
export function applyTrunk(
  net: TrunkNet,
  params: TrunkParams,
  images: tf.Tensor4D,
): tf.Tensor4D[] {
  assertShape(images, [null, null, null, 3], `${net} input`);
  const { smallestSide, normalised, apply } = TRUNKS[net];
  const large = enlarged(images, smallestSide);
  if (!normalised) return apply(params, large);
  // ((x + 1) / 2 - mean) / deviation
  const scale = tf.tensor1d(DEVIATION.map((deviation) => 0.5 / deviation));
  const offset = tf.tensor1d(DEVIATION.map((deviation, i) => (0.5 - MEAN[i]) / deviation));
  return apply(params, tf.add(tf.mul(large, scale), offset));
}

/** Images whose shorter side is at least `side`, their proportions kept. */
function enlarged(images: tf.Tensor4D, side: number): tf.Tensor4D {
  const [, h, w] = images.shape, shorter = Math.min(h, w);
  if (shorter >= side) return images;
  const grown = (length: number) => Math.round(length * side / shorter);
  return resize(images, [grown(h), grown(w)], "bilinear");
}
