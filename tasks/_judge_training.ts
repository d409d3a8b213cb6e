// Trains classifiers of genres: the judge, on a set's training posters; and measures it on those that it has not seen.

import { type PosterBatches, posterBatches } from "../data/poster_batches.ts";
import type { PosterSet, Split } from "../data/posters.ts";
import { picturesToTensor } from "../gpu/image.ts";
import type { Picture } from "../gpu/picture.ts";
import { randomStream } from "../gpu/random.ts";
import * as tf from "../gpu/tf.ts";
import { treeVariables } from "../gpu/tree.ts";
import { applyClassifier, type ClassifierParams } from "../models/classifier/classifier.ts";
import type { ClassifierConfig } from "../models/classifier/config.ts";
import {
  type ClassifierState,
  classifierStep,
  startClassifier,
} from "../models/classifier/step.ts";
import { meanAveragePrecision, rPrecision } from "../models/metrics/genre_ranking.ts";
import type { Matrix } from "../models/metrics/matrix.ts";
import { disposeState } from "../models/train_state.ts";
import { TaskError } from "./_cli.ts";
import { genresToTensor } from "./_poster_labels.ts";
import type { StatusLine } from "./_status_line.ts";
import { timeLeft } from "./_time_left.ts";

/** What the judge says of pictures, a row for each. */
export interface Judged {
  /** [n, features]. */
  features: Matrix;
  /** [n, genres], higher for what is more likely. */
  scores: Matrix;
}

/** How often the judge is right about posters that it was not trained on; each from 0 to 1. */
export interface JudgeAccuracy {
  posters: number;
  rPrecision: number;
  meanAveragePrecision: number;
}

/** Pictures judged at once: more would need more memory without being faster. */
const JUDGED_AT_ONCE = 64;
/** Training posters that the features are scaled by: more would hardly change it. */
const MOST_SCALED_BY = 1024;
/** Updates in a row that may be left out for numbers that are not finite. */
const MOST_SKIPPED = 10;

/** Training pictures with their genres, by position: see `posterBatches`. */
export type ClassifierBatches = Pick<PosterBatches, "batch">;

/**
 * Trains a fresh classifier on a set's training posters; the caller owns the state (`disposeState`).
 *
 * @throws {RangeError} if the set has no training posters @throws {TaskError} if the losses are no longer finite
 */
export async function trainJudge(
  set: PosterSet,
  config: ClassifierConfig,
  status: StatusLine,
): Promise<ClassifierState> {
  const batches = posterBatches(set, { seed: config.seed, balance: "none", hideGenres: 0 });
  try {
    return await trainClassifier(batches, config, { what: "Training the judge", status });
  } finally {
    await batches.close();
  }
}

/** The same on pictures from anywhere. @param what said of the progress */
export async function trainClassifier(
  batches: ClassifierBatches,
  config: ClassifierConfig,
  { what, status }: { what: string; status: StatusLine },
): Promise<ClassifierState> {
  const state = startClassifier(config), report = timeLeft(status, what, config.images, "images");
  try {
    while (state.imagesSeen < config.images) {
      const { pictures, genres } = await batches.batch(state.imagesSeen, config.batch);
      const loss = await trainOn(state, config, pictures, genres);
      report(state.imagesSeen, `, loss ${loss.toFixed(3)}`);
    }
  } catch (error) {
    disposeState(state);
    throw error;
  }
  return state;
}

/** One step; gives its loss. */
async function trainOn(
  state: ClassifierState,
  config: ClassifierConfig,
  pictures: readonly Picture[],
  genres: readonly Uint8Array[],
): Promise<number> {
  const batch = {
    images: picturesToTensor(pictures),
    genres: genresToTensor(genres, config.genres),
  };
  try {
    const random = randomStream(config.seed, "step", state.imagesSeen);
    const { values } = await classifierStep(state, batch, { config, random });
    if (state.skippedInARow > MOST_SKIPPED) {
      throw new TaskError(
        `Cannot train the classifier: ${state.skippedInARow} losses in a row were not finite`,
      );
    }
    return values.lossGenres;
  } finally {
    tf.dispose([batch.images, batch.genres]);
  }
}

/** What a classifier says of pictures of its size; nothing stays on the device. */
export async function judgePictures(
  params: ClassifierParams,
  pictures: readonly Picture[],
  config: ClassifierConfig,
): Promise<Judged> {
  const judged: Judged = {
    features: emptyMatrix(pictures.length, config.features),
    scores: emptyMatrix(pictures.length, config.genres),
  };
  for (let at = 0; at < pictures.length; at += JUDGED_AT_ONCE) {
    const { features, logits } = tf.tidy(() => {
      const images = picturesToTensor(pictures.slice(at, at + JUDGED_AT_ONCE));
      return { ...applyClassifier(params, images, config) };
    });
    try {
      judged.features.values.set(await features.data(), at * config.features);
      judged.scores.values.set(await logits.data(), at * config.genres);
    } finally {
      tf.dispose([features, logits]);
    }
  }
  return judged;
}

function emptyMatrix(rows: number, width: number): Matrix {
  return { rows, width, values: new Float32Array(rows * width) };
}

/** Posters of a set with their genres. */
export interface LabelledPosters {
  pictures: Picture[];
  labels: Uint8Array[];
}

/** Reads posters by their numbers. */
export async function readPosters(
  set: PosterSet,
  numbers: Iterable<number>,
): Promise<LabelledPosters> {
  const pictures: Picture[] = [], labels: Uint8Array[] = [];
  for (const number of numbers) {
    pictures.push(await set.load(number));
    labels.push(set.facts(number).genres);
  }
  return { pictures, labels };
}

/**
 * Scales the features, in the weights, so that their mean square over training posters is 1; the scores stay what they are. The
 * kernel of the kernel distance is made for features of that size, and distances between them then read alike for every judge.
 */
export async function scaleFeatures(
  params: ClassifierParams,
  config: ClassifierConfig,
  set: PosterSet,
): Promise<void> {
  const { pictures } = await readPosters(set, set.split.train.subarray(0, MOST_SCALED_BY));
  const { features: { values } } = await judgePictures(params, pictures, config);
  const square = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
  if (!(square > 0)) return;
  const size = Math.sqrt(square);
  // A leaky ReLU of a multiple is the multiple of the leaky ReLU.
  const factors = new Map([
    ["features.kernel", 1 / size],
    ["features.bias", 1 / size],
    ["genres.kernel", size],
  ]);
  tf.tidy(() => {
    for (const [path, leaf] of treeVariables(params)) {
      leaf.assign(tf.mul(leaf, factors.get(path) ?? 1));
    }
  });
}

/** How right a classifier is about one split; undefined if that is empty. */
export async function measureJudge(
  params: ClassifierParams,
  config: ClassifierConfig,
  set: PosterSet,
  split: Split,
): Promise<JudgeAccuracy | undefined> {
  const numbers = set.split[split];
  if (numbers.length === 0) return undefined;
  const { pictures, labels } = await readPosters(set, numbers);
  const { scores } = await judgePictures(params, pictures, config);
  return {
    posters: numbers.length,
    rPrecision: rPrecision(scores, labels),
    meanAveragePrecision: meanAveragePrecision(scores, labels).mean,
  };
}
