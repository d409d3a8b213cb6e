// The exported models that lie in static/models/, as far as their manifests hold.

import { type Manifest, parseManifest } from "../../models/manifest.ts";

/** An exported model that the pages may offer. */
export interface ShelvedModel {
  manifest: Manifest;
  /** Where the weights are; the address changes with their content. */
  weightsUrl: string;
  /** Where they are on the server's disk, `file:`. */
  weightsFile: string;
  /** Where its sample picture is, if it has one, and its sides in pixels where they are known. */
  sample?: { url: string; width?: number; height?: number };
}

/** A model of one family, with its manifest as that family has it. */
export type ShelvedModelOf<Family extends Manifest["family"]> = ShelvedModel & {
  manifest: Extract<Manifest, { family: Family }>;
};

/** The models of one family. */
export function modelsOf<Family extends Manifest["family"]>(
  { models }: Shelf,
  family: Family,
): ShelvedModelOf<Family>[] {
  return models.filter((model): model is ShelvedModelOf<Family> =>
    model.manifest.family === family
  );
}

/** The models on offer, and one line for each that was left out and why. */
export interface Shelf {
  models: ShelvedModel[];
  problems: string[];
}

const shelfUrl = new URL("../../static/models/", import.meta.url);

/**
 * Reads the shelf, newest model first. Small files, read anew each time, so that an export shows on the next reload.
 * A model whose manifest or weights do not hold is left out.
 */
export async function readShelf(folder: URL = shelfUrl): Promise<Shelf> {
  const shelf: Shelf = { models: [], problems: [] };
  for (const id of await listFolders(folder)) {
    try {
      shelf.models.push(await readModel(folder, id));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      shelf.problems.push(`Model ${id} is left out: ${reason}`);
    }
  }
  shelf.models.sort((a, b) => b.manifest.exportedAt.localeCompare(a.manifest.exportedAt));
  return shelf;
}

/** How long `readRecentShelf` hands out what it has read. */
const RECENT_MS = 1000;

let recent: { at: number; shelf: Promise<Shelf> } | undefined;

/** The shelf as it was at most a second ago: for what is asked hundreds of times a second. */
export function readRecentShelf(): Promise<Shelf> {
  if (!recent || performance.now() - recent.at > RECENT_MS) {
    recent = { at: performance.now(), shelf: readShelf() };
  }
  return recent.shelf;
}

async function readModel(folder: URL, id: string): Promise<ShelvedModel> {
  const home = new URL(`${id}/`, folder);
  const manifest = parseManifest(
    JSON.parse(await Deno.readTextFile(new URL("manifest.json", home))),
  );
  if (manifest.id !== id) {
    throw new SyntaxError(`Cannot read model manifest: id is "${manifest.id}"; expected "${id}"`);
  }
  const { file, bytes, sha256 } = manifest.weights;
  const weightsFile = new URL(file, home);
  const { size } = await Deno.stat(weightsFile);
  if (size !== bytes) {
    throw new RangeError(`Cannot use ${file}: it has ${size} bytes; expected ${bytes}`);
  }
  const model: ShelvedModel = {
    manifest,
    weightsUrl: `/models/${id}/${file}?v=${sha256}`,
    weightsFile: weightsFile.href,
  };
  // Older exports have a PNG of which their manifest says nothing.
  const { file: sampleFile, ...sides } = manifest.sample ?? { file: "sample.png" };
  if (await isFile(new URL(sampleFile, home))) {
    model.sample = { url: `/models/${id}/${sampleFile}`, ...sides };
  }
  return model;
}

/** Names of the folders in a folder; none if it is missing. */
async function listFolders(folder: URL): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    return entries.filter((entry) => entry.isDirectory && !entry.name.startsWith("."))
      .map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

async function isFile(url: URL): Promise<boolean> {
  return await Deno.stat(url).then((info) => info.isFile, () => false);
}
