// Memorisation: whether samples lie nearer to the training pictures than pictures do that the generator has never seen.

import type { Matrix } from "./matrix.ts";
import { nearestRows } from "./nearest.ts";

/** A sample and the training pictures that it is nearest to. */
export interface NearSample {
  sample: number;
  /** Numbers of the training pictures, the nearest first. */
  training: number[];
  /** Euclidean distances of the features, likewise. */
  distances: number[];
}

/** How samples and held-out pictures lie to the training pictures. */
export interface Memorisation {
  /** Median distance to the nearest training picture. */
  samples: number;
  heldOut: number;
  /** The distance below which the nearest 1 % of the held-out pictures lie. */
  near: number;
  /** Share of the samples that are nearer than that, 0 to 1; about 0.01 if they lie as held-out pictures do. */
  nearShare: number;
  /** Whether that share is more than chance would give once in 1,000 times. */
  alarm: boolean;
  /** The samples nearest to a training picture, the nearest first. */
  nearest: NearSample[];
}

/** How many of the nearest samples are listed, and training pictures for each. */
export const NEAR_SAMPLES = 8, NEAR_TRAINING = 7;
/** Share of the held-out pictures that is called near. */
const NEAR = 0.01;
/** The chance below which the alarm is given. */
const CHANCE = 0.001;

/**
 * Compares the distances of samples to their nearest training pictures with those of held-out pictures, the idea of Meehan et al.
 * 2020 (section 3): a generator that copies is nearer to what it was trained on than new pictures of the same source are. They
 * compare medians, which a few copies among many samples do not move; here it is the lower end.
 *
 * The alarm: held-out pictures whose distances followed the samples' would have fewer than the observed number below `near` with
 * a chance (binomial) under 1 in 1,000. It does not know why: samples without detail may lie near to many pictures too, which the
 * list of the nearest shows.
 *
 * @throws {RangeError} if the sets' vectors differ in length, one is empty, or there are fewer than seven training pictures
 */
export function memorisation(samples: Matrix, heldOut: Matrix, training: Matrix): Memorisation {
  const nearest = nearestRows(samples, training, NEAR_TRAINING);
  const own = Float64Array.from(
    { length: samples.rows },
    (_, i) => Math.sqrt(nearest.squares[i * NEAR_TRAINING]),
  );
  const held = nearestRows(heldOut, training, 1).squares.map(Math.sqrt).sort();
  const nearCount = Math.ceil(NEAR * held.length), near = held[nearCount - 1];
  const nearShare = own.reduce((sum, distance) => sum + Number(distance < near), 0) / own.length;
  const order = Array.from(own.keys()).sort((a, b) => own[a] - own[b] || a - b);
  return {
    samples: median(own.toSorted()),
    heldOut: median(held),
    ...{ near, nearShare },
    alarm: chanceOfFewer(nearCount, held.length, nearShare) < CHANCE,
    nearest: order.slice(0, NEAR_SAMPLES).map((sample) => {
      const [from, to] = [sample * NEAR_TRAINING, (sample + 1) * NEAR_TRAINING];
      return {
        sample,
        training: Array.from(nearest.rows.subarray(from, to)),
        distances: Array.from(nearest.squares.subarray(from, to), Math.sqrt),
      };
    }),
  };
}

/** The chance that of `count` draws, each a hit with probability `share`, fewer than `hits` hit. */
function chanceOfFewer(hits: number, count: number, share: number): number {
  if (share >= 1) return hits > count ? 1 : 0;
  let term = (1 - share) ** count, sum = 0;
  for (let i = 0; i < hits; i++) {
    sum += term;
    term *= (count - i) / (i + 1) * share / (1 - share);
  }
  return sum;
}

function median(rising: Float64Array): number {
  const middle = (rising.length - 1) / 2;
  return (rising[Math.floor(middle)] + rising[Math.ceil(middle)]) / 2;
}
