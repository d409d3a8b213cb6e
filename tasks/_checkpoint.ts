// Checkpoints: one safetensors file each, written whole under a temporary name and then renamed, so that a reader never sees a
// part of one. Only tensors and JSON: loading one runs no code.

import { basename, join } from "node:path";
import * as v from "valibot";
import {
  decodeSafetensors,
  encodeSafetensors,
  readFloats,
  type StoredTensor,
  storeFloats,
} from "../gpu/safetensors.ts";
import type { Tensor } from "../gpu/tf.ts";
import { trainingSchema as cycleGanSchema } from "../models/cyclegan/training_config.ts";
import { posterTrainingSchema } from "../models/poster/training_config.ts";
import type { Counters, LoadedTensor } from "../models/train_state.ts";
import { writeAtomically } from "./_atomic_file.ts";
import { TaskError } from "./_cli.ts";
import { type GuardState, NEW_GUARD } from "./_guard.ts";

const trainingSchema = v.variant("kind", [cycleGanSchema, posterTrainingSchema]);

/** The configuration of a run, of whatever family. */
export type AnyTrainingConfig = v.InferOutput<typeof trainingSchema>;

/** What is saved beside the tensors. */
export interface CheckpointFacts<Config extends AnyTrainingConfig = AnyTrainingConfig> {
  config: Config;
  /** Fingerprint of the data set. */
  dataHash: string;
  /** Pictures drawn from the data set so far; of two films, from each. */
  dataPosition: number;
  /** Seconds spent training, over all sittings. */
  seconds: number;
  /** What the run remembers of its sheets. */
  guard: GuardState;
}

/** A checkpoint as read from disk. */
export interface Checkpoint<Config extends AnyTrainingConfig = AnyTrainingConfig>
  extends CheckpointFacts<Config> {
  path: string;
  counters: Counters;
  tensors: Map<string, LoadedTensor>;
}

/** How many checkpoints are kept: one more than needed, in case the last one is damaged. */
const KEPT = 2;
const NAME = /^checkpoint-(\d{9})\.safetensors$/;

const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
const guardSchema = v.strictObject({
  best: v.nullable(v.strictObject({ images: whole, distance: v.number() })),
  bad: whole,
  returns: whole,
});
const factsSchema = v.strictObject({
  format: v.literal(1),
  config: trainingSchema,
  dataHash: v.string(),
  dataPosition: whole,
  seconds: v.pipe(v.number(), v.minValue(0)),
  // Absent from what was saved before runs were guarded.
  guard: v.optional(guardSchema, NEW_GUARD),
  counters: v.strictObject({
    imagesSeen: whole,
    skippedSteps: whole,
    skippedInARow: whole,
    updates: v.record(v.string(), whole),
  }),
});

/** Removes the run's checkpoints of more than so many images. */
export async function dropCheckpointsAfter(runDir: string, imagesSeen: number): Promise<void> {
  for (const path of await listCheckpoints(runDir)) {
    if (Number(NAME.exec(basename(path))?.[1]) > imagesSeen) await Deno.remove(path);
  }
}

/**
 * Saves the state as `checkpoint-<images seen>.safetensors` and removes all but the last ones.
 *
 * @param kept how many there are then at most
 * @throws {TaskError} if the disk refuses; earlier checkpoints are then untouched
 */
export async function saveCheckpoint(
  runDir: string,
  { tensors, counters }: { tensors: [path: string, tensor: Tensor][]; counters: Counters },
  facts: CheckpointFacts,
  kept = KEPT,
): Promise<string> {
  const stored = new Map<string, StoredTensor>();
  for (const [path, tensor] of tensors) {
    stored.set(path, storeFloats(await tensor.data<"float32">(), tensor.shape, "F32"));
  }
  const saved = { format: 1, ...facts, counters };
  const bytes = encodeSafetensors(stored, { lobbycard: JSON.stringify(saved) });
  const name = `checkpoint-${String(counters.imagesSeen).padStart(9, "0")}.safetensors`;
  const path = join(runDir, name);
  await writeAtomically(path, bytes);
  for (const old of (await listCheckpoints(runDir)).slice(kept)) await Deno.remove(old);
  return path;
}

/** Paths of the run's checkpoints, newest first. */
export async function listCheckpoints(runDir: string): Promise<string[]> {
  const names = [];
  for await (const { name, isFile } of Deno.readDir(runDir)) {
    if (isFile && NAME.test(name)) names.push(name);
  }
  return names.sort().reverse().map((name) => join(runDir, name));
}

/**
 * The newest checkpoint that can be read; `warn` is told of each that cannot.
 *
 * @returns undefined if the run has no checkpoint at all
 * @throws {TaskError} if it has some, and none can be read
 */
export async function loadLatestCheckpoint(
  runDir: string,
  warn: (message: string) => void,
): Promise<Checkpoint | undefined> {
  const paths = await listCheckpoints(runDir);
  for (const path of paths) {
    try {
      return await loadCheckpoint(path);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      warn(`Checkpoint ${path} is damaged and left aside. ${error.message}`);
    }
  }
  if (paths.length === 0) return undefined;
  throw new TaskError(
    `Cannot resume ${runDir}: none of its ${paths.length} checkpoints can be read`,
  );
}

/** Reads one checkpoint. @throws {SyntaxError} saying what is wrong with the file. */
export async function loadCheckpoint(path: string): Promise<Checkpoint> {
  const { tensors, metadata } = decodeSafetensors(await Deno.readFile(path));
  let json: unknown;
  try {
    json = JSON.parse(metadata.lobbycard ?? "");
  } catch {
    throw new SyntaxError("Cannot read checkpoint: it has no training state in it");
  }
  const result = v.safeParse(factsSchema, json);
  if (!result.success) {
    const [issue] = result.issues;
    throw new SyntaxError(`Cannot read checkpoint: "${v.getDotPath(issue)}": ${issue.message}`);
  }
  const { format: _, ...facts } = result.output;
  const floats = [...tensors].map(([name, stored]) =>
    [name, { shape: stored.shape, values: readFloats(stored) }] as const
  );
  return { path, ...facts, tensors: new Map(floats) };
}
