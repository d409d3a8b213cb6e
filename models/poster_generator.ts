// Runs a poster generator, exported or just trained: the same code in the visitor's browser and on the command line.

import * as tf from "../gpu/tf.ts";
import { tensorToPictures } from "../gpu/image.ts";
import type { Picture } from "../gpu/picture.ts";
import { disposeTree, type ParamTree } from "../gpu/tree.ts";
import type { PosterManifest } from "./manifest.ts";
import { generatorInput } from "./poster/condition.ts";
import type { GeneratorConfig } from "./poster/config.ts";
import { latentBetween, latentOf, truncateLatent, variedLatent } from "./poster/latent.ts";
import { type ArchitectureStyles, posterArchitecture } from "./registry.ts";
import { readWeights } from "./weights_file.ts";

/** What a poster is drawn from, in numbers that fit into a link. */
export interface PosterRecipe {
  /** Seed of the latent vector. */
  seed: number;
  /** The latent vector itself, in place of the seed's. */
  latent?: Float32Array;
  /** Weight of each genre, 0 to 1, in the model's order; all 0 is "any genre". */
  genres: readonly number[];
  /**
   * 0 to 1: below 1 posters are more alike, and fewer go wrong. Scale of the latent vector (Brock et al. 2019), or of a style's distance
   * from the average (Karras et al. 2019).
   */
  truncation: number;
  /** Turned by a share, 0 to 1, of the way to another seed's. */
  variation?: { seed: number; amount: number };
}

/** A generator's inputs for one poster. */
export interface PosterRequest {
  /** As long as the configuration's `latent`. */
  latent: Float32Array;
  /** Weight of each genre, 0 to 1; not used by a generator without genres. */
  genres: ArrayLike<number>;
  /** How far from the average styles may be, 0 to 1; not used by a generator without styles. 1 unless given. */
  truncation?: number;
}

/** The styles of one poster: a row of numbers for each layer, the smallest grid's first. */
export type PosterStyles = Float32Array;

/** The two halves of a generator that draws in styles. */
export interface StyledDrawing {
  /** How many styles a poster has, and how many numbers each. */
  readonly layers: number;
  readonly length: number;
  /** The styles of each request, truncated as it says, the same for all layers. @throws {RangeError} as `draw` */
  of(requests: readonly PosterRequest[]): Promise<PosterStyles[]>;
  /** Draws one picture for each poster's styles. @throws {RangeError} if there is none, or one has not `layers * length` numbers */
  draw(styles: readonly PosterStyles[]): Promise<Picture[]>;
}

/** A poster generator on the device; `dispose` frees its weights. */
export interface PosterGenerator {
  readonly config: GeneratorConfig;
  /** Its parameters in their folded form, which it owns. */
  readonly params: ParamTree;
  /** Absent of a generator that does not draw in styles. */
  readonly styles?: StyledDrawing;
  /**
   * Draws one picture for each request, in their order.
   *
   * @throws {RangeError} if there is none, or one has not as many numbers as the configuration says
   */
  draw(requests: readonly PosterRequest[]): Promise<Picture[]>;
  dispose(): void;
}

/** Pictures drawn at once: more would need more memory without being faster. */
const MAX_BATCH = 64;

/**
 * Puts a checked weights file (`readWeights`) on the device.
 *
 * @throws {ModelFileError} naming the check that failed
 */
export async function loadPosterGenerator(
  manifest: PosterManifest,
  weights: Uint8Array<ArrayBuffer>,
): Promise<PosterGenerator> {
  const { config } = manifest;
  const shapes = posterArchitecture(config).shapes(config);
  return posterGenerator(await readWeights(manifest, shapes, weights), config);
}

/** A generator of these parameters in their folded form, which it then owns. */
export function posterGenerator(params: ParamTree, config: GeneratorConfig): PosterGenerator {
  const { apply, styles } = posterArchitecture(config);
  return {
    config,
    params,
    ...(styles && { styles: styledDrawing(params, config, styles) }),
    async draw(requests) {
      assertRequests(requests, config);
      return await inBatches(
        requests,
        (batch) =>
          pictures(() => apply(params, inputsOf(batch, config), config, truncationsOf(batch))),
      );
    },
    dispose: () => disposeTree(params),
  };
}

