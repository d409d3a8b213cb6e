// The presets of `train:posters`: for each, the configuration of every model, as data.

import type * as v from "valibot";
import type { Size } from "../data/picture_list.ts";
import {
  isLadderModel,
  type LadderModel,
  planStages,
  type PosterModel,
} from "../models/poster/config.ts";
import { type ladderSchema, PLAIN_GANS, UNCONDITIONAL } from "../models/poster/training_config.ts";
import { type ModernInput, modernPresets, type PosterTask } from "./_modern_presets.ts";
import { type Preset, span } from "./_training_flags.ts";

/** A rung's training configuration as a user may give it: checked and resolved by the schema. */
export type LadderInput = v.InferInput<typeof ladderSchema>;

/** The same of any model. */
export type PosterTrainingInput = LadderInput | ModernInput;

/** A preset of all models, and the size that posters are drawn at for it. */
export interface PosterPreset
  extends Preset<(model: PosterModel, task: PosterTask) => PosterTrainingInput> {
  size: Size;
  /** How long the modern models train by default. */
  modernImages: number;
}

/** How long a preset trains a model by default. */
export function presetImages(preset: string, model: PosterModel): number {
  const { images, modernImages } = posterPresets[preset];
  return isLadderModel(model) ? images : modernImages;
}

/**
 * DCGAN as published (Radford et al. 2016, section 4), and the source project's way of each other model: the genres beside
 * the 100 latent numbers, and joined to the discriminator's answer.
 */
function published(model: LadderModel, { size, genres }: PosterTask): LadderInput {
  const names = UNCONDITIONAL.includes(model) ? [] : [...genres];
  return {
    kind: "poster",
    model,
    generator: {
      ...{ architecture: "dcgan", latent: 100, genres: names.length, normalise: false, width: 64 },
      ...planStages(size.height, size.width),
    },
    genreNames: names,
    discriminator: { width: 64, norm: "batch", genres: genresOf(model, "joined") },
    size: [size.height, size.width],
    batch: 128,
    balance: "none",
    hideGenres: 0,
    penalty: "0",
    penaltyEvery: 1,
    genres: "1",
    divergence: "1",
    reconstruction: "1",
    learningRate: "0.0002",
    beta1: 0.5,
    beta2: 0.999,
    emaHalfLife: 0,
    augment: [],
    seed: 42,
  };
}

function genresOf(
  model: LadderModel,
  cgan: "joined" | "projection",
): LadderInput["discriminator"]["genres"] {
  if (model === "acgan") return "classifier";
  return model === "cgan" ? cgan : "none";
}

/** What we have learnt since: averaged weights, a penalty in the place of batch norms, genres that are sometimes hidden. */
function improved(model: LadderModel, task: PosterTask): LadderInput {
  const base = published(model, task), isPlain = PLAIN_GANS.includes(model);
  const isConditional = !UNCONDITIONAL.includes(model);
  return {
    ...base,
    generator: { ...base.generator, normalise: true },
    discriminator: {
      ...base.discriminator,
      norm: isPlain ? "none" : "batch",
      genres: genresOf(model, "projection"),
    },
    batch: 32,
    hideGenres: isConditional ? 0.1 : 0,
    emaHalfLife: 2000,
    ...(isPlain
      ? {
        ...{ penalty: "1", penaltyEvery: 8, beta1: 0 },
        learningRate: span(8e-4, 1e-4, 0.3, 1, task.images),
      }
      : {
        reconstruction: model === "vae" ? "10" : "1",
        learningRate: span(5e-4, 1e-4, 0.5, 1, task.images),
      }),
  };
}

/** The presets of the ladder's models. */
const ladderPresets = {
  toy(model: LadderModel, task: PosterTask): LadderInput {
    const base = improved(model, task);
    return {
      ...base,
      generator: { ...base.generator, width: 32 },
      discriminator: { ...base.discriminator, width: 32 },
    };
  },
  seed: published,
  best(model: LadderModel, task: PosterTask): LadderInput {
    const base = improved(model, task);
    return {
      ...base,
      batch: 64,
      ...(base.genreNames.length > 0 && { balance: "sqrt" }),
      ...(PLAIN_GANS.includes(model) && { augment: ["color", "translation", "cutout"] }),
      emaHalfLife: 10_000,
    };
  },
};

/** A preset of that name, whatever the model. */
function configBy(name: keyof typeof ladderPresets): PosterPreset["config"] {
  return (model, task) =>
    isLadderModel(model) ? ladderPresets[name](model, task) : modernPresets[model][name](task);
}

/** Presets of `train:posters` by name. */
export const posterPresets: Readonly<Record<string, PosterPreset>> = {
  toy: {
    summary: "64x96, narrow: learns the look of the genres on any machine in ten minutes",
    images: 60_000,
    modernImages: 40_000,
    size: { width: 64, height: 96 },
    config: configBy("toy"),
  },
  seed: {
    summary:
      "64x128, as published: DCGAN by the source project's choices, a modern model by its paper",
    images: 1_000_000,
    modernImages: 1_000_000,
    size: { width: 64, height: 128 },
    config: configBy("seed"),
  },
  best: {
    summary: "64x96, all that helps: augmentation, rare genres drawn more often, full width",
    images: 2_000_000,
    modernImages: 300_000,
    size: { width: 64, height: 96 },
    config: configBy("best"),
  },
};
