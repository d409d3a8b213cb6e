// The search for the poster nearest to a picture: the starts, the steps, and the best point that was met, whenever it is stopped. Needs
// gradients, so that no page loads it before a visitor asks for it.

import { picturesToTensor } from "../gpu/image.ts";
import type { Picture } from "../gpu/picture.ts";
import { randomStream } from "../gpu/random.ts";
import * as tf from "../gpu/tf.ts";
import {
  disposeProjection,
  disposeTarget,
  distancesTo,
  type FeaturesOf,
  projectionPace,
  projectionStep,
  type ProjectionTarget,
  projectionTarget,
  startProjection,
} from "./poster/projection.ts";
import type { PosterSpace } from "./poster_space.ts";

/** How a search is made if nothing else is asked for: found on drawn posters, see `deno task project --held-out`. */
export const SEARCH = {
  ...{ steps: 400, starts: 4, candidates: 256, seed: 0, rate: 0.1, noise: 0.05 },
  weights: { features: 0.1, prior: 0 },
} as const;

/** How a search is made. */
export interface SearchSettings {
  /** Weight of each genre, or undefined to look for them too. */
  genres?: readonly number[];
  steps: number;
  /** Points that the search goes on from at once: the centre, and the best of so many random ones. */
  starts: number;
  candidates: number;
  seed: number;
  /** Adam's largest step, and the first deviation of the noise, in standard deviations. */
  rate: number;
  noise: number;
  /** Of the features' distance beside that of the pixels, and of a place's mean square. */
  weights: { features: number; prior: number };
}

/** What is looked for, and where. */
export interface SearchTask {
  space: PosterSpace;
  /** The generator's latent numbers and genres. */
  config: { latent: number; genres: number };
  /** Of the generator's size. */
  picture: Picture;
  /** By what posters are compared beside pixels. */
  features?: FeaturesOf;
}

/** A point of the space. */
export interface Guess {
  place: Float32Array;
  /** Weights of all genres of the generator. */
  genres: Float32Array;
  /** Its poster's distance as the search takes it. */
  total: number;
}

/** How far a poster is from the picture. */
export interface GuessDistances {
  /** Mean squared difference of pixels in [-1, 1] at the picture's size. */
  squares: number;
  /** The mean of the same over the picture's size and its halves; of features, about 1 between two posters; see `Distances`. */
  pixels: number;
  features?: number;
  /** What the search makes small. */
  total: number;
}

/** A search after some steps. */
export interface SearchProgress {
  /** The centre of the space, of the given genres or of none. */
  first: Guess;
  best: Guess;
  steps: number;
}

/** A search that is over, whole or stopped. */
export interface Found extends SearchProgress {
  distances: { start: GuessDistances; end: GuessDistances };
}

/** What happens beside the search. */
export interface SearchHooks {
  /** Called after each step; the search waits for it. */
  onStep?: (progress: SearchProgress) => void | Promise<void>;
  /** Ends the search after the step that is under way; what was found until then is the result. */
  stop?: AbortSignal;
}

/** Points that are drawn at once where nothing is differentiated. */
const DRAWN_AT_ONCE = 64;
/** Weight of each genre where a search for genres would begin at none: there the condition's slope has no bound. */
const SOFT_GENRE = 0.1;

/** A search on the device. */
interface Search extends SearchTask {
  settings: SearchSettings;
  target: ProjectionTarget;
}

/** Looks for the point whose poster is nearest to a picture. */
export async function searchPoster(
  task: SearchTask,
  settings: SearchSettings,
  hooks: SearchHooks = {},
): Promise<Found> {
  const image = picturesToTensor([task.picture]);
  const search = { ...task, settings, target: projectionTarget(image, task.features) };
  image.dispose();
  try {
    const first = await firstGuess(search);
    const starts = [first, ...await bestCandidates(search)];
    const best = starts.reduce((a, b) => b.total < a.total ? b : a);
    const progress = { first, best, steps: 0 };
    await runSteps(search, starts, progress, hooks);
    const [start, end] = await measure(search, [first, progress.best]);
    return { ...progress, distances: { start, end } };
  } finally {
    disposeTarget(search.target);
  }
}

async function firstGuess(search: Search): Promise<Guess> {
  const { config, settings } = search;
  const genres = Float32Array.from(settings.genres ?? new Array(config.genres).fill(0));
  const [guess] = await guessesAt(search, [new Float32Array(config.latent)], [genres], 0);
  return guess;
}

