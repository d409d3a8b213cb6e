// The residual stages that R3GAN's two networks are made of (Huang et al. 2024, section 3): no norms, and an initialisation that
// stands in for them.

import * as tf from "../../../gpu/tf.ts";
import { conv, type ConvParams } from "../../../gpu/conv.ts";
import type { Random } from "../../../gpu/random.ts";
import { sizeOf } from "../../../gpu/shape.ts";
import { type ParamShapes, type ParamTree, treeFromEntries } from "../../../gpu/tree.ts";
import { stageWidths } from "../stage_widths.ts";
import type { StagesConfig } from "./config.ts";

/** A residual block: to the inner channels, 3x3 among them, and back. The last has no bias. */
export type BlockParams = { expand: ConvParams; mix: ConvParams; back: ConvParams };

/** One stage, the smallest grid's first: its blocks, and the 1x1 to the next stage's channels if those are others. */
export type StageParams = { block: BlockParams[]; change?: ConvParams };

/** Slope of the leaky ReLU below zero. */
const LEAK = 0.2;

/** The filter of the doublings and halvings: bilinear. */
export const BLUR = [1, 3, 3, 1] as const;

/**
 * Every parameter's path and shape of the stages.
 *
 * @param direction `up` ends a stage with the change to the next larger grid's channels, `down` to the next smaller one's
 */
export function stageShapes(
  config: StagesConfig,
  direction: "up" | "down",
): [path: string, shape: number[]][] {
  const widths = stageWidths(config);
  return widths.flatMap((width, i): [string, number[]][] => {
    const inner = Math.max(1, Math.round(width / config.narrowing)), path = `stage.${i}`;
    const next = widths[direction === "up" ? i + 1 : i - 1];
    const blocks = Array.from({ length: config.blocks }, (_, j): [string, number[]][] => [
      [`${path}.block.${j}.expand.kernel`, [1, 1, width, inner]],
      [`${path}.block.${j}.expand.bias`, [inner]],
      [`${path}.block.${j}.mix.kernel`, [3, 3, inner, inner]],
      [`${path}.block.${j}.mix.bias`, [inner]],
      [`${path}.block.${j}.back.kernel`, [1, 1, inner, width]],
    ]);
    const changes = next !== undefined && next !== width;
    return [
      ...blocks.flat(),
      ...(changes ? [[`${path}.change.kernel`, [1, 1, width, next]] as [string, number[]]] : []),
    ];
  });
}

/** The residual blocks of a network. */
export function countBlocks({ blocks, stages }: StagesConfig): number {
  return blocks * (stages + 1);
}

/** A stage's blocks: [n, h, w, c] to the same shape. */
export function applyBlocks(blocks: readonly BlockParams[], images: tf.Tensor4D): tf.Tensor4D {
  return blocks.reduce((x, block) => residualBlock(block, x), images);
}

/** x + back(a(mix(a(expand(x))))), a being a leaky ReLU with a bias before it: [n, h, w, c] to the same shape. */
export function residualBlock({ expand, mix, back }: BlockParams, x: tf.Tensor4D): tf.Tensor4D {
  const inner = tf.leakyRelu(conv(expand, x), LEAK);
  const mixed = tf.leakyRelu(conv(mix, inner, { pad: 1 }), LEAK);
  return tf.add(x, conv(back, mixed));
}

/**
 * New parameters of a network, each from N(0, gain^2 / fan-in); biases 0. The gain is 1, but in the blocks: the first two layers
 * of each have sqrt(2 / (1 + 0.2^2)) L^(-1/4) with L blocks in the network, the last is 0, so that every block starts as the
 * identity (Huang et al. 2024, section 3.3, after Zhang et al. 2019). The caller owns the tensors.
 *
 * @param fanIn for the parameters that are no kernel: by path
 */
export function initResidual<T extends ParamTree>(
  shapes: ParamShapes,
  { blocks, fanIn, random }: {
    blocks: number;
    fanIn: Readonly<Record<string, number>>;
    random: Random;
  },
): T {
  const inBlock = Math.sqrt(2 / (1 + LEAK ** 2)) * blocks ** -0.25;
  return treeFromEntries<T>(
    Object.entries(shapes).map(([path, shape]) => {
      if (path.endsWith(".bias") || path.endsWith(".back.kernel")) {
        return [path, tf.tensor(new Float32Array(sizeOf(shape)), [...shape])];
      }
      const gain = /\.(expand|mix)\.kernel$/.test(path) ? inBlock : 1;
      const inputs = fanIn[path] ?? sizeOf(shape.slice(0, -1));
      const values = random.normals(sizeOf(shape), 0, gain / Math.sqrt(inputs));
      return [path, tf.tensor(values, [...shape])];
    }),
  );
}
