// `deno task train:posters`: trains a poster generator; the same command again resumes.

import { posterBatches } from "../data/poster_batches.ts";
import type { PosterSet } from "../data/posters.ts";
import { countParameters } from "../gpu/tree.ts";
import { POSTER_MODELS } from "../models/poster/config.ts";
import {
  disposePosterState,
  FOLD_PICTURES,
  initPosterState,
  restorePosterState,
} from "../models/poster/state.ts";
import type { PosterTrainingConfig } from "../models/poster/training_config.ts";
import { parseChoice, parseWhole, readArguments, runTask } from "./_cli.ts";
import { parseDevice } from "./_device_flag.ts";
import { openPosterData, PROCEDURAL } from "./_poster_data.ts";
import {
  type PosterTrainFlags,
  resolvePosterConfig,
  trainPostersCommand,
} from "./_poster_flags.ts";
import { posterPresets } from "./_poster_presets.ts";
import { parsePosterSize } from "./_poster_settings.ts";
import { posterTrainer } from "./_poster_trainer.ts";
import { type OpenedTraining, runTraining, type TrainingSettings } from "./_training.ts";
import { readImages, readRunLength } from "./_training_flags.ts";

if (import.meta.main) await runTask(trainPostersCommand.name, () => main(Deno.args));

/**
 * Trains as the arguments say.
 *
 * @returns the exit code: 0 when done, 130 when stopped by a signal
 */
export async function main(args: readonly string[]): Promise<number> {
  const { flags } = readArguments(trainPostersCommand, args);
  const preset = parseChoice("preset", flags.preset ?? "toy", Object.keys(posterPresets));
  const data = flags.data ?? PROCEDURAL;
  const set = await openPosterData(
    data,
    flags.size === undefined ? undefined : parsePosterSize(flags.size),
    posterPresets[preset].size,
  );
  const settings = readSettings(flags, { preset, data, set });
  if (flags["dry-run"]) {
    const { path, until, every, config } = settings;
    console.log(JSON.stringify({ run: path, until, every, config }, null, 2));
    await set.close();
    return 0;
  }
  return await runTraining(settings, () => openTraining(settings, set));
}

/** What the flags say, checked and complete. */
interface Settings extends TrainingSettings<PosterTrainingConfig> {
  /** Posters in a row of a sheet. */
  columns: number;
}

function readSettings(
  flags: PosterTrainFlags,
  { preset, data, set }: { preset: string; data: string; set: PosterSet },
): Settings {
  const model = parseChoice("model", flags.model ?? "cgan", POSTER_MODELS);
  const images = readImages("images", flags.images) ?? posterPresets[preset].images;
  return {
    ...{ preset, data },
    config: resolvePosterConfig({ model, preset, images }, set, flags),
    ...readRunLength(flags, images),
    path: flags.run ?? `runs/${model}-${preset}`,
    device: parseDevice(flags),
    columns: parseWhole("columns", flags.columns ?? "8", 1, 64),
  };
}

/** Starts drawing from the posters and makes a fresh state. */
function openTraining({ config, columns }: Settings, set: PosterSet): Promise<OpenedTraining> {
  const batches = posterBatches(set, config);
  const state = initPosterState(config, batches.labelSets(FOLD_PICTURES));
  const millions = (countParameters(state.params) / 1e6).toFixed(2);
  return Promise.resolve({
    trainer: posterTrainer(state, { config, dataHash: set.hash, batches, columns }),
    source: {
      description: set.description,
      hash: set.hash,
      skipped: [],
      async close() {
        await batches.close();
        await set.close();
      },
    },
    networks: `${millions} M parameters in ${Object.keys(state.params).join(", ")}`,
    restore: ({ tensors, counters }) => restorePosterState(state, tensors, counters),
    dispose: () => disposePosterState(state),
  });
}
