// The kernel distance within each genre: whether the posters of a genre look like real ones of that genre.

import type { GenreLabels } from "./genre_ranking.ts";
import { wholeKernelDistance } from "./kernel_distance.ts";
import type { Matrix } from "./matrix.ts";

/** One genre's distance. */
export interface GenreDistance {
  /** Its number. */
  genre: number;
  /** Real pictures and samples that have it. */
  real: number;
  samples: number;
  distance: number;
}

/** Distances within genres. */
export interface GenreKernelDistance {
  /** Mean over the genres that were measured; undefined if none was. */
  mean: number | undefined;
  /** Those with enough pictures on both sides. */
  genres: GenreDistance[];
  /** Genres that there are. */
  all: number;
}

/** Pictures that a genre needs on either side: of fewer the distance is mostly noise. */
export const LEAST_OF_GENRE = 20;
/** Pictures that are used of a genre at most, the first ones: the cost grows with their square. */
const MOST_OF_GENRE = 2000;

/** Features of pictures, and a row of genres for each: 1 for those that it has, or was asked for. */
export interface LabelledFeatures {
  features: Matrix;
  labels: GenreLabels;
}

/**
 * KID within each genre (intra-class distance, Miyato and Koyama 2018, section 5; with the kernel distance in place of FID, which
 * is too biased for so few), over all pictures of a genre, and its mean over genres. A picture counts in each genre that it has.
 *
 * @throws {RangeError} if the vectors differ in length
 */
export function genreKernelDistance(
  real: LabelledFeatures,
  samples: LabelledFeatures,
): GenreKernelDistance {
  const all = real.labels[0]?.length ?? 0;
  const genres = Array.from({ length: all }, (_, genre) => genre).flatMap((genre) => {
    const [a, b] = [ofGenre(real, genre), ofGenre(samples, genre)];
    if (Math.min(a.rows, b.rows) < LEAST_OF_GENRE) return [];
    return [{ genre, real: a.rows, samples: b.rows, distance: wholeKernelDistance(a, b) }];
  });
  const sum = genres.reduce((sum, { distance }) => sum + distance, 0);
  return { mean: genres.length > 0 ? sum / genres.length : undefined, genres, all };
}

function ofGenre({ features: { width, values }, labels }: LabelledFeatures, genre: number): Matrix {
  const rows = labels.flatMap((own, row) => own[genre] > 0 ? [row] : []).slice(0, MOST_OF_GENRE);
  const picked = new Float32Array(rows.length * width);
  rows.forEach((row, i) => picked.set(values.subarray(row * width, (row + 1) * width), i * width));
  return { rows: rows.length, width, values: picked };
}
