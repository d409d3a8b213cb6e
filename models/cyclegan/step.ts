// One training step of CycleGAN (Zhu et al. 2017): the generators' update with the discriminators frozen, then the
// discriminators' updates. Knows no clock, disk or logger.

import * as tf from "../../gpu/tf.ts";
import { emaDecay, updateEma } from "../../gpu/ema.ts";
import { lossAndGradients } from "../../gpu/gradients.ts";
import type { Random } from "../../gpu/random.ts";
import { augment } from "../augment.ts";
import { disposePool, exchange } from "../image_pool.ts";
import { gradientPenalty } from "../penalty.ts";
import { scheduleAt } from "../schedule.ts";
import { countStep } from "../train_state.ts";
import type { TrunkParams } from "../trunks/trunk.ts";
import { type AnyDiscriminatorParams, applyAnyDiscriminator } from "./any_discriminator.ts";
import { applyGenerator } from "./generator.ts";
import { adversarialLoss, discriminatorLoss, type GanKind, meanAbsoluteError } from "./loss.ts";
import { generatorsOf, type Networks, type TrainState } from "./state.ts";
import {
  type TrainingConfig,
  type TrainingSchedules,
  trainingSchedules,
} from "./training_config.ts";
import { applyUpdate, type StepMetrics } from "../update.ts";

/** Unpaired images [n, h, w, 3] in [-1, 1] of both domains; owned by the caller. */
export interface Batch {
  a: tf.Tensor4D;
  b: tf.Tensor4D;
}

/** The values that the schedules give at one moment. */
export interface StepWeights {
  gan: GanKind;
  criticSteps: number;
  cycle: number;
  identity: number;
  penalty: number;
  clipGenerator: number;
  clipDiscriminator: number;
  learningRate: number;
}

/** What the schedules say after `imagesSeen` images. */
export function weightsAt(config: TrainingConfig, imagesSeen: number): StepWeights {
  const schedules = trainingSchedules(config);
  const phase = schedules.gan.findLast(({ fromImages }) => fromImages <= imagesSeen) ??
    schedules.gan[0];
  const at = (key: Exclude<keyof TrainingSchedules, "gan">) =>
    scheduleAt(schedules[key], imagesSeen);
  return {
    gan: phase.kind,
    criticSteps: phase.kind === "wgangp" ? config.criticSteps : 1,
    cycle: at("cycle"),
    identity: at("identity"),
    penalty: at("penalty"),
    clipGenerator: at("clipGenerator"),
    clipDiscriminator: at("clipDiscriminator"),
    learningRate: at("learningRate"),
  };
}

/**
 * Updates the state by one step and advances `imagesSeen` by one batch. A non-finite loss or gradient leaves that update out;
 * the step is then counted in `skippedSteps` and reported as not finite. If it is a discriminator's, the pools are emptied.
 *
 * @param batches real images: the first for the generators and the first discriminator update, one more for each further
 *   discriminator update of the step (`weightsAt(...).criticSteps` in all)
 * @param random draws for pool, penalty and augmentation; derive it from the seed and `imagesSeen`
 */
export async function trainStep(
  state: TrainState,
  batches: readonly Batch[],
  { config, random }: { config: TrainingConfig; random: Random },
): Promise<StepMetrics> {
  const weights = weightsAt(config, state.imagesSeen);
  if (batches.length !== weights.criticSteps) {
    throw new RangeError(
      `Cannot train a step: it got ${batches.length} batches, expected ${weights.criticSteps} (one per discriminator update)`,
    );
  }
  const [first] = batches;
  const generators = await updateGenerators(state, first, { config, weights, random });
  const values = { ...generators.values };
  let finite = generators.finite;
  for (const batch of batches) {
    if (!finite) break;
    const fakes = batch === first ? generators.fakes : generate(state.params, batch, config);
    const update = await updateDiscriminators(state, { batch, fakes }, { config, weights, random });
    if (batch !== first) tf.dispose([fakes.a, fakes.b]);
    Object.assign(values, update.values);
    finite &&= update.finite;
  }
  tf.dispose([generators.fakes.a, generators.fakes.b]);
  const batch = first.a.shape[0];
  countStep(state, { images: batch, finite });
  if (finite) {
    updateEma(
      state.ema,
      generatorsOf(state.params),
      emaDecay(config.emaHalfLife, state.imagesSeen, batch),
    );
  }
  return { finite, values };
}

interface UpdateContext {
  config: TrainingConfig;
  weights: StepWeights;
  random: Random;
}

