// What the guard does with a run: keeps its best state, warns, and goes back to that state after a divergence.

import { dropCheckpointsAfter, loadLatestCheckpoint, saveCheckpoint } from "./_checkpoint.ts";
import { TaskError } from "./_cli.ts";
import {
  afterReturn,
  type Assessment,
  judgeSheet,
  mayReturn,
  slowdownOf,
  warningOf,
} from "./_guard.ts";
import type { TrainingRun } from "./_training_run.ts";
import { sampleName } from "./_run_dir.ts";

/** What of a run the guard needs. */
type GuardedRun = Pick<TrainingRun, "runDir" | "trainer" | "progress" | "status">;

/**
 * Judges a sheet: keeps the state if it is the best so far, and warns of what is not as it should be.
 *
 * @returns why the run has to go back, if it has
 */
export async function guardSheet(
  { runDir, trainer, progress, status }: GuardedRun,
  assessment: Assessment,
): Promise<string | undefined> {
  const { imagesSeen: images } = trainer.state, before = progress.guard.best;
  const { state, verdict } = judgeSheet(progress.guard, { ...assessment, images });
  progress.guard = state;
  if (verdict === "best") {
    const folder = await runDir.makeBest(sampleName(images));
    await saveCheckpoint(folder, trainer.snapshot(), factsOf(trainer, progress), 1);
  }
  if (verdict === "diverged") {
    return `The run has diverged: its samples are at distance ${assessment.distance.toFixed(3)}, ` +
      `after ${before?.distance.toFixed(3)} at ${before?.images} images`;
  }
  const warning = warningOf(assessment, verdict, state);
  if (warning !== undefined) status.note(`warning: ${warning}`);
}

/**
 * Takes up the best state again, with a smaller learning rate and the pictures that come next.
 *
 * @throws {TaskError} if the run has gone back too often, or its best state cannot be read
 */
export async function returnToBest(
  { runDir, trainer, progress, status }: GuardedRun,
  why: string,
): Promise<void> {
  const folder = runDir.best, { guard } = progress;
  if (!mayReturn(guard)) {
    throw new TaskError(
      `Cannot go on: ${why}, and it has gone back ${guard.returns} times already; ` +
        `its best state, that of ${guard.best?.images} images, is in ${folder}`,
    );
  }
  const checkpoint = await loadLatestCheckpoint(folder, status.note);
  if (!checkpoint) throw new TaskError(`Cannot go on: ${why}, and ${folder} has no checkpoint`);
  trainer.restore(checkpoint);
  progress.guard = afterReturn(guard);
  const { imagesSeen: images } = trainer.state, slowdown = slowdownOf(progress.guard);
  // Saved before what lies behind it is removed, so that there is always something to resume.
  await saveCheckpoint(runDir.path, trainer.snapshot(), factsOf(trainer, progress), Infinity);
  await dropCheckpointsAfter(runDir.path, images);
  await runDir.trimMetrics(images);
  await runDir.appendMetrics({ images, seconds: progress.seconds, returned: why, slowdown });
  status.note(
    `${why}. Going back to the best state, that of ${images} images, ` +
      `and on from there with ${slowdown} times the learning rate`,
  );
}

function factsOf({ config, dataHash }: TrainingRun["trainer"], progress: TrainingRun["progress"]) {
  return { config, dataHash, ...progress };
}
