// The functions of models/trunks/ with narrow networks of few layers, each with its 64-bit reference.

import * as tf from "../../../gpu/tf.ts";
import type { ParamShapes } from "../../../gpu/tree.ts";
import {
  applyAnyDiscriminator,
  type TrunkDiscriminatorParams,
} from "../../../models/cyclegan/any_discriminator.ts";
import { applyHeads, type HeadParams, headShapes } from "../../../models/trunks/head.ts";
import { applyResnet, type ResnetParams } from "../../../models/trunks/resnet.ts";
import { applyTrunk, type TrunkParams } from "../../../models/trunks/trunk.ts";
import { applyVgg, type VggParams } from "../../../models/trunks/vgg.ts";
import type { GradientCase } from "../../gpu/_differences.ts";
import * as ref from "../../gpu/_reference.ts";
import type { Grid } from "../../gpu/_reference.ts";
import { networkCase } from "../_network_case.ts";

type Layers = (path: string) => Grid;

const relu = (x: Grid) => ref.leakyRelu(x, 0);

/** Where the layers of a network are, and one of them. */
const convolution = (layer: Layers, path: string, x: Grid, stride: number, pad: number) =>
  ref.add(ref.conv2d(x, layer(`${path}.kernel`), stride, pad), layer(`${path}.bias`));

function conv(path: string, kernel: number, cin: number, cout: number): ParamShapes {
  return { [`${path}.kernel`]: [kernel, kernel, cin, cout], [`${path}.bias`]: [cout] };
}

/** The largest of each window, two pixels apart; no value is below 0. */
function maxPool(x: Grid, size: number, pad: number): Grid {
  const [n, h, w, c] = x.shape;
  const side = (length: number) => Math.floor((length + 2 * pad - size) / 2) + 1;
  const shape = [n, side(h), side(w), c];
  let largest = ref.grid(shape, () => 0);
  for (let tap = 0; tap < size * size; tap++) {
    const part = ref.pick(x, shape, ([image, y, u, channel]) => [
      image,
      2 * y - pad + Math.floor(tap / size),
      2 * u - pad + tap % size,
      channel,
    ]);
    largest = ref.zip(largest, part, Math.max);
  }
  return largest;
}

/** All levels of all images as one row each. */
const joined = (levels: Grid[]) =>
  ref.concat(levels.map((x) => ref.reshape(x, [x.shape[0], x.data.length / x.shape[0]])), 1);
const joinedTensors = (levels: tf.Tensor4D[]) =>
  tf.concat(levels.map((x) => tf.reshape(x, [x.shape[0], -1])), 1);

const VGG: ParamShapes = {
  ...conv("stage.0.0", 3, 3, 2),
  ...conv("stage.1.0", 3, 2, 3),
  ...conv("stage.1.1", 3, 3, 2),
  ...conv("stage.2.0", 3, 2, 2),
};

function vggReference(layer: Layers, images: Grid): Grid[] {
  const apply = (path: string, x: Grid) => relu(convolution(layer, path, x, 1, 1));
  const first = apply("stage.0.0", images);
  const second = apply("stage.1.1", apply("stage.1.0", maxPool(first, 2, 0)));
  return [second, apply("stage.2.0", maxPool(second, 2, 0))];
}

const RESNET: ParamShapes = {
  ...conv("stem", 7, 3, 2),
  ...conv("stage.0.0.conv1", 3, 2, 2),
  ...conv("stage.0.0.conv2", 3, 2, 2),
  ...conv("stage.1.0.conv1", 3, 2, 3),
  ...conv("stage.1.0.conv2", 3, 3, 3),
  ...conv("stage.1.0.shortcut", 1, 2, 3),
};