async function updateGenerators(
  { params, adam, trunk }: TrainState,
  { a, b }: Batch,
  { config, weights, random }: UpdateContext,
): Promise<{ finite: boolean; values: Record<string, number>; fakes: Batch }> {
  const { gradients, loss, kept } = lossAndGradients(generatorsOf(params), () => {
    const redraw = (network: "genAB" | "genBA", images: tf.Tensor4D) =>
      applyGenerator(params[network], images, config.generator);
    const judge = (network: AnyDiscriminatorParams, images: tf.Tensor4D) => {
      const seen = augment(images, config.augment, random);
      return applyAnyDiscriminator(network, seen, config.discriminator, trunk);
    };
    const redrawBoth = (network: "genAB" | "genBA", first: tf.Tensor4D, second: tf.Tensor4D) =>
      split(redraw(network, tf.concat([first, second])));
    // Two generator passes that a weight of 0 does not pay for; the others share them with the fakes: images do not see each other.
    const isIdentity = weights.identity > 0;
    const [fakeB, identityB] = isIdentity ? redrawBoth("genAB", a, b) : [redraw("genAB", a)];
    const [fakeA, identityA] = isIdentity ? redrawBoth("genBA", b, a) : [redraw("genBA", b)];
    const terms = {
      lossAdvAB: adversarialLoss(weights.gan, judge(params.discB, fakeB)),
      lossAdvBA: adversarialLoss(weights.gan, judge(params.discA, fakeA)),
      lossCycle: tf.add(
        meanAbsoluteError(redraw("genBA", fakeB), a),
        meanAbsoluteError(redraw("genAB", fakeA), b),
      ) as tf.Scalar,
      ...(identityA && identityB && {
        lossIdentity: tf.add(
          meanAbsoluteError(identityB, b),
          meanAbsoluteError(identityA, a),
        ) as tf.Scalar,
      }),
    };
    const weighted = [
      terms.lossAdvAB,
      terms.lossAdvBA,
      tf.mul(terms.lossCycle, weights.cycle) as tf.Scalar,
      ...(terms.lossIdentity ? [tf.mul(terms.lossIdentity, weights.identity) as tf.Scalar] : []),
    ];
    return { loss: tf.addN(weighted), kept: { ...terms, fakeA, fakeB } };
  });
  const { fakeA, fakeB, ...terms } = kept;
  const update = await applyUpdate(["genAB", "genBA"], { params, adam }, gradients, {
    terms: { ...terms, lossGenerators: loss },
    clip: weights.clipGenerator,
    ...adamOptions(config, weights),
  });
  return { ...update, fakes: { a: fakeA, b: fakeB } };
}

async function updateDiscriminators(
  { params, adam, pools, trunk }: TrainState,
  { batch, fakes }: { batch: Batch; fakes: Batch },
  { config, weights, random }: UpdateContext,
): Promise<{ finite: boolean; values: Record<string, number> }> {
  const shown = { a: exchange(pools.A, fakes.a, random), b: exchange(pools.B, fakes.b, random) };
  const { gradients, loss, kept } = lossAndGradients(
    { discA: params.discA, discB: params.discB },
    () => {
      const judged = { config, weights, random, trunk };
      const A = discriminatorTerms(params.discA, { real: batch.a, fake: shown.a }, judged);
      const B = discriminatorTerms(params.discB, { real: batch.b, fake: shown.b }, judged);
      const terms = {
        lossDiscA: A.loss,
        lossDiscB: B.loss,
        ...(A.penalty && B.penalty && { penalty: tf.add(A.penalty, B.penalty) as tf.Scalar }),
      };
      const weighted = [A.loss, B.loss];
      if (terms.penalty) weighted.push(tf.mul(terms.penalty, weights.penalty) as tf.Scalar);
      return { loss: tf.addN(weighted), kept: terms };
    },
  );
  tf.dispose([shown.a, shown.b]);
  const update = await applyUpdate(["discA", "discB"], { params, adam }, gradients, {
    terms: { ...kept, lossDiscriminators: loss },
    clip: weights.clipDiscriminator,
    ...adamOptions(config, weights),
  });
  // A fake that is not finite would come back from its pool and spoil a later step.
  if (!update.finite) Object.values(pools).forEach(disposePool);
  return update;
}

function discriminatorTerms(
  params: AnyDiscriminatorParams,
  { real, fake }: { real: tf.Tensor4D; fake: tf.Tensor4D },
  { config, weights, random, trunk }: UpdateContext & { trunk: TrunkParams | undefined },
): { loss: tf.Scalar; penalty?: tf.Scalar } {
  const critic = (images: tf.Tensor4D) =>
    applyAnyDiscriminator(params, images, config.discriminator, trunk);
  const seen = {
    real: augment(real, config.augment, random),
    fake: augment(fake, config.augment, random),
  };
  const [realScores, fakeScores] = split(critic(tf.concat([seen.real, seen.fake])));
  const loss = discriminatorLoss(weights.gan, realScores, fakeScores);
  if (weights.gan !== "wgangp" || weights.penalty === 0) return { loss };
  const factors = Array.from({ length: real.shape[0] }, () => random.uniform());
  const mix = tf.tensor4d(factors, [real.shape[0], 1, 1, 1]);
  return { loss, penalty: gradientPenalty(critic, { ...seen, mix }) };
}

function adamOptions({ beta1, beta2 }: TrainingConfig, { learningRate }: StepWeights) {
  return { beta1, beta2, learningRate };
}

/** The two halves of a batch. */
function split<T extends tf.Tensor>(batch: T): [T, T] {
  return tf.split(batch, 2) as [T, T];
}

/** The generators' images of a batch, without gradients; the caller owns them. */
function generate(params: Networks, { a, b }: Batch, { generator }: TrainingConfig): Batch {
  return tf.tidy(() => ({
    a: applyGenerator(params.genBA, b, generator),
    b: applyGenerator(params.genAB, a, generator),
  }));
}
