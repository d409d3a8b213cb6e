// The figures of a comparison as columns of tables: what each is called and how it is written.

import type { Figures } from "./_compare_measure.ts";
import type { PosterMetric } from "./_compare_metrics.ts";

/** A figure for people, and lines in small type below it. */
export interface Cell {
  text: string;
  small?: string[];
}

/** One figure of each generator. */
export interface Column {
  metric: PosterMetric;
  head: string;
  /** Whether only generators with genres have it. */
  ofGenres: boolean;
  /** Undefined if the figure is not known. */
  cell(figures: Figures): Cell | undefined;
}

/** Columns that stand in one table. */
export interface ColumnGroup {
  heading: string;
  /** How to read them, in a line. */
  caption: string;
  columns: Column[];
}

/** All columns, by table. */
export const COLUMN_GROUPS: readonly ColumnGroup[] = [
  {
    heading: "Nearness to the held-out posters",
    caption: "KID, FID, SWD: lower is better. Precision, recall, density, coverage: higher is.",
    columns: [
      column("kid", "KID x 1000", ({ kernelDistance: kid }) =>
        kid && {
          text: (kid.mean * 1000).toFixed(1),
          small: [`± ${(kid.deviation * 1000).toFixed(1)}`],
        }),
      column("fid", "FID", ({ frechetDistance }) => plain(frechetDistance, 2)),
      column("swd", "SWD x 1000", ({ slicedWasserstein: swd }) =>
        swd && {
          text: swd.mean.toFixed(1),
          small: swd.levels.map(({ width, height, distance }) =>
            `${width}x${height}: ${distance.toFixed(1)}`
          ),
        }),
      column("prdc", "Precision", ({ manifolds }) => plain(manifolds?.precision, 3)),
      column("prdc", "Recall", ({ manifolds }) => plain(manifolds?.recall, 3)),
      column("prdc", "Density", ({ manifolds }) => plain(manifolds?.density, 3)),
      column("prdc", "Coverage", ({ manifolds }) => plain(manifolds?.coverage, 3)),
    ],
  },
  {
    heading: "Genres",
    caption: "KID: lower is better. The others: the nearer to the real posters' the better.",
    columns: [
      ofGenres("genres", "R-precision", ({ genreAccuracy }) => plain(genreAccuracy?.rPrecision, 3)),
      ofGenres(
        "genres",
        "mAP",
        ({ genreAccuracy }) => plain(genreAccuracy?.meanAveragePrecision, 3),
      ),
      ofGenres("genres", "Micro-F1", ({ genreAccuracy }) => plain(genreAccuracy?.microF1, 3)),
      ofGenres(
        "genre-kid",
        "KID x 1000 in a genre",
        ({ genreKernelDistance: kid }) =>
          kid?.mean === undefined ? undefined : {
            text: (kid.mean * 1000).toFixed(1),
            small: [`${kid.genres.length} of ${kid.all} genres`],
          },
      ),
      ofGenres(
        "cas",
        "CAS R-precision",
        ({ classification }) => plain(classification?.rPrecision, 3),
      ),
      ofGenres(
        "cas",
        "CAS mAP",
        ({ classification }) => plain(classification?.meanAveragePrecision, 3),
      ),
      ofGenres("cas", "CAS micro-F1", ({ classification }) => plain(classification?.microF1, 3)),
    ],
  },
  {
    heading: "Variety and memory",
    caption:
      "Diversity: the nearer to the real posters' the better. Near training posters: about 1 % without copies.",
    columns: [
      ofGenres(
        "diversity",
        "Diversity within genres",
        ({ diversityWithinGenres }) => plain(diversityWithinGenres, 2),
      ),
      column("diversity", "Diversity", ({ diversity }) => plain(diversity, 2)),
      column("memorisation", "Near training posters", ({ memorisation }) =>
        memorisation && {
          text: `${(100 * memorisation.nearShare).toFixed(1)} %${
            memorisation.alarm ? ": alarm" : ""
          }`,
          small: [
            `median ${memorisation.samples.toFixed(2)}`,
            `held-out ${memorisation.heldOut.toFixed(2)}`,
          ],
        }),
    ],
  },
];

function column(
  metric: PosterMetric,
  head: string,
  cell: (figures: Figures) => Cell | null | undefined,
  ofGenres = false,
): Column {
  return { metric, head, ofGenres, cell: (figures) => cell(figures) ?? undefined };
}

function ofGenres(
  metric: PosterMetric,
  head: string,
  cell: (figures: Figures) => Cell | null | undefined,
): Column {
  return column(metric, head, cell, true);
}

function plain(value: number | null | undefined, digits: number): Cell | undefined {
  return value === null || value === undefined ? undefined : { text: value.toFixed(digits) };
}
