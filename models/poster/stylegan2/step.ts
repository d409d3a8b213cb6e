// One training step of StyleGAN2 (Karras et al. 2020): the logistic loss, R1 and path lengths taken lazily, styles of two posters mixed.

import * as tf from "../../../gpu/tf.ts";
import { lossAndGradients, type LossResult } from "../../../gpu/gradients.ts";
import { applyChanges } from "../../adaptive_augment.ts";
import { penalisedScores } from "../../penalty.ts";
import { schedulesAt } from "../../schedule.ts";
import type { StepMetrics } from "../../update.ts";
import { adversarialLoss, discriminatorLoss } from "../loss.ts";
import {
  adamOptions,
  type BatchPart,
  changeProbability,
  drawModernChanges,
  drawModernInputs,
  type ModernContext,
  partsOf,
  readAdaptation,
  rememberSign,
  updateByParts,
} from "../modern_context.ts";
import { PATH_TARGET, remember, type StyleGan2State } from "../state.ts";
import { type PosterBatch, weigh } from "../step_context.ts";
import type { StyleGan2Config } from "../training_config.ts";
import { countStyles } from "./style_count.ts";
import { applyStyleGan2Discriminator } from "./discriminator.ts";
import { synthesise } from "./generator.ts";
import { applyMapping } from "./mapping.ts";
import { pathLengthPenalty, pathLengths } from "./penalty.ts";
import { mixStyles } from "./styles.ts";

/** What the running mean of path lengths forgets at each turn, as published. */
const FORGOTTEN = 0.01;

/** What a step's parts share, beside the state. */
interface Context extends ModernContext<StyleGan2Config> {
  /** The probability of each change to what the discriminator sees. */
  probability: number;
}

/** The discriminator's update, then the generator's. */
export async function styleGan2Step(
  state: StyleGan2State,
  batch: PosterBatch,
  given: ModernContext<StyleGan2Config>,
): Promise<StepMetrics> {
  const adaptation = await readAdaptation(state, given.config);
  const context: Context = { ...given, probability: changeProbability(adaptation, given) };
  const parts = partsOf(batch, context);
  try {
    const disc = await updateDiscriminator(state, parts, context);
    if (!disc.finite) return disc;
    rememberSign(state, adaptation, disc.values.sign, given.config);
    const gen = await updateGenerator(state, parts, context);
    const values = { ...disc.values, ...gen.values, augmentation: context.probability };
    return { finite: gen.finite, values };
  } finally {
    tf.dispose(parts.flatMap(({ images, condition }) => [images, condition]));
  }
}

async function updateDiscriminator(
  state: StyleGan2State,
  parts: readonly BatchPart[],
  context: Context,
): Promise<StepMetrics> {
  const { gen } = state.params;
  return await updateByParts(
    "disc",
    state,
    adamOptions(context),
    parts.map(({ images, condition }) => (trained) => {
      const fakes = tf.tidy(() => {
        const styles = drawStyles(gen.mapping, condition, context);
        return synthesise(gen, styles, context.random);
      });
      // Apart: a picture's score depends on those that are judged with it.
      const real = criticOf(state, condition, context);
      const fake = criticOf(state, condition, context);
      const result = lossAndGradients(
        trained,
        () => judge({ real, fake }, { images, fakes }, context),
      );
      fakes.dispose();
      return result;
    }),
  );
}

type Critic = (images: tf.Tensor4D) => tf.Tensor2D;

/** The discriminator behind an augmentation of its own, [n, h, w, 3] to [n, 1]. */
function criticOf(
  { params: { disc } }: StyleGan2State,
  condition: tf.Tensor2D,
  { config, random, probability }: Context,
): Critic {
  const changes = drawModernChanges(condition.shape[0], probability, { config, random });
  return (images) =>
    applyStyleGan2Discriminator(
      disc,
      applyChanges(images, changes),
      condition,
      config.discriminator,
    );
}

