// All that a poster training run carries from step to step: the model's networks, and genres to fold its norms by.

import * as tf from "../../gpu/tf.ts";
import { randomStream } from "../../gpu/random.ts";
import { assertShape } from "../../gpu/shape.ts";
import {
  type Counters,
  disposeState,
  fillState,
  type LoadedTensor,
  startState,
  stateLeaves,
  type TrainState,
} from "../train_state.ts";
import { generatorInput } from "./condition.ts";
import { type DiscriminatorParams, initDiscriminator } from "./discriminator.ts";
import { type EncoderParams, initEncoder } from "./encoder.ts";
import { foldGenerator, type GeneratorParams, initGenerator } from "./generator.ts";
import type { PosterTrainingConfig } from "./training_config.ts";

/** A model's networks; which of them there are is the model's choice. */
export type PosterNetworks = {
  gen: GeneratorParams;
  disc?: DiscriminatorParams;
  enc?: EncoderParams;
};

/** The state between two steps; owns all its tensors. */
export interface PosterState extends TrainState<Required<PosterNetworks>, "gen"> {
  /** Genres [n, g] of training posters, g 0 without condition: what the norms' statistics are taken over. */
  foldGenres: tf.Tensor2D;
}

/** How many pictures the norms' statistics are taken over: above, they hardly move. */
export const FOLD_PICTURES = 256;

/** The name of the fold's genres among the tensors of a checkpoint. */
const FOLD_GENRES = "fold.genres";

/** A fresh state; the networks are drawn from the configuration's seed. @param foldGenres copied */
export function initPosterState(
  config: PosterTrainingConfig,
  foldGenres: readonly ArrayLike<number>[],
): PosterState {
  const { generator, discriminator, model, seed } = config;
  const stream = (network: string) => randomStream(seed, "init", network);
  const hasDiscriminator = model !== "vae", hasEncoder = model === "vae" || model === "cvae-dcgan";
  const networks: PosterNetworks = {
    gen: initGenerator(generator, stream("gen")),
    ...(hasDiscriminator && { disc: initDiscriminator(discriminator, generator, stream("disc")) }),
    ...(hasEncoder && { enc: initEncoder(discriminator.width, generator, stream("enc")) }),
  };
  return {
    // A step asks only for the networks of its own model.
    ...startState(networks as Required<PosterNetworks>, ["gen"]),
    foldGenres: tf.tensor2d(
      foldGenres.flatMap((row) => Array.from(row).slice(0, generator.genres)),
      [foldGenres.length, generator.genres],
    ),
  };
}

/** Frees every tensor of the state. */
export function disposePosterState(state: PosterState): void {
  disposeState(state);
  state.foldGenres.dispose();
}

/** The state's tensors by dotted path, still owned by it. */
export function posterTensors(state: PosterState): [path: string, tensor: tf.Tensor][] {
  return [...stateLeaves(state), [FOLD_GENRES, state.foldGenres]];
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
  const leaves = new Map(saved), genres = leaves.get(FOLD_GENRES);
  if (!genres) throw new TypeError(`Cannot fill checkpoint: parameter "${FOLD_GENRES}" is missing`);
  assertShape(genres, [null, state.foldGenres.shape[1]], `checkpoint tensor "${FOLD_GENRES}"`);
  leaves.delete(FOLD_GENRES);
  fillState(state, leaves, counters);
  state.foldGenres.dispose();
  state.foldGenres = tf.tensor2d(genres.values, genres.shape as [number, number]);
}

/** The averaged generator in its folded form: what is sampled and exported. The caller owns it. */
export function foldedGenerator(
  { ema, foldGenres }: Pick<PosterState, "ema" | "foldGenres">,
  { generator, seed }: PosterTrainingConfig,
): GeneratorParams {
  return tf.tidy(() => {
    const n = foldGenres.shape[0];
    const draws = randomStream(seed, "fold").normals(n * generator.latent);
    const latents = tf.tensor2d(draws, [n, generator.latent]);
    return foldGenerator(ema.gen, generatorInput(latents, foldGenres, generator), generator);
  });
}
