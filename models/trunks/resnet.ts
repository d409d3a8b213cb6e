// The convolutions of ResNet-18 and ResNet-34 (He et al. 2016, table 1) with their batch norms folded into them.

import { conv, type ConvParams, convShapes } from "../../gpu/conv.ts";
import { maxPool } from "../../gpu/pool.ts";
import * as tf from "../../gpu/tf.ts";
import type { ParamShapes } from "../../gpu/tree.ts";

/** Two convolutions, and one on the way around them where the size changes. */
type BlockParams = { conv1: ConvParams; conv2: ConvParams; shortcut?: ConvParams };

/** The stem, and blocks by stage; the dotted paths are a file format. */
export type ResnetParams = { stem: ConvParams; stage: BlockParams[][] };

/** Channels of the four stages, each of which is a level of features. */
export const RESNET_CHANNELS: readonly number[] = [64, 128, 256, 512];

/** Every parameter's path and shape. @param depths blocks of each of the four stages */
export function resnetShapes(depths: readonly number[]): ParamShapes {
  const stages = depths.flatMap((depth, i) =>
    Array.from({ length: depth }, (_, j) => {
      const cout = RESNET_CHANNELS[i], isFirst = i > 0 && j === 0;
      const cin = isFirst ? RESNET_CHANNELS[i - 1] : cout, path = `stage.${i}.${j}`;
      return [
        ...convShapes(`${path}.conv1`, 3, [cin, cout], cout),
        ...convShapes(`${path}.conv2`, 3, [cout, cout], cout),
        ...(isFirst ? convShapes(`${path}.shortcut`, 1, [cin, cout], cout) : []),
      ];
    }).flat()
  );
  return Object.fromEntries([...convShapes("stem", 7, [3, 64], 64), ...stages]);
}

/** What comes out of each stage, of normalised images [n, h, w, 3]: [n, h / 4, w / 4, c] and so on, rounded up. */
export function applyResnet({ stem, stage }: ResnetParams, images: tf.Tensor4D): tf.Tensor4D[] {
  const first = tf.relu(conv(stem, images, { stride: 2, pad: 3 }));
  let x = maxPool(first, { size: 3, pad: 1 });
  return stage.map((blocks) => x = blocks.reduce((y, block) => basicBlock(block, y), x));
}

/** relu(x + conv(relu(conv(x)))); a block with a shortcut halves the image. */
function basicBlock({ conv1, conv2, shortcut }: BlockParams, x: tf.Tensor4D): tf.Tensor4D {
  const stride = shortcut ? 2 : 1;
  const inner = tf.relu(conv(conv1, x, { stride, pad: 1 }));
  const around = shortcut ? conv(shortcut, x, { stride }) : x;
  return tf.relu(tf.add(conv(conv2, inner, { pad: 1 }), around));
}
