// What any family in training carries from step to step, and its form in a checkpoint: networks, averages, moments, counters.

import * as tf from "../gpu/tf.ts";
import { type AdamState, disposeAdam, initAdam } from "../gpu/adam.ts";
import {
  assertShapes,
  disposeTree,
  type ParamTree,
  toVariables,
  treeEntries,
  treeVariables,
} from "../gpu/tree.ts";

/** The networks of a family by name. */
export type NetworkTrees = { readonly [network: string]: ParamTree };

/** The numbers of a state that are not tensors. */
export interface Counters {
  /** Real images, or pairs of them, that the generators have been updated on. */
  imagesSeen: number;
  /** Steps left out because a loss or gradient was not finite, and how many of them came last in a row. */
  skippedSteps: number;
  skippedInARow: number;
  /** Adam's updates of each network. */
  updates: Record<string, number>;
}

/** The state between two steps; owns all its tensors, which are variables. */
export interface TrainState<Networks extends NetworkTrees, Averaged extends keyof Networks>
  extends Omit<Counters, "updates"> {
  params: Networks;
  /** Running averages of the networks that are sampled and exported. */
  ema: Pick<Networks, Averaged>;
  adam: Record<keyof Networks, AdamState>;
}

/** A state as code that is not of its family sees it. */
export type AnyTrainState = TrainState<NetworkTrees, string>;

/** A stored tensor's shape and values. */
export interface LoadedTensor {
  shape: readonly number[];
  values: Float32Array;
}

/** A state at the start of training. @param fresh newly drawn parameters; disposed */
export function startState<Networks extends NetworkTrees, Averaged extends keyof Networks>(
  fresh: Networks,
  averaged: readonly Averaged[],
): TrainState<Networks, Averaged> {
  const params = toVariables(fresh);
  disposeTree(fresh);
  const ema = averaged.map((network) => [network, toVariables(params[network])]);
  const adam = Object.entries(params).map(([network, tree]) => [network, initAdam(tree)]);
  return {
    params,
    ema: Object.fromEntries(ema),
    adam: Object.fromEntries(adam),
    imagesSeen: 0,
    skippedSteps: 0,
    skippedInARow: 0,
  };
}

/** Frees every tensor of the state. */
export function disposeState({ params, ema, adam }: AnyTrainState): void {
  disposeTree(params);
  disposeTree(ema);
  Object.values(adam).forEach((moments) => disposeAdam(moments));
}

/** The state's tensors by dotted path (`params.`, `ema.`, `adam.m.`, `adam.v.`), still owned by it. */
export function stateLeaves({ params, ema, adam }: AnyTrainState): [string, tf.Tensor][] {
  const moments = (key: "m" | "v") =>
    Object.fromEntries(Object.entries(adam).map(([network, state]) => [network, state[key]]));
  return [
    ...treeEntries(params, "params"),
    ...treeEntries(ema, "ema"),
    ...treeEntries(moments("m"), "adam.m"),
    ...treeEntries(moments("v"), "adam.v"),
  ];
}

/** The state's counters. */
export function stateCounters(state: AnyTrainState): Counters {
  const { imagesSeen, skippedSteps, skippedInARow, adam } = state;
  const updates = Object.entries(adam).map(([network, { updates }]) => [network, updates]);
  return { imagesSeen, skippedSteps, skippedInARow, updates: Object.fromEntries(updates) };
}

/**
 * Overwrites a fresh state with saved tensors and counters.
 *
 * @throws {TypeError} naming the first missing, surplus or differently shaped tensor, or the networks whose updates are
 *   counted; the state is then unchanged
 */
export function fillState(
  state: AnyTrainState,
  saved: ReadonlyMap<string, LoadedTensor>,
  { updates, ...counters }: Counters,
): void {
  const counted = Object.keys(updates).sort(), networks = Object.keys(state.adam).sort();
  if (counted.join() !== networks.join()) {
    throw new TypeError(
      `Cannot fill checkpoint: it counts updates of ${counted.join(", ")}, expected ${
        networks.join(", ")
      }`,
    );
  }
  fillLeaves(stateLeaves(state), saved, "checkpoint");
  Object.assign(state, counters);
  for (const network of networks) state.adam[network].updates = updates[network];
}

/**
 * Overwrites variables with saved tensors of the same paths.
 *
 * @throws {TypeError} naming the first missing, surplus or differently shaped tensor; nothing is then changed
 */
export function fillLeaves(
  leaves: [string, tf.Tensor][],
  saved: ReadonlyMap<string, LoadedTensor>,
  what: string,
): void {
  assertShapes(saved, Object.fromEntries(leaves.map(([path, { shape }]) => [path, shape])), what);
  for (const [path, variable] of treeVariables(Object.fromEntries(leaves))) {
    const { values, shape } = saved.get(path) as LoadedTensor;
    const loaded = tf.tensor(values, [...shape]);
    variable.assign(loaded);
    loaded.dispose();
  }
}

/** Counts a step and its images; a step that was left out is counted as skipped. */
export function countStep(
  state: Omit<Counters, "updates">,
  { images, finite }: { images: number; finite: boolean },
): void {
  state.imagesSeen += images;
  state.skippedInARow = finite ? 0 : state.skippedInARow + 1;
  if (!finite) state.skippedSteps++;
}
