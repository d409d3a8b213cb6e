// The source that poster training draws from: what it gives at a position depends on the seed and the position alone.

import type { Picture } from "../gpu/picture.ts";
import { randomStream } from "../gpu/random.ts";
import { prefetch } from "./prefetch.ts";
import type { Balance, PosterSet } from "./posters.ts";

/** How the frequency of genres counts when posters are drawn, by its exponent. */
const EXPONENTS: Readonly<Record<Balance, number>> = { none: 0, sqrt: 0.5, inverse: 1 };

/** Posters of one batch with what their films are, one entry each. */
export interface PosterPictures {
  pictures: Picture[];
  /** One byte per genre, 1 for each that the film is of; all 0 where they are hidden. */
  genres: Uint8Array[];
}

/** How posters are drawn. */
export interface PosterBatchesOptions {
  /** Seeds order and hiding. */
  seed: number;
  /**
   * `none`: each poster once in an epoch. Else posters are drawn with replacement, a poster with a probability
   * proportional to max over its genres of frequency^-1/2 (`sqrt`) or frequency^-1 (`inverse`).
   */
  balance: Balance;
  /** Share of the posters whose genres are hidden, 0 to 1. */
  hideGenres: number;
}

/** Training posters without end. */
export interface PosterBatches {
  /** The posters at positions `position` to `position + n - 1`; the batch that follows is prepared meanwhile. */
  batch(position: number, n: number): Promise<PosterPictures>;
  /** The genres of the first `n` posters, none hidden: label sets as training meets them. */
  labelSets(n: number): Uint8Array[];
  /** Waits for what is being prepared; nothing may be asked for afterwards. */
  close(): Promise<void>;
}

/** @throws {RangeError} if the set has no training posters */
export function posterBatches(set: PosterSet, options: PosterBatchesOptions): PosterBatches {
  const { seed, hideGenres } = options, train = set.split.train;
  if (train.length === 0) {
    throw new RangeError("Cannot train: the set has 0 posters to train on, expected at least 1");
  }
  const numberAt = options.balance === "none"
    ? epochs(train, seed)
    : weighted(train, weightsOf(set, EXPONENTS[options.balance]), seed);
  const genresAt = (position: number) => set.facts(numberAt(position)).genres;
  const isHidden = (position: number) =>
    hideGenres > 0 && randomStream(seed, "hide genres", position).uniform() < hideGenres;
  const { batch, close } = prefetch(async (position: number, n: number) => {
    const positions = Array.from({ length: n }, (_, i) => position + i);
    return {
      pictures: await Promise.all(positions.map((at) => set.load(numberAt(at)))),
      genres: positions.map((at) =>
        isHidden(at) ? new Uint8Array(set.genres.length) : genresAt(at)
      ),
    };
  });
  const labelSets = (n: number) => Array.from({ length: n }, (_, at) => genresAt(at));
  return { batch, labelSets, close };
}

/** Each number once in an epoch, in an order of the epoch's own. */
function epochs(numbers: Uint32Array, seed: number): (position: number) => number {
  let turn: { epoch: number; order: Uint32Array } = { epoch: -1, order: new Uint32Array() };
  return (position) => {
    const epoch = Math.floor(position / numbers.length);
    if (epoch !== turn.epoch) {
      turn = { epoch, order: randomStream(seed, "order", epoch).permutation(numbers.length) };
    }
    return numbers[turn.order[position % numbers.length]];
  };
}

/** Numbers drawn with replacement by their weights. */
function weighted(
  numbers: Uint32Array,
  weights: Float64Array,
  seed: number,
): (position: number) => number {
  const sums = new Float64Array(weights.length);
  weights.forEach((weight, i) => sums[i] = (sums[i - 1] ?? 0) + weight);
  return (position) => {
    const target = randomStream(seed, "draw", position).uniform() * sums[sums.length - 1];
    return numbers[firstAbove(sums, target)];
  };
}

/** The first place whose rising value is above the target. */
function firstAbove(rising: Float64Array, target: number): number {
  let low = 0, high = rising.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rising[middle] > target) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Each training poster's weight: that of its rarest genre. */
function weightsOf(set: PosterSet, exponent: number): Float64Array {
  const labels = Array.from(set.split.train, (number) => set.facts(number).genres);
  const counts = set.genres.map((_, g) => labels.filter((genres) => genres[g] === 1).length);
  return Float64Array.from(labels, (genres) => {
    const rarest = Math.min(...counts.filter((_, g) => genres[g] === 1));
    return (rarest / labels.length) ** -exponent;
  });
}
