// All that a CycleGAN training run carries from step to step, and its form in a checkpoint.

import * as tf from "../../gpu/tf.ts";
import { randomStream } from "../../gpu/random.ts";
import { assertShape } from "../../gpu/shape.ts";
import { treeEntries } from "../../gpu/tree.ts";
import { disposePool, type ImagePool, initPool } from "../image_pool.ts";
import {
  type Counters,
  disposeState,
  fillLeaves,
  fillState,
  type LoadedTensor,
  startState,
  stateLeaves,
  type TrainState as CommonState,
} from "../train_state.ts";
import { type DiscriminatorParams, initDiscriminator } from "./discriminator.ts";
import { type GeneratorParams, initGenerator } from "./generator.ts";
import type { TrainingConfig } from "./training_config.ts";

/** The two generators and two discriminators: variables. discB judges images of domain B, the fakes of genAB. */
export type Networks = {
  genAB: GeneratorParams;
  genBA: GeneratorParams;
  discA: DiscriminatorParams;
  discB: DiscriminatorParams;
};

/** The generators' running averages. */
export type Generators = Pick<Networks, "genAB" | "genBA">;

/** The state between two steps; owns all its tensors. */
export interface TrainState extends CommonState<Networks, keyof Generators> {
  pools: { A: ImagePool; B: ImagePool };
}

/** A fresh state; all four networks are drawn from the configuration's seed. */
export function initTrainState(config: TrainingConfig): TrainState {
  const stream = (network: string) => randomStream(config.seed, "init", network);
  const networks: Networks = {
    genAB: initGenerator(config.generator, stream("genAB")),
    genBA: initGenerator(config.generator, stream("genBA")),
    discA: initDiscriminator(config.discriminator, stream("discA")),
    discB: initDiscriminator(config.discriminator, stream("discB")),
  };
  return {
    ...startState(networks, ["genAB", "genBA"]),
    pools: { A: initPool(config.pool), B: initPool(config.pool) },
  };
}

/** Frees every tensor of the state. */
export function disposeTrainState(state: TrainState): void {
  disposeState(state);
  Object.values(state.pools).forEach(disposePool);
}

/** The state's tensors by dotted path (`params.`, `ema.`, `adam.m.`, `adam.v.`, `pool.`), still owned by it. */
export function stateTensors(state: TrainState): [path: string, tensor: tf.Tensor][] {
  return [
    ...stateLeaves(state),
    ...state.pools.A.images.map((image, i): [string, tf.Tensor] => [`pool.A.${i}`, image]),
    ...state.pools.B.images.map((image, i): [string, tf.Tensor] => [`pool.B.${i}`, image]),
  ];
}

/**
 * Overwrites a fresh state with saved tensors and counters.
 *
 * @throws {TypeError} naming the first missing, surplus or differently shaped tensor; the state is then unchanged
 */
export function restoreState(
  state: TrainState,
  saved: ReadonlyMap<string, LoadedTensor>,
  counters: Counters,
): void {
  const isPool = (path: string) => path.startsWith("pool.");
  const leaves = new Map([...saved].filter(([path]) => !isPool(path)));
  const pooled = new Map([...saved].filter(([path]) => isPool(path)));
  const images = {
    A: takePool(pooled, "A", state.pools.A.capacity),
    B: takePool(pooled, "B", state.pools.B.capacity),
  };
  const [surplus] = pooled.keys();
  if (surplus !== undefined) {
    throw new TypeError(`Cannot fill checkpoint: image "${surplus}" has no place in the pools`);
  }
  fillState(state, leaves, counters);
  for (const domain of ["A", "B"] as const) {
    disposePool(state.pools[domain]);
    state.pools[domain].images = images[domain].map(({ values, shape }) =>
      tf.tensor4d(values, [...shape] as [number, number, number, number])
    );
  }
}

/** Takes a pool's images, numbered from 0, out of the saved ones. @throws {TypeError} if one is no single image */
function takePool(
  saved: Map<string, LoadedTensor>,
  domain: "A" | "B",
  capacity: number,
): LoadedTensor[] {
  const taken: LoadedTensor[] = [];
  for (let i = 0; i < capacity; i++) {
    const path = `pool.${domain}.${i}`, image = saved.get(path);
    if (!image) break;
    assertShape(image, [1, null, null, 3], `checkpoint image "${path}"`);
    taken.push(image);
    saved.delete(path);
  }
  return taken;
}

/**
 * Starts a fresh state from an existing generator pair: copies `genAB.` and `genBA.` into the generators and averages.
 *
 * @throws {TypeError} if a parameter is missing, surplus or shaped differently
 */
export function startFromGenerators(
  state: TrainState,
  saved: ReadonlyMap<string, LoadedTensor>,
): void {
  fillLeaves(treeEntries(generatorsOf(state.params)), saved, "generators");
  fillLeaves(treeEntries(state.ema), saved, "averages");
}

/** The generators' part of the networks. */
export function generatorsOf({ genAB, genBA }: Networks): Generators {
  return { genAB, genBA };
}
