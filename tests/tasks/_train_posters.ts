// Runs `train:posters` on tiny drawn posters in a process of its own.

import assert from "node:assert/strict";
import { isLadderModel, type PosterModel } from "../../models/poster/config.ts";
import { runTask } from "./_run_task.ts";

/** The flags of the smallest networks, on the engine with two threads, with nothing that depends on the run's length. */
const TINY = "--size 16x24 --width 4 --disc-width 4 --latent 6 --batch 4 --lr 0.001 --columns 2 " +
  "--device simd --threads 2";

/** What of a modern model would follow the run's length otherwise. */
const TINY_MODERN = "--penalty 1 --beta2 0.99 --ema 20";

/** The command line of a tiny run. */
export function tinyPosterRun(model: PosterModel, run: string, flags: string): string {
  const all = isLadderModel(model) ? TINY : `${TINY} ${TINY_MODERN}`;
  return `--model ${model} --run ${run} ${all} ${flags}`;
}

/** Runs it to its end and expects success; gives all that it printed. */
export async function trainPosters(
  model: PosterModel,
  run: string,
  flags: string,
): Promise<string> {
  const { code, text } = await runTask("train_posters", tinyPosterRun(model, run, flags));
  assert.equal(code, 0, text);
  return text;
}
