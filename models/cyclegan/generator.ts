// CycleGAN's ResNet generator, weight-compatible with the published one (Zhu et al. 2017, appendix 7.2; Johnson et al. 2016).

import * as tf from "../../gpu/tf.ts";
import {
  conv,
  type ConvParams,
  convShapes,
  convTransposeDouble,
  initConvs,
} from "../../gpu/conv.ts";
import { instanceNorm, type Norm } from "../../gpu/norm.ts";
import type { Random } from "../../gpu/random.ts";
import { doubleNearest, reflectPad } from "../../gpu/resample.ts";
import { assertShape } from "../../gpu/shape.ts";
import type { ParamShapes } from "../../gpu/tree.ts";
import { type GeneratorConfig, SIZE_MULTIPLE } from "./config.ts";

type BlockParams = { conv1: ConvParams; conv2: ConvParams };

/** The generator's parameter tree; its dotted paths are a file format. Without residual blocks, `block` is absent. */
export type GeneratorParams = {
  stem: { conv: ConvParams };
  down: { conv: ConvParams }[];
  block?: BlockParams[];
  up: { conv: ConvParams }[];
  head: { conv: ConvParams };
};

/** Every parameter's path and shape, in the order of the layers. */
export function generatorShapes({ width, blocks, upsample, bias }: GeneratorConfig): ParamShapes {
  const inner = 4 * width;
  const up = (i: number, cin: number, cout: number) =>
    convShapes(`up.${i}.conv`, 3, upsample === "convt" ? [cout, cin] : [cin, cout], cout);
  const every = [
    ...convShapes("stem.conv", 7, [3, width], width),
    ...convShapes("down.0.conv", 3, [width, 2 * width], 2 * width),
    ...convShapes("down.1.conv", 3, [2 * width, inner], inner),
    ...Array.from({ length: blocks }, (_, i) => [
      ...convShapes(`block.${i}.conv1`, 3, [inner, inner], inner),
      ...convShapes(`block.${i}.conv2`, 3, [inner, inner], inner),
    ]).flat(),
    ...up(0, inner, 2 * width),
    ...up(1, 2 * width, width),
    ...convShapes("head.conv", 7, [width, 3], 3),
  ];
  return Object.fromEntries(
    bias === "needed" ? every.filter(([path]) => !isIdleBias(path)) : every,
  );
}

/** Whether a parameter of the generator is a bias before an instance norm, which changes nothing. */
export function isIdleBias(path: string): boolean {
  return path.endsWith(".bias") && path !== "head.conv.bias";
}

/** New parameters, weights from N(0, 0.02); the caller owns the tensors. */
export function initGenerator(config: GeneratorConfig, random: Random): GeneratorParams {
  return initConvs<GeneratorParams>(generatorShapes(config), random);
}

/**
 * Redraws images [n, h, w, 3] in [-1, 1] in the other film's style; same shape and range.
 *
 * @param norm called once for each norm, in the order of the layers
 * @throws {TypeError} if the shape is not that of RGB images
 * @throws {RangeError} if a side is not a multiple of 4
 */
export function applyGenerator(
  params: GeneratorParams,
  images: tf.Tensor4D,
  { upsample }: Pick<GeneratorConfig, "upsample">,
  norm: Norm = instanceNorm,
): tf.Tensor4D {
  assertShape(images, [null, null, null, 3], "generator input");
  const [, height, width] = images.shape;
  if (height % SIZE_MULTIPLE || width % SIZE_MULTIPLE) {
    throw new RangeError(
      `Cannot run generator: the image is ${height}x${width}, expected sides that are multiples of ${SIZE_MULTIPLE}`,
    );
  }
  const normRelu = (x: tf.Tensor4D) => norm(x, { negativeSlope: 0 });
  let x = normRelu(conv(params.stem.conv, reflectPad(images, 3)));
  for (const { conv: layer } of params.down) {
    x = normRelu(conv(layer, x, { stride: 2, pad: 1 }));
  }
  for (const block of params.block ?? []) x = residualBlock(block, x, norm);
  for (const { conv: layer } of params.up) {
    x = normRelu(
      upsample === "convt"
        ? convTransposeDouble(layer, x)
        : conv(layer, reflectPad(doubleNearest(x), 1)),
    );
  }
  return tf.tanh(conv(params.head.conv, reflectPad(x, 3)));
}

/** x + norm(conv(pad(relu(norm(conv(pad(x))))))), no activation after the sum (CycleGAN's variant of He et al. 2016). */
export function residualBlock(
  { conv1, conv2 }: BlockParams,
  x: tf.Tensor4D,
  norm: Norm = instanceNorm,
): tf.Tensor4D {
  // Each half is tidied: of a large picture, eight maps at once are more than a machine may have.
  const inner = tf.tidy(() => norm(conv(conv1, reflectPad(x, 1)), { negativeSlope: 0 }));
  return tf.tidy(() => norm(conv(conv2, reflectPad(inner, 1)), { residual: x }));
}
