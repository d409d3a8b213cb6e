// A folder of folders that are named by genre; a file name in two of them is one film with both genres.

import { basename, join } from "node:path";
import { compareNatural } from "../_scan.ts";
import {
  findYear,
  isPictureName,
  parseImdbId,
  type PosterRecord,
  type PosterSource,
  stemOf,
} from "./poster_source.ts";

/**
 * The films of a folder of folders, in natural order of their files' names. An id is a file's name without its ending;
 * of several files with one name the picture is the one in the first folder.
 *
 * @throws {Deno.errors.NotFound} if there is no such folder
 */
export async function genreFolders(root: string): Promise<PosterSource> {
  const folders: string[] = [];
  for await (const { name } of Deno.readDir(root)) {
    if (!name.startsWith(".") && (await Deno.stat(join(root, name))).isDirectory) {
      folders.push(name);
    }
  }
  const films = new Map<string, { path: string; genres: string[] }>();
  for (const genre of folders.sort(compareNatural)) {
    for await (const { name } of Deno.readDir(join(root, genre))) {
      if (!isPictureName(name)) continue;
      const stem = stemOf(name);
      const film = films.get(stem);
      if (film === undefined) films.set(stem, { path: join(root, genre, name), genres: [genre] });
      else if (!film.genres.includes(genre)) film.genres.push(genre);
    }
  }
  const stems = [...films.keys()].sort(compareNatural);
  return {
    description: `Folders by genre in ${basename(root)}`,
    async *records() {
      for (const stem of stems) {
        const film = films.get(stem);
        if (film) yield await Promise.resolve(toRecord(stem, film));
      }
    },
  };
}

function toRecord(stem: string, film: { path: string; genres: string[] }): PosterRecord {
  return {
    // Only with `tt`: a bare number in a folder of one's own need not be IMDb's.
    id: stem.startsWith("tt") ? parseImdbId(stem) ?? stem : stem,
    genres: film.genres,
    year: findYear(stem),
    picture: { kind: "file", path: film.path },
  };
}
