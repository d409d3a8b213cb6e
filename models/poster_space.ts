// The space in which a poster is looked for: latent vectors with genres, or styles, one for all layers or one for each.

import { randomStream } from "../gpu/random.ts";
import * as tf from "../gpu/tf.ts";
import { generatorInput } from "./poster/condition.ts";
import { type GeneratorConfig, pictureSize } from "./poster/config.ts";
import type { PosterPoint } from "./poster_point.ts";
import type { PosterGenerator } from "./poster_generator.ts";
import { posterArchitecture } from "./registry.ts";

/** `z`: the latent vector. `w`: one style for all layers. `w+`: a style for each layer (Abdal et al. 2019). */
export const SPACES = ["z", "w", "w+"] as const;

/** One of them. */
export type SpaceName = typeof SPACES[number];

/** A space of a generator; `dispose` frees what it holds on the device beside the generator. */
export interface PosterSpace {
  readonly name: SpaceName;
  /** Height and width of the posters. */
  readonly size: readonly [height: number, width: number];
  /** Numbers of a place, each in standard deviations from the space's centre. */
  readonly length: number;
  /** Whether a poster depends on genres beside its place; a style has them in it. */
  readonly takesGenres: boolean;
  /** Posters [n, h, w, 3] at places [n, length], of genres [n, g]. Differentiable by both. */
  draw(places: tf.Tensor2D, genres: tf.Tensor2D): tf.Tensor4D;
  /** The places [n, length] of latent vectors [n, z] with genres [n, g]. @param truncation 0 for the mean of all such vectors, 1 for their own */
  placesOf(latents: tf.Tensor2D, genres: tf.Tensor2D, truncation: number): tf.Tensor2D;
  /** The poster at a place. @param genres the weights, one for each of the generator's */
  pointOf(place: Float32Array, genres: ArrayLike<number>): PosterPoint;
  dispose(): void;
}

/** Styles that the deviation of a style space is measured over. */
const MEASURED_STYLES = 512;

/** The space of that name of a generator. @throws {RangeError} if it is one of styles, and the generator has none */
export async function openSpace(name: SpaceName, generator: PosterGenerator): Promise<PosterSpace> {
  return name === "z" ? latentSpace(generator) : await styleSpace(name, generator);
}

function latentSpace({ config, params }: PosterGenerator): PosterSpace {
  const { apply } = posterArchitecture(config);
  return {
    size: pictureSize(config),
    ...{ name: "z", length: config.latent, takesGenres: config.genres > 0 },
    draw: (places, genres) => apply(params, generatorInput(places, genres, config), config),
    placesOf: (latents, _, truncation) => tf.mul(latents, truncation),
    pointOf: (place, genres) => ({ kind: "request", request: { latent: place.slice(), genres } }),
    dispose() {},
  };
}

async function styleSpace(
  name: Exclude<SpaceName, "z">,
  { config, params }: PosterGenerator,
): Promise<PosterSpace> {
  const { styles } = posterArchitecture(config);
  if (!styles) {
    throw new RangeError(
      `Cannot look for a style of ${config.architecture}: it has none; expected the space z`,
    );
  }
  const { layers, length } = styles.size(config), isWide = name === "w+";
  const { mean, deviation } = await measureStyles(
    (inputs) => styles.of(params, inputs, config),
    config,
  );
  const centre = tf.tensor2d(mean, [1, length]);
  const toStyles = (places: tf.Tensor2D): tf.Tensor2D =>
    tf.add(tf.mul(places, deviation), centre) as tf.Tensor2D;
  return {
    size: pictureSize(config),
    ...{ name, length: isWide ? layers * length : length, takesGenres: false },
    draw(places) {
      const [n] = places.shape;
      if (!isWide) return styles.apply(params, new Array(layers).fill(toStyles(places)));
      const rows = toStyles(tf.reshape(places, [n * layers, length]));
      return styles.apply(
        params,
        tf.unstack(tf.reshape(rows, [n, layers, length]), 1) as tf.Tensor2D[],
      );
    },
    placesOf(latents, genres, truncation) {
      const [n] = latents.shape;
      const inputs = generatorInput(latents, genres, config);
      const drawn = styles.of(params, inputs, config, tf.fill([n, 1], truncation));
      const places = tf.div(tf.sub(drawn, centre), deviation) as tf.Tensor2D;
      return isWide ? tf.tile(places, [1, layers]) : places;
    },
    pointOf(place) {
      const all = Float32Array.from(
        { length: layers * length },
        (_, i) => mean[i % length] + deviation * place[i % place.length],
      );
      return { kind: "styles", styles: all };
    },
    dispose: () => centre.dispose(),
  };
}

/** Of random styles without genre the mean of each number, and the root of the mean of their variances. */
async function measureStyles(
  of: (inputs: tf.Tensor2D) => tf.Tensor2D,
  config: GeneratorConfig,
): Promise<{ mean: Float32Array; deviation: number }> {
  const moments = tf.tidy(() => {
    const n = MEASURED_STYLES, random = randomStream(0, "measured styles");
    const latents = tf.tensor2d(random.normals(n * config.latent), [n, config.latent]);
    const genres = tf.zeros<tf.Rank.R2>([n, config.genres]);
    const { mean, variance } = tf.moments(of(generatorInput(latents, genres, config)), 0);
    return { mean, deviation: tf.sqrt(tf.mean(variance)) };
  });
  try {
    const [deviation] = await moments.deviation.data();
    return { mean: await moments.mean.data<"float32">(), deviation };
  } finally {
    tf.dispose(moments);
  }
}
