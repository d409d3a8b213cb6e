// The convolutions of VGG (Simonyan and Zisserman 2015, table 1, configurations D and E), without norms and classifier.

import { conv, type ConvParams, convShapes } from "../../gpu/conv.ts";
import { maxPool } from "../../gpu/pool.ts";
import * as tf from "../../gpu/tf.ts";
import type { ParamShapes } from "../../gpu/tree.ts";

/** Convolutions by stage; the dotted paths are a file format. */
export type VggParams = { stage: ConvParams[][] };

/** Channels of the five stages. */
const WIDTHS = [64, 128, 256, 512, 512];

/** Channels of the four levels of features: the later stages'. */
export const VGG_CHANNELS = WIDTHS.slice(1);

/** Every parameter's path and shape. @param depths convolutions of each of the five stages */
export function vggShapes(depths: readonly number[]): ParamShapes {
  const shapes = depths.flatMap((depth, i) =>
    Array.from({ length: depth }, (_, j) => {
      const cin = j > 0 ? WIDTHS[i] : i > 0 ? WIDTHS[i - 1] : 3;
      return convShapes(`stage.${i}.${j}`, 3, [cin, WIDTHS[i]], WIDTHS[i]);
    }).flat()
  );
  return Object.fromEntries(shapes);
}

/** The last ReLU of each stage but the first, of normalised images [n, h, w, 3]: [n, h / 2, w / 2, c] and so on, rounded down. */
export function applyVgg({ stage }: VggParams, images: tf.Tensor4D): tf.Tensor4D[] {
  let x = images;
  return stage.map((layers, i) => {
    if (i > 0) x = maxPool(x, { size: 2 });
    for (const layer of layers) x = tf.relu(conv(layer, x, { pad: 1 }));
    return x;
  }).slice(1);
}
