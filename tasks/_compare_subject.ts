// What `compare` and `evaluate` measure: a poster generator, of a run or exported, and where it came from.

import type { PosterSet } from "../data/posters.ts";
import type { PosterManifest } from "../models/manifest.ts";
import { loadPosterGenerator, type PosterGenerator } from "../models/poster_generator.ts";
import { TaskError } from "./_cli.ts";
import type { PosterRun } from "./_poster_run.ts";

/** A generator on the device; `dispose` frees it. */
export interface Subject {
  /** A name for people. */
  name: string;
  /** Folder of the run, or id of the model. */
  path: string;
  /** How it was trained. */
  model: string;
  /** Height and width of its posters. */
  size: readonly [height: number, width: number];
  generator: PosterGenerator;
  /** Names of its genres; empty without condition. */
  genres: readonly string[];
  imagesSeen: number;
  seconds: number;
  /** Scalars of the generator. */
  parameters: number;
  /** What it was trained on. */
  device: string;
  dataHash: string;
  dispose(): void;
}

/** A run as what is measured. */
export function runSubject(run: PosterRun): Subject {
  const { model, size } = run.config;
  return { ...run, model, size };
}

/** An exported model likewise. @throws {ModelFileError} naming the check of its weights that failed */
export async function modelSubject(
  manifest: PosterManifest,
  weights: Uint8Array<ArrayBuffer>,
): Promise<Subject> {
  const { id, name, model, genres, parameters, training, trainedSize } = manifest;
  const generator = await loadPosterGenerator(manifest, weights);
  return {
    ...{ name, path: id, model, size: trainedSize, generator, genres, parameters },
    ...{ imagesSeen: training.imagesSeen, seconds: training.seconds, device: training.device },
    dataHash: training.datasetHash,
    dispose: () => generator.dispose(),
  };
}

/** @throws {TaskError} if the generator's genres are not the set's, so that it cannot be asked for them */
export function assertGenres({ path, genres }: Subject, set: PosterSet): void {
  if (genres.length === 0 || genres.join() === set.genres.join()) return;
  throw new TaskError(
    `Cannot measure ${path}: its genres are ${genres.join(", ")}, expected those of the data: ${
      set.genres.join(", ")
    }`,
  );
}
