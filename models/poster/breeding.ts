// Children of two posters: their latent vectors and genres mixed, with a little chance.

import { randomStream } from "../../gpu/random.ts";
import { latentBetween, latentOf, variedLatent } from "./latent.ts";
import { parseLatent, roundLatent } from "./latent_text.ts";

/** A poster as it is bred from, and as its children are. */
export interface Genome {
  /** Latent vector [z], about N(0, 1). */
  latent: Float32Array;
  /** Weight of each genre [g], 0 to 1. */
  genres: readonly number[];
  /** 0 to 1. */
  truncation: number;
}

/** What a latent vector is drawn from. */
export interface LatentOrigin {
  seed: number;
  /** The vector's text, in place of the seed. */
  latent?: string;
  /** Turns towards other seeds, one after the other, each by a share of the way. */
  steps: readonly { seed: number; amount: number }[];
}

/** A sheet of children. */
export interface Litter {
  /** Another one, other children. */
  seed: number;
  /** How far each child is turned towards a stranger, 0 to 1: 0 leaves what the parents gave. */
  mutation: number;
}

/** Children on a sheet: so many in a row, and so many rows. */
export const SHEET = { columns: 3, rows: 3 } as const;

/** Genre weights are told in hundredths, as links hold them. */
const HUNDREDTHS = 100;

/** The latent vector of an origin. @throws {RangeError} if its text is not one of `length` numbers */
export function latentFrom({ seed, latent, steps }: LatentOrigin, length: number): Float32Array {
  const start = latent === undefined
    ? latentOf(seed, { latent: length })
    : parseLatent(latent, length);
  if (!start) {
    throw new RangeError(
      `Cannot read a latent vector: its text has ${latent?.length} characters; expected the text of ${length} numbers`,
    );
  }
  return steps.reduce(variedLatent, start);
}

/**
 * The nine children of two posters, row by row. Each column is nearer to the second parent: a quarter, a half, three quarters.
 * In the first row all is blended; in the second, half of the numbers, chosen for each child, are taken whole from the one or
 * the other; in the third, all are. Latents are rounded to what `formatLatent` holds, genres to hundredths.
 */
export function breed(parents: readonly [Genome, Genome], litter: Litter): Genome[] {
  const { columns, rows } = SHEET;
  return Array.from({ length: columns * rows }, (_, i) => {
    const share = (i % columns + 1) / (columns + 1);
    const whole = Math.floor(i / columns) / (rows - 1);
    return breedOne(parents, { ...litter, child: i, share, whole });
  });
}

interface Conception extends Litter {
  child: number;
  /** How near to the second parent, 0 to 1. */
  share: number;
  /** The part of the numbers that are taken whole from one parent. */
  whole: number;
}

function breedOne([a, b]: readonly [Genome, Genome], conception: Conception): Genome {
  const { seed, child, share, whole, mutation } = conception;
  const random = randomStream(seed, "child", child);
  // Both draws are taken for each number, so that one mask does not depend on the other.
  const shareOfOne = () => {
    const [isWhole, isSecond] = [random.uniform() < whole, random.uniform() < share];
    return isWhole ? Number(isSecond) : share;
  };
  const shares = Array.from(a.latent, shareOfOne);
  const stranger = { seed: random.uint32(), amount: mutation };
  const latent = variedLatent(crossed(a.latent, b.latent, shares), stranger);
  const norm = (1 - share) * normOf(a.latent) + share * normOf(b.latent);
  const between = (from: number, to: number, t: number) => (1 - t) * from + t * to;
  return {
    latent: roundLatent(withNorm(latent, norm)),
    genres: mixedGenres(a.genres, b.genres, share, shareOfOne),
    truncation: hundredths(between(a.truncation, b.truncation, share)),
  };
}

/** Each number at its own share of the great circle between two vectors (Shoemake 1985, as `latentBetween`). */
function crossed(a: Float32Array, b: Float32Array, shares: readonly number[]): Float32Array {
  const points = new Map<number, Float32Array>();
  return a.map((_, i) => {
    const point = points.get(shares[i]) ?? latentBetween(a, b, shares[i]);
    points.set(shares[i], point);
    return point[i];
  });
}

/** Weights of which each goes its own share of the way. Two parents whose genres would all be lost by that give their blend. */
function mixedGenres(
  a: readonly number[],
  b: readonly number[],
  share: number,
  shareOfOne: () => number,
): number[] {
  const mixed = (shareOf: () => number) =>
    a.map((weight, i) => {
      const t = shareOf();
      return hundredths((1 - t) * weight + t * b[i]);
    });
  const genres = mixed(shareOfOne);
  return genres.some((weight) => weight > 0) ? genres : mixed(() => share);
}

/** A vector stretched to a length: posters of vectors that are too short or too long are not like those that were learnt. */
function withNorm(latent: Float32Array, norm: number): Float32Array {
  const scale = norm / (normOf(latent) || 1);
  return latent.map((value) => scale * value);
}

function normOf(latent: Float32Array): number {
  return Math.sqrt(latent.reduce((sum, value) => sum + value * value, 0));
}

function hundredths(value: number): number {
  return Math.round(HUNDREDTHS * value) / HUNDREDTHS;
}
