// What the presets of `train:posters` are for the modern models, as data.

import type * as v from "valibot";
import type { Size } from "../data/picture_list.ts";
import { CHANGES } from "../models/adaptive_augment.ts";
import { type ModernModel, planStages } from "../models/poster/config.ts";
import type { r3ganSchema, styleGan2Schema } from "../models/poster/training_config.ts";
import { span } from "./_training_flags.ts";

/** A configuration as a user may give it: checked and resolved by its schema. */
export type R3ganInput = v.InferInput<typeof r3ganSchema>;

/** The same of StyleGAN2. */
export type StyleGan2Input = v.InferInput<typeof styleGan2Schema>;

/** A configuration of any modern model. */
export type ModernInput = R3ganInput | StyleGan2Input;

/** What a configuration has to fit: the posters' size, the set's genres, the length of the run. */
export interface PosterTask {
  size: Size;
  genres: readonly string[];
  images: number;
}

/** The presets of one modern model. */
export type ModernPresets = Readonly<
  Record<"toy" | "seed" | "best", (task: PosterTask) => ModernInput>
>;

/** How the probability of augmentation follows the discriminator: published, but in a fifth of the images. */
export const DEFAULT_ADAPTATION = { target: 0.6, images: 100_000 } as const;

/**
 * R3GAN as published for pictures of 64x64 (Huang et al. 2024, appendix: FFHQ-64), its schedules over this run instead of 20 million
 * images, its penalty by the number of pixels, and with as many channels as two cores can train.
 */
function published({ size: { width, height }, genres, images }: PosterTask): R3ganInput {
  const stages = { width: 16, widest: 128, narrowing: 1, blocks: 2 };
  const penalty = 2 * (width * height) / 64 ** 2;
  const fading = (from: number, to: number) => `${span(from, to, 0, 1, images)}:cosine`;
  return {
    kind: "poster",
    model: "r3gan",
    generator: {
      ...{ architecture: "r3gan", latent: 64, genres: genres.length, normalise: true },
      ...{ embedding: 64, ...stages },
      ...planStages(height, width),
    },
    genreNames: [...genres],
    discriminator: { ...stages, embedding: 64 },
    size: [height, width],
    batch: 64,
    // As a whole, the penalty's second backward pass would not fit into the engine's 4 GiB.
    accumulate: 4,
    balance: "none",
    hideGenres: 0,
    mixGenres: 0,
    condition: "1",
    penalty: fading(penalty, penalty / 10),
    penaltyEvery: 1,
    learningRate: fading(2e-4, 5e-5),
    beta1: 0,
    beta2: fading(0.9, 0.99),
    emaHalfLife: fading(0, images / 40),
    augment: [],
    augmentProbability: "0",
    adapt: null,
    seed: 42,
  };
}

/**
 * For a run of hours on two cores: small batches and long steps, since there are few of them. The second moment has to forget as fast as
 * published: with 0.99 from the start, a discriminator that wakes up after a flat beginning takes steps ten times as long, and is lost.
 * Genres are hidden and mixed at times.
 */
function improved(task: PosterTask): R3ganInput {
  const base = published(task), stages = { width: 16, widest: 128, narrowing: 1, blocks: 1 };
  return {
    ...base,
    generator: { ...base.generator, ...stages },
    discriminator: { ...base.discriminator, ...stages },
    batch: 16,
    accumulate: 1,
    hideGenres: 0.1,
    mixGenres: 0.1,
    penalty: `${span(2, 0.5, 0, 1, task.images)}:cosine`,
    learningRate: `${span(1e-3, 1e-4, 0, 1, task.images)}:cosine`,
  };
}

/**
 * StyleGAN2 as its authors set it for small pictures (Karras et al. 2020, "Training generative adversarial networks with limited
 * data": the mapping network, R1 by pixels and batch, the average's half-life, no path lengths), with as many channels as two cores
 * can train.
 */
function publishedStyles({ size: { width, height }, genres }: PosterTask): StyleGan2Input {
  const channels = { width: 64, widest: 128 }, batch = 32;
  return {
    kind: "poster",
    model: "stylegan2",
    generator: {
      ...{ architecture: "stylegan2", latent: 128, genres: genres.length, normalise: true },
      ...{ style: 128, mapping: 2, ...channels, noise: true },
      ...planStages(height, width),
    },
    genreNames: [...genres],
    discriminator: { ...channels, group: 4 },
    size: [height, width],
    batch,
    accumulate: 1,
    balance: "none",
    hideGenres: 0,
    mixGenres: 0,
    condition: "1",
    penalty: stylePenalty(width * height, batch),
    penaltyEvery: 16,
    learningRate: "0.0025",
    beta1: 0,
    beta2: "0.99",
    emaHalfLife: String(batch * 10_000 / 32),
    augment: [],
    augmentProbability: "0",
    adapt: null,
    mixStyles: 0.9,
    pathLength: "0",
    pathEvery: 4,
    seed: 42,
  };
}

/** The weight of R1 as the authors' code chooses it by itself. */
function stylePenalty(pixels: number, batch: number): string {
  return String(0.0002 * pixels / batch);
}

/** For a run of hours on two cores: half the batch, narrower where the picture is large, no noise, genres hidden and mixed at times. */
function improvedStyles(task: PosterTask): StyleGan2Input {
  const { size: { width, height } } = task, batch = 16;
  const base = publishedStyles(task), channels = { width: 32, widest: 128 };
  return {
    ...base,
    penalty: stylePenalty(width * height, batch),
    generator: { ...base.generator, ...channels, noise: false },
    discriminator: { ...base.discriminator, ...channels },
    batch,
    hideGenres: 0.1,
    mixGenres: 0.1,
    emaHalfLife: "5000",
    mixStyles: 0.5,
  };
}

/** Rare genres drawn more often, genres that come in slowly, and augmentation that adapts. */
function allThatHelps(
  { images }: PosterTask,
): Pick<R3ganInput, "balance" | "condition" | "augment" | "adapt"> {
  return {
    balance: "sqrt",
    condition: span(0, 1, 0, 0.1, images),
    augment: [...CHANGES],
    adapt: DEFAULT_ADAPTATION,
  };
}

/** The presets of the modern models. */
export const modernPresets: Readonly<Record<ModernModel, ModernPresets>> = {
  r3gan: {
    toy: (task) => {
      const base = improved(task), stages = { narrowing: 2 };
      return {
        ...base,
        generator: { ...base.generator, ...stages },
        discriminator: { ...base.discriminator, ...stages },
      };
    },
    seed: published,
    best: (task) => ({ ...improved(task), ...allThatHelps(task) }),
  },
  stylegan2: {
    toy: (task) => {
      const base = improvedStyles(task), channels = { width: 32, widest: 64 };
      return {
        ...base,
        generator: { ...base.generator, ...channels, latent: 64, style: 64 },
        discriminator: { ...base.discriminator, ...channels },
      };
    },
    seed: publishedStyles,
    best: (task) => ({ ...improvedStyles(task), ...allThatHelps(task) }),
  },
};
