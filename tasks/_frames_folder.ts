// The folders that get the pictures of `data:frames`: whether they may be written to, and what of them is there already.

import { basename, dirname, join, resolve } from "node:path";
import { TaskError } from "./_cli.ts";
import {
  findDifferences,
  findManifest,
  type FramesManifest,
  type ManifestPicture,
} from "./_frames_manifest.ts";
import type { FramesTarget } from "./_frames_settings.ts";

/** What an earlier command left. */
export interface Earlier {
  /** The plan to go on with, if the same command made it. */
  plan?: FramesManifest;
  /** Pictures that are to give way, if `--force` allows it. */
  outdated: ManifestPicture[];
}

/**
 * Makes sure that the folders may be used, before hours are spent on what goes there. Nothing is written yet.
 *
 * @throws {TaskError} if a folder holds something else, or cannot be written to
 */
export async function inspectFolders(
  target: FramesTarget,
  wanted: Pick<FramesManifest, "source" | "settings">,
): Promise<Earlier> {
  const folders = [target.train, ...target.test === undefined ? [] : [target.test]];
  for (const folder of [...folders, dirname(target.manifest)]) await assertWritable(folder);
  if (target.force) {
    const known = await findManifest(target.manifest).catch(() => undefined);
    return { outdated: known?.pictures ?? [] };
  }
  const known = await findManifest(target.manifest);
  if (known !== undefined) {
    const differing = findDifferences(known, wanted);
    if (differing.length === 0) return { plan: known, outdated: [] };
    throw new TaskError(
      `Cannot write into ${target.train}: it holds pictures of another command; ${
        expected(target, wanted)
      }\n` +
        differing.join("\n"),
    );
  }
  for (const folder of folders) {
    const count = await countEntries(folder);
    if (count === 0) continue;
    const files = count === 1 ? "1 file" : `${count} files`;
    throw new TaskError(
      `Cannot write into ${folder}: ${files} in it, but no ${target.manifest}; ${
        expected(target, wanted)
      }`,
    );
  }
  return { outdated: [] };
}

/** Makes the folders, and removes pictures that give way. @throws {TaskError} if that cannot be done */
export async function prepareFolders(
  target: FramesTarget,
  outdated: readonly ManifestPicture[],
): Promise<void> {
  try {
    for (const picture of outdated) {
      const path = pathOf(target, picture);
      if (path !== undefined) await Deno.remove(path).catch(ignoreMissing);
    }
    for (const folder of [target.train, target.test, dirname(target.manifest)]) {
      if (folder !== undefined) await Deno.mkdir(folder, { recursive: true });
    }
  } catch (error) {
    throw new TaskError(`Cannot prepare ${target.train}: ${reason(error)}`);
  }
}

/** Where a picture lies; undefined if it is a test picture and there is no folder for those. */
export function pathOf(
  { train, test }: FramesTarget,
  picture: ManifestPicture,
): string | undefined {
  const folder = picture.part === "train" ? train : test;
  return folder === undefined ? undefined : join(folder, picture.file);
}

/** The pictures that are not there yet; those that are there are whole, for they were renamed into place. */
export async function findMissing(
  target: FramesTarget,
  pictures: readonly ManifestPicture[],
): Promise<ManifestPicture[]> {
  const missing: ManifestPicture[] = [];
  for (const picture of pictures) {
    const path = pathOf(target, picture);
    if (path !== undefined && !await Deno.stat(path).then(() => true, () => false)) {
      missing.push(picture);
    }
  }
  return missing;
}

function expected(
  { train }: FramesTarget,
  { source }: Pick<FramesManifest, "source">,
): string {
  const own = join(train, basename(source.name).replace(/\.[^.]*$/, ""));
  return `expected an empty folder, the command that began it, --force, or a folder of its own such as ${own}`;
}

/** @throws {TaskError} unless a file can be made there, or in the nearest folder above that exists */
async function assertWritable(folder: string): Promise<void> {
  let nearest = resolve(folder);
  while (!await Deno.lstat(nearest).then(() => true, () => false)) {
    if (dirname(nearest) === nearest) break;
    nearest = dirname(nearest);
  }
  try {
    const probe = await Deno.makeTempFile({ dir: nearest, prefix: ".frames_", suffix: ".tmp" });
    await Deno.remove(probe);
  } catch (error) {
    throw new TaskError(`Cannot write into ${folder}: ${reason(error)}`);
  }
}

/** Hidden files do not count: file managers leave them everywhere. */
async function countEntries(folder: string): Promise<number> {
  let count = 0;
  try {
    for await (const { name } of Deno.readDir(folder)) if (!name.startsWith(".")) count++;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) {
      throw new TaskError(`Cannot read ${folder}: ${reason(error)}`);
    }
  }
  return count;
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
