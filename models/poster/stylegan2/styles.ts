// What is done with style vectors between mapping and synthesis: mixing those of two posters, and drawing them nearer to an average.

import * as tf from "../../../gpu/tf.ts";
import type { StyleGan2GeneratorConfig } from "./config.ts";
import { countStyles } from "./style_count.ts";
import { applyMapping, genreStrength, type MappingParams, splitInputs } from "./mapping.ts";

/** Averages of style vectors: over all posters [1, w], and of each genre by itself [g, w], which there are not without condition. */
export type StyleAverages = { all: tf.Tensor2D; genres?: tf.Tensor2D };

/** The averages' paths and shapes. */
export function averageShapes(
  { genres, style }: Pick<StyleGan2GeneratorConfig, "genres" | "style">,
): [path: string, shape: number[]][] {
  const ofGenres: [string, number[]][] = genres > 0 ? [["average.genres", [genres, style]]] : [];
  return [["average.all", [1, style]], ...ofGenres];
}

/**
 * The averages of a trained mapping network over some latent vectors [m, latent]. The published ones follow the training instead, those
 * of its last ten thousand or so pictures; these are of the weights that they are used with. The caller owns them.
 *
 * @param conditions [k, genres] as `conditionOf` gives them: what `all` is taken over, in turn
 */
export function averageStyles(
  mapping: MappingParams,
  { latents, conditions }: { latents: tf.Tensor2D; conditions: tf.Tensor2D },
  config: StyleGan2GeneratorConfig,
): StyleAverages {
  const [m] = latents.shape, [k] = conditions.shape;
  const averageOf = (inputs: tf.Tensor2D) =>
    tf.tidy(() => tf.mean(applyMapping(mapping, inputs, config), 0, true) as tf.Tensor2D);
  const average = (rows: tf.Tensor2D) => averageOf(tf.concat([latents, rows], 1));
  return tf.tidy(() => {
    if (config.genres === 0) return { all: averageOf(latents) };
    const turns = tf.tensor1d(Array.from({ length: m }, (_, i) => i % k), "int32");
    const all = average(tf.gather(conditions, turns));
    const ofGenres = Array.from({ length: config.genres }, (_, genre) => {
      const alone = Array.from({ length: config.genres }, (_, other) => other === genre ? 1 : 0);
      return average(tf.tile(tf.tensor2d([alone]), [m, 1]));
    });
    return { all, genres: tf.concat(ofGenres, 0) as tf.Tensor2D };
  });
}

/**
 * Styles [n, w] drawn nearer to the average of their genres (the truncation of Karras et al. 2019, appendix B; towards a genre's own
 * average, so that it is not lost).
 *
 * @param condition [n, g] as `conditionOf` gives it; several genres have the weighted mean of their averages
 * @param truncation [n, 1], 0 for the average itself to 1 for the style as it is
 */
export function truncateStyles(
  styles: tf.Tensor2D,
  { all, genres }: StyleAverages,
  { condition, truncation }: { condition?: tf.Tensor2D; truncation: tf.Tensor2D },
): tf.Tensor2D {
  const centre = genres && condition ? centreOf({ all, genres }, condition) : all;
  return tf.add(centre, tf.mul(truncation, tf.sub(styles, centre)));
}

/**
 * The styles [n, w] that a generator draws inputs [n, latent + genres] (`generatorInput`) in.
 *
 * @param truncation [n, 1], see `truncateStyles`; for the folded form alone
 * @throws {TypeError} if styles are to be truncated without averages
 */
export function stylesOf(
  { mapping, average }: { mapping: MappingParams; average?: StyleAverages },
  inputs: tf.Tensor2D,
  config: StyleGan2GeneratorConfig,
  truncation?: tf.Tensor2D,
): tf.Tensor2D {
  const drawn = applyMapping(mapping, inputs, config);
  if (!truncation) return drawn;
  if (!average) {
    throw new TypeError("Cannot truncate styles: the generator has no averages; is it folded?");
  }
  const { condition } = splitInputs(inputs, config);
  return truncateStyles(drawn, average, { condition, truncation });
}

/** Of no genre it is the average of all; on the way there, between the two, as their vector is (`applyMapping`). */
function centreOf({ all, genres }: Required<StyleAverages>, condition: tf.Tensor2D): tf.Tensor {
  const sum = tf.sum(condition, 1, true), strength = genreStrength(condition);
  const own = tf.matMul(tf.div(condition, tf.maximum(sum, 1e-6)), genres);
  return tf.add(all, tf.mul(strength, tf.sub(own, all)));
}

/**
 * The styles of a picture's layers, from the smallest grid on: of the first poster before layer `crossover`, then of the second (Karras
 * et al. 2019, section 3.1). The tensors are those given.
 *
 * @param crossover from 0, all of the second, to `countStyles`, all of the first
 */
export function mixStyles(
  first: tf.Tensor2D,
  second: tf.Tensor2D,
  crossover: number,
  config: Pick<StyleGan2GeneratorConfig, "stages">,
): tf.Tensor2D[] {
  return Array.from({ length: countStyles(config) }, (_, i) => i < crossover ? first : second);
}
