// All that a CycleGAN training run carries from step to step, and its form in a checkpoint.

import * as tf from "../../gpu/tf.ts";
import { type Random, randomStream } from "../../gpu/random.ts";
import { assertShape } from "../../gpu/shape.ts";
import { assertShapes, disposeTree, toVariables, treeEntries } from "../../gpu/tree.ts";
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
import type { TrunkNet } from "../trunks/config.ts";
import { initTrunk, type TrunkParams } from "../trunks/trunk.ts";
import {
  type AnyDiscriminatorParams,
  initAnyDiscriminator,
  type TrunkDiscriminatorParams,
} from "./any_discriminator.ts";
import type { DiscriminatorConfig } from "./config.ts";
import { type GeneratorParams, initGenerator } from "./generator.ts";
import type { TrainingConfig } from "./training_config.ts";

/** The two generators and two discriminators: variables. discB judges images of domain B, the fakes of genAB. */
export type Networks = {
  genAB: GeneratorParams;
  genBA: GeneratorParams;
  discA: AnyDiscriminatorParams;
  discB: AnyDiscriminatorParams;
};

/** The generators' running averages. */
export type Generators = Pick<Networks, "genAB" | "genBA">;

/** The state between two steps; owns all its tensors. */
export interface TrainState extends CommonState<Networks, keyof Generators> {
  pools: { A: ImagePool; B: ImagePool };
  /**
   * The trunk of both discriminators, if it is frozen. It has no gradients and no moments, but is part of every checkpoint: a run is
   * whole without the file that its weights were read from.
   */
  trunk?: TrunkParams;
}

/** A fresh state; all networks are drawn from the configuration's seed. */
export function initTrainState(config: TrainingConfig): TrainState {
  const { generator, discriminator, seed } = config;
  const stream = (network: string) => randomStream(seed, "init", network);
  const networks: Networks = {
    genAB: initGenerator(generator, stream("genAB")),
    genBA: initGenerator(generator, stream("genBA")),
    discA: initTrained(discriminator, "discA", seed),
    discB: initTrained(discriminator, "discB", seed),
  };
  return {
    ...startState(networks, ["genAB", "genBA"]),
    pools: { A: initPool(config.pool), B: initPool(config.pool) },
    ...(discriminator.net !== "patch" && discriminator.freeze &&
      { trunk: initFrozenTrunk(discriminator.net, seed) }),
  };
}

/** A discriminator as it is trained; two that train their trunks start from the same one. */
function initTrained(
  config: DiscriminatorConfig,
  network: string,
  seed: number,
): AnyDiscriminatorParams {
  const params = initAnyDiscriminator(config, randomStream(seed, "init", network));
  if (config.net === "patch" || config.freeze) return params;
  return { trunk: initTrunk(config.net, trunkStream(seed)), ...params };
}

function initFrozenTrunk(net: TrunkNet, seed: number): TrunkParams {
  const fresh = initTrunk(net, trunkStream(seed)), trunk = toVariables(fresh);
  disposeTree(fresh);
  return trunk;
}

function trunkStream(seed: number): Random {
  return randomStream(seed, "init", "trunk");
}

/** Frees every tensor of the state. */
export function disposeTrainState(state: TrainState): void {
  disposeState(state);
  disposeTree(state.trunk ?? {});
  Object.values(state.pools).forEach(disposePool);
}

/** The state's tensors by dotted path (`params.`, `ema.`, `adam.m.`, `adam.v.`, `trunk.`, `pool.`), still owned by it. */
export function stateTensors(state: TrainState): [path: string, tensor: tf.Tensor][] {
  return [
    ...stateLeaves(state),
    ...treeEntries(state.trunk ?? {}, "trunk"),
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
  const under = (prefix: string) => new Map([...saved].filter(([path]) => path.startsWith(prefix)));
  const pooled = under("pool."), frozen = under("trunk.");
  const leaves = new Map([...saved].filter(([path]) => !pooled.has(path) && !frozen.has(path)));
  const trunk = treeEntries(state.trunk ?? {}, "trunk");
  const images = {
    A: takePool(pooled, "A", state.pools.A.capacity),
    B: takePool(pooled, "B", state.pools.B.capacity),
  };
  const [surplus] = pooled.keys();
  if (surplus !== undefined) {
    throw new TypeError(`Cannot fill checkpoint: image "${surplus}" has no place in the pools`);
  }
  assertShapes(
    frozen,
    Object.fromEntries(trunk.map(([path, { shape }]) => [path, shape])),
    "checkpoint",
  );
  fillState(state, leaves, counters);
  fillLeaves(trunk, frozen, "checkpoint");
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

/**
 * Starts a fresh state from a trunk's weights, by the trunk's own paths: copies them into the one that the discriminators share, or
 * into each one's own.
 *
 * @throws {TypeError} if a parameter is missing, surplus or shaped differently
 */
export function startFromTrunk(
  { params: { discA, discB }, trunk }: TrainState,
  saved: ReadonlyMap<string, LoadedTensor>,
): void {
  const own = [discA, discB].map((params) => (params as TrunkDiscriminatorParams).trunk);
  for (const tree of trunk ? [trunk] : own) {
    fillLeaves(treeEntries(tree ?? {}), saved, "trunk");
  }
}

/** The generators' part of the networks. */
export function generatorsOf({ genAB, genBA }: Networks): Generators {
  return { genAB, genBA };
}
