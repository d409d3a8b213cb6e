// One training step of the genre classifier. Knows no clock, disk or logger.

import * as tf from "../../gpu/tf.ts";
import { lossAndGradients } from "../../gpu/gradients.ts";
import { type Random, randomStream } from "../../gpu/random.ts";
import { augment } from "../augment.ts";
import { parseSchedule, scheduleAt } from "../schedule.ts";
import { countStep, startState, type TrainState } from "../train_state.ts";
import { applyUpdate, type StepMetrics } from "../update.ts";
import { applyClassifier, type ClassifierParams, initClassifier } from "./classifier.ts";
import type { ClassifierConfig } from "./config.ts";

/** All that the training carries from step to step; owns its tensors (`disposeState`). */
export type ClassifierState = TrainState<{ classifier: ClassifierParams }, never>;

/** Pictures and what they are; owned by the caller. */
export interface ClassifierBatch {
  /** [n, h, w, 3] in [-1, 1]. */
  images: tf.Tensor4D;
  /** [n, g], each 0 or 1. */
  genres: tf.Tensor2D;
}

/** Adam's decay rates, as its paper has them. */
const BETA1 = 0.9, BETA2 = 0.999;

/** A fresh state, the network drawn from the configuration's seed. */
export function startClassifier(config: ClassifierConfig): ClassifierState {
  const random = randomStream(config.seed, "init", "classifier");
  return startState({ classifier: initClassifier(config, random) }, []);
}

/** The binary cross-entropy of logits [n, g] against genres [n, g], summed over genres, averaged over pictures. */
export function genreCrossEntropy(logits: tf.Tensor2D, genres: tf.Tensor2D): tf.Scalar {
  return tf.mean(tf.sum(tf.sub(tf.softplus(logits), tf.mul(logits, genres)), 1));
}

/**
 * Updates the state by one step and advances `imagesSeen` by one batch; pictures are moved by up to an eighth of their sides.
 * A non-finite loss or gradient leaves the update out; the step is then counted in `skippedSteps`.
 *
 * @param random draws for the movements; derive it from the seed and `imagesSeen`
 */
export async function classifierStep(
  state: ClassifierState,
  { images, genres }: ClassifierBatch,
  { config, random }: { config: ClassifierConfig; random: Random },
): Promise<StepMetrics> {
  const { gradients, loss, kept } = lossAndGradients(state.params, () => {
    const seen = augment(images, ["translation"], random);
    const { logits } = applyClassifier(state.params.classifier, seen, config);
    const lossGenres = genreCrossEntropy(logits, genres);
    return { loss: tf.clone(lossGenres), kept: { lossGenres } };
  });
  loss.dispose();
  const metrics = await applyUpdate(["classifier"], state, gradients, {
    learningRate: scheduleAt(parseSchedule(config.learningRate), state.imagesSeen),
    ...{ beta1: BETA1, beta2: BETA2, clip: Infinity, terms: kept },
  });
  countStep(state, { images: images.shape[0], finite: metrics.finite });
  return metrics;
}
