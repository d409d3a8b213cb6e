// Reads a finished or unfinished run back: its newest checkpoint and what its config.json says.

import { join } from "node:path";
import * as v from "valibot";
import { type Checkpoint, loadLatestCheckpoint } from "./_checkpoint.ts";
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
export interface SavedRun extends v.InferOutput<typeof runSchema> {
  path: string;
  checkpoint: Checkpoint;
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
