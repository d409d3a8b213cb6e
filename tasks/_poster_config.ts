// How a preset and the flags of `train:posters` become a resolved training configuration.

import type { PosterSet } from "../data/posters.ts";
import { CHANGES } from "../models/adaptive_augment.ts";
import type { PosterModel } from "../models/poster/config.ts";
import {
  type PosterTrainingConfig,
  posterTrainingSchema,
} from "../models/poster/training_config.ts";
import { parseChoice, parseWhole, refuseFlags, UsageError } from "./_cli.ts";
import {
  DEFAULT_ADAPTATION,
  type ModernInput,
  type R3ganInput,
  type StyleGan2Input,
} from "./_modern_presets.ts";
import { type PosterTrainFlags, SWITCH } from "./_poster_flags.ts";
import { type LadderInput, posterPresets, type PosterTrainingInput } from "./_poster_presets.ts";
import { overlay, readAugmentations, readImages, resolveConfig } from "./_training_flags.ts";

/** Which configuration is asked for. */
export interface PosterChoice {
  model: PosterModel;
  preset: string;
  images: number;
}

/**
 * The resolved configuration of a preset for the posters of a set, with the flags that were given.
 *
 * @throws {UsageError} listing every setting that is refused
 * @throws {RangeError} with the nearest sizes that can be made, if the set's cannot
 */
export function resolvePosterConfig(
  { model, preset, images }: PosterChoice,
  { size, genres, balance }: Pick<PosterSet, "size" | "genres" | "balance">,
  flags: PosterTrainFlags,
): PosterTrainingConfig {
  const base = posterPresets[preset].config(model, { size, genres, images });
  // A model that knows no genres draws posters as they come.
  const wanted = base.genreNames.length > 0 ? { balance } : {};
  return resolveConfig(posterTrainingSchema, applyFlags(overlay(base, wanted), flags));
}

type FlagName = keyof PosterTrainFlags;

/** Flags that mean nothing to the ladder's models, and those that mean nothing to the modern ones. */
const MODERN_ONLY: readonly FlagName[] = [
  "widest",
  "blocks",
  "beta2",
  "augment-probability",
  "accumulate",
  "condition",
  "mix-genres",
];
const LADDER_ONLY: readonly FlagName[] = ["genre-weight", "divergence", "reconstruction"];
/** Flags that mean something to StyleGAN2 alone. */
const STYLES_ONLY: readonly FlagName[] = [
  "style",
  "mapping",
  "noise",
  "mix-styles",
  "path-length",
  "path-every",
];
/** Flags that mean nothing to StyleGAN2. */
const BLOCKS_ONLY: readonly FlagName[] = ["blocks"];

function applyFlags(base: PosterTrainingInput, flags: PosterTrainFlags): PosterTrainingInput {
  const refuse = (names: readonly FlagName[]) =>
    refuseFlags(flags, names, `${base.model} has no such setting`);
  if (base.model === "r3gan") {
    refuse([...LADDER_ONLY, ...STYLES_ONLY]);
    return applyR3ganFlags(base, flags);
  }
  if (base.model === "stylegan2") {
    refuse([...LADDER_ONLY, ...BLOCKS_ONLY]);
    return applyStyleGan2Flags(base, flags);
  }
  refuse([...MODERN_ONLY, ...STYLES_ONLY]);
  return applyLadderFlags(base, flags);
}

/** A whole number from a flag, or undefined if it was not given. */
function whole(flags: PosterTrainFlags, flag: FlagName, max?: number): number | undefined {
  const text = flags[flag];
  return text === undefined ? undefined : parseWhole(flag, text, 0, max);
}

/** Whether a flag is on, or undefined if it was not given. */
function readSwitch(flags: PosterTrainFlags, flag: FlagName): boolean | undefined {
  const text = flags[flag];
  return text === undefined ? undefined : parseChoice(flag, text, SWITCH) === "on";
}

/** A share from a flag of percents. */
function percent(flags: PosterTrainFlags, flag: FlagName): number | undefined {
  const value = whole(flags, flag, 100);
  return value === undefined ? undefined : value / 100;
}

