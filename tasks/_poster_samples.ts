// Sample sheets of poster generators: a row for each genre, a column for each seed, the same in every sheet of a run.

import { labelPicture } from "../data/label.ts";
import { encodePng } from "../data/decode.ts";
import { inRows, type Picture, sheet } from "../gpu/picture.ts";
import { type PosterGenerator, type PosterRecipe, requestOf } from "../models/poster_generator.ts";

/** What a sheet shows. */
export interface SheetOptions {
  /** Names of the generator's genres; none for a generator without. */
  genres: readonly string[];
  /** Posters in a row. */
  columns: number;
  /** Whether a row without any genre is drawn too: for a generator that has learnt it. */
  withoutGenre: boolean;
  /** Scale of the latent vectors, 0 to 1; 1 if not told. */
  truncation?: number;
}

/** How many rows a generator without genres gets. */
const PLAIN_ROWS = 4;
const LABEL_WIDTH = 76;

/**
 * Draws a sheet: the genres under each other with their names, the same latent vectors from left to right. A generator
 * without genres fills four rows.
 */
export async function drawPosterSheet(
  generator: PosterGenerator,
  options: SheetOptions,
): Promise<Uint8Array> {
  const rows = rowsOf(options);
  const requests = rows.flat().map((recipe) => requestOf(recipe, generator.config));
  const pictures = await generator.draw(requests);
  const { columns, genres } = options;
  const cells = inRows(pictures, columns);
  if (genres.length === 0) return await encodePng(sheet(cells));
  const names = [...genres, ...(options.withoutGenre ? ["any genre"] : [])];
  const size = { width: LABEL_WIDTH, height: pictures[0].height };
  const labelled = cells.map(async (row, i): Promise<Picture[]> => [
    await labelPicture(names[i], size),
    ...row,
  ]);
  return await encodePng(sheet(await Promise.all(labelled)));
}

/** The weights of each genre alone, a row for each. */
export function singleGenres(count: number): number[][] {
  const all = Array.from({ length: count }, (_, i) => i);
  return all.map((genre) => all.map((i) => i === genre ? 1 : 0));
}

function rowsOf(
  { genres, columns, withoutGenre, truncation = 1 }: SheetOptions,
): PosterRecipe[][] {
  const seeds = Array.from({ length: columns }, (_, seed) => seed);
  const recipe = (seed: number, weights: number[]) => ({ seed, genres: weights, truncation });
  if (genres.length === 0) {
    return Array.from(
      { length: PLAIN_ROWS },
      (_, row) => seeds.map((seed) => recipe(row * columns + seed, [])),
    );
  }
  const weights = singleGenres(genres.length);
  if (withoutGenre) weights.push(genres.map(() => 0));
  return weights.map((row) => seeds.map((seed) => recipe(seed, row)));
}
