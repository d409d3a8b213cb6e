// All that a poster training run carries from step to step: the model's networks, and what it remembers beside them.

import * as tf from "../../gpu/tf.ts";
import { type Random, randomStream } from "../../gpu/random.ts";
import { assertShape } from "../../gpu/shape.ts";
import { mapTree, type ParamTree } from "../../gpu/tree.ts";
import {
  type Counters,
  disposeState,
  fillState,
  type LoadedTensor,
  startState,
  stateLeaves,
  type TrainState,
} from "../train_state.ts";
import { conditionOf, generatorInput } from "./condition.ts";
import { type DiscriminatorParams, initDiscriminator } from "./discriminator.ts";
import { type EncoderParams, initEncoder } from "./encoder.ts";
import { foldGenerator, type GeneratorParams, initGenerator } from "./generator.ts";
import { initR3ganDiscriminator, type R3ganDiscriminatorParams } from "./r3gan/discriminator.ts";
import { initR3ganGenerator, type R3ganGeneratorParams } from "./r3gan/generator.ts";
import {
  initStyleGan2Discriminator,
  type StyleGan2DiscriminatorParams,
} from "./stylegan2/discriminator.ts";
import {
  foldStyleGan2Generator,
  initStyleGan2Generator,
  type StyleGan2GeneratorParams,
} from "./stylegan2/generator.ts";
import type { LadderConfig, PosterTrainingConfig } from "./training_config.ts";

/** A rung's networks; a step asks only for those of its own model. */
export type LadderNetworks = {
  gen: GeneratorParams;
  disc: DiscriminatorParams;
  enc: EncoderParams;
};

/** R3GAN's networks. */
export type R3ganNetworks = { gen: R3ganGeneratorParams; disc: R3ganDiscriminatorParams };

/** StyleGAN2's networks. */
export type StyleGan2Networks = {
  gen: StyleGan2GeneratorParams;
  disc: StyleGan2DiscriminatorParams;
};

/** The networks of whatever model: a generator, and others. */
export type PosterNetworks = { gen: ParamTree; disc?: ParamTree; enc?: ParamTree };

/** The state between two steps; owns all its tensors. */
export interface PosterState<Networks extends PosterNetworks = PosterNetworks>
  extends TrainState<Networks & { readonly [network: string]: ParamTree }, "gen"> {
  /** What the model remembers beside its networks, by path in a checkpoint; replaced, not assigned to. */
  memory: Record<string, tf.Tensor>;
}

/** The state of a rung of the ladder. */
export type LadderState = PosterState<LadderNetworks>;

/** The state of an R3GAN. */
export type R3ganState = PosterState<R3ganNetworks>;

/** The state of a StyleGAN2. */
export type StyleGan2State = PosterState<StyleGan2Networks>;

/** How many pictures the norms' statistics are taken over: above, they hardly move. */
export const FOLD_PICTURES = 256;

/** The genres [n, g] of training posters, g 0 without condition, that a rung's norms and StyleGAN2's styles are averaged over. */
const FOLD_GENRES = "fold.genres";

/** The adaptation of the augmentation [3]: probability, sum of signs, steps. */
export const ADAPTATION = "augment.adaptation";

/** The running mean of StyleGAN2's path lengths [1]. */
export const PATH_TARGET = "path.target";

/** A fresh state; the networks are drawn from the configuration's seed. @param foldGenres genres of training posters; copied */
export function initPosterState(
  config: PosterTrainingConfig,
  foldGenres: readonly ArrayLike<number>[],
): PosterState {
  const networks = initNetworks(config, (network) => randomStream(config.seed, "init", network));
  return {
    ...startState(networks as Required<PosterNetworks>, ["gen"]),
    memory: initMemory(config, foldGenres),
  };
}

function initNetworks(
  config: PosterTrainingConfig,
  stream: (network: string) => Random,
): PosterNetworks {
  if (config.model === "r3gan") {
    const { generator, discriminator } = config;
    return {
      gen: initR3ganGenerator(generator, stream("gen")),
      disc: initR3ganDiscriminator(discriminator, generator, stream("disc")),
    };
  }
  if (config.model === "stylegan2") {
    const { generator, discriminator } = config;
    return {
      gen: initStyleGan2Generator(generator, stream("gen")),
      disc: initStyleGan2Discriminator(discriminator, generator, stream("disc")),
    };
  }
  return initLadder(config, stream);
}