function judge(
  critics: Record<"real" | "fake", Critic>,
  { images, fakes }: { images: tf.Tensor4D; fakes: tf.Tensor4D },
  { config: { penaltyEvery }, weights, isPenaltyTurn }: Context,
): LossResult<Record<string, tf.Scalar>> {
  const fake = critics.fake(fakes);
  const terms = (real: tf.Tensor2D) => ({
    lossDiscriminator: discriminatorLoss(real, fake),
    sign: tf.mean<tf.Scalar>(tf.sign(real)),
  });
  if (!isPenaltyTurn) {
    const kept = terms(critics.real(images));
    return { loss: tf.clone(kept.lossDiscriminator), kept };
  }
  const { scores, penalties } = penalisedScores(critics.real, images);
  const kept = { ...terms(scores), penalty: tf.mean<tf.Scalar>(penalties) };
  // Lazily: each turn stands for all those that are left out (Karras et al. 2020, section 3.1).
  const loss = weigh(
    [kept.lossDiscriminator, 1],
    [kept.penalty, weights.penalty * penaltyEvery],
  );
  return { loss, kept };
}

async function updateGenerator(
  state: StyleGan2State,
  parts: readonly BatchPart[],
  context: Context,
): Promise<StepMetrics> {
  const { imagesSeen, params: { gen }, memory } = state, { config, random } = context;
  const { pathLength } = schedulesAt(config, ["pathLength"], imagesSeen);
  const isPathTurn = pathLength > 0 &&
    Math.floor(imagesSeen / config.batch) % config.pathEvery === 0;
  const [target] = await memory[PATH_TARGET].data<"float32">();
  const metrics = await updateByParts(
    "gen",
    state,
    adamOptions(context),
    parts.map(({ condition }) => (trained) => {
      const critic = criticOf(state, condition, context);
      return lossAndGradients(trained, () => {
        const styles = drawStyles(gen.mapping, condition, context);
        const lossGenerator = adversarialLoss(critic(synthesise(gen, styles, random)));
        if (!isPathTurn) return { loss: tf.clone(lossGenerator), kept: { lossGenerator } };
        const lengths = drawLengths(state, condition, context);
        const kept = {
          lossGenerator,
          pathPenalty: pathLengthPenalty(lengths, target),
          pathLength: tf.mean<tf.Scalar>(lengths),
        };
        const loss = weigh([lossGenerator, 1], [kept.pathPenalty, pathLength * config.pathEvery]);
        return { loss, kept };
      });
    }),
  );
  if (isPathTurn && metrics.finite) {
    const next = target + FORGOTTEN * (metrics.values.pathLength - target);
    remember(state, PATH_TARGET, tf.tensor1d([next]));
  }
  return metrics;
}

/** Path lengths of new pictures of half of the conditions, as the authors do. */
function drawLengths(
  { params: { gen } }: StyleGan2State,
  condition: tf.Tensor2D,
  context: Context,
): tf.Tensor1D {
  const { random, config: { size: [h, w], generator } } = context;
  const n = Math.ceil(condition.shape[0] / 2);
  const some = tf.slice(condition, [0, 0], [n, generator.genres]);
  const styles = drawStyles(gen.mapping, some, context);
  const direction = tf.tensor4d(random.normals(n * h * w * 3), [n, h, w, 3]);
  return pathLengths((each) => synthesise(gen, each, random), styles, direction);
}

/** Styles of new latent vectors under a condition [n, g]: one for each layer, at times of two vectors. */
function drawStyles(
  mapping: StyleGan2State["params"]["gen"]["mapping"],
  condition: tf.Tensor2D,
  context: Context,
): tf.Tensor2D[] {
  const { random, config: { generator, mixStyles: share } } = context;
  const draw = () => applyMapping(mapping, drawModernInputs(condition, context), generator);
  const first = draw(), layers = countStyles(generator);
  if (random.uniform() >= share) return mixStyles(first, first, layers, generator);
  return mixStyles(first, draw(), 1 + random.integer(layers - 1), generator);
}
