// Starting weights from an existing generator pair: a run's averages, or an exported model.

import { join } from "node:path";
import { decodeSafetensors, readFloats } from "../gpu/safetensors.ts";
import { treeEntries } from "../gpu/tree.ts";
import { isIdleBias } from "../models/cyclegan/generator.ts";
import { generatorsOf, startFromGenerators, type TrainState } from "../models/cyclegan/state.ts";
import type { LoadedTensor } from "../models/train_state.ts";
import { loadLatestCheckpoint } from "./_checkpoint.ts";
import { TaskError } from "./_cli.ts";
import { findModel } from "./_model_files.ts";

/**
 * Copies a generator pair into a fresh state. A model of one direction leaves the other generator as it was drawn.
 *
 * @param from a run folder, an exported model's folder, or its id under static/models/
 * @throws {TaskError} if there is no such thing, or its networks are not those of the state
 */
export async function startFrom(
  state: TrainState,
  from: string,
  warn: (message: string) => void,
): Promise<void> {
  const pair = await readRun(from, warn) ?? await readExported(from);
  if (!pair) {
    throw new TaskError(
      `Cannot start from "${from}": it is neither a run with a checkpoint nor an exported model's folder or id`,
    );
  }
  try {
    startFromGenerators(
      state,
      await completePair(fitBiases(pair, state), state, (missing) => {
        warn(`${from} has no ${missing}; that generator starts from random weights`);
      }),
    );
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TaskError(
      `Cannot start from "${from}": ${why}; give the same --width, --blocks and --upsample as it has`,
    );
  }
}

/** The pair with the state's own choice of biases: those before a norm change nothing, so that they may go, or come as zeros. */
function fitBiases(
  pair: ReadonlyMap<string, LoadedTensor>,
  { params }: TrainState,
): Map<string, LoadedTensor> {
  const own = new Map(treeEntries(generatorsOf(params)));
  const isIdle = (path: string) => isIdleBias(path.slice(path.indexOf(".") + 1));
  const kept = [...pair].filter(([path]) => own.has(path) || !isIdle(path));
  const networks = new Set(kept.map(([path]) => path.split(".")[0]));
  const added = [...own]
    .filter(([path]) => isIdle(path) && !pair.has(path) && networks.has(path.split(".")[0]))
    .map(([path, { shape, size }]) => [path, { shape, values: new Float32Array(size) }] as const);
  return new Map([...kept, ...added]);
}

/** The pair; if all of one generator is missing, with the state's own. */
async function completePair(
  pair: Map<string, LoadedTensor>,
  state: TrainState,
  report: (missing: string) => void,
): Promise<Map<string, LoadedTensor>> {
  const has = (network: string) => [...pair.keys()].some((path) => path.startsWith(`${network}.`));
  const missing = (["genAB", "genBA"] as const).filter((network) => !has(network));
  if (missing.length !== 1) return pair;
  report(missing[0]);
  const own = treeEntries(generatorsOf(state.params)[missing[0]], missing[0]);
  const values = await Promise.all(own.map(([, leaf]) => leaf.data<"float32">()));
  return new Map([
    ...pair,
    ...own.map(([path, { shape }], i) => [path, { shape, values: values[i] }] as const),
  ]);
}

async function readRun(
  path: string,
  warn: (message: string) => void,
): Promise<Map<string, LoadedTensor> | undefined> {
  try {
    const checkpoint = await loadLatestCheckpoint(path, warn);
    if (!checkpoint) return undefined;
    const averages = [...checkpoint.tensors].filter(([name]) => name.startsWith("ema."));
    return new Map(averages.map(([name, tensor]) => [name.slice("ema.".length), tensor]));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return undefined;
    }
    throw error;
  }
}

async function readExported(model: string): Promise<Map<string, LoadedTensor> | undefined> {
  const folder = await findModel(model);
  if (folder === undefined) return undefined;
  const { tensors } = decodeSafetensors(await Deno.readFile(join(folder, "weights.safetensors")));
  return new Map(
    [...tensors].map((
      [name, stored],
    ) => [name, { shape: stored.shape, values: readFloats(stored) }]),
  );
}
