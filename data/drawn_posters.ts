// The posters that are drawn by code: the default data for posters by genre, whose true genres are known.

import { randomStream } from "../gpu/random.ts";
import { cachedList, type Size } from "./picture_list.ts";
import { GENRES, type PosterFacts, type PosterSet, type Split, SPLITS } from "./posters.ts";
import { composePoster, type PosterSpec } from "./posters/compose.ts";
import { renderPoster } from "./posters/render.ts";
import { sha256 } from "./sha256.ts";

/** Goes up when the drawing changes, so that a run knows its pictures are no longer the same. */
export const POSTERS_VERSION = 1;

/** Which posters are drawn. */
export interface DrawnPostersOptions {
  size: Size;
  /** How many. */
  count?: number;
  /** Seeds the films. */
  seed?: number;
}

const MOST_POSTERS = 1_000_000;
const SIDES = { min: 8, max: 4096 } as const;
/** Beyond this width over height, or height over width, nothing of the layout is left. */
const LONGEST = 4;
const VALID_SHARE = 0.05;
const TEST_SHARE = 0.05;
const CACHE_BYTES = 2 ** 29;

/**
 * The procedural posters: twenty genres, alone or up to three together, of the years 1970 to 2020. Drawn when first
 * asked for and kept in memory, up to 512 MiB of them.
 *
 * @throws {RangeError} if the count, the seed or the size is out of range
 */
export async function drawnPosters(options: DrawnPostersOptions): Promise<PosterSet> {
  const { size: { width, height }, count = 8000, seed = 1 } = options;
  assertOptions({ width, height }, count, seed);
  const size = { width, height };
  const split = splitNumbers(count);
  const specOf = (index: number) => {
    assertNumber(index, count);
    return composePoster(seed, nameOf(index));
  };
  const pictures = cachedList({
    count,
    name: nameOf,
    load: (index) => renderPoster(specOf(index), size),
  }, CACHE_BYTES);
  const counts = SPLITS.map((name) => `${split[name].length} ${name}`).join(", ");
  return {
    description: `Procedural posters: ${counts}; ${width}x${height}`,
    hash: await sha256({ posters: POSTERS_VERSION, seed, count, size: [width, height] }),
    genres: GENRES,
    size,
    count,
    split,
    facts: (index) => factsOf(specOf(index)),
    load: async (index) => {
      assertNumber(index, count);
      return await pictures.load(index);
    },
    close: () => Promise.resolve(),
  };
}

function factsOf({ name, genres, year }: PosterSpec): PosterFacts {
  const labels = Uint8Array.from(GENRES, (genre) => genres.includes(genre) ? 1 : 0);
  return { id: name, genres: labels, year, split: splitOf(name) };
}

function nameOf(index: number): string {
  return `drawn-${index}`;
}

/** A poster's part follows from its id alone, so it stays where it is when more are drawn. */
function splitOf(id: string): Split {
  const dice = randomStream(0, "poster split", id).uniform();
  if (dice < VALID_SHARE) return "valid";
  return dice < VALID_SHARE + TEST_SHARE ? "test" : "train";
}

function splitNumbers(count: number): Record<Split, Uint32Array> {
  const numbers: Record<Split, number[]> = { train: [], valid: [], test: [] };
  for (let i = 0; i < count; i++) numbers[splitOf(nameOf(i))].push(i);
  return {
    train: Uint32Array.from(numbers.train),
    valid: Uint32Array.from(numbers.valid),
    test: Uint32Array.from(numbers.test),
  };
}

function assertNumber(index: number, count: number): void {
  if (Number.isInteger(index) && index >= 0 && index < count) return;
  throw new RangeError(
    `Cannot find the poster: its number is ${index}; expected 0 to ${count - 1}`,
  );
}

function assertOptions({ width, height }: Size, count: number, seed: number): void {
  if (!Number.isInteger(count) || count < 1 || count > MOST_POSTERS) {
    throw new RangeError(
      `Cannot draw posters: count is ${count}; expected an integer from 1 to ${MOST_POSTERS}`,
    );
  }
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`Cannot draw posters: seed is ${seed}; expected an integer`);
  }
  for (const [name, side] of [["width", width], ["height", height]] as const) {
    if (!Number.isInteger(side) || side < SIDES.min || side > SIDES.max) {
      throw new RangeError(
        `Cannot draw posters: ${name} is ${side}; expected an integer from ${SIDES.min} to ${SIDES.max}`,
      );
    }
  }
  if (Math.max(width / height, height / width) > LONGEST) {
    throw new RangeError(
      `Cannot draw posters: size is ${width}x${height}; expected a long side of at most ${LONGEST} short ones`,
    );
  }
}
