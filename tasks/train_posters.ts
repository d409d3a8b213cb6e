// `deno task train:posters`: trains a poster generator; the same command again resumes.

import { posterBatches } from "../data/poster_batches.ts";
import type { PosterSet } from "../data/posters.ts";
import { countParameters, type ParamTree } from "../gpu/tree.ts";
import { posterGenerator } from "../models/poster_generator.ts";
import { POSTER_MODELS } from "../models/poster/config.ts";
import {
  disposePosterState,
  FOLD_PICTURES,
  foldedGenerator,
  initPosterState,
  type PosterState,
} from "../models/poster/state.ts";
import type { PosterTrainingConfig } from "../models/poster/training_config.ts";
import { parseChoice, parseWhole, readArguments, runTask } from "./_cli.ts";
import { parseDevice } from "./_device_flag.ts";
import { countFlop } from "./_flop_count.ts";
import { posterAssessor } from "./_poster_assessment.ts";
import { resolvePosterConfig } from "./_poster_config.ts";
import { openPosterData, PROCEDURAL } from "./_poster_data.ts";
import { type PosterTrainFlags, trainPostersCommand } from "./_poster_flags.ts";
import { posterPresets, presetImages } from "./_poster_presets.ts";
import { parsePosterSize } from "./_poster_settings.ts";
import { startPostersFrom } from "./_poster_start.ts";
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
  /** The run that a fresh one starts from. */
  init?: string;
}

function readSettings(
  flags: PosterTrainFlags,
  { preset, data, set }: { preset: string; data: string; set: PosterSet },
): Settings {
  const model = parseChoice("model", flags.model ?? "cgan", POSTER_MODELS);
  const images = readImages("images", flags.images) ?? presetImages(preset, model);
  return {
    ...{ preset, data },
    config: resolvePosterConfig({ model, preset, images }, set, flags),
    ...readRunLength(flags, images),
    path: flags.run ?? `runs/${model}-${preset}`,
    device: parseDevice(flags),
    columns: parseWhole("columns", flags.columns ?? "8", 1, 64),
    ...(flags.init !== undefined && { init: flags.init }),
  };
}

/** Starts drawing from the posters and makes a fresh state. */
async function openTraining(
  { config, columns, init }: Settings,
  set: PosterSet,
): Promise<OpenedTraining> {
  const batches = posterBatches(set, config);
  const state = initPosterState(config, batches.labelSets(FOLD_PICTURES));
  const assessor = await posterAssessor(set);
  const trainer = posterTrainer(state, {
    ...{ config, dataHash: set.hash, batches, columns },
    ...(assessor && { assessor }),
  });
  return {
    trainer,
    source: {
      description: set.description,
      hash: set.hash,
      skipped: [],
      async close() {
        await batches.close();
        await set.close();
      },
    },
    networks: `${describeNetworks(state.params)}; ${await describeCost(state, config)}`,
    begin: async (warn, note) => {
      if (init !== undefined) await startPostersFrom(state, init, { warn, note });
    },
    dispose() {
      assessor?.dispose();
      disposePosterState(state);
    },
  };
}

/** Their names and sizes, such as `0.45 M parameters in gen, 0.44 M in disc`. */
function describeNetworks(networks: Readonly<Record<string, ParamTree | undefined>>): string {
  return Object.entries(networks).flatMap(([name, tree]) =>
    tree ? [`${name} of ${(countParameters(tree) / 1e6).toFixed(2)} M parameters`] : []
  ).join(", ");
}

/** What a poster costs, in floating-point operations. */
async function describeCost(state: PosterState, config: PosterTrainingConfig): Promise<string> {
  const generator = posterGenerator(foldedGenerator(state, config), config.generator);
  try {
    const { latent, genres } = config.generator;
    const request = { latent: new Float32Array(latent), genres: new Uint8Array(genres) };
    const flop = await countFlop(async () => void await generator.draw([request]));
    return `${(flop / 1e9).toPrecision(2)} GFLOP to draw a poster`;
  } finally {
    generator.dispose();
  }
}
