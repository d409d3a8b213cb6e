// A poster run read back: its averaged generator, ready to draw, and what is known of how it came about.

import { basename, resolve } from "node:path";
import { type PosterGenerator, posterGenerator } from "../models/poster_generator.ts";
import {
  disposePosterState,
  foldedGenerator,
  initPosterState,
  restorePosterState,
} from "../models/poster/state.ts";
import type { PosterTrainingConfig } from "../models/poster/training_config.ts";
import { posterArchitecture } from "../models/registry.ts";
import { sizeOf } from "../gpu/shape.ts";
import { TaskError } from "./_cli.ts";
import { isRunOf, readRun, type SavedRun } from "./_read_run.ts";

/** A run with its generator; `dispose` frees that. */
export interface PosterRun {
  path: string;
  /** The last part of the path. */
  name: string;
  config: PosterTrainingConfig;
  /** Names of the generator's genres; empty without condition. */
  genres: readonly string[];
  imagesSeen: number;
  /** Seconds of training. */
  seconds: number;
  device: string;
  /** The data as the run was told: a file, or the word for the procedural posters. */
  data: string;
  dataHash: string;
  generator: PosterGenerator;
  /** Scalars of the generator. */
  parameters: number;
  dispose(): void;
}

/**
 * Opens the newest checkpoint of a poster run on the current device.
 *
 * @throws {TaskError} if the folder is no run, is another family's, or none of its checkpoints can be read
 */
export async function openPosterRun(
  path: string,
  warn: (message: string) => void,
): Promise<PosterRun> {
  return posterRunOf(await readRun(path, warn));
}

/** The same of a run that has been read. @throws {TaskError} if it is another family's */
export function posterRunOf(run: SavedRun): PosterRun {
  if (!isRunOf(run, "poster")) {
    throw new TaskError(
      `Cannot use run ${run.path}: it trains ${run.checkpoint.config.kind}, expected posters`,
    );
  }
  const { path, device, data, checkpoint } = run, { config, counters } = checkpoint;
  const generator = posterGenerator(foldRun(run), config.generator);
  const shapes = posterArchitecture(config.generator).shapes(config.generator);
  return {
    ...{ path, device, data, config, generator },
    name: basename(resolve(path)),
    genres: config.genreNames,
    imagesSeen: counters.imagesSeen,
    seconds: checkpoint.seconds,
    dataHash: checkpoint.dataHash,
    parameters: Object.values(shapes).reduce((sum, shape) => sum + sizeOf(shape), 0),
    dispose: () => generator.dispose(),
  };
}

/** The run's averaged generator, its norms folded into the weights; the caller owns it. */
export function foldRun({ checkpoint }: SavedRun<PosterTrainingConfig>) {
  const { config, tensors, counters } = checkpoint;
  // The genres that the norms are folded by are the checkpoint's own.
  const state = initPosterState(config, [new Uint8Array(config.generator.genres)]);
  try {
    restorePosterState(state, tensors, counters);
    return foldedGenerator(state, config);
  } finally {
    disposePosterState(state);
  }
}