function initLadder(
  { generator, discriminator, model }: LadderConfig,
  stream: (network: string) => Random,
): PosterNetworks {
  const hasDiscriminator = model !== "vae", hasEncoder = model === "vae" || model === "cvae-dcgan";
  return {
    gen: initGenerator(generator, stream("gen")),
    ...(hasDiscriminator && { disc: initDiscriminator(discriminator, generator, stream("disc")) }),
    ...(hasEncoder && { enc: initEncoder(discriminator.width, generator, stream("enc")) }),
  };
}

function initMemory(
  config: PosterTrainingConfig,
  foldGenres: readonly ArrayLike<number>[],
): Record<string, tf.Tensor> {
  const adaptation = () => ({ [ADAPTATION]: tf.tensor1d([0, 0, 0]) });
  if (config.model === "r3gan") return adaptation();
  const { genres } = config.generator;
  const rows = foldGenres.flatMap((row) => Array.from(row).slice(0, genres));
  const fold = { [FOLD_GENRES]: tf.tensor2d(rows, [foldGenres.length, genres]) };
  if (config.model !== "stylegan2") return fold;
  return { ...fold, ...adaptation(), [PATH_TARGET]: tf.tensor1d([0]) };
}

/** Frees every tensor of the state. */
export function disposePosterState(state: PosterState): void {
  disposeState(state);
  tf.dispose(state.memory);
}

/** The state's tensors by dotted path, still owned by it. */
export function posterTensors(state: PosterState): [path: string, tensor: tf.Tensor][] {
  return [...stateLeaves(state), ...Object.entries(state.memory)];
}

/**
 * Overwrites a fresh state with saved tensors and counters.
 *
 * @throws {TypeError} naming the first missing, surplus or differently shaped tensor; the state is then unchanged
 */
export function restorePosterState(
  state: PosterState,
  saved: ReadonlyMap<string, LoadedTensor>,
  counters: Counters,
): void {
  const leaves = new Map(saved);
  const remembered = Object.entries(state.memory).map(([path, { shape }]) => {
    const found = leaves.get(path);
    if (!found) throw new TypeError(`Cannot fill checkpoint: parameter "${path}" is missing`);
    // The genres that a run folds by are as many as it has drawn.
    const expected = path === FOLD_GENRES ? [null, ...shape.slice(1)] : shape;
    assertShape(found, expected, `checkpoint tensor "${path}"`);
    leaves.delete(path);
    return [path, found] as const;
  });
  fillState(state, leaves, counters);
  for (const [path, { values, shape }] of remembered) {
    remember(state, path, tf.tensor(values, [...shape]));
  }
}

/** Replaces something remembered by a tensor, which the state then owns. */
export function remember({ memory }: PosterState, path: string, tensor: tf.Tensor): void {
  memory[path]?.dispose();
  memory[path] = tf.keep(tensor);
}

/** Latent vectors that the averages of StyleGAN2's styles are taken over. */
const AVERAGED_LATENTS = 1024;

/**
 * The averaged generator in the form that is sampled and exported: a rung's without norms, StyleGAN2's with its styles' averages. The
 * caller owns it.
 */
export function foldedGenerator(
  { ema, memory }: Pick<PosterState, "ema" | "memory">,
  config: PosterTrainingConfig,
): ParamTree {
  if (config.model === "r3gan") return mapTree(ema.gen, (leaf) => tf.clone(leaf));
  const { seed, generator: { latent } } = config;
  return tf.tidy(() => {
    const genres = memory[FOLD_GENRES] as tf.Tensor2D, random = randomStream(seed, "fold");
    const drawLatents = (n: number) => tf.tensor2d(random.normals(n * latent), [n, latent]);
    if (config.model === "stylegan2") {
      const { generator } = config, latents = drawLatents(AVERAGED_LATENTS);
      const over = { latents, conditions: conditionOf(genres, generator) };
      return foldStyleGan2Generator(ema.gen as StyleGan2GeneratorParams, over, generator);
    }
    const { generator } = config;
    const inputs = generatorInput(drawLatents(genres.shape[0]), genres, generator);
    return foldGenerator(ema.gen as GeneratorParams, inputs, generator);
  });
}
