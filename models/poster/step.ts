// One training step of whichever poster model a configuration names. Knows no clock, disk or logger.

import { emaDecay, updateEma } from "../../gpu/ema.ts";
import type { Random } from "../../gpu/random.ts";
import { countStep } from "../train_state.ts";
import type { StepMetrics } from "../update.ts";
import { ganStep } from "./gan_step.ts";
import type { PosterState } from "./state.ts";
import { type PosterBatch, posterWeightsAt } from "./step_context.ts";
import type { PosterModel } from "./config.ts";
import type { PosterTrainingConfig } from "./training_config.ts";
import { vaeGanStep, vaeStep } from "./vae_step.ts";

/** The step of each model. */
const STEPS: Readonly<Record<PosterModel, typeof ganStep>> = {
  dcgan: ganStep,
  vae: vaeStep,
  "cvae-dcgan": vaeGanStep,
  acgan: ganStep,
  cgan: ganStep,
};

/**
 * Updates the state by one step and advances `imagesSeen` by one batch. A non-finite loss or gradient leaves that update out;
 * the step is then counted in `skippedSteps` and reported as not finite.
 *
 * @param random draws for latents, codes and augmentation; derive it from the seed and `imagesSeen`
 */
export async function posterStep(
  state: PosterState,
  batch: PosterBatch,
  { config, random }: { config: PosterTrainingConfig; random: Random },
): Promise<StepMetrics> {
  const weights = posterWeightsAt(config, state.imagesSeen);
  const images = batch.images.shape[0];
  const isPenaltyTurn = weights.penalty > 0 &&
    Math.floor(state.imagesSeen / images) % config.penaltyEvery === 0;
  const metrics = await STEPS[config.model](state, batch, {
    ...{ config, weights, random, isPenaltyTurn },
  });
  countStep(state, { images, finite: metrics.finite });
  if (metrics.finite) {
    const decay = emaDecay(config.emaHalfLife, state.imagesSeen, images);
    updateEma(state.ema, { gen: state.params.gen }, decay);
  }
  return metrics;
}
