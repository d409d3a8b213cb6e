// Starting weights of a poster model from another run's, of another size or other genres too: what has the same path and shape.

import * as tf from "../gpu/tf.ts";
import { treeVariables } from "../gpu/tree.ts";
import type { PosterState } from "../models/poster/state.ts";
import type { LoadedTensor } from "../models/train_state.ts";
import { TaskError } from "./_cli.ts";
import { isRunOf, readRun } from "./_read_run.ts";

/** Where the start is reported: what is a doubt, and what is not. */
export interface StartReport {
  warn: (message: string) => void;
  note: (message: string) => void;
}

/** Paths that were taken from the other run, and those that stay as they were drawn. */
interface Taken {
  taken: string[];
  left: string[];
}

/**
 * Copies another run's averaged generator and its discriminator into a fresh state, as far as paths and shapes are the same, and says
 * what was taken and what was not. The optimiser starts anew.
 *
 * @param from folder of a poster run
 * @throws {TaskError} if it is none, or no layer matches
 */
export async function startPostersFrom(
  state: PosterState,
  from: string,
  { warn, note }: StartReport,
): Promise<void> {
  const run = await readRun(from, warn);
  if (!isRunOf(run, "poster")) {
    throw new TaskError(
      `Cannot start from ${from}: it trains ${run.checkpoint.config.kind}, expected posters`,
    );
  }
  const { tensors, counters } = run.checkpoint;
  // Training goes on from the averages: they are what was seen to be good.
  const found = copyMatching(
    state,
    (path) => tensors.get(`ema.${path}`) ?? tensors.get(`params.${path}`),
  );
  if (found.taken.length === 0) {
    throw new TaskError(
      `Cannot start from ${from}: none of its layers has the path and the shape of one of this run's ${found.left.length}`,
    );
  }
  note(`Starting from ${from} at ${counters.imagesSeen} images:`);
  note(`  taken: ${summary(found.taken)}`);
  note(`  not taken, drawn anew: ${summary(found.left)}`);
}

/** @param find the other run's tensor of a path */
function copyMatching(
  { params, ema }: PosterState,
  find: (path: string) => LoadedTensor | undefined,
): Taken {
  const averages = new Map(treeVariables(ema)), result: Taken = { taken: [], left: [] };
  for (const [path, leaf] of treeVariables(params)) {
    const other = find(path);
    if (other?.shape.join() !== leaf.shape.join()) {
      result.left.push(path);
      continue;
    }
    tf.tidy(() => {
      const values = tf.tensor(other.values, [...other.shape]);
      leaf.assign(values);
      averages.get(path)?.assign(values);
    });
    result.taken.push(path);
  }
  return result;
}

/** Paths by what they are of, such as `gen.stage.0 (5 tensors)`: a list of all would be long. */
function summary(paths: readonly string[]): string {
  if (paths.length === 0) return "nothing";
  const counts = new Map<string, number>();
  for (const path of paths) {
    const part = path.split(".").slice(0, /^\w+\.\w+\.\d+\./.test(path) ? 3 : 2).join(".");
    counts.set(part, (counts.get(part) ?? 0) + 1);
  }
  return [...counts].map(([part, count]) => count === 1 ? part : `${part} (${count} tensors)`)
    .join(", ");
}
