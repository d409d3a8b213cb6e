// StyleGAN2's mapping network (Karras et al. 2019, section 2; 2020): latent vector and genres to a style vector w.

import * as tf from "../../../gpu/tf.ts";
import type { DenseParams } from "../../../gpu/dense.ts";
import { assertShape } from "../../../gpu/shape.ts";
import type { StyleGan2GeneratorConfig } from "./config.ts";
import { activate, ACTIVATION_GAIN, equalisedDense, normaliseVectors } from "./equalised.ts";

/** Genres to their vector, absent without condition; then the layers. */
export type MappingParams = { embed?: { kernel: tf.Tensor2D }; layer: DenseParams[] };

/** The mapping network learns this much slower than the others (Karras et al. 2019, appendix C). */
export const MAPPING_RATE = 0.01;

/** Every parameter's path and shape. */
export function mappingShapes(
  { latent, genres, style, mapping }: StyleGan2GeneratorConfig,
): [path: string, shape: number[]][] {
  const embed: [string, number[]][] = genres > 0 ? [["mapping.embed.kernel", [genres, style]]] : [];
  const layers = Array.from({ length: mapping }, (_, i): [string, number[]][] => {
    const first = latent + (genres > 0 ? style : 0);
    return [
      [`mapping.layer.${i}.kernel`, [i === 0 ? first : style, style]],
      [`mapping.layer.${i}.bias`, [style]],
    ];
  });
  return [...embed, ...layers.flat()];
}

/**
 * Style vectors [n, w] of inputs [n, latent + genres] (`generatorInput`).
 *
 * The genres' vector has the length that the published network gives it when they sum to 1 or more, and goes to 0 with them: so a
 * fader that is moved down leads to "any genre" and does not jump.
 */
export function applyMapping(
  { embed, layer }: MappingParams,
  inputs: tf.Tensor2D,
  config: Pick<StyleGan2GeneratorConfig, "latent" | "genres">,
): tf.Tensor2D {
  const { latents, condition } = splitInputs(inputs, config), z = normaliseVectors(latents);
  const start = embed && condition
    ? tf.concat([z, embedGenres(embed.kernel, condition)], 1) as tf.Tensor2D
    : z;
  return layer.reduce(
    (x, params) =>
      activate(equalisedDense(params, x, { gain: ACTIVATION_GAIN, rate: MAPPING_RATE })),
    start,
  );
}

/** The two parts of the generator's inputs; there is no condition where there are no genres. */
export function splitInputs(
  inputs: tf.Tensor2D,
  { latent, genres }: Pick<StyleGan2GeneratorConfig, "latent" | "genres">,
): { latents: tf.Tensor2D; condition?: tf.Tensor2D } {
  assertShape(inputs, [null, latent + genres], "poster generator input");
  if (genres === 0) return { latents: inputs };
  const [latents, condition] = tf.split(inputs, [latent, genres], 1) as [tf.Tensor2D, tf.Tensor2D];
  return { latents, condition };
}

function embedGenres(kernel: tf.Tensor2D, condition: tf.Tensor2D): tf.Tensor2D {
  return tf.mul(normaliseVectors(tf.matMul(condition, kernel)), genreStrength(condition));
}

/** How much of a condition [n, g] there is, [n, 1]: the sum of the genres' weights, at most 1. */
export function genreStrength(condition: tf.Tensor2D): tf.Tensor2D {
  // A condition is weights divided by the root of their sum, so its sum is that root.
  return tf.minimum(tf.square(tf.sum(condition, 1, true)), 1);
}