function resnetReference(layer: Layers, images: Grid): Grid[] {
  const block = (path: string, x: Grid, stride: number) => {
    const inner = relu(convolution(layer, `${path}.conv1`, x, stride, 1));
    const around = stride === 1 ? x : convolution(layer, `${path}.shortcut`, x, stride, 0);
    return relu(ref.add(convolution(layer, `${path}.conv2`, inner, 1, 1), around));
  };
  const stem = maxPool(relu(convolution(layer, "stem", images, 2, 3)), 3, 1);
  const first = block("stage.0.0", stem, 1);
  return [first, block("stage.1.0", first, 2)];
}

const MEAN = [0.485, 0.456, 0.406], DEVIATION = [0.229, 0.224, 0.225];

/** Images in [-1, 1] as torchvision's networks take them. */
function normalised(images: Grid): Grid {
  const unit = ref.map(images, (v) => (v + 1) / 2);
  return ref.div(ref.sub(unit, ref.grid([3], (i) => MEAN[i])), ref.grid([3], (i) => DEVIATION[i]));
}

/** Scores of two levels, of which the second is half as large. */
function headsReference(layer: Layers, levels: Grid[]): Grid {
  const scores = levels.map((x, i) => {
    const size = ref.mean(ref.map(x, (v) => v * v), [3]);
    const direction = ref.mul(x, ref.map(size, (v) => 1 / Math.sqrt(v + 1e-8)));
    const hidden = ref.leakyRelu(convolution(layer, `${i}.hidden`, direction, 1, 0), 0.2);
    const map = convolution(layer, `${i}.score`, hidden, 1, 1);
    return i === 0 ? map : ref.repeatPixels(map, 2);
  });
  return joined(scores);
}

/** Every case of models/trunks/, and the discriminator that is made of them. */
export function trunkGradientCases(): GradientCase[] {
  const heads = headShapes([3, 5], 4);
  const judged = { ...under("trunk", RESNET), ...under("head", headShapes([2, 3], 2)) };
  const config = { net: "resnet18", freeze: false, width: 2, score: "patch" } as const;
  return [
    networkCase("models/trunks/vgg.ts applyVgg", VGG, {
      inputs: [[1, 9, 8, 3]],
      orders: 2,
      apply: (tree, [x]) => joinedTensors(applyVgg(tree as VggParams, x as tf.Tensor4D)),
      reference: (layer, [x]) => joined(vggReference(layer, x)),
    }),
    networkCase("models/trunks/resnet.ts applyResnet", RESNET, {
      inputs: [[1, 9, 11, 3]],
      orders: 2,
      apply: (tree, [x]) => joinedTensors(applyResnet(tree as ResnetParams, x as tf.Tensor4D)),
      reference: (layer, [x]) => joined(resnetReference(layer, x)),
    }),
    networkCase("models/trunks/head.ts applyHeads", heads, {
      inputs: [[2, 4, 2, 3], [2, 2, 1, 5]],
      orders: 2,
      apply: (tree, levels) => applyHeads(tree as HeadParams[], levels as tf.Tensor4D[]),
      reference: headsReference,
    }),
    networkCase("models/trunks/trunk.ts applyTrunk: normalised, not enlarged", VGG, {
      inputs: [[1, 32, 33, 3]],
      orders: 1,
      apply: (tree, [x]) =>
        joinedTensors(applyTrunk("vgg16", tree as TrunkParams, x as tf.Tensor4D)),
      reference: (layer, [x]) => joined(vggReference(layer, normalised(x))),
    }),
    networkCase("models/cyclegan/any_discriminator.ts applyAnyDiscriminator: resnet18", judged, {
      inputs: [[1, 32, 32, 3]],
      orders: 1,
      apply: (tree, [x]) =>
        applyAnyDiscriminator(tree as TrunkDiscriminatorParams, x as tf.Tensor4D, config),
      reference: (layer, [x]) => {
        const levels = resnetReference((path) => layer(`trunk.${path}`), normalised(x));
        return headsReference((path) => layer(`head.${path}`), levels);
      },
    }),
  ];
}

function under(prefix: string, shapes: ParamShapes): ParamShapes {
  return Object.fromEntries(
    Object.entries(shapes).map(([path, shape]) => [`${prefix}.${path}`, shape]),
  );
}
