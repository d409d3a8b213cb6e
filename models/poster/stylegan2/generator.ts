// StyleGAN2's generator (Karras et al. 2020, figure 7): styles from a mapping network shape a learnt grid, layer by layer, and the
// colours of all sizes add up to the picture.

import * as tf from "../../../gpu/tf.ts";
import { upsampleBlurred } from "../../../gpu/blur.ts";
import type { Random } from "../../../gpu/random.ts";
import type { ParamShapes, ParamTree } from "../../../gpu/tree.ts";
import { mapTree, treeEntries, treeFromEntries } from "../../../gpu/tree.ts";
import { stageWidths } from "../stage_widths.ts";
import type { StyleGan2GeneratorConfig } from "./config.ts";
import { countStyles } from "./style_count.ts";
import { initEqualised } from "./equalised.ts";
import { MAPPING_RATE, type MappingParams, mappingShapes } from "./mapping.ts";
import {
  applyColours,
  applyStyled,
  BLUR,
  type StyledParams,
  styledShapes,
} from "./modulated_conv.ts";
import { averageShapes, averageStyles, type StyleAverages, stylesOf } from "./styles.ts";

/** The generator's parameter tree; its dotted paths are a file format. */
export type StyleGan2GeneratorParams = {
  mapping: MappingParams;
  /** The grid that all pictures start from, [1, h0, w0, c]. */
  constant: tf.Tensor4D;
  /** The first convolution, then two for each doubling: the one that doubles, and another. */
  conv: StyledParams[];
  /** The colours of each size. */
  rgb: StyledParams[];
  /** What styles are drawn nearer to; in the folded form alone. */
  average?: StyleAverages;
};

/**
 * Every parameter's path and shape, in the order of the layers.
 *
 * @param form `training` has the strengths of the noise, `folded` the averages of the styles
 */
export function styleGan2GeneratorShapes(
  config: StyleGan2GeneratorConfig,
  form: "training" | "folded",
): ParamShapes {
  const { style, base, stages, noise } = config, widths = stageWidths(config);
  const hasNoise = form === "training" && noise;
  const convolutions = Array.from({ length: 2 * stages + 1 }, (_, i) => {
    const isTransposed = i % 2 === 1;
    const cin = widths[Math.floor(i / 2)], cout = widths[Math.ceil(i / 2)];
    const kernel = { size: 3, cin, cout, isTransposed };
    return styledShapes(`conv.${i}`, { style, kernel, hasNoise });
  });
  const colours = widths.map((cin, i) =>
    styledShapes(`rgb.${i}`, { style, kernel: { size: 1, cin, cout: 3 } })
  );
  return Object.fromEntries([
    ...mappingShapes(config),
    ["constant", [1, ...base, widths[0]]],
    ...convolutions.flat(),
    ...colours.flat(),
    ...(form === "folded" ? averageShapes(config) : []),
  ]);
}

/** New parameters in the training form (`initEqualised`); the caller owns the tensors. */
export function initStyleGan2Generator(
  config: StyleGan2GeneratorConfig,
  random: Random,
): StyleGan2GeneratorParams {
  const shapes = styleGan2GeneratorShapes(config, "training");
  return initEqualised(shapes, random, { "mapping.layer.": 1 / MAPPING_RATE });
}

/**
 * Pictures [n, h, w, 3] from inputs [n, latent + genres] (`generatorInput`), without noise. They are not squeezed into [-1, 1]: what lies
 * beyond is cut off when they become bytes, as published.
 *
 * @param truncation [n, 1], see `truncateStyles`; for the folded form alone
 * @throws {TypeError} if styles are to be truncated without averages
 */
export function applyStyleGan2Generator(
  params: StyleGan2GeneratorParams,
  inputs: tf.Tensor2D,
  config: StyleGan2GeneratorConfig,
  truncation?: tf.Tensor2D,
): tf.Tensor4D {
  const styles = stylesOf(params, inputs, config, truncation);
  return synthesise(params, new Array(countStyles(config)).fill(styles));
}

/**
 * Pictures [n, h, w, 3] from a style [n, w] for each layer, `countStyles` of them (`mixStyles`).
 *
 * @param noise draws for the layers' noise; without it they make none
 */
export function synthesise(
  { constant, conv, rgb }: Pick<StyleGan2GeneratorParams, "constant" | "conv" | "rgb">,
  styles: readonly tf.Tensor2D[],
  noise?: Random,
): tf.Tensor4D {
  const [n] = styles[0].shape, [, h0, w0] = constant.shape;
  const apply = (i: number, x: tf.Tensor4D) => {
    const factor = 2 ** Math.ceil(i / 2), size = [n, h0 * factor, w0 * factor, 1] as const;
    const drawn = noise && conv[i].strength ? drawNoise(size, noise) : undefined;
    return applyStyled(conv[i], x, styles[i], { doubles: i % 2 === 1, noise: drawn });
  };
  let features = apply(0, constant);
  let picture = applyColours(rgb[0], features, styles[1]);
  for (let stage = 1; stage < rgb.length; stage++) {
    features = apply(2 * stage, apply(2 * stage - 1, features));
    const colours = applyColours(rgb[stage], features, styles[2 * stage + 1]);
    picture = tf.add(upsampleBlurred(picture, BLUR), colours);
  }
  return picture;
}

function drawNoise(shape: readonly [number, number, number, number], random: Random): tf.Tensor4D {
  const [n, h, w] = shape;
  return tf.tensor4d(random.normals(n * h * w), [...shape]);
}

/**
 * The folded form of a trained generator: without noise, with the averages of its styles (`averageStyles`). The caller owns it.
 *
 * @param over latent vectors [m, latent], and conditions [k, genres] as `conditionOf` gives them, to take the averages over
 */
export function foldStyleGan2Generator(
  params: StyleGan2GeneratorParams,
  over: { latents: tf.Tensor2D; conditions: tf.Tensor2D },
  config: StyleGan2GeneratorConfig,
): StyleGan2GeneratorParams {
  const kept = treeEntries(params).filter(([path]) => !path.endsWith(".strength"));
  const copy = mapTree(treeFromEntries<ParamTree>(kept), (leaf) => tf.clone(leaf));
  return {
    ...copy,
    average: averageStyles(params.mapping, over, config),
  } as StyleGan2GeneratorParams;
}
