// The training loop: draw, step, report, sample, save. It reads from top to bottom; what is particular to a run is in TrainingRun.

import type { StepMetrics } from "../models/update.ts";
import { saveCheckpoint } from "./_checkpoint.ts";
import { formatDuration, TaskError } from "./_cli.ts";
import { guardSheet, returnToBest } from "./_guarded_run.ts";
import { guardAgainstLoss } from "./_lost_device.ts";
import { sampleName } from "./_run_dir.ts";
import type { TrainingRun } from "./_training_run.ts";

/** Why a run ended. */
export type RunEnd = "finished" | "out of time" | "stopped";

/** The run gives up after this many steps in a row without a finite loss. */
const MAX_SKIPPED_IN_A_ROW = 20;

/**
 * Trains until the end, the time budget or a stop; always leaves a checkpoint and a sheet of where it ended.
 *
 * A run whose sheets are assessed goes back to its best state when it has diverged.
 *
 * @throws {TaskError} if 20 steps in a row were not finite and there is no better state to go back to, it has diverged too often, the
 *   device is lost, or the disk refuses
 */
export async function train(run: TrainingRun): Promise<RunEnd> {
  const { trainer, every, progress, runDir } = run, { state, config } = trainer;
  const startedAt = performance.now(), secondsBefore = progress.seconds;
  let savedAt = state.imagesSeen, sampledAt = -1, trained = 0;
  const window = new MetricsWindow();
  const guarded = guardAgainstLoss(
    run.device,
    () =>
      `it had seen ${state.imagesSeen} images; the same command again goes on from the checkpoint of ${savedAt} in ${runDir.path}`,
  );
  const save = async () => {
    const facts = { config, dataHash: trainer.dataHash, ...progress };
    await guarded(saveCheckpoint(runDir.path, trainer.snapshot(), facts));
    savedAt = state.imagesSeen;
  };
  const goBack = async (why: string) => {
    await returnToBest(run, why);
    savedAt = state.imagesSeen;
  };
  const draw = async (isJudged = true) => {
    const why = await guarded(sample(run, isJudged));
    sampledAt = state.imagesSeen;
    if (why !== undefined) await goBack(why);
  };
  if (state.imagesSeen === 0) {
    await save();
    if (trainer.assess && every.sample > 0) await guardSheet(run, await guarded(trainer.assess()));
  }
  for (;;) {
    // On the CPU a step never waits for anything outside, and signals are only heard between two turns of the event loop.
    await new Promise((resolve) => setTimeout(resolve, 0));
    const end = reasonToEnd(run);
    if (end) {
      if (savedAt !== state.imagesSeen) await save();
      // A run that is stopped and resumed is to be as if it had not been: this sheet would not have been judged.
      if (sampledAt !== state.imagesSeen) await draw(end !== "stopped");
      // The last sheet may have sent the run back; then it is not at its end.
      if (end === "stopped" || reasonToEnd(run)) return end;
      continue;
    }
    const before = state.imagesSeen;
    const metrics = await guarded(trainer.step(progress));
    trained += state.imagesSeen - before;
    progress.seconds = secondsBefore + (performance.now() - startedAt) / 1000;
    window.add(metrics);
    if (state.skippedInARow >= MAX_SKIPPED_IN_A_ROW) {
      const why = `${MAX_SKIPPED_IN_A_ROW} steps in a row had a loss that is not finite`;
      if (!progress.guard.best) {
        throw new TaskError(
          `Cannot go on: ${why}; the last good checkpoint is that of ${savedAt} images in ${runDir.path}`,
        );
      }
      await goBack(why);
      continue;
    }
    const rate = trained / (progress.seconds - secondsBefore);
    run.status.update(describe(run, metrics, rate));
    if (crosses(state.imagesSeen, every.log, config.batch)) {
      await runDir.appendMetrics(metricsLine(run, window.take(), rate));
    }
    if (crosses(state.imagesSeen, every.sample, config.batch)) await draw();
    // A state that is not finite in its losses is not worth keeping over the last good one.
    if (metrics.finite && crosses(state.imagesSeen, every.save, config.batch)) await save();
  }
}

/**
 * Draws a sheet into the run's samples/, named by images seen, and logs what was measured on it.
 *
 * @param isJudged whether the guard looks at it
 * @returns why the run has to go back to its best state, if it has
 */
async function sample(run: TrainingRun, isJudged: boolean): Promise<string | undefined> {
  const { runDir, trainer, progress } = run, { imagesSeen: images } = trainer.state;
  const { png, facts } = await trainer.drawSheet();
  const assessment = isJudged ? await trainer.assess?.() : undefined;
  await runDir.writeSample(sampleName(images), png);
  if (facts || assessment) {
    const seconds = round(progress.seconds);
    await runDir.appendMetrics({ images, seconds, ...facts, ...assessment });
  }
  return assessment && await guardSheet(run, assessment);
}

function reasonToEnd({ trainer, until, progress, stop }: TrainingRun): RunEnd | undefined {
  if (stop.aborted) return "stopped";
  if (trainer.state.imagesSeen >= until.images) return "finished";
  if (progress.seconds >= until.seconds) return "out of time";
}

/** Whether the last batch went over a multiple of the interval; 0 switches it off. */
function crosses(imagesSeen: number, interval: number, batch: number): boolean {
  return interval > 0 &&
    Math.floor(imagesSeen / interval) > Math.floor((imagesSeen - batch) / interval);
}

function describe(run: TrainingRun, { values }: StepMetrics, imagesPerSecond: number): string {
  const { until, progress, trainer: { state, headline } } = run;
  const left = Math.min(
    (until.images - state.imagesSeen) / imagesPerSecond,
    until.seconds - progress.seconds,
  );
  return [
    `${state.imagesSeen}/${until.images} images`,
    `${imagesPerSecond.toFixed(2)}/s`,
    `${formatDuration(Math.max(0, left))} left`,
    ...Object.entries(headline).map(([what, name]) => `${what} ${values[name]?.toFixed(3) ?? "-"}`),
    ...(state.skippedSteps ? [`${state.skippedSteps} steps skipped`] : []),
  ].join("  ");
}

function metricsLine(
  { trainer, progress }: TrainingRun,
  losses: Record<string, number>,
  rate: number,
) {
  return {
    images: trainer.state.imagesSeen,
    seconds: round(progress.seconds),
    imagesPerSecond: round(rate),
    ...losses,
    ...trainer.settings(),
    skippedSteps: trainer.state.skippedSteps,
  };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** Means of the metrics since they were last taken; steps that were not finite are left out. */
class MetricsWindow {
  #sums: Record<string, { sum: number; count: number }> = {};

  add({ finite, values }: StepMetrics): void {
    if (!finite) return;
    for (const [name, value] of Object.entries(values)) {
      const entry = this.#sums[name] ??= { sum: 0, count: 0 };
      entry.sum += value;
      entry.count++;
    }
  }

  take(): Record<string, number> {
    const means = Object.entries(this.#sums).map(([name, { sum, count }]) => [name, sum / count]);
    this.#sums = {};
    return Object.fromEntries(means);
  }
}
