// Tells by what is at a path which kind of source of posters it is.

import { join } from "node:path";
import { genreFolders } from "./genre_folders.ts";
import { labelledFolder } from "./label_file.ts";
import { mmImdbFolder } from "./mm_imdb.ts";
import { movieTable } from "./movie_table.ts";
import { isPictureName, type PosterSource, stemOf } from "./poster_source.ts";

/** What some kinds of sources need besides their path. */
export interface SourceOptions {
  /** The folder of a table's pictures. */
  images?: string;
  /** Genres by number, for labels that are numbers. */
  genreNames?: readonly string[];
}

const accepted = "a .csv table (imdbId, Title, Genre, Poster), a folder with dataset.json, " +
  "a folder with <id>.json beside <id>.jpeg, or a folder of folders named by genre";

/**
 * The source at a path: a `.csv` file, a folder with `dataset.json`, one with `<id>.json` beside `<id>.jpeg`, or one
 * with folders named by genre; looked for in this order.
 *
 * @throws {Deno.errors.NotFound} if nothing is there
 * @throws {TypeError} if it is none of these
 */
export async function findPosterSource(
  path: string,
  { images, genreNames }: SourceOptions = {},
): Promise<PosterSource> {
  const info = await Deno.stat(path).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Deno.errors.NotFound(
      `Cannot read the source ${path}: nothing is there; expected ${accepted}`,
    );
  });
  if (info.isFile) {
    if (/\.csv$/i.test(path)) return await movieTable(path, images);
    if (path.endsWith("dataset.json")) return await labelledFolder(join(path, ".."), genreNames);
    throw new TypeError(`Cannot read the source ${path}: it is a file; expected ${accepted}`);
  }
  const listed = await listFolder(path);
  if (listed.files.has("dataset.json")) return await labelledFolder(path, genreNames);
  if (hasPair(listed.files)) return await mmImdbFolder(path);
  if (listed.folders > 0) return await genreFolders(path);
  throw new TypeError(
    `Cannot read the source ${path}: it has ${listed.files.size} files and no folder; expected ${accepted}`,
  );
}

async function listFolder(path: string): Promise<{ files: Set<string>; folders: number }> {
  const files = new Set<string>();
  let folders = 0;
  for await (const { name } of Deno.readDir(path)) {
    if (name.startsWith(".")) continue;
    const info = await Deno.stat(join(path, name)).catch(() => undefined);
    if (info?.isDirectory) folders++;
    else files.add(name);
  }
  return { files, folders };
}

/** Whether a film's JSON has its picture beside it. */
function hasPair(names: ReadonlySet<string>): boolean {
  const stems = new Set([...names].filter(isPictureName).map(stemOf));
  return [...names].some((name) => name.endsWith(".json") && stems.has(stemOf(name)));
}