/** What the flags say of all models alike. */
function commonChanges(flags: PosterTrainFlags) {
  return {
    batch: whole(flags, "batch"),
    balance: flags.balance as PosterTrainingInput["balance"] | undefined,
    hideGenres: percent(flags, "hide-genres"),
    penalty: flags.penalty,
    penaltyEvery: whole(flags, "penalty-every"),
    learningRate: flags.lr,
    seed: whole(flags, "seed", 2 ** 32 - 1),
  };
}

function applyLadderFlags(base: LadderInput, flags: PosterTrainFlags): LadderInput {
  return overlay(base, {
    ...commonChanges(flags),
    generator: overlay(base.generator, generatorChanges(flags)),
    discriminator: overlay(base.discriminator, { width: whole(flags, "disc-width") }),
    genres: flags["genre-weight"],
    divergence: flags.divergence,
    reconstruction: flags.reconstruction,
    emaHalfLife: readImages("ema", flags.ema),
    augment: readAugmentations(flags.augment),
  });
}

function applyR3ganFlags(base: R3ganInput, flags: PosterTrainFlags): R3ganInput {
  const stages = { widest: whole(flags, "widest"), blocks: whole(flags, "blocks") };
  return overlay(base, {
    ...modernChanges(base, flags),
    generator: overlay(base.generator, { ...stages, ...generatorChanges(flags) }),
    discriminator: overlay(base.discriminator, { ...stages, width: whole(flags, "disc-width") }),
  });
}

function applyStyleGan2Flags(base: StyleGan2Input, flags: PosterTrainFlags): StyleGan2Input {
  const widest = whole(flags, "widest");
  return overlay(base, {
    ...modernChanges(base, flags),
    mixStyles: percent(flags, "mix-styles"),
    pathLength: flags["path-length"],
    pathEvery: whole(flags, "path-every"),
    generator: overlay(base.generator, {
      widest,
      ...generatorChanges(flags),
      style: whole(flags, "style"),
      mapping: whole(flags, "mapping"),
      noise: readSwitch(flags, "noise"),
    }),
    discriminator: overlay(base.discriminator, { widest, width: whole(flags, "disc-width") }),
  });
}

/** What the flags say of all generators alike. */
function generatorChanges(flags: PosterTrainFlags) {
  return { width: whole(flags, "width"), latent: whole(flags, "latent") };
}

/** What the flags say of the modern models alike. */
function modernChanges(base: ModernInput, flags: PosterTrainFlags) {
  return {
    ...commonChanges(flags),
    accumulate: whole(flags, "accumulate"),
    mixGenres: percent(flags, "mix-genres"),
    condition: flags.condition,
    beta2: flags.beta2,
    emaHalfLife: flags.ema,
    augment: readChanges(flags.augment),
    ...readProbability(base, flags["augment-probability"]),
  };
}

/** `poster`, `none`, or kinds of change, parted by commas; undefined if the flag was not given. */
function readChanges(text: string | undefined): ModernInput["augment"] | undefined {
  if (text === undefined) return undefined;
  if (text === "poster") return [...CHANGES];
  return text === "none"
    ? []
    : text.split(",").map((kind) => parseChoice("augment", kind, CHANGES));
}

/** `ada`, `ada:T` with T the mean sign that is aimed at, or a schedule of the probability. */
function readProbability(
  { adapt }: Pick<ModernInput, "adapt">,
  text: string | undefined,
): Partial<Pick<ModernInput, "adapt" | "augmentProbability">> {
  if (text === undefined) return {};
  const [, target] = /^ada(?::(.*))?$/.exec(text) ?? [];
  if (!text.startsWith("ada")) return { adapt: null, augmentProbability: text };
  if (target !== undefined && !/^\d*\.?\d+$/.test(target)) {
    throw new UsageError(
      `--augment-probability is "${text}", expected a probability, a schedule, ada, or ada:0.6`,
    );
  }
  const options = adapt ?? DEFAULT_ADAPTATION;
  return { adapt: { ...options, ...(target !== undefined && { target: Number(target) }) } };
}
