// A poster generator by one name: an exported model's id or folder, or the folder of a run.

import { join } from "node:path";
import { loadPosterGenerator, type PosterGenerator } from "../models/poster_generator.ts";
import { TaskError } from "./_cli.ts";
import { findModel, listModels, readModelFiles } from "./_model_files.ts";
import { openPosterRun } from "./_poster_run.ts";

/** A generator on the device; `dispose` frees it. */
export interface PosterModel {
  /** A name for people. */
  name: string;
  /** How it was trained. */
  model: string;
  /** Height and width of its posters. */
  size: readonly [height: number, width: number];
  generator: PosterGenerator;
  /** Names of its genres; empty without condition. */
  genres: readonly string[];
  dispose(): void;
}

/**
 * Opens an exported model, or the newest checkpoint of a run, on the current device.
 *
 * @param named an id under static/models/, or a folder
 * @throws {TaskError} if there is neither, or it makes no posters
 * @throws {SyntaxError | ModelFileError} if a file of it fails a check
 */
export async function openPosterModel(
  named: string,
  warn: (message: string) => void,
): Promise<PosterModel> {
  if (await findModel(named) !== undefined) return await openExported(named);
  const config = await Deno.stat(join(named, "config.json")).catch(() => undefined);
  if (!config?.isFile) {
    throw new TaskError(
      `Cannot find model "${named}": expected a folder with a manifest.json, a run's folder, or one of: ${
        (await listModels()).join(", ") || "none yet"
      }`,
    );
  }
  const run = await openPosterRun(named, warn);
  const { name, generator, genres, config: { model, size } } = run;
  return { name, model, size, generator, genres, dispose: () => run.dispose() };
}

async function openExported(named: string): Promise<PosterModel> {
  const { manifest, weights } = await readModelFiles(named);
  if (manifest.family !== "poster") {
    throw new TaskError(`Cannot use model "${named}": it restyles pictures, expected posters`);
  }
  const { id: name, model, trainedSize: size, genres } = manifest;
  const generator = await loadPosterGenerator(manifest, weights);
  return { name, model, size, generator, genres, dispose: () => generator.dispose() };
}
