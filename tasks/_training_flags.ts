// The flags that every training task takes, and how flags and a preset become a resolved configuration.

import * as v from "valibot";
import { type Augmentation, AUGMENTATIONS } from "../models/augment.ts";
import { parseImages } from "../models/schedule.ts";
import { type Flag, parseChoice, parseDuration, UsageError } from "./_cli.ts";
import { deviceFlags } from "./_device_flag.ts";
import type { TrainingRun } from "./_training_run.ts";

/** A row of a table of named training configurations. */
export interface Preset<Config> {
  summary: string;
  /** How long it trains by default. */
  images: number;
  config: Config;
}

/** How long a run is, where it computes, and how often it reports. */
export const runFlags = {
  budget: {
    value: "TIME",
    default: "none",
    help: "Stop after this much training, such as 45m or 3h, over all sittings",
  },
  ...deviceFlags,
  "sample-every": {
    value: "IMAGES",
    default: "a 20th of the run",
    help: "Interval of the sample sheets, 0 for none",
  },
  "save-every": {
    value: "IMAGES",
    default: "a 20th of the run",
    help: "Interval of the checkpoints, 0 for the end only",
  },
  "log-every": {
    value: "IMAGES",
    default: "a 200th of the run",
    help: "Interval of metrics.jsonl",
  },
  "dry-run": { help: "Print the resolved configuration and stop" },
} satisfies Record<string, Flag>;

/** The flag of the augmentation. */
export const AUGMENT_HELP = `DiffAugment: none, or some of ${AUGMENTATIONS.join(",")}`;

/** What the help says of schedules and of stopping. */
export const TRAINING_NOTES = [
  "Schedules: 10 is constant; 10->5@20k..150k falls from 10 to 5 between 20,000 and 150,000 images,",
  "with :cosine or :exp at the end along another curve than a line.",
  "",
  "Stop with Ctrl-C; the same command again continues.",
].join("\n");

/** The presets of a table as lines of a help text. */
export function presetLines(presets: Readonly<Record<string, { summary: string }>>): string[] {
  return Object.entries(presets).map(([name, { summary }]) => `  ${name.padEnd(12)} ${summary}`);
}

/** Where a run ends and how often it reports, from the flags. @throws {UsageError} naming the flag that is wrong */
export function readRunLength(
  flags: Partial<Record<keyof typeof runFlags, string>>,
  images: number,
): Pick<TrainingRun, "until" | "every"> {
  const interval = (flag: "sample-every" | "save-every" | "log-every", parts: number) =>
    readImages(flag, flags[flag]) ?? Math.ceil(images / parts);
  return {
    until: {
      images,
      seconds: flags.budget === undefined ? Infinity : parseDuration("budget", flags.budget),
    },
    every: {
      sample: interval("sample-every", 20),
      save: interval("save-every", 20),
      log: interval("log-every", 200),
    },
  };
}

/** A number of images from a flag, or undefined if it was not given. @throws {UsageError} naming the flag. */
export function readImages(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  try {
    return parseImages(text);
  } catch {
    throw new UsageError(
      `--${flag} is "${text}", expected a number of images such as 3000, 50k or 1.5M`,
    );
  }
}

/** `none` or kinds of augmentation, parted by commas; undefined if the flag was not given. */
export function readAugmentations(text: string | undefined): Augmentation[] | undefined {
  if (text === undefined) return undefined;
  return text === "none"
    ? []
    : text.split(",").map((kind) => parseChoice("augment", kind, AUGMENTATIONS));
}

/** `base` with those changes laid over it that are not undefined. */
export function overlay<T extends object>(
  base: T,
  changes: { [K in keyof T]?: T[K] | undefined },
): T {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  return { ...base, ...Object.fromEntries(given) };
}

/** A schedule over a part of the run: `span(10, 5, 0.1, 0.75, images)` falls from 10 to 5 between 10 % and 75 % of it. */
export function span(
  from: number,
  to: number,
  start: number,
  end: number,
  images: number,
): string {
  return `${from}->${to}@${Math.floor(start * images)}..${Math.max(1, Math.ceil(end * images))}`;
}

/** The configuration that a schema makes of an input. @throws {UsageError} listing every setting that is refused */
export function resolveConfig<Input, Config>(
  schema: v.GenericSchema<Input, Config>,
  input: Input,
): Config {
  const result = v.safeParse(schema, input);
  if (result.success) return result.output;
  const problems = result.issues.map((issue) =>
    `  ${v.getDotPath(issue) ?? "config"}: ${issue.message}`
  );
  throw new UsageError(`Cannot use this configuration:\n${problems.join("\n")}`);
}
