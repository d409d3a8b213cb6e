// Exported models on disk: where they are, and how one is read.

import { join } from "node:path";
import { type Generator, loadGenerator } from "../models/generator.ts";
import { type Manifest, parseManifest } from "../models/manifest.ts";
import { TaskError } from "./_cli.ts";

/** Where exported models live, by id. */
export const MODELS_DIR = join("static", "models");

/** The folder of a model given by id or by path, or undefined if there is none. */
export async function findModel(model: string): Promise<string | undefined> {
  for (const folder of [join(MODELS_DIR, model), model]) {
    const manifest = await Deno.stat(join(folder, "manifest.json")).catch(() => undefined);
    if (manifest?.isFile) return folder;
  }
}

/** An exported model as read from disk. */
export interface ModelFiles {
  manifest: Manifest;
  weights: Uint8Array<ArrayBuffer>;
}

/**
 * Reads an exported style model and puts its weights on the current device.
 *
 * @param model an id under static/models/, or a folder
 * @throws {TaskError} if there is no such model, naming those that there are, or it makes posters
 * @throws {SyntaxError | ModelFileError} if a file of it fails a check
 */
export async function readStyleModel(model: string): Promise<Generator> {
  const { manifest, weights } = await readModelFiles(model);
  if (manifest.family === "poster") {
    throw new TaskError(`Cannot restyle with "${model}": it draws posters, expected a style model`);
  }
  return await loadGenerator(manifest, weights);
}

/**
 * Reads an exported model of any family; its weights are not checked yet.
 *
 * @throws {TaskError | SyntaxError} as `readStyleModel`, but whatever it makes
 */
export async function readModelFiles(model: string): Promise<ModelFiles> {
  const folder = await findModel(model);
  if (folder === undefined) {
    const known = (await listModels()).join(", ") || "none yet";
    throw new TaskError(
      `Cannot find model "${model}": expected a folder with a manifest.json, or one of: ${known}`,
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(await Deno.readTextFile(join(folder, "manifest.json")));
  } catch (error) {
    throw new TaskError(
      `Cannot read ${folder}/manifest.json: ${error instanceof Error ? error.message : error}`,
    );
  }
  const manifest = parseManifest(json);
  return { manifest, weights: await Deno.readFile(join(folder, manifest.weights.file)) };
}

/** The ids of the models under static/models/, sorted. */
export async function listModels(): Promise<string[]> {
  const ids = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(MODELS_DIR)) {
      if (isDirectory) ids.push(name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return ids.sort();
}
