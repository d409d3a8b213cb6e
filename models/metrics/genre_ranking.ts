// How well scores name a poster's own genres, and rank them and each genre's own posters before the others.

import { assertMatrix, type Matrix } from "./matrix.ts";

/** Genres of posters: for each a row with 1 for the genres that it has and 0 for the others. */
export type GenreLabels = readonly ArrayLike<number>[];

/** Precision averaged over genres. */
export interface AveragePrecision {
  mean: number;
  /** Each genre's own; undefined for a genre that no poster has, which the mean leaves out. */
  genres: (number | undefined)[];
}

/**
 * R-precision (Manning et al. 2008, section 8.4): of a poster of k genres, the share of these among its k highest scores; averaged
 * over posters. From 0 to 1. Among equal scores a wrong genre comes first, so that a judge without an opinion earns nothing.
 *
 * @param scores [n, g], higher for what is more likely
 * @throws {RangeError} if there is no poster, a poster has no genre, or labels and scores do not fit
 */
export function rPrecision(scores: Matrix, labels: GenreLabels): number {
  assertLabels(scores, labels);
  const { width, values } = scores;
  let sum = 0;
  labels.forEach((own, row) => {
    const list = values.subarray(row * width, (row + 1) * width);
    const ranks = ranksOfOwn(list, (genre) => own[genre] > 0);
    if (ranks.length === 0) {
      throw new RangeError(`Cannot rank genres: poster ${row} has none, expected at least one`);
    }
    sum += ranks.filter((rank) => rank <= ranks.length).length / ranks.length;
  });
  return sum / scores.rows;
}

/**
 * Mean average precision over genres (Manning et al. 2008, section 8.4): for each genre all posters are ranked by its score, and
 * the precision at each poster that has it is averaged; then over genres. From 0 to 1. Among equal scores posters without the
 * genre come first. Genres that no poster has are left out.
 *
 * @param scores [n, g], higher for what is more likely
 * @throws {RangeError} if there is no poster, no poster has any genre, or labels and scores do not fit
 */
export function meanAveragePrecision(scores: Matrix, labels: GenreLabels): AveragePrecision {
  assertLabels(scores, labels);
  const { rows, width, values } = scores;
  const genres = Array.from({ length: width }, (_, genre) => {
    const list = Float32Array.from({ length: rows }, (_, row) => values[row * width + genre]);
    const ranks = ranksOfOwn(list, (row) => labels[row][genre] > 0);
    return ranks.length > 0 ? mean(ranks.map((rank, i) => (i + 1) / rank)) : undefined;
  });
  const known = genres.filter((precision) => precision !== undefined);
  if (known.length === 0) {
    throw new RangeError("Cannot rank posters: none has a genre, expected at least one");
  }
  return { mean: mean(known), genres };
}

/**
 * Micro-averaged F1 (Manning et al. 2008, sections 8.3 and 13.6): a genre is named if its score is above the threshold; of all genres
 * named and all that there are, over all posters together, twice the right ones over the sum of both. From 0 to 1.
 *
 * @param scores [n, g], higher for what is more likely
 * @param threshold 0 for logits: a probability of one half
 * @throws {RangeError} if there is no poster, no poster has any genre, or labels and scores do not fit
 */
export function microF1(scores: Matrix, labels: GenreLabels, threshold = 0): number {
  assertLabels(scores, labels);
  let named = 0, own = 0, right = 0;
  scores.values.forEach((score, i) => {
    const isNamed = score > threshold;
    const isOwn = labels[Math.floor(i / scores.width)][i % scores.width] > 0;
    named += Number(isNamed);
    own += Number(isOwn);
    right += Number(isNamed && isOwn);
  });
  if (own === 0) {
    throw new RangeError("Cannot score genres: no poster has any, expected at least one");
  }
  return 2 * right / (named + own);
}

/** The places, from 1 and rising, that its own take when a list is sorted by falling score. */
function ranksOfOwn(scores: Float32Array, isOwn: (index: number) => boolean): number[] {
  const order = Array.from(scores, (_, i) => i)
    .sort((a, b) => scores[b] - scores[a] || Number(isOwn(a)) - Number(isOwn(b)));
  return order.flatMap((index, place) => isOwn(index) ? [place + 1] : []);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function assertLabels(scores: Matrix, labels: GenreLabels): void {
  assertMatrix(scores, 1, "genre scores");
  if (labels.length !== scores.rows) {
    throw new RangeError(
      `Cannot rank genres: found labels of ${labels.length} posters, expected ${scores.rows}`,
    );
  }
  const wrong = labels.findIndex((own) => own.length !== scores.width);
  if (wrong >= 0) {
    throw new RangeError(
      `Cannot rank genres: poster ${wrong} has ${
        labels[wrong].length
      } labels, expected ${scores.width}`,
    );
  }
}