function styledDrawing(
  params: ParamTree,
  config: GeneratorConfig,
  { size, of, apply }: ArchitectureStyles,
): StyledDrawing {
  const { layers, length } = size(config);
  const mapBatch = async (batch: readonly PosterRequest[]) => {
    const mapped = tf.tidy(() => of(params, inputsOf(batch, config), config, truncationsOf(batch)));
    try {
      const values = await mapped.data();
      return batch.map((_, i) => {
        const style = Array.from(values.subarray(i * length, (i + 1) * length));
        return Float32Array.from({ length: layers * length }, (_, at) => style[at % length]);
      });
    } finally {
      mapped.dispose();
    }
  };
  return {
    ...{ layers, length },
    async of(requests) {
      assertRequests(requests, config);
      return await inBatches(requests, mapBatch);
    },
    async draw(posters) {
      assertStyles(posters, layers * length);
      return await inBatches(posters, (batch) =>
        pictures(() => {
          const all = tf.tensor3d(concatenate(batch), [batch.length, layers, length]);
          return apply(params, tf.unstack(all, 1) as tf.Tensor2D[]);
        }));
    },
  };
}

/** The results of all batches, in the order of what they were made from. */
async function inBatches<Item, Result>(
  items: readonly Item[],
  run: (batch: readonly Item[]) => Promise<Result[]>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < items.length; at += MAX_BATCH) {
    results.push(...await run(items.slice(at, at + MAX_BATCH)));
  }
  return results;
}

async function pictures(compute: () => tf.Tensor4D): Promise<Picture[]> {
  const images = tf.tidy(compute);
  try {
    return await tensorToPictures(images);
  } finally {
    images.dispose();
  }
}

function truncationsOf(requests: readonly PosterRequest[]): tf.Tensor2D {
  return tf.tensor2d(requests.map(({ truncation = 1 }) => [truncation]));
}

function concatenate(rows: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(rows.length * rows[0].length);
  rows.forEach((row, i) => all.set(row, i * row.length));
  return all;
}

/** The inputs that a recipe stands for. */
export function requestOf(
  { seed, latent: given, genres, truncation, variation }: PosterRecipe,
  config: Pick<GeneratorConfig, "architecture" | "latent">,
): PosterRequest {
  const drawn = given ?? latentOf(seed, config);
  const latent = variation ? variedLatent(drawn, variation) : drawn;
  if (posterArchitecture(config).styles) return { latent, genres, truncation };
  return { latent: truncateLatent(latent, truncation), genres };
}

/** The inputs on the way from one poster to another, `t` from 0 to 1: latents along a great circle, genres along a line. */
export function requestBetween(a: PosterRequest, b: PosterRequest, t: number): PosterRequest {
  const between = (from: number, to: number) => (1 - t) * from + t * to;
  return {
    latent: latentBetween(a.latent, b.latent, t),
    genres: Array.from(a.genres, (weight, i) => between(weight, b.genres[i])),
    ...(a.truncation !== undefined && b.truncation !== undefined &&
      { truncation: between(a.truncation, b.truncation) }),
  };
}

/** The tensor [n, latent + genres] of some requests. */
function inputsOf(requests: readonly PosterRequest[], config: GeneratorConfig): tf.Tensor2D {
  const n = requests.length;
  const rows = (of: (request: PosterRequest) => ArrayLike<number>, width: number) => {
    const values = new Float32Array(n * width);
    requests.forEach((request, i) =>
      values.set(Array.from(of(request)).slice(0, width), i * width)
    );
    return tf.tensor2d(values, [n, width]);
  };
  const latents = rows(({ latent }) => latent, config.latent);
  return generatorInput(latents, rows(({ genres }) => genres, config.genres), config);
}

function assertRequests(
  requests: readonly PosterRequest[],
  { latent, genres }: GeneratorConfig,
): void {
  const refuse = (why: string): never => {
    throw new RangeError(`Cannot draw posters: ${why}`);
  };
  if (requests.length === 0) refuse("there is no request, expected at least one");
  requests.forEach((request, i) => {
    if (request.latent.length !== latent) {
      refuse(`latent ${i} has ${request.latent.length} numbers, expected ${latent}`);
    }
    if (genres > 0 && request.genres.length !== genres) {
      refuse(`request ${i} has ${request.genres.length} genres, expected ${genres}`);
    }
  });
}

function assertStyles(posters: readonly PosterStyles[], numbers: number): void {
  if (posters.length === 0) throw new RangeError("Cannot draw posters: there are no styles");
  posters.forEach((styles, i) => {
    if (styles.length === numbers) return;
    throw new RangeError(
      `Cannot draw posters: styles ${i} have ${styles.length} numbers, expected ${numbers}`,
    );
  });
}
