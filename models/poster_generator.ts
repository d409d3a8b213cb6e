// Runs a poster generator, exported or just trained: the same code in the visitor's browser and on the command line.

import * as tf from "../gpu/tf.ts";
import { tensorToPictures } from "../gpu/image.ts";
import type { Picture } from "../gpu/picture.ts";
import { disposeTree, type ParamTree } from "../gpu/tree.ts";
import type { PosterManifest } from "./manifest.ts";
import { generatorInput } from "./poster/condition.ts";
import type { GeneratorConfig } from "./poster/config.ts";
import { latentBetween, latentOf, variedLatent } from "./poster/latent.ts";
import { posterArchitecture } from "./registry.ts";
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

/** A poster generator on the device; `dispose` frees its weights. */
export interface PosterGenerator {
  readonly config: GeneratorConfig;
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
  const { apply } = posterArchitecture(config);
  const drawBatch = async (requests: readonly PosterRequest[]) => {
    const images = tf.tidy(() => {
      const truncation = tf.tensor2d(requests.map(({ truncation = 1 }) => [truncation]));
      return apply(params, inputsOf(requests, config), config, truncation);
    });
    try {
      return await tensorToPictures(images);
    } finally {
      images.dispose();
    }
  };
  return {
    config,
    async draw(requests) {
      assertRequests(requests, config);
      const pictures: Picture[] = [];
      for (let at = 0; at < requests.length; at += MAX_BATCH) {
        pictures.push(...await drawBatch(requests.slice(at, at + MAX_BATCH)));
      }
      return pictures;
    },
    dispose: () => disposeTree(params),
  };
}

/** The inputs that a recipe stands for. */
export function requestOf(
  { seed, latent: given, genres, truncation, variation }: PosterRecipe,
  config: Pick<GeneratorConfig, "architecture" | "latent">,
): PosterRequest {
  const drawn = given ?? latentOf(seed, config);
  const latent = variation ? variedLatent(drawn, variation) : drawn;
  if (posterArchitecture(config).truncatesStyles) return { latent, genres, truncation };
  return { latent: latent.map((value) => value * truncation), genres };
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
