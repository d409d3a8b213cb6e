// The flags that `compare` and `evaluate` share, and what they say.

import { type Flag, parseChoice, parseWhole, UsageError } from "./_cli.ts";
import { parsePosterMetrics, posterMetricsFlag } from "./_compare_metrics.ts";
import { deviceFlags } from "./_device_flag.ts";
import { JUDGE_IMAGES, JUDGES } from "./_judge.ts";
import type { MeasureOptions } from "./_real_posters.ts";
import { readImages } from "./_training_flags.ts";

/** How many posters each generator draws, if nothing else is asked for. */
const SAMPLES = 2000;
/** Their features stay in memory, and the time of some metrics grows with their square. */
const MOST_SAMPLES = 100_000;
/** Fewer leave no neighbourhood of five neighbours. */
const FEWEST_SAMPLES = 6;

/** For a command's flags. */
export const comparisonFlags = {
  samples: { value: "N", default: String(SAMPLES), help: "Posters that each generator draws" },
  metrics: posterMetricsFlag,
  split: { value: "PART", default: "test", help: "Held-out posters to measure by: test or valid" },
  seed: { value: "N", default: "1", help: "Seed of latents, patches and subsets" },
  judge: { value: "DIR", default: JUDGES, help: "Folder of the judges, which are kept" },
  "judge-images": {
    value: "N",
    default: String(JUDGE_IMAGES),
    help: "Pictures that the judge is trained on",
  },
  ...deviceFlags,
} satisfies Record<string, Flag>;

/** What they say, checked and complete. */
export interface ComparisonSettings extends Omit<MeasureOptions, "status"> {
  judge: { folder: string; images: number };
}

/** @throws {UsageError} naming the flag that is wrong */
export function readComparison(
  flags: Partial<Record<keyof typeof comparisonFlags, string>>,
): ComparisonSettings {
  const images = readImages("judge-images", flags["judge-images"]) ?? JUDGE_IMAGES;
  if (images === 0) throw new UsageError("--judge-images is 0, expected at least 1");
  const { samples, seed, split } = { ...defaults, ...flags };
  return {
    samples: parseWhole("samples", samples, FEWEST_SAMPLES, MOST_SAMPLES),
    split: parseChoice("split", split, ["test", "valid"]),
    metrics: parsePosterMetrics(flags.metrics),
    seed: parseWhole("seed", seed, 0, 2 ** 32 - 1),
    judge: { folder: flags.judge ?? JUDGES, images },
  };
}

const defaults = {
  samples: comparisonFlags.samples.default,
  seed: comparisonFlags.seed.default,
  split: comparisonFlags.split.default,
};
