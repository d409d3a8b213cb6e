// Directions of a generator's latent space in closed form (SeFa; Shen and Zhou 2021, section 3): those that the first layer after it
// makes most of, which are the eigenvectors of that layer's weights times themselves.

import { randomStream } from "../../gpu/random.ts";
import { type SquareMatrix, symmetricEigen } from "../../gpu/symmetric_eigen.ts";
import * as tf from "../../gpu/tf.ts";
import type { ParamTree } from "../../gpu/tree.ts";
import type { GeneratorConfig } from "./config.ts";
import type { GeneratorParams } from "./generator.ts";
import type { R3ganGeneratorParams } from "./r3gan/generator.ts";
import type { StyleGan2GeneratorConfig } from "./stylegan2/config.ts";
import type { StyleGan2GeneratorParams } from "./stylegan2/generator.ts";
import { stylesOf } from "./stylegan2/styles.ts";

/** Directions, the strongest first. */
export interface Directions {
  /** What they are added to: a latent vector, or the style of each layer. */
  of: "latent" | "style";
  /** At right angles to each other; each as long as one standard deviation, along it, of what it is added to. */
  vectors: Float32Array[];
  /** The share of the layer's squared gain that belongs to each; those of all there are sum to 1. */
  shares: number[];
}

/** Styles that their deviation is measured over. */
const MEASURED_STYLES = 512;

/**
 * The strongest directions. Of a style they are those by what makes the factors of all convolutions; of a latent vector those by the layer
 * that it meets first, which makes the first grid, or, of StyleGAN2, begins the mapping to styles.
 *
 * Its time grows with the cube of the vector's length: half a second for 256 numbers.
 *
 * @param params in the folded form
 * @param of what they are directions of; styles unless given, of a generator that has them
 * @throws {RangeError} if there are not as many
 */
export async function findDirections(
  params: ParamTree,
  config: GeneratorConfig,
  count: number,
  of: Directions["of"] = config.architecture === "stylegan2" ? "style" : "latent",
): Promise<Directions> {
  if (of === "latent") {
    return { of, ...factorise(await firstLayer(params, config), count) };
  }
  if (config.architecture !== "stylegan2") {
    throw new RangeError(`Cannot find directions of styles: ${config.architecture} has none`);
  }
  const styled = params as StyleGan2GeneratorParams;
  const { vectors, shares } = factorise(await styleLayers(styled), count);
  const styles = await drawStyles(styled, config);
  const scaled = vectors.map((vector) => {
    const deviation = deviationAlong(vector, styles);
    return vector.map((value) => value * deviation);
  });
  return { of: "style", vectors: scaled, shares };
}

/**
 * The eigenvectors of W W' with the largest eigenvalues: the directions x of length 1 with the longest x W. Their sign is that which
 * makes their largest number positive.
 *
 * @param rows those of W, a row for each number of x
 * @throws {RangeError} if there are fewer than `count` rows
 */
export function factorise(
  rows: readonly Float32Array[],
  count: number,
): Pick<Directions, "vectors" | "shares"> {
  const size = rows.length;
  if (!(count >= 1 && count <= size)) {
    throw new RangeError(`Cannot find ${count} directions: expected 1 to ${size}`);
  }
  const { eigenvalues, vectors } = symmetricEigen(productsOf(rows));
  const order = [...eigenvalues.keys()].sort((a, b) => eigenvalues[b] - eigenvalues[a]);
  const total = eigenvalues.reduce((sum, value) => sum + value, 0) || 1;
  const first = order.slice(0, count);
  return {
    vectors: first.map((i) => turned(vectors.values.subarray(i * size, (i + 1) * size))),
    shares: first.map((i) => eigenvalues[i] / total),
  };
}

/** The scalar products of all rows. */
function productsOf(rows: readonly Float32Array[]): SquareMatrix {
  const size = rows.length, values = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const a = rows[i], b = rows[j];
      let sum = 0;
      for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
      values[i * size + j] = values[j * size + i] = sum;
    }
  }
  return { size, values };
}

function turned(vector: Float64Array): Float32Array {
  const largest = vector.reduce((best, value) => Math.abs(value) > Math.abs(best) ? value : best);
  return Float32Array.from(vector, (value) => largest < 0 ? -value : value);
}

/** What the latent vector's numbers do to what is made of them first. */
async function firstLayer(params: ParamTree, config: GeneratorConfig): Promise<Float32Array[]> {
  const weights = tf.tidy(() => {
    if (config.architecture === "stylegan2") {
      return tf.clone((params as StyleGan2GeneratorParams).mapping.layer[0].kernel);
    }
    if (config.architecture === "dcgan") return tf.clone((params as GeneratorParams).stem.kernel);
    // Each weight scales a channel of the basis, so it counts by that channel's length.
    const { stem, basis } = params as R3ganGeneratorParams;
    return tf.mul(stem.kernel, tf.sqrt(tf.sum(tf.square(basis), [0, 1]))) as tf.Tensor2D;
  });
  // What comes after the latent vector is the genres'.
  return (await rowsOf(weights)).slice(0, config.latent);
}

/** What a style's numbers do to the factors of all convolutions. */
async function styleLayers({ conv }: StyleGan2GeneratorParams): Promise<Float32Array[]> {
  return await rowsOf(tf.tidy(() => tf.concat(conv.map(({ affine }) => affine.kernel), 1)));
}

/** Styles of random latent vectors without genre, the same at each call. */
async function drawStyles(
  params: StyleGan2GeneratorParams,
  config: StyleGan2GeneratorConfig,
): Promise<Float32Array[]> {
  const { latent, genres } = config, n = MEASURED_STYLES;
  return await rowsOf(tf.tidy(() => {
    const latents = tf.tensor2d(randomStream(0, "directions").normals(n * latent), [n, latent]);
    return stylesOf(params, tf.concat([latents, tf.zeros([n, genres])], 1), config);
  }));
}

/** The standard deviation of vectors along a direction of length 1. */
function deviationAlong(direction: Float32Array, vectors: readonly Float32Array[]): number {
  const places = vectors.map((vector) =>
    vector.reduce((sum, value, i) => sum + value * direction[i], 0)
  );
  const mean = places.reduce((sum, place) => sum + place, 0) / places.length;
  return Math.sqrt(places.reduce((sum, place) => sum + (place - mean) ** 2, 0) / places.length);
}

/** The rows of a matrix, which is disposed. */
async function rowsOf(matrix: tf.Tensor2D): Promise<Float32Array[]> {
  const [rows, width] = matrix.shape;
  try {
    const values = await matrix.data<"float32">();
    return Array.from({ length: rows }, (_, i) => values.slice(i * width, (i + 1) * width));
  } finally {
    matrix.dispose();
  }
}
