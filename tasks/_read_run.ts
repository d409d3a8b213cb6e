// Reads a finished or unfinished run back: its newest checkpoint and what its config.json says.

import { join } from "node:path";
import * as v from "valibot";
import { type AnyTrainingConfig, type Checkpoint, loadLatestCheckpoint } from "./_checkpoint.ts";
import { TaskError } from "./_cli.ts";

/** What config.json says beside the training configuration. */
const runSchema = v.object({
  preset: v.string(),
  data: v.string(),
  dataset: v.string(),
  revision: v.string(),
  device: v.string(),
});

/** A run as it lies on disk. */
export interface SavedRun<Config extends AnyTrainingConfig = AnyTrainingConfig>
  extends v.InferOutput<typeof runSchema> {
  path: string;
  checkpoint: Checkpoint<Config>;
}

/** Whether a run trained a family. */
export function isRunOf<Kind extends AnyTrainingConfig["kind"]>(
  run: SavedRun,
  kind: Kind,
): run is SavedRun<Extract<AnyTrainingConfig, { kind: Kind }>> {
  return run.checkpoint.config.kind === kind;
}

/**
 * Reads a run's config.json and its newest readable checkpoint.
 *
 * @throws {TaskError} if the folder is no run, or none of its checkpoints can be read
 */
export async function readRun(path: string, warn: (message: string) => void): Promise<SavedRun> {
  let json: unknown;
  try {
    json = JSON.parse(await Deno.readTextFile(join(path, "config.json")));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TaskError(`Cannot read run ${path}: its config.json cannot be read (${why})`);
  }
  const facts = v.safeParse(runSchema, json);
  if (!facts.success) {
    throw new TaskError(`Cannot read run ${path}: config.json: ${facts.issues[0].message}`);
  }
  const checkpoint = await loadLatestCheckpoint(path, warn);
  if (!checkpoint) throw new TaskError(`Cannot read run ${path}: it has no checkpoint yet`);
  return { path, checkpoint, ...facts.output };
}

/** The newest value of everything that metrics.jsonl tells, up to the checkpoint; empty without that file. */
export async function readMetrics(
  { path, checkpoint }: SavedRun,
): Promise<Record<string, unknown>> {
  const text = await Deno.readTextFile(join(path, "metrics.jsonl")).catch(() => "");
  const seen = text.split("\n").map(parseLine)
    .filter(({ images }) => Number(images) <= checkpoint.counters.imagesSeen);
  return Object.assign({}, ...seen);
}

/** A line's values; none of a line that a kill cut short. */
function parseLine(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line);
  } catch {
    return {};
  }
}
