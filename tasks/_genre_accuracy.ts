// How right a classifier is about genres: the judge about samples, and one that was trained on samples about real posters.

import {
  type GenreLabels,
  meanAveragePrecision,
  microF1,
  rPrecision,
} from "../models/metrics/genre_ranking.ts";
import type { Matrix } from "../models/metrics/matrix.ts";
import { disposeState } from "../models/train_state.ts";
import type { Subject } from "./_compare_subject.ts";
import { type ClassifierBatches, judgePictures, trainClassifier } from "./_judge_training.ts";
import { judgeSource, pickNumbers, sampleSource } from "./_judged_set.ts";
import type { MeasureOptions, RealPosters } from "./_real_posters.ts";
import { timeLeft } from "./_time_left.ts";

/** How right a classifier is about genres that are known, or were asked for; each from 0 to 1. */
export interface GenreAccuracy {
  rPrecision: number;
  meanAveragePrecision: number;
  microF1: number;
}

/** @throws {RangeError} if there is no poster, one has no genre, or labels and scores do not fit */
export function genreAccuracy(scores: Matrix, labels: GenreLabels): GenreAccuracy {
  return {
    rPrecision: rPrecision(scores, labels),
    meanAveragePrecision: meanAveragePrecision(scores, labels).mean,
    microF1: microF1(scores, labels),
  };
}

/**
 * The classification accuracy score (Ravuri and Vinyals 2019, section 3): a classifier of the judge's kind is trained as the judge
 * was, but on pictures that the generator draws, each seen once, for the genres of training posters; and is then asked about the
 * held-out posters.
 *
 * @throws {TaskError} if its losses are no longer finite
 */
export async function trainOnSamples(
  { generator, name }: Pick<Subject, "generator" | "name">,
  { set, judge, heldOut }: RealPosters,
  { seed, status }: MeasureOptions,
): Promise<GenreAccuracy> {
  const { config } = judge;
  const labels = pickNumbers(set.split.train, Infinity, seed).map((number) =>
    set.facts(number).genres
  );
  const endless = Array.from(
    { length: config.images + config.batch },
    (_, i) => labels[i % labels.length],
  );
  const source = sampleSource(generator, endless, { seed, name: "train on samples" });
  const batches: ClassifierBatches = {
    async batch(position, n) {
      const numbers = Array.from({ length: n }, (_, i) => position + i);
      return {
        pictures: await source.read(numbers),
        genres: numbers.map((number) => endless[number]),
      };
    },
  };
  const what = `Training a classifier on ${name}`;
  const state = await trainClassifier(batches, config, { what, status });
  try {
    const classifier = {
      config,
      judge: (pictures: Parameters<typeof judgePictures>[1]) =>
        judgePictures(state.params.classifier, pictures, config),
    };
    const done = timeLeft(status, "Asking it about real posters", heldOut.source.count, "posters");
    const { judged } = await judgeSource(heldOut.source, classifier, done);
    return genreAccuracy(judged.scores, heldOut.source.labels);
  } finally {
    disposeState(state);
  }
}
