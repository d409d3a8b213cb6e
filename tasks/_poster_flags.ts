// The flags of `train:posters`, and how they and a preset become a resolved training configuration.

import type { PosterSet } from "../data/posters.ts";
import type { PosterModel } from "../models/poster/config.ts";
import { POSTER_MODELS } from "../models/poster/config.ts";
import {
  BALANCES,
  type PosterTrainingConfig,
  posterTrainingSchema,
} from "../models/poster/training_config.ts";
import { type Command, parseWhole } from "./_cli.ts";
import { posterPresets, type PosterTrainingInput } from "./_poster_presets.ts";
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
    latent: { value: "N", default: "100", help: "Length of the latent vector" },
    lr: { value: "RATE", default: "the preset's", help: "Adam's step size (schedule)" },
    penalty: {
      value: "WEIGHT",
      default: "the preset's",
      help: "Weight of the penalty on real posters (schedule)",
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
    columns: { value: "N", default: "8", help: "Posters in a row of a sample sheet" },
  },
  notes: [
    "Models: dcgan and vae draw without genres; cvae-dcgan, acgan and cgan draw by genre.",
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

function applyFlags(base: PosterTrainingInput, flags: PosterTrainFlags): PosterTrainingInput {
  const whole = (flag: keyof PosterTrainFlags, max?: number) => {
    const text = flags[flag];
    return text === undefined ? undefined : parseWhole(flag, text, 0, max);
  };
  const hidden = whole("hide-genres", 100);
  return overlay(base, {
    generator: overlay(base.generator, { width: whole("width"), latent: whole("latent") }),
    discriminator: overlay(base.discriminator, { width: whole("disc-width") }),
    batch: whole("batch"),
    balance: flags.balance as PosterTrainingInput["balance"] | undefined,
    hideGenres: hidden === undefined ? undefined : hidden / 100,
    penalty: flags.penalty,
    penaltyEvery: whole("penalty-every"),
    genres: flags["genre-weight"],
    divergence: flags.divergence,
    reconstruction: flags.reconstruction,
    learningRate: flags.lr,
    emaHalfLife: readImages("ema", flags.ema),
    augment: readAugmentations(flags.augment),
    seed: whole("seed", 2 ** 32 - 1),
  });
}
