// What `compare` measures of a run: its samples against posters of the set that nothing was trained on.

import type { PosterSet } from "../data/posters.ts";
import type { Picture } from "../gpu/picture.ts";
import { randomStream } from "../gpu/random.ts";
import { diversity } from "../models/metrics/diversity.ts";
import { meanAveragePrecision, rPrecision } from "../models/metrics/genre_ranking.ts";
import { type KernelDistance, kernelDistance } from "../models/metrics/kernel_distance.ts";
import { type SlicedWasserstein, slicedWasserstein } from "../models/metrics/sliced_wasserstein.ts";
import { TaskError } from "./_cli.ts";
import type { Judge } from "./_judge.ts";
import { type Judged, type LabelledPosters, readPosters } from "./_judge_training.ts";
import type { PosterRun } from "./_poster_run.ts";

/** Held-out posters, and what the judge says of them. */
export interface HeldOut extends LabelledPosters {
  judged: Judged;
  /** Posters of the whole held-out split. */
  all: number;
}

/** How right the judge is about genres that are known, or were asked for; each from 0 to 1. */
export interface GenreAccuracy {
  rPrecision: number;
  meanAveragePrecision: number;
}

/** The figures of one set of pictures. */
export interface Figures {
  /** Pictures that were measured. */
  pictures: number;
  /** Both to the held-out posters. */
  kernelDistance: KernelDistance;
  slicedWasserstein: SlicedWasserstein;
  /** null for pictures without genres. */
  genreAccuracy: GenreAccuracy | null;
  /** Mean distance of features between two pictures of one genre, averaged over genres; null without genres, or without pairs. */
  diversityWithinGenres: number | null;
  /** The same between any two pictures; null for a single one. */
  diversity: number | null;
}

/** What decides a comparison beside the pictures. */
export interface MeasureOptions {
  /** Pictures drawn by each run, and the most that are used of the held-out posters. */
  samples: number;
  seed: number;
}

/** Rows of the kernel distance's subsets: as published, but no more than half of the held-out posters, or none would differ. */
const MOST_SUBSET_ROWS = 1000;
/** Pictures on each side of the sliced Wasserstein distance at most: the patches of so many fill half a gigabyte. */
const MOST_DETAILED = 2048;
/** Half of fewer would leave no pair for the kernel distance. */
const FEWEST_HELD_OUT = 3;

/**
 * Posters of the split `test`, at random if there are more than asked for.
 *
 * @throws {TaskError} if the split has fewer than three
 */
export async function readHeldOut(
  set: PosterSet,
  judge: Judge,
  { samples, seed }: MeasureOptions,
): Promise<HeldOut> {
  const { test } = set.split;
  if (test.length < FEWEST_HELD_OUT) {
    throw new TaskError(
      `Cannot compare: the set has ${test.length} held-out posters, expected at least ${FEWEST_HELD_OUT}`,
    );
  }
  const held = await readPosters(set, pickNumbers(test, samples, seed));
  return { ...held, judged: await judge.judge(held.pictures), all: test.length };
}

/**
 * The real posters' own figures, to read those of runs by: genres and diversity of the held-out ones, and the distances between
 * them and as many training posters, which are the least that a run could reach.
 */
export async function measureReal(
  set: PosterSet,
  judge: Judge,
  held: HeldOut,
  { seed }: MeasureOptions,
): Promise<Figures> {
  const numbers = pickNumbers(set.split.train, held.pictures.length, seed);
  const { pictures } = await readPosters(set, numbers);
  return {
    ...describeGenres(held.judged, held.labels),
    ...distances(pictures, await judge.judge(pictures), held, seed),
  };
}

/**
 * Draws a run's samples and measures them. Sample i has the genres of held-out poster i, from the first again after the last, so
 * that a run is asked for the genres that there are.
 */
export async function measureRun(
  { generator, genres }: PosterRun,
  judge: Judge,
  held: HeldOut,
  { samples, seed }: MeasureOptions,
): Promise<Figures> {
  const labels = Array.from({ length: samples }, (_, i) => held.labels[i % held.labels.length]);
  const pictures = await generator.draw(labels.map((own, i) => ({
    latent: randomStream(seed, "compare", i).normals(generator.config.latent),
    genres: own,
  })));
  const judged = await judge.judge(pictures);
  return {
    ...describeGenres(judged, genres.length > 0 ? labels : undefined),
    ...distances(pictures, judged, held, seed),
  };
}

function distances(
  pictures: readonly Picture[],
  { features }: Judged,
  held: HeldOut,
  seed: number,
): Pick<Figures, "pictures" | "kernelDistance" | "slicedWasserstein"> {
  return {
    pictures: pictures.length,
    kernelDistance: kernelDistance(held.judged.features, features, {
      seed,
      mostRows: Math.min(MOST_SUBSET_ROWS, Math.ceil(held.pictures.length / 2)),
    }),
    slicedWasserstein: slicedWasserstein(
      held.pictures.slice(0, MOST_DETAILED),
      pictures.slice(0, MOST_DETAILED),
      { seed },
    ),
  };
}

/** @param labels what the pictures are, or were asked to be; undefined without genres */
function describeGenres(
  { features, scores }: Judged,
  labels: readonly Uint8Array[] | undefined,
): Pick<Figures, "genreAccuracy" | "diversityWithinGenres" | "diversity"> {
  const everything = Array.from({ length: features.rows }, (_, row) => row);
  const groups = labels &&
    Array.from(labels[0], (_, genre) => everything.filter((row) => labels[row][genre] === 1));
  return {
    genreAccuracy: labels
      ? {
        rPrecision: rPrecision(scores, labels),
        meanAveragePrecision: meanAveragePrecision(scores, labels).mean,
      }
      : null,
    diversityWithinGenres: (groups && diversity(features, groups).mean) ?? null,
    diversity: diversity(features, [everything]).mean ?? null,
  };
}

/** Some of the numbers at random, or all of them. */
function pickNumbers(numbers: Uint32Array, most: number, seed: number): number[] {
  const order = randomStream(seed, "compare posters").permutation(numbers.length);
  return Array.from(order.subarray(0, most), (at) => numbers[at]);
}
