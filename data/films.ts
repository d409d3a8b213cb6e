// The two films that are drawn by code: the default data for unpaired training, whose true answers are known.

import type { Picture } from "../gpu/picture.ts";
import { randomStream } from "../gpu/random.ts";
import { composeScene } from "./films/compose.ts";
import { renderScene } from "./films/render.ts";
import type { PictureList, Size } from "./picture_list.ts";
import { sha256 } from "./sha256.ts";
import {
  loadSize,
  resolveOptions,
  type Side,
  type UnpairedOptions,
  type UnpairedSource,
  unpairedSource,
} from "./unpaired.ts";

/** Goes up when the drawing changes, so that a run knows its pictures are no longer the same. */
export const FILMS_VERSION = 1;

/** Which scenes a frame is from: those that only A shows, those that only B shows, or those that both show. */
export type Reel = Side | "test";

/** Which films are drawn, and how they are brought to size. */
export interface FilmOptions extends UnpairedOptions {
  /** Training pictures of each film. */
  count?: number;
  /** Scenes of which both films have a test picture. */
  testCount?: number;
  /** Seeds the scenes; `seed` only the order, crops and flips, so that runs of several seeds see the same films. */
  sceneSeed?: number;
}

/**
 * Film A is painterly and muted, film B saturated with sharp light. Their training scenes differ; test picture i of
 * both is the same scene, pixel by pixel. Drawn when first asked for and kept in memory.
 *
 * @throws {RangeError} if a count is not a positive integer, or an option of `UnpairedOptions` is out of range
 */
export async function proceduralFilms(options: FilmOptions): Promise<UnpairedSource> {
  const { count = 2000, testCount = 64, sceneSeed = 1 } = options;
  for (const number of [count, testCount]) {
    if (!Number.isInteger(number) || number < 1) {
      throw new RangeError(`Cannot draw films: a count is ${number}; expected a positive integer`);
    }
  }
  const resolved = resolveOptions(options);
  const { size, load, flip } = resolved;
  const list = (reel: Reel, film: Side, listed: number, drawnAt: Size): PictureList => ({
    count: listed,
    name: (index) => `film ${film}, scene ${reel} ${index}`,
    load: (index) => drawFrame(sceneSeed, reel, index, film, drawnAt, size),
  });
  const large = loadSize(resolved);
  return unpairedSource({
    description:
      `Procedural films: ${count} A and ${count} B to train; ${testCount} pairs to test; ` +
      `${size.height}x${size.width}`,
    hash: await sha256({
      films: FILMS_VERSION,
      sceneSeed,
      count,
      testCount,
      size: [size.height, size.width],
      load,
      flip,
    }),
    paired: true,
    train: { A: list("A", "A", count, large), B: list("B", "B", count, large) },
    test: { A: list("test", "A", testCount, size), B: list("test", "B", testCount, size) },
    skipped: [],
  }, resolved);
}

/**
 * One frame, opaque, of `size` pixels; the same arguments give the same bytes.
 *
 * @param shape the size whose proportions the scene is composed for, where rounding makes those of `size` differ
 */
export async function drawFrame(
  sceneSeed: number,
  reel: Reel,
  index: number,
  film: Side,
  size: Size,
  shape = size,
): Promise<Picture> {
  const scene = composeScene(sceneSeed, `${reel} ${index}`, (100 * shape.width) / shape.height);
  return await renderScene(scene, film, size, randomStream(sceneSeed, "print", film, reel, index));
}
