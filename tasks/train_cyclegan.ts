// `deno task train:cyclegan`: trains a pair of generators between two films; the same command again resumes.

import { styleText } from "node:util";
import type { UnpairedSource } from "../data/unpaired.ts";
import type { Device } from "../gpu/device.ts";
import { countParameters } from "../gpu/tree.ts";
import {
  disposeTrainState,
  initTrainState,
  restoreState,
  type TrainState,
} from "../models/cyclegan/state.ts";
import type { TrainingConfig } from "../models/cyclegan/training_config.ts";
import { type Checkpoint, loadLatestCheckpoint } from "./_checkpoint.ts";
import {
  formatDuration,
  parseChoice,
  parseDuration,
  parseWhole,
  readArguments,
  runTask,
  TaskError,
} from "./_cli.ts";
import { train, type TrainingRun } from "./_loop.ts";
import { provenance } from "./_provenance.ts";
import { type DeviceSettings, parseDevice, startTaskDevice } from "./_device_flag.ts";
import { openRunDir, type RunDir } from "./_run_dir.ts";
import { startFrom } from "./_start_from.ts";
import { type StatusLine, statusLine } from "./_status_line.ts";
import { stopSignal } from "./_stop_signal.ts";
import { openTrainingData, PROCEDURAL } from "./_training_data.ts";
import {
  readImages,
  resolveTrainingConfig,
  trainCommand,
  type TrainFlags,
} from "./_training_flags.ts";
import { cycleGanPresets } from "./presets.ts";

if (import.meta.main) await runTask(trainCommand.name, () => main(Deno.args));

/**
 * Trains as the arguments say.
 *
 * @returns the exit code: 0 when done, 130 when stopped by a signal
 */
export async function main(args: readonly string[]): Promise<number> {
  const { flags } = readArguments(trainCommand, args);
  const settings = readSettings(flags);
  if (flags["dry-run"]) {
    const { path, until, every, config } = settings;
    console.log(JSON.stringify({ run: path, until, every, config }, null, 2));
    return 0;
  }
  const runDir = await openRunDir(settings.path);
  try {
    return await finish(await openRun(runDir, settings));
  } finally {
    runDir.close();
  }
}

/** What the flags say, checked and complete. */
interface Settings extends Pick<TrainingRun, "config" | "until" | "every"> {
  preset: string;
  /** Folder of the run. */
  path: string;
  data: string;
  device: DeviceSettings;
  samples: number;
  init?: string;
}

function readSettings(flags: TrainFlags): Settings {
  const preset = parseChoice("preset", flags.preset ?? "toy", Object.keys(cycleGanPresets));
  const images = readImages("images", flags.images) ?? cycleGanPresets[preset].images;
  const interval = (flag: "sample-every" | "save-every" | "log-every", parts: number) =>
    readImages(flag, flags[flag]) ?? Math.ceil(images / parts);
  return {
    preset,
    config: resolveTrainingConfig(preset, images, flags),
    until: {
      images,
      seconds: flags.budget === undefined ? Infinity : parseDuration("budget", flags.budget),
    },
    every: {
      sample: interval("sample-every", 20),
      save: interval("save-every", 20),
      log: interval("log-every", 200),
    },
    path: flags.run ?? `runs/cyclegan-${preset}`,
    data: flags.data ?? PROCEDURAL,
    device: parseDevice(flags),
    samples: parseWhole("samples", flags.samples ?? "4", 1, 64),
    ...(flags.init !== undefined && { init: flags.init }),
  };
}

/** Starts the device, opens the pictures, resumes or makes the state, and writes down what the run is. */
async function openRun(runDir: RunDir, settings: Settings): Promise<TrainingRun> {
  const { config, until, every, samples, device: choice, ...facts } = settings;
  const status = statusLine();
  const device = await startTaskDevice(choice);
  const source = await openTrainingData(settings.data, config);
  const { state, progress } = await resumeOrStart(settings, source, status);
  await runDir.writeConfig({
    ...facts,
    dataset: source.description,
    dataHash: source.hash,
    until,
    every,
    ...await provenance(device),
    config,
  });
  announce(state, source, device, status);
  const test = await source.testPictures(samples);
  const stop = stopSignal(status);
  return { runDir, state, config, device, source, test, until, every, progress, status, stop };
}

async function finish(run: TrainingRun): Promise<number> {
  const { runDir, state, status, source, progress } = run;
  await runDir.trimMetrics(state.imagesSeen);
  const end = await train(run);
  status.end();
  await source.close();
  const where = `${state.imagesSeen} images in ${
    formatDuration(progress.seconds)
  }, saved in ${runDir.path}`;
  status.note(
    end === "stopped"
      ? `Stopped: ${where}. The same command again continues.`
      : `Done (${end}): ${where}.`,
  );
  disposeTrainState(state);
  return end === "stopped" ? 130 : 0;
}

async function resumeOrStart(
  { path, config, init }: Settings,
  source: UnpairedSource,
  status: StatusLine,
): Promise<Pick<TrainingRun, "state" | "progress">> {
  const warn = (message: string) => status.note(`${styleText("yellow", "warning")}: ${message}`);
  const checkpoint = await loadLatestCheckpoint(path, warn);
  const state = initTrainState(config);
  if (!checkpoint) {
    if (init !== undefined) await startFrom(state, init, warn);
    return { state, progress: { dataPosition: 0, seconds: 0 } };
  }
  refuseOtherConfig(path, checkpoint, config, source);
  restoreState(state, checkpoint.tensors, checkpoint.counters);
  status.note(`Resuming ${path} at ${state.imagesSeen} images`);
  const { dataPosition, seconds } = checkpoint;
  return { state, progress: { dataPosition, seconds } };
}

function refuseOtherConfig(
  path: string,
  checkpoint: Checkpoint,
  config: TrainingConfig,
  source: UnpairedSource,
): void {
  const differences = differingKeys(checkpoint.config, config);
  if (checkpoint.dataHash !== source.hash) {
    differences.push(
      `data: the run's pictures (${checkpoint.dataHash.slice(0, 12)}) are not these (${
        source.hash.slice(0, 12)
      })`,
    );
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
  state: TrainState,
  source: UnpairedSource,
  device: Device,
  status: StatusLine,
): void {
  const millions = (countParameters(state.params) / 1e6).toFixed(2);
  status.note(
    `${source.description}\n${device.description}${
      device.passedOver && `; ${device.passedOver}`
    }\n${millions} M parameters in two generators and two discriminators`,
  );
  for (const { file, reason } of source.skipped) {
    status.note(`${styleText("yellow", "warning")}: ${file} is skipped: ${reason}`);
  }
}
