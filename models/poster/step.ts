// One training step of whichever poster model a configuration names. Knows no clock, disk or logger.

import { emaDecay, updateEma } from "../../gpu/ema.ts";
import type { Random } from "../../gpu/random.ts";
import { countStep } from "../train_state.ts";
import type { StepMetrics } from "../update.ts";
import type { LadderModel } from "./config.ts";
import { ganStep } from "./gan_step.ts";
import { modernWeightsAt } from "./modern_context.ts";
import { r3ganStep } from "./r3gan/step.ts";
import type { LadderState, PosterState, R3ganState, StyleGan2State } from "./state.ts";
import { ladderWeightsAt, type PosterBatch } from "./step_context.ts";
import { styleGan2Step } from "./stylegan2/step.ts";
import type { PosterTrainingConfig } from "./training_config.ts";
import { vaeGanStep, vaeStep } from "./vae_step.ts";

/** The step of each rung. */
const STEPS: Readonly<Record<LadderModel, typeof ganStep>> = {
  dcgan: ganStep,
  vae: vaeStep,
  "cvae-dcgan": vaeGanStep,
  acgan: ganStep,
  cgan: ganStep,
};

/** What decides a step beside state and batch. */
export interface PosterStepOptions {
  config: PosterTrainingConfig;
  /** Draws for latents, codes, mixed genres and augmentation; derive it from the seed and `imagesSeen`. */
  random: Random;
  /** What the learning rate is multiplied by; 1 if not told. */
  slowdown?: number;
}

/**
 * Updates the state by one step and advances `imagesSeen` by one batch. A non-finite loss or gradient leaves that update out;
 * the step is then counted in `skippedSteps` and reported as not finite.
 */
export async function posterStep(
  state: PosterState,
  batch: PosterBatch,
  options: PosterStepOptions,
): Promise<StepMetrics> {
  const { config } = options, images = batch.images.shape[0];
  const { emaHalfLife } = posterWeightsAt(config, state.imagesSeen);
  const metrics = await stepOf(state, batch, options);
  countStep(state, { images, finite: metrics.finite });
  if (metrics.finite) {
    const decay = emaDecay(emaHalfLife, state.imagesSeen, images);
    updateEma(state.ema, { gen: state.params.gen }, decay);
  }
  return metrics;
}

/** What the schedules of a configuration give after `imagesSeen` images. */
export function posterWeightsAt(
  config: PosterTrainingConfig,
  imagesSeen: number,
): Record<string, number> & { penalty: number; learningRate: number; emaHalfLife: number } {
  return config.model === "r3gan" || config.model === "stylegan2"
    ? modernWeightsAt(config, imagesSeen)
    : { ...ladderWeightsAt(config, imagesSeen), emaHalfLife: config.emaHalfLife };
}

async function stepOf(
  state: PosterState,
  batch: PosterBatch,
  { config, random, slowdown = 1 }: PosterStepOptions,
): Promise<StepMetrics> {
  const slowed = <T extends { learningRate: number }>(weights: T): T => ({
    ...weights,
    learningRate: weights.learningRate * slowdown,
  });
  const isTurn = (weight: number) =>
    weight > 0 &&
    Math.floor(state.imagesSeen / batch.images.shape[0]) % config.penaltyEvery === 0;
  if (config.model === "r3gan") {
    const weights = slowed(modernWeightsAt(config, state.imagesSeen));
    const isPenaltyTurn = isTurn(weights.penalty);
    return await r3ganStep(state as R3ganState, batch, { config, random, weights, isPenaltyTurn });
  }
  if (config.model === "stylegan2") {
    const weights = slowed(modernWeightsAt(config, state.imagesSeen));
    const isPenaltyTurn = isTurn(weights.penalty),
      context = { config, random, weights, isPenaltyTurn };
    return await styleGan2Step(state as StyleGan2State, batch, context);
  }
  const weights = slowed(ladderWeightsAt(config, state.imagesSeen));
  const isPenaltyTurn = isTurn(weights.penalty);
  const step = STEPS[config.model];
  return await step(state as LadderState, batch, { config, random, weights, isPenaltyTurn });
}
