// All that a CycleGAN training run carries from step to step, and its form in a checkpoint.

import * as tf from "../../gpu/tf.ts";
import { type AdamState, disposeAdam, initAdam } from "../../gpu/adam.ts";
import { randomStream } from "../../gpu/random.ts";
import { assertShape } from "../../gpu/shape.ts";
import {
  assertShapes,
  disposeTree,
  type ParamTree,
  toVariables,
  treeEntries,
  treeVariables,
} from "../../gpu/tree.ts";
import { disposePool, type ImagePool, initPool } from "../image_pool.ts";
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
export interface TrainState {
  params: Networks;
  ema: Generators;
  adam: Record<keyof Networks, AdamState>;
  pools: { A: ImagePool; B: ImagePool };
  /** Image pairs that the generators have been updated on. */
  imagesSeen: number;
  /** Steps left out because a loss or gradient was not finite, and how many of them came last in a row. */
  skippedSteps: number;
  skippedInARow: number;
}

/** A fresh state; all four networks are drawn from the configuration's seed. */
export function initTrainState(config: TrainingConfig): TrainState {
  const variables = <T extends ParamTree>(fresh: T): T => {
    const made = toVariables(fresh);
    disposeTree(fresh);
    return made;
  };
  const stream = (network: string) => randomStream(config.seed, "init", network);
  const params: Networks = {
    genAB: variables(initGenerator(config.generator, stream("genAB"))),
    genBA: variables(initGenerator(config.generator, stream("genBA"))),
    discA: variables(initDiscriminator(config.discriminator, stream("discA"))),
    discB: variables(initDiscriminator(config.discriminator, stream("discB"))),
  };
  return {
    params,
    ema: { genAB: toVariables(params.genAB), genBA: toVariables(params.genBA) },
    adam: {
      genAB: initAdam(params.genAB),
      genBA: initAdam(params.genBA),
      discA: initAdam(params.discA),
      discB: initAdam(params.discB),
    },
    pools: { A: initPool(config.pool), B: initPool(config.pool) },
    imagesSeen: 0,
    skippedSteps: 0,
    skippedInARow: 0,
  };
}

/** Frees every tensor of the state. */
export function disposeTrainState({ params, ema, adam, pools }: TrainState): void {
  disposeTree(params);
  disposeTree(ema);
  Object.values(adam).forEach((state) => disposeAdam(state));
  Object.values(pools).forEach(disposePool);
}

/** The numbers of a state that are not tensors. */
export interface Counters {
  imagesSeen: number;
  skippedSteps: number;
  skippedInARow: number;
  updates: Record<keyof Networks, number>;
}

/** The state's tensors by dotted path (`params.`, `ema.`, `adam.m.`, `adam.v.`, `pool.`), still owned by it. */
export function stateTensors(state: TrainState): [path: string, tensor: tf.Tensor][] {
  const moments = (key: "m" | "v") => mapNetworks(state.adam, (adam) => adam[key]);
  return [
    ...treeEntries(state.params, "params"),
    ...treeEntries(state.ema, "ema"),
    ...treeEntries(moments("m"), "adam.m"),
    ...treeEntries(moments("v"), "adam.v"),
    ...state.pools.A.images.map((image, i): [string, tf.Tensor] => [`pool.A.${i}`, image]),
    ...state.pools.B.images.map((image, i): [string, tf.Tensor] => [`pool.B.${i}`, image]),
  ];
}

/** The state's counters. */
export function stateCounters(
  { imagesSeen, skippedSteps, skippedInARow, adam }: TrainState,
): Counters {
  return {
    imagesSeen,
    skippedSteps,
    skippedInARow,
    updates: mapNetworks(adam, ({ updates }) => updates),
  };
}

/** A stored tensor's shape and values. */
export interface LoadedTensor {
  shape: readonly number[];
  values: Float32Array;
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
  const own = stateTensors(state).filter(([path]) => !isPool(path));
  assertShapes(
    leaves,
    Object.fromEntries(own.map(([path, { shape }]) => [path, shape])),
    "checkpoint",
  );
  const pooled = new Map([...saved].filter(([path]) => isPool(path)));
  const images = {
    A: takePool(pooled, "A", state.pools.A.capacity),
    B: takePool(pooled, "B", state.pools.B.capacity),
  };
  const [surplus] = pooled.keys();
  if (surplus !== undefined) {
    throw new TypeError(`Cannot fill checkpoint: image "${surplus}" has no place in the pools`);
  }
  assignLeaves(own, leaves);
  for (const domain of ["A", "B"] as const) {
    disposePool(state.pools[domain]);
    state.pools[domain].images = images[domain].map(({ values, shape }) =>
      tf.tensor4d(values, [...shape] as [number, number, number, number])
    );
  }
  const { updates, ...rest } = counters;
  Object.assign(state, rest);
  mapNetworks(state.adam, (adam, network) => adam.updates = updates[network]);
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
  for (
    const [tree, what] of [[generatorsOf(state.params), "generators"], [
      state.ema,
      "averages",
    ]] as const
  ) {
    const own = treeEntries(tree);
    assertShapes(saved, Object.fromEntries(own.map(([path, { shape }]) => [path, shape])), what);
    assignLeaves(own, saved);
  }
}

/** The generators' part of the networks. */
export function generatorsOf({ genAB, genBA }: Networks): Generators {
  return { genAB, genBA };
}

function assignLeaves(
  own: [string, tf.Tensor][],
  saved: ReadonlyMap<string, LoadedTensor>,
): void {
  for (
    const [path, variable] of treeVariables(
      Object.fromEntries(own.map(([path, leaf]) => [path, leaf])),
    )
  ) {
    const { values, shape } = saved.get(path) as LoadedTensor;
    const loaded = tf.tensor(values, [...shape]);
    variable.assign(loaded);
    loaded.dispose();
  }
}

function mapNetworks<From, To>(
  perNetwork: Record<keyof Networks, From>,
  fn: (value: From, network: keyof Networks) => To,
): Record<keyof Networks, To> {
  const { genAB, genBA, discA, discB } = perNetwork;
  return {
    genAB: fn(genAB, "genAB"),
    genBA: fn(genBA, "genBA"),
    discA: fn(discA, "discA"),
    discB: fn(discB, "discB"),
  };
}
