// The flags of `train:posters`, and how they and a preset become a resolved training configuration.

import type { PosterSet } from "../data/posters.ts";
import type { PosterModel } from "../models/poster/config.ts";
import { CHANGES } from "../models/adaptive_augment.ts";
import { MODERN_MODELS, POSTER_MODELS } from "../models/poster/config.ts";
import {
  BALANCES,
  type PosterTrainingConfig,
  posterTrainingSchema,
} from "../models/poster/training_config.ts";
import { type Command, parseChoice, parseWhole, refuseFlags, UsageError } from "./_cli.ts";
import {
  DEFAULT_ADAPTATION,
  type ModernInput,
  type R3ganInput,
  type StyleGan2Input,
} from "./_modern_presets.ts";
import { type LadderInput, posterPresets, type PosterTrainingInput } from "./_poster_presets.ts";
import {
  AUGMENT_HELP,
  overlay,
  presetLines,
  readAugmentations,
  readImages,
  resolveConfig,
  runFlags,
  TRAINING_NOTES,
} from "./_training_flags.ts";

/** The command line of `train:posters`. */
export const trainPostersCommand = {
  name: "train:posters",
  summary: "Trains a generator of film posters, by genre where the model knows genres.",
  flags: {
    model: { value: "NAME", default: "cgan", help: POSTER_MODELS.join(", ") },
    preset: { value: "NAME", default: "toy", help: Object.keys(posterPresets).join(", ") },
    data: {
      value: "FILE",
      default: "posters drawn by code",
      help: "Posters that deno task data:posters packed",
    },
    run: {
      value: "DIR",
      default: "runs/MODEL-PRESET",
      help: "Folder of the run; one that exists is resumed",
    },
    size: {
      value: "WxH",
      default: "the file's, or the preset's",
      help: "Width x height of drawn posters in pixels",
    },
    images: { value: "N", default: "the preset's", help: "Images to see, such as 60k or 1.5M" },
    ...runFlags,
    seed: { value: "N", default: "42", help: "Seed of everything random" },
    batch: { value: "N", default: "the preset's", help: "Posters per update" },
    width: { value: "N", default: "the preset's", help: "Channels of the generator's last layer" },
    "disc-width": {
      value: "N",
      default: "the preset's",
      help: "Channels of the first layer of discriminator and encoder",
    },
    widest: { value: "N", default: "the preset's", help: "Channels at most, of a modern model" },
    blocks: { value: "N", default: "the preset's", help: "Residual blocks a stage, of r3gan" },
    latent: { value: "N", default: "the preset's", help: "Length of the latent vector" },
    lr: { value: "RATE", default: "the preset's", help: "Adam's step size (schedule)" },
    penalty: {
      value: "WEIGHT",
      default: "the preset's",
      help: "Weight of the penalty on the discriminator's slope (schedule)",
    },
    "penalty-every": {
      value: "N",
      default: "the preset's",
      help: "Updates from one penalty to the next",
    },
    "genre-weight": {
      value: "WEIGHT",
      default: "the preset's",
      help: "Weight of the genre classifier of acgan (schedule)",
    },
    divergence: {
      value: "WEIGHT",
      default: "the preset's",
      help: "Weight of the codes' divergence of vae and cvae-dcgan (schedule)",
    },
    reconstruction: {
      value: "WEIGHT",
      default: "the preset's",
      help: "Weight of the reconstruction of vae and cvae-dcgan (schedule)",
    },
    beta2: {
      value: "DECAY",
      default: "the preset's",
      help: "Decay of Adam's second moments, of a modern model (schedule)",
    },
    balance: {
      value: "HOW",
      default: "the file's, or the preset's",
      help: `How rare genres are drawn: ${BALANCES.join(", ")}`,
    },
    "hide-genres": {
      value: "PERCENT",
      default: "the preset's",
      help: "Percent of the posters whose genres are hidden",
    },
    ema: {
      value: "IMAGES",
      default: "the preset's",
      help: "Half-life of the averaged generator",
    },
    augment: { value: "LIST", default: "the preset's", help: AUGMENT_HELP },
    "augment-probability": {
      value: "P",
      default: "the preset's",
      help: "Probability of each change (schedule), or ada or ada:T to follow the discriminator",
    },
    accumulate: {
      value: "N",
      default: "1",
      help: "Parts that a batch is computed in: less memory, the same numbers",
    },
    condition: {
      value: "SHARE",
      default: "the preset's",
      help: "How much the genres count, such as 0->1@0..20k (schedule)",
    },
    "mix-genres": {
      value: "PERCENT",
      default: "the preset's",
      help: "Percent of the posters whose genres are mixed with another film's",
    },
    init: {
      value: "RUN",
      help: "Start from another run's networks, as far as their layers match",
    },
    columns: { value: "N", default: "8", help: "Posters in a row of a sample sheet" },
  },
  notes: [
    "Models: dcgan and vae draw without genres; cvae-dcgan, acgan and cgan draw by genre; so do the",
    `modern ones, ${
      MODERN_MODELS.join(" and ")
    }, whose --augment takes: poster (all of the following), or some of`,
    `${CHANGES.join(",")}; and whose --ema is a schedule too.`,
    "",
    "Presets (deno task train:posters --model M --preset NAME --dry-run shows what they set):",
    ...presetLines(posterPresets),
    "",
    TRAINING_NOTES,
  ].join("\n"),
} satisfies Command<string>;

/** What was typed. */
export type PosterTrainFlags = Partial<Record<keyof typeof trainPostersCommand["flags"], string>>;

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
/** Flags that mean nothing to StyleGAN2. */
const BLOCKS_ONLY: readonly FlagName[] = ["blocks"];

function applyFlags(base: PosterTrainingInput, flags: PosterTrainFlags): PosterTrainingInput {
  const refuse = (names: readonly FlagName[]) =>
    refuseFlags(flags, names, `${base.model} has no such setting`);
  if (base.model === "r3gan") {
    refuse(LADDER_ONLY);
    return applyR3ganFlags(base, flags);
  }
  if (base.model === "stylegan2") {
    refuse([...LADDER_ONLY, ...BLOCKS_ONLY]);
    return applyStyleGan2Flags(base, flags);
  }
  refuse(MODERN_ONLY);
  return applyLadderFlags(base, flags);
}

/** A whole number from a flag, or undefined if it was not given. */
function whole(flags: PosterTrainFlags, flag: FlagName, max?: number): number | undefined {
  const text = flags[flag];
  return text === undefined ? undefined : parseWhole(flag, text, 0, max);
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
    generator: overlay(base.generator, { widest, ...generatorChanges(flags) }),
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
