// `deno task train:cyclegan`: trains a pair of generators between two films; the same command again resumes.

import { countParameters, type ParamTree } from "../gpu/tree.ts";
import { disposeTrainState, initTrainState, type TrainState } from "../models/cyclegan/state.ts";
import type { TrainingConfig } from "../models/cyclegan/training_config.ts";
import { parseChoice, parseWhole, readArguments, runTask } from "./_cli.ts";
import { cycleGanTrainer } from "./_cyclegan_trainer.ts";
import { parseDevice } from "./_device_flag.ts";
import { startFrom } from "./_start_from.ts";
import { type OpenedTraining, runTraining, type TrainingSettings } from "./_training.ts";
import { openTrainingData, PROCEDURAL } from "./_training_data.ts";
import { resolveTrainingConfig, trainCommand, type TrainFlags } from "./_cyclegan_flags.ts";
import { beginTrunk } from "./_trunk_weights.ts";
import { readImages, readRunLength } from "./_training_flags.ts";
import { cycleGanPresets } from "./_cyclegan_presets.ts";

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
  return await runTraining(settings, () => openTraining(settings));
}

/** What the flags say, checked and complete. */
interface Settings extends TrainingSettings<TrainingConfig> {
  /** Test pictures per film in a sheet. */
  samples: number;
  init?: string;
  /** File of the discriminators' trunk. */
  trunkWeights?: string;
}

function readSettings(flags: TrainFlags): Settings {
  const preset = parseChoice("preset", flags.preset ?? "toy", Object.keys(cycleGanPresets));
  const images = readImages("images", flags.images) ?? cycleGanPresets[preset].images;
  return {
    preset,
    config: resolveTrainingConfig(preset, images, flags),
    ...readRunLength(flags, images),
    path: flags.run ?? `runs/cyclegan-${preset}`,
    data: flags.data ?? PROCEDURAL,
    device: parseDevice(flags),
    samples: parseWhole("samples", flags.samples ?? "4", 1, 64),
    ...(flags.init !== undefined && { init: flags.init }),
    ...(flags["d-weights"] !== undefined && { trunkWeights: flags["d-weights"] }),
  };
}

/** Opens the pictures and makes a fresh state. */
async function openTraining(settings: Settings): Promise<OpenedTraining> {
  const { config, data, samples, init, trunkWeights } = settings, { net } = config.discriminator;
  const source = await openTrainingData(data, config);
  const state = initTrainState(config);
  const test = await source.testPictures(samples);
  return {
    trainer: cycleGanTrainer(state, { config, source, test }),
    source,
    networks: describeNetworks(state, config),
    begin: async (warn, note) => {
      if (init !== undefined) await startFrom(state, init, warn);
      if (net !== "patch") await beginTrunk(state, net, { file: trunkWeights, warn, note });
    },
    dispose: () => disposeTrainState(state),
  };
}

function describeNetworks(
  { params, trunk }: TrainState,
  { discriminator: { net } }: TrainingConfig,
): string {
  const millions = (tree: ParamTree) => `${(countParameters(tree) / 1e6).toFixed(2)} M parameters`;
  const all = `${millions(params)} in two generators and two discriminators`;
  if (net === "patch") return all;
  return trunk ? `${all} on a frozen ${net} of ${millions(trunk)}` : `${all} on ${net}`;
}
