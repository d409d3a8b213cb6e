// The flags of `train:posters`.

import { CHANGES } from "../models/adaptive_augment.ts";
import { MODERN_MODELS, POSTER_MODELS } from "../models/poster/config.ts";
import { BALANCES } from "../models/poster/training_config.ts";
import type { Command } from "./_cli.ts";
import { posterPresets } from "./_poster_presets.ts";
import { AUGMENT_HELP, presetLines, runFlags, TRAINING_NOTES } from "./_training_flags.ts";

/** What a flag of a setting that is on or off takes. */
export const SWITCH = ["on", "off"] as const;

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
      default: "the preset's",
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
    style: {
      value: "N",
      default: "the preset's",
      help: "Length of the style vector, of stylegan2",
    },
    mapping: {
      value: "N",
      default: "the preset's",
      help: "Layers from latent vector to style, 1 to 8, of stylegan2",
    },
    noise: {
      value: "HOW",
      default: "the preset's",
      help: `Whether stylegan2 learns to use noise while it trains: ${SWITCH.join(" or ")}`,
    },
    "mix-styles": {
      value: "PERCENT",
      default: "the preset's",
      help: "Percent of stylegan2's batches whose posters have the styles of two latent vectors",
    },
    "path-length": {
      value: "WEIGHT",
      default: "the preset's",
      help: "Weight of stylegan2's path length penalty, 0 for none (schedule); published: 2",
    },
    "path-every": {
      value: "N",
      default: "the preset's",
      help: "Updates from one path length penalty to the next",
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