/** The nearest of random points: of the given genres, or each of one or two at random. */
async function bestCandidates(search: Search): Promise<Guess[]> {
  const { config, settings: { starts, candidates, seed, genres: given } } = search;
  if (starts === 1) return [];
  const random = randomStream(seed, "candidates");
  const latents = Array.from({ length: candidates }, () => random.normals(config.latent));
  const genres = latents.map(() => {
    if (given) return Float32Array.from(given);
    const weights = new Float32Array(config.genres);
    for (let i = 0; i < 2 && config.genres > 0; i++) weights[random.integer(config.genres)] = 1;
    return weights;
  });
  const guesses = await guessesAt(search, latents, genres, 1);
  return guesses.sort((a, b) => a.total - b.total).slice(0, starts - 1);
}

/** The points of latent vectors, with the distances of their posters. */
async function guessesAt(
  search: Search,
  latents: readonly Float32Array[],
  genres: readonly Float32Array[],
  truncation: number,
): Promise<Guess[]> {
  const { space } = search;
  const placed = tf.tidy(() => space.placesOf(matrixOf(latents), matrixOf(genres), truncation));
  const places = await placed.data<"float32">();
  placed.dispose();
  const points = latents.map((_, i) => ({
    place: places.slice(i * space.length, (i + 1) * space.length),
    genres: genres[i],
  }));
  const measured = await measure(search, points);
  return points.map((point, i) => ({ ...point, total: measured[i].total }));
}

/** How far the posters of some points are from the target. */
async function measure(
  { space, target, settings }: Search,
  points: readonly Pick<Guess, "place" | "genres">[],
): Promise<GuessDistances[]> {
  const measured: GuessDistances[] = [];
  for (let at = 0; at < points.length; at += DRAWN_AT_ONCE) {
    const some = points.slice(at, at + DRAWN_AT_ONCE);
    const found = tf.tidy(() => {
      const places = matrixOf(some.map(({ place }) => place));
      const images = space.draw(places, matrixOf(some.map(({ genres }) => genres)));
      const squares = tf.mean(tf.square(tf.sub(images, target.pyramid[0])), [1, 2, 3]);
      const { pixels, features, total } = distancesTo(target, images, settings.weights);
      return tf.stack([squares, pixels, total, ...(features ? [features] : [])], 1);
    });
    const rows = await found.array() as number[][];
    found.dispose();
    measured.push(...rows.map(([squares, pixels, total, features]) => ({
      ...{ squares, pixels, total },
      ...(features !== undefined && { features }),
    })));
  }
  return measured;
}

/** Steps from all starts at once; `progress` has the best so far after each. */
async function runSteps(
  { space, target, settings }: Search,
  starts: readonly Guess[],
  progress: SearchProgress,
  { onStep, stop }: SearchHooks,
): Promise<void> {
  const given = matrixOf(starts.map(({ genres }) => genres));
  const looksForGenres = space.takesGenres && settings.genres === undefined;
  const points = {
    place: matrixOf(starts.map(({ place }) => place)),
    ...(looksForGenres && { genres: matrixOf(starts.map(({ genres }) => softened(genres))) }),
  };
  const state = startProjection(points);
  tf.dispose(points);
  try {
    while (progress.steps < settings.steps && !stop?.aborted) {
      const { total, place, genres } = await projectionStep(state, {
        draw: (points) => space.draw(points.place, points.genres ?? given),
        ...{ target, weights: settings.weights },
      }, {
        ...projectionPace(progress.steps / settings.steps, settings),
        random: randomStream(settings.seed, "projection noise", progress.steps),
      });
      progress.steps++;
      const i = total.indexOf(Math.min(...total));
      if (total[i] < progress.best.total) {
        const rowOf = (values: Float32Array) => {
          const width = values.length / starts.length;
          return values.slice(i * width, (i + 1) * width);
        };
        progress.best = {
          place: rowOf(place),
          genres: genres ? rowOf(genres) : starts[i].genres,
          total: total[i],
        };
      }
      await onStep?.(progress);
    }
  } finally {
    disposeProjection(state);
    given.dispose();
  }
}

function softened(genres: Float32Array): Float32Array {
  return genres.some((weight) => weight > 0) ? genres : genres.map(() => SOFT_GENRE);
}

/** Vectors of one length as a tensor [n, length]; of no numbers, if they are empty. */
function matrixOf(rows: readonly Float32Array[]): tf.Tensor2D {
  const width = rows[0].length, values = new Float32Array(rows.length * width);
  rows.forEach((row, i) => values.set(row, i * width));
  return tf.tensor2d(values, [rows.length, width]);
}
