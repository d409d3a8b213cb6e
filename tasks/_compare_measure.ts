// What `compare` and `evaluate` measure of a generator: its samples against posters of the set that nothing was trained on.

import { diversity } from "../models/metrics/diversity.ts";
import { frechetDistance } from "../models/metrics/frechet_distance.ts";
import {
  type GenreKernelDistance,
  genreKernelDistance,
} from "../models/metrics/genre_kernel_distance.ts";
import { type KernelDistance, kernelDistance } from "../models/metrics/kernel_distance.ts";
import { compareManifolds, type Manifolds } from "../models/metrics/manifolds.ts";
import { type Memorisation, memorisation } from "../models/metrics/memorisation.ts";
import { type SlicedWasserstein, slicedWasserstein } from "../models/metrics/sliced_wasserstein.ts";
import type { PosterMetric } from "./_compare_metrics.ts";
import type { Subject } from "./_compare_subject.ts";
import { type GenreAccuracy, genreAccuracy, trainOnSamples } from "./_genre_accuracy.ts";
import { firstOf, type JudgedSet, judgeSource, sampleSource } from "./_judged_set.ts";
import type { MeasureOptions, RealPosters } from "./_real_posters.ts";
import { timeLeft } from "./_time_left.ts";

/** The figures of one set of pictures; null for what was not asked for, or is not known of it. */
export interface Figures {
  /** Pictures that were measured. */
  pictures: number;
  /** These four to the held-out posters. */
  kernelDistance: KernelDistance | null;
  frechetDistance: number | null;
  slicedWasserstein: SlicedWasserstein | null;
  manifolds: Manifolds | null;
  /** Of the judge; null for pictures without genres, as the next four are. */
  genreAccuracy: GenreAccuracy | null;
  /** To the held-out posters of each genre. */
  genreKernelDistance: GenreKernelDistance | null;
  /** Of a classifier that was trained on such pictures alone, on the held-out posters. */
  classification: GenreAccuracy | null;
  /** Mean distance of features between two pictures of one genre, averaged over genres. */
  diversityWithinGenres: number | null;
  /** The same between any two pictures. */
  diversity: number | null;
  /** Training posters by their numbers in the set. */
  memorisation: Memorisation | null;
}

/** Rows of the kernel distance's subsets: as published, but no more than half of the held-out posters, or none would differ. */
const MOST_SUBSET_ROWS = 1000;
/**
 * The real posters' own figures, to read those of generators by: genres and diversity of the held-out ones; the distances between
 * them and as many training posters as there are samples, which a generator would have that gives these back; and in place of a
 * classifier that was trained on samples the judge, which was trained on training posters.
 */
export function measureReal({ heldOut, training }: RealPosters, options: MeasureOptions): Figures {
  const classification = options.metrics.has("cas") ? accuracyOf(heldOut) : null;
  return {
    ...describe(heldOut, true, options.metrics),
    ...distances(firstOf(training, options.samples), heldOut, true, options),
    ...{ classification, memorisation: null },
  };
}

/**
 * Draws and judges a generator's samples. Sample i has the genres of held-out poster i, from the first again after the last, so
 * that a generator is asked for the genres that there are.
 */
export async function drawSamples(
  { generator, name }: Pick<Subject, "generator" | "name">,
  { heldOut: { source: { labels } }, judge }: RealPosters,
  { samples, seed, status }: MeasureOptions,
): Promise<JudgedSet> {
  const asked = Array.from({ length: samples }, (_, i) => labels[i % labels.length]);
  const source = sampleSource(generator, asked, { seed, name: "compare" });
  return await judgeSource(source, judge, timeLeft(status, `Drawing ${name}`, samples, "posters"));
}

/** Measures a generator by samples that it drew. */
export async function measureSamples(
  subject: Pick<Subject, "generator" | "genres" | "name">,
  samples: JudgedSet,
  real: RealPosters,
  options: MeasureOptions,
): Promise<Figures> {
  const { metrics, status } = options, hasGenres = subject.genres.length > 0;
  status.update(`Measuring ${subject.name}`);
  const figures = {
    ...describe(samples, hasGenres, metrics),
    ...distances(samples, real.heldOut, hasGenres, options),
    memorisation: metrics.has("memorisation") ? memoryOf(samples, real) : null,
  };
  const classification = metrics.has("cas") && hasGenres
    ? await trainOnSamples(subject, real, options)
    : null;
  return { ...figures, classification };
}

function memoryOf(
  { judged: { features } }: JudgedSet,
  { heldOut, training, trainingNumbers }: RealPosters,
): Memorisation {
  const found = memorisation(features, heldOut.judged.features, training.judged.features);
  const nearest = found.nearest.map(({ training, ...rest }) => ({
    ...rest,
    training: training.map((row) => trainingNumbers[row]),
  }));
  return { ...found, nearest };
}

type Distances = Pick<
  Figures,
  | "pictures"
  | "kernelDistance"
  | "frechetDistance"
  | "slicedWasserstein"
  | "manifolds"
  | "genreKernelDistance"
>;

/** How far pictures are from the held-out ones. */
function distances(
  { source, judged: { features }, detail }: JudgedSet,
  held: JudgedSet,
  hasGenres: boolean,
  { metrics, seed }: MeasureOptions,
): Distances {
  const real = held.judged.features;
  const mostRows = Math.min(MOST_SUBSET_ROWS, Math.ceil(real.rows / 2));
  return {
    pictures: source.count,
    kernelDistance: metrics.has("kid") ? kernelDistance(real, features, { seed, mostRows }) : null,
    frechetDistance: metrics.has("fid") ? frechetDistance(real, features) : null,
    slicedWasserstein: metrics.has("swd") ? slicedWasserstein(held.detail, detail, { seed }) : null,
    manifolds: metrics.has("prdc") ? compareManifolds(real, features) : null,
    genreKernelDistance: metrics.has("genre-kid") && hasGenres
      ? genreKernelDistance(
        { features: real, labels: held.source.labels },
        { features, labels: source.labels },
      )
      : null,
  };
}

/** What pictures are by themselves. */
function describe(
  set: JudgedSet,
  hasGenres: boolean,
  metrics: ReadonlySet<PosterMetric>,
): Pick<Figures, "genreAccuracy" | "diversityWithinGenres" | "diversity"> {
  const { source: { labels }, judged: { features } } = set;
  const everything = Array.from({ length: features.rows }, (_, row) => row);
  const groups = Array.from(
    labels[0],
    (_, genre) => everything.filter((row) => labels[row][genre] === 1),
  );
  const spread = (groups: number[][]) => diversity(features, groups).mean ?? null;
  return {
    genreAccuracy: metrics.has("genres") && hasGenres ? accuracyOf(set) : null,
    diversityWithinGenres: metrics.has("diversity") && hasGenres ? spread(groups) : null,
    diversity: metrics.has("diversity") ? spread([everything]) : null,
  };
}

function accuracyOf({ judged, source }: JudgedSet): GenreAccuracy {
  return genreAccuracy(judged.scores, source.labels);
}
