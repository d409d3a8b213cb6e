// The pictures of a comparison: a strip for each genre and run, small enough to lie in the page itself.

import sharp from "sharp";
import type { PosterSet } from "../data/posters.ts";
import { inRows, type Picture, resizePicture, sheet } from "../gpu/picture.ts";
import { requestOf } from "../models/poster_generator.ts";
import type { Memorisation } from "../models/metrics/memorisation.ts";
import type { Subject } from "./_compare_subject.ts";
import type { PictureSource } from "./_judged_set.ts";
import { singleGenres } from "./_poster_samples.ts";

/** A picture in a page: its file as a data address, and its sides in pixels. */
export interface Strip {
  source: string;
  width: number;
  height: number;
}

/** Posters in a strip. */
export const STRIP_POSTERS = 4;
/** Posters are shown at this height at most. */
const LARGEST_HEIGHT = 96;
/** Of the WebP files, 0 to 100: posters are still sharp, and a strip is about 5 kB. */
const QUALITY = 80;

/** Held-out posters of each genre, those of fewest genres first; undefined for a genre that none has. */
export async function realStrips(
  { genres }: Pick<PosterSet, "genres">,
  { labels, read }: PictureSource,
): Promise<(Strip | undefined)[]> {
  const count = (row: number) => labels[row].reduce((sum, has) => sum + has, 0);
  return await Promise.all(genres.map(async (_, genre) => {
    const rows = [...labels.keys()].filter((row) => labels[row][genre] === 1)
      .sort((a, b) => count(a) - count(b) || a - b).slice(0, STRIP_POSTERS);
    return rows.length > 0 ? await toStrip([await read(rows)]) : undefined;
  }));
}

/**
 * A run's posters: a strip of each genre, the same latent vectors in each; of a run without genres one sheet with as many rows.
 */
export async function runStrips({ generator, genres }: Subject, rows: number): Promise<Strip[]> {
  const seeds = Array.from({ length: STRIP_POSTERS }, (_, seed) => seed);
  const request = (seed: number, weights: number[]) =>
    requestOf({ seed, genres: weights, truncation: 1 }, generator.config);
  if (genres.length === 0) {
    const drawn = await generator.draw(
      Array.from({ length: rows * STRIP_POSTERS }, (_, seed) => request(seed, [])),
    );
    return [await toStrip(inRows(drawn, STRIP_POSTERS))];
  }
  const weights = singleGenres(genres.length);
  const drawn = await generator.draw(
    weights.flatMap((row) => seeds.map((seed) => request(seed, row))),
  );
  return await Promise.all(inRows(drawn, STRIP_POSTERS).map((row) => toStrip([row])));
}

/** The samples nearest to training posters, a row for each: the sample, then the training posters. */
export async function nearStrip(
  { nearest }: Memorisation,
  samples: PictureSource,
  set: Pick<PosterSet, "load">,
): Promise<Strip> {
  const drawn = await samples.read(nearest.map(({ sample }) => sample));
  const rows = nearest.map(async ({ training: near }, i) => [
    drawn[i],
    ...await Promise.all(near.map((number) => set.load(number))),
  ]);
  return await toStrip(await Promise.all(rows));
}

async function toStrip(rows: Picture[][]): Promise<Strip> {
  const { width, height, data } = sheet(rows.map((row) => row.map(shrink)), 1);
  const image = sharp(data, { raw: { width, height, channels: 4 } }).removeAlpha();
  const file = new Uint8Array(await image.webp({ quality: QUALITY, effort: 6 }).toBuffer());
  return { source: `data:image/webp;base64,${file.toBase64()}`, width, height };
}

function shrink(picture: Picture): Picture {
  if (picture.height <= LARGEST_HEIGHT) return picture;
  const width = Math.max(1, Math.round(picture.width * LARGEST_HEIGHT / picture.height));
  return resizePicture(picture, width, LARGEST_HEIGHT);
}
