// The real posters that samples are measured against: held-out ones, and training ones, as the judge sees them.

import type { PosterSet, Split } from "../data/posters.ts";
import { TaskError } from "./_cli.ts";
import type { PosterMetric } from "./_compare_metrics.ts";
import type { Judge } from "./_judge.ts";
import { type JudgedSet, judgeSource, pickNumbers, posterSource } from "./_judged_set.ts";
import type { StatusLine } from "./_status_line.ts";
import { timeLeft } from "./_time_left.ts";

/** What decides a comparison beside the pictures. */
export interface MeasureOptions {
  /** Pictures drawn by each generator, and the most that are used of the held-out posters. */
  samples: number;
  /** The part of the set that the held-out posters are of. */
  split: Exclude<Split, "train">;
  metrics: ReadonlySet<PosterMetric>;
  seed: number;
  status: StatusLine;
}

/** Real posters, which samples are measured against. */
export interface RealPosters {
  set: PosterSet;
  judge: Judge;
  heldOut: JudgedSet;
  /** Training posters in random order: all for the memorisation check, else as many as samples. */
  training: JudgedSet;
  /** Their numbers in the set. */
  trainingNumbers: number[];
}

/** Fewer leave no neighbourhood of five neighbours. */
const FEWEST = 6;

/**
 * Reads and judges the held-out posters, at random if there are more than asked for, and training posters.
 *
 * @throws {TaskError} if the set has fewer than seven training or six held-out posters
 */
export async function readRealPosters(
  set: PosterSet,
  judge: Judge,
  { samples, split, metrics, seed, status }: MeasureOptions,
): Promise<RealPosters> {
  const { [split]: held, train } = set.split;
  if (held.length < FEWEST || train.length <= FEWEST) {
    throw new TaskError(
      `Cannot measure: the set has ${held.length} held-out posters (${split}) and ${train.length} to train on, expected ` +
        `at least ${FEWEST} and ${FEWEST + 1}`,
    );
  }
  const read = (what: string, numbers: number[]) =>
    judgeSource(
      posterSource(set, numbers),
      judge,
      timeLeft(status, `Reading ${what}`, numbers.length, "posters"),
    );
  const all = metrics.has("memorisation");
  const trainingNumbers = pickNumbers(train, all ? train.length : samples, seed);
  return {
    ...{ set, judge, trainingNumbers },
    heldOut: await read("held-out posters", pickNumbers(held, samples, seed)),
    training: await read("training posters", trainingNumbers),
  };
}
