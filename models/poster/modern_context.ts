// What the steps of the modern models share: schedules, genres that are mixed and warmed up, augmentation that may adapt, updates
// whose gradients are gathered over parts of a batch.

import * as tf from "../../gpu/tf.ts";
import type { AdamOptions } from "../../gpu/adam.ts";
import type { Gradients, lossAndGradients } from "../../gpu/gradients.ts";
import type { Random } from "../../gpu/random.ts";
import type { ParamTree } from "../../gpu/tree.ts";
import { adapt, type Adaptation, drawChanges, type ImageChange } from "../adaptive_augment.ts";
import { schedulesAt } from "../schedule.ts";
import { applyUpdate, type StepMetrics } from "../update.ts";
import { conditionOf, generatorInput } from "./condition.ts";
import { ADAPTATION, type PosterState, remember } from "./state.ts";
import type { PosterBatch } from "./step_context.ts";
import type { ModernConfig } from "./training_config.ts";

const SCHEDULED = [
  "penalty",
  "learningRate",
  "beta2",
  "emaHalfLife",
  "condition",
  "augmentProbability",
] as const;

/** The values that the schedules give at one moment. */
export type ModernWeights = Record<typeof SCHEDULED[number], number>;

/** All that a step needs beside state and batch. */
export interface ModernContext<Config extends ModernConfig = ModernConfig> {
  config: Config;
  weights: ModernWeights;
  random: Random;
  /** Whether the penalty is taken at this step. */
  isPenaltyTurn: boolean;
}

/** What the schedules say after `imagesSeen` images. */
export function modernWeightsAt(config: ModernConfig, imagesSeen: number): ModernWeights {
  return schedulesAt(config, SCHEDULED, imagesSeen);
}

/**
 * Genres [n, g] of which some rows are mixed with the next row's: t times the one plus 1 - t times the other. t is drawn with the
 * density 2 t, so that of all posters of such a mixture the share t is of the first film. So generator and discriminator learn what
 * lies between the label sets that there are.
 *
 * @param share of the rows that are mixed
 */
export function mixGenres(genres: tf.Tensor2D, share: number, random: Random): tf.Tensor2D {
  const n = genres.shape[0];
  if (share === 0 || n < 2) return genres;
  const mixing = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    const isMixed = random.uniform() < share, t = isMixed ? Math.sqrt(random.uniform()) : 1;
    mixing[i * n + i] = t;
    mixing[i * n + (i + 1) % n] += 1 - t;
  }
  return tf.matMul(tf.tensor2d(mixing, [n, n]), genres);
}

/** Genres [n, g] as both networks take them at this moment of the warm-up (Shahbazi et al. 2022). */
export function warmCondition(
  genres: tf.Tensor2D,
  { config, weights }: Pick<ModernContext, "config" | "weights">,
): tf.Tensor2D {
  const condition = conditionOf(genres, config.generator);
  return weights.condition === 1 ? condition : tf.mul(condition, weights.condition);
}

/** A part of a batch: real pictures, and the condition that they share with the generated ones. */
export interface BatchPart {
  images: tf.Tensor4D;
  condition: tf.Tensor2D;
}

/** The batch in parts, each with its genres as the networks take them; the caller owns them. */
export function partsOf({ images, genres }: PosterBatch, context: ModernContext): BatchPart[] {
  const { config: { accumulate, mixGenres: share }, random } = context;
  return tf.tidy(() => {
    const condition = warmCondition(mixGenres(genres, share, random), context);
    const pictures = tf.split(images, accumulate), conditions = tf.split(condition, accumulate);
    return pictures.map((part, i) => ({ images: part, condition: conditions[i] }));
  }) as BatchPart[];
}

/** What Adam takes at this moment. */
export function adamOptions(
  { config: { beta1 }, weights: { beta2, learningRate } }: ModernContext,
) {
  return { beta1, beta2, learningRate };
}

/** The generator's inputs [n, latent + g] for new latents under a condition [n, g]. */
export function drawModernInputs(
  condition: tf.Tensor2D,
  { config: { generator }, random }: Pick<ModernContext, "config" | "random">,
): tf.Tensor2D {
  const n = condition.shape[0], { latent, genres } = generator;
  const latents = tf.tensor2d(random.normals(n * latent), [n, latent]);
  // The condition is scaled already.
  return generatorInput(latents, condition, { genres, normalise: false });
}

/** The probability of each change at this moment. */
export function changeProbability(
  adaptation: Adaptation,
  { config, weights }: Pick<ModernContext, "config" | "weights">,
): number {
  return config.adapt ? adaptation.probability : weights.augmentProbability;
}

/** The changes of `count` images. */
export function drawModernChanges(
  count: number,
  probability: number,
  { config, random }: Pick<ModernContext, "config" | "random">,
): ImageChange[] {
  const { size, augment: kinds } = config;
  return drawChanges({ count, size, kinds, probability }, random);
}

/** What the state remembers of the adaptation, if the configuration asks for it. */
export async function readAdaptation(
  { memory }: PosterState,
  { adapt: options }: ModernConfig,
): Promise<Adaptation> {
  if (!options) return { probability: 0, signs: 0, steps: 0 };
  const [probability, signs, steps] = await memory[ADAPTATION].data<"float32">();
  return { probability, signs, steps };
}

/** Takes the mean sign of a step's scores of real pictures into account, if the configuration asks for it. */
export function rememberSign(
  state: PosterState,
  before: Adaptation,
  sign: number,
  { adapt: options, batch }: ModernConfig,
): void {
  if (!options) return;
  const { probability, signs, steps } = adapt(before, { sign, batch }, options);
  remember(state, ADAPTATION, tf.tensor1d([probability, signs, steps]));
}

/** A part's loss, its gradients and the terms to report; as `lossAndGradients` gives them. */
export type PartResult = ReturnType<typeof lossAndGradients<Record<string, tf.Scalar>>>;

/**
 * Updates one network by the mean of the losses of a batch's parts, the others frozen.
 *
 * @param parts each takes the gradients of a part's loss with respect to what it is given; called one after the other, so that the
 *   memory is one part's
 */
export async function updateByParts(
  network: "gen" | "disc",
  { params, adam }: PosterState,
  options: AdamOptions,
  parts: readonly ((trained: ParamTree) => PartResult)[],
): Promise<StepMetrics> {
  const gradients: Gradients = {}, terms: Record<string, tf.Scalar> = {};
  for (const part of parts) {
    const found = part({ [network]: params[network] });
    found.loss.dispose();
    addInto(gradients, found.gradients, 1 / parts.length);
    addInto(terms, found.kept, 1 / parts.length);
  }
  return await applyUpdate([network], { params, adam }, gradients, {
    ...options,
    ...{ terms, clip: Infinity },
  });
}

/** Adds tensors times a factor to those of the same name, and disposes them. */
function addInto<T extends tf.Tensor>(
  sums: Record<string, T>,
  tensors: Readonly<Record<string, T>>,
  factor: number,
): void {
  for (const [name, tensor] of Object.entries(tensors)) {
    if (factor === 1) {
      sums[name] = tensor;
      continue;
    }
    const before = sums[name];
    sums[name] = tf.tidy(() => {
      const scaled = tf.mul(tensor, factor) as T;
      return before ? tf.add(before, scaled) as T : scaled;
    });
    tf.dispose([tensor, before]);
  }
}
