// What a poster generator is given: a latent vector, and genres as numbers.

import * as tf from "../../gpu/tf.ts";
import type { GeneratorConfig } from "./config.ts";

/**
 * Genre weights [n, g], each from 0 to 1, as the network takes them: divided by the root of their sum if the configuration
 * says so, so that a film of three genres is no louder than one of one. All 0 is "any genre".
 */
export function conditionOf(
  genres: tf.Tensor2D,
  { normalise }: Pick<GeneratorConfig, "normalise">,
): tf.Tensor2D {
  if (!normalise || genres.shape[1] === 0) return genres;
  const total = tf.sum(genres, 1, true);
  return tf.div(genres, tf.sqrt(tf.maximum(total, 1e-6))) as tf.Tensor2D;
}

/** Latent vectors [n, z] and genre weights [n, g] joined to the generator's input [n, z + g]. */
export function generatorInput(
  latents: tf.Tensor2D,
  genres: tf.Tensor2D,
  config: Pick<GeneratorConfig, "genres" | "normalise">,
): tf.Tensor2D {
  return config.genres === 0 ? latents : tf.concat([latents, conditionOf(genres, config)], 1);
}
