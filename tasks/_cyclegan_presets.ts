// The presets of `train:cyclegan`: one row per experiment, as data.

import type * as v from "valibot";
import type { PatchConfig } from "../models/cyclegan/config.ts";
import type { trainingSchema } from "../models/cyclegan/training_config.ts";
import { type Preset, span } from "./_training_flags.ts";

/** A training configuration as a user may give it: checked and resolved by the schema. */
export type TrainingInput = v.InferInput<typeof trainingSchema>;

/** The input of a preset: its discriminators are PatchGANs. */
type PresetInput = TrainingInput & { discriminator: PatchConfig & { net: "patch" } };

/**
 * What the published CycleGAN sets (Zhu et al. 2017, section 4 and appendix 7.1), at 256 px; without its biases before norms, which
 * change nothing.
 */
function published(images: number): PresetInput {
  return {
    kind: "cyclegan",
    generator: { width: 64, blocks: 9, upsample: "convt", bias: "needed" },
    discriminator: { net: "patch", width: 64, layers: 3, score: "patch", bias: "needed" },
    size: [256, 256],
    loadScale: 286 / 256,
    flip: true,
    batch: 1,
    gan: "lsgan",
    criticSteps: 5,
    cycle: "10",
    identity: "5",
    penalty: "10",
    clipGenerator: "none",
    clipDiscriminator: "none",
    learningRate: span(2e-4, 0, 0.5, 1, images),
    beta1: 0.5,
    beta2: 0.999,
    pool: 50,
    emaHalfLife: 1000,
    augment: [],
    seed: 42,
  };
}

/** Presets of `train:cyclegan` by name. */
export const cycleGanPresets: Readonly<
  Record<string, Preset<(images: number) => PresetInput>>
> = {
  toy: {
    summary: "64 px, a small pair that learns on any machine in ten minutes",
    images: 6000,
    config: (images) => ({
      ...published(images),
      generator: { width: 24, blocks: 4, upsample: "resize", bias: "needed" },
      discriminator: { net: "patch", width: 24, layers: 2, score: "patch", bias: "needed" },
      size: [64, 64],
      loadScale: 1.12,
      cycle: span(10, 5, 0.1, 0.75, images),
      identity: span(5, 0.5, 0.1, 0.75, images),
      clipGenerator: "10",
      clipDiscriminator: "10",
      // Twice the published step: the run is thirty times shorter.
      learningRate: span(4e-4, 0, 0.5, 1, images),
      emaHalfLife: 200,
    }),
  },
  "seed-lsgan": {
    summary:
      "the source project's first: 128 px, LSGAN, one score per image, weights and clipping decaying",
    images: 200_000,
    config: (images) => ({
      ...published(images),
      discriminator: { net: "patch", width: 64, layers: 3, score: "image", bias: "needed" },
      size: [128, 128],
      cycle: span(10, 5, 0.1, 0.75, images),
      identity: span(5, 0.5, 0.1, 0.75, images),
      clipGenerator: span(10, 1, 0, 0.75, images),
      clipDiscriminator: span(10, 1, 0, 0.75, images),
    }),
  },
  "seed-wgangp": {
    summary:
      "the source project's second: 180x324, WGAN-GP with 5 critic steps, weights and clipping decaying",
    images: 200_000,
    config: (images) => ({
      ...published(images),
      discriminator: { net: "patch", width: 64, layers: 3, score: "image", bias: "needed" },
      size: [180, 324],
      gan: "wgangp",
      cycle: span(50, 25, 0.1, 0.75, images),
      identity: span(25, 2.5, 0.1, 0.75, images),
      penalty: span(50, 10, 0.1, 0.75, images),
      clipGenerator: span(10, 1, 0, 0.75, images),
      clipDiscriminator: span(10, 1, 0, 0.75, images),
    }),
  },
  paper: {
    summary:
      "the published settings: 256 px, 9 blocks, LSGAN per patch, no decay but the step size's",
    images: 200_000,
    config: published,
  },
};
