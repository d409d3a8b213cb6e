// What every training task does around the loop: the run's folder, the device, resuming, and what is said at both ends.

import { styleText } from "node:util";
import type { SkippedFile } from "../data/picture_list.ts";
import type { Device } from "../gpu/device.ts";
import { type AnyTrainingConfig, type Checkpoint, loadLatestCheckpoint } from "./_checkpoint.ts";
import { formatDuration, TaskError } from "./_cli.ts";
import { NEW_GUARD } from "./_guard.ts";
import { type DeviceSettings, startTaskDevice } from "./_device_flag.ts";
import { assertTrainingFits } from "./_gpu_fit.ts";
import { train } from "./_loop.ts";
import { provenance } from "./_provenance.ts";
import { openRunDir, type RunDir } from "./_run_dir.ts";
import { type StatusLine, statusLine } from "./_status_line.ts";
import type { Trainer, TrainingRun } from "./_training_run.ts";
import { stopSignal } from "./_stop_signal.ts";

/** What the flags of a training task say, checked and complete. */
export interface TrainingSettings<Config extends AnyTrainingConfig>
  extends Pick<TrainingRun, "until" | "every"> {
  preset: string;
  /** Folder of the run. */
  path: string;
  data: string;
  device: DeviceSettings;
  config: Config;
}

/** A family with its data and a fresh state, about to train. */
export interface OpenedTraining {
  trainer: Trainer;
  source: {
    description: string;
    hash: string;
    skipped: readonly SkippedFile[];
    close(): Promise<void>;
  };
  /** Its networks and their size, in words. */
  networks: string;
  /** What a run that begins does before its first step, and what it says of it. */
  begin?(warn: (message: string) => void, note: (message: string) => void): Promise<void>;
  dispose(): void;
}

/**
 * Trains, or resumes what is in the run's folder.
 *
 * @param open called once the device runs
 * @returns the exit code: 0 when done, 130 when stopped by a signal
 */
export async function runTraining<Config extends AnyTrainingConfig>(
  settings: TrainingSettings<Config>,
  open: () => Promise<OpenedTraining>,
): Promise<number> {
  const runDir = await openRunDir(settings.path);
  try {
    const status = statusLine();
    const device = await startTaskDevice(settings.device);
    await assertTrainingFits(device, settings.config);
    const opened = await open();
    const progress = await resumeOrBegin(settings, opened, status);
    await recordRun(runDir, settings, opened, device);
    announce(opened, device, status);
    const { until, every } = settings, { trainer } = opened, stop = stopSignal(status);
    return await finish(
      { runDir, trainer, device, until, every, progress, status, stop },
      opened,
    );
  } finally {
    runDir.close();
  }
}

async function recordRun<Config extends AnyTrainingConfig>(
  runDir: RunDir,
  { preset, path, data, until, every, config }: TrainingSettings<Config>,
  { source }: OpenedTraining,
  device: Device,
): Promise<void> {
  await runDir.writeConfig({
    ...{ preset, path, data },
    dataset: source.description,
    dataHash: source.hash,
    ...{ until, every },
    ...await provenance(device),
    config,
  });
}

async function finish(run: TrainingRun, opened: OpenedTraining): Promise<number> {
  const { runDir, trainer: { state }, status, progress } = run;
  await runDir.trimMetrics(state.imagesSeen);
  const end = await train(run);
  status.end();
  await opened.source.close();
  const where = `${state.imagesSeen} images in ${
    formatDuration(progress.seconds)
  }, saved in ${runDir.path}`;
  status.note(
    end === "stopped"
      ? `Stopped: ${where}. The same command again continues.`
      : `Done (${end}): ${where}.`,
  );
  opened.dispose();
  return end === "stopped" ? 130 : 0;
}

async function resumeOrBegin<Config extends AnyTrainingConfig>(
  { path, config }: TrainingSettings<Config>,
  { trainer, source, begin }: OpenedTraining,
  status: StatusLine,
): Promise<TrainingRun["progress"]> {
  const warn = (message: string) => status.note(`${styleText("yellow", "warning")}: ${message}`);
  const checkpoint = await loadLatestCheckpoint(path, warn);
  if (!checkpoint) {
    await begin?.(warn, status.note);
    return { dataPosition: 0, seconds: 0, guard: { ...NEW_GUARD } };
  }
  refuseOtherConfig(path, checkpoint, config, source.hash);
  trainer.restore(checkpoint);
  status.note(`Resuming ${path} at ${trainer.state.imagesSeen} images`);
  const { dataPosition, seconds, guard } = checkpoint;
  return { dataPosition, seconds, guard };
}

function refuseOtherConfig(
  path: string,
  checkpoint: Checkpoint,
  config: AnyTrainingConfig,
  dataHash: string,
): void {
  const differences = differingKeys(checkpoint.config, config);
  if (checkpoint.dataHash !== dataHash) {
    const [was, is] = [checkpoint.dataHash, dataHash].map((hash) => hash.slice(0, 12));
    differences.push(`data: the run's pictures (${was}) are not these (${is})`);
  }
  if (differences.length === 0) return;
  throw new TaskError(
    `Cannot resume ${path} with another configuration; take the run's own, or another --run:\n` +
      differences.map((line) => `  ${line}`).join("\n"),
  );
}

/** One line per leaf that differs: its dotted key, the run's value and the asked-for one. */
function differingKeys(before: object, now: object, prefix = ""): string[] {
  const values = { before: before as Record<string, unknown>, now: now as Record<string, unknown> };
  const keys = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...keys].flatMap((key) => {
    const [was, is] = [values.before[key], values.now[key]];
    const path = `${prefix}${key}`;
    const nested = [was, is].every((value) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
    );
    if (nested) return differingKeys(was as object, is as object, `${path}.`);
    const [a, b] = [JSON.stringify(was), JSON.stringify(is)];
    return a === b ? [] : [`${path}: the run has ${a}, asked for ${b}`];
  });
}

function announce(
  { source, networks }: OpenedTraining,
  device: Device,
  status: StatusLine,
): void {
  status.note(
    `${source.description}\n${device.description}${
      device.passedOver && `; ${device.passedOver}`
    }\n${networks}`,
  );
  for (const { file, reason } of source.skipped) {
    status.note(`${styleText("yellow", "warning")}: ${file} is skipped: ${reason}`);
  }
}
