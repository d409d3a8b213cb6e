// A folder in the form of MM-IMDb: `<id>.json` with a film's genres beside `<id>.jpeg`.

import { basename, join } from "node:path";
import { compareNatural } from "../_scan.ts";
import {
  isPictureName,
  parseImdbId,
  type PosterRecord,
  type PosterSource,
  stemOf,
} from "./poster_source.ts";

/**
 * The films of a folder, in natural order of their files' names. The JSON holds `genres`, a list of names, and may
 * hold `year` and `title`; the picture may also be jpg, png or webp.
 *
 * @throws {Deno.errors.NotFound} if there is no such folder
 */
export async function mmImdbFolder(folder: string): Promise<PosterSource> {
  const documents: string[] = [], pictures = new Map<string, string>();
  for await (const { name } of Deno.readDir(folder)) {
    if (isPictureName(name)) pictures.set(stemOf(name), join(folder, name));
    else if (name.endsWith(".json") && !name.startsWith(".")) documents.push(name);
  }
  documents.sort(compareNatural);
  return {
    description: `MM-IMDb folder ${basename(folder)}`,
    async *records() {
      for (const name of documents) yield await readFilm(folder, name, pictures.get(stemOf(name)));
    },
  };
}

async function readFilm(
  folder: string,
  name: string,
  path: string | undefined,
): Promise<PosterRecord> {
  const stem = stemOf(name), id = parseImdbId(stem) ?? stem;
  const bad = (detail: string): PosterRecord => {
    const problem = { reason: "bad entry", detail } as const;
    return { id, genres: [], year: 0, picture: { kind: "none", problem } };
  };
  let film: unknown;
  try {
    film = JSON.parse(await Deno.readTextFile(join(folder, name)));
  } catch {
    return bad(`${name} is not JSON`);
  }
  if (typeof film !== "object" || film === null) return bad(`${name} is not an object`);
  const table: Record<string, unknown> = { ...film };
  const { genres, title } = table;
  if (!isNames(genres)) {
    return bad(`genres in ${name} is ${shown(genres)}, expected a list of names`);
  }
  const detail = `no ${stem}.jpeg beside ${name}`;
  return {
    id,
    genres,
    year: readYear(table.year),
    ...(typeof title === "string" && { title }),
    picture: path === undefined
      ? { kind: "none", problem: { reason: "no picture", detail } }
      : { kind: "file", path },
  };
}

/** The JSON's value, cut to fit a line. */
function shown(value: unknown): string {
  return (JSON.stringify(value) ?? "missing").slice(0, 60);
}

/** A number, or text that begins with one, such as `2008-2012`. */
function readYear(value: unknown): number {
  const digits = /^\s*(\d{4})\b/.exec(String(value ?? ""))?.[1];
  return digits === undefined ? 0 : Number(digits);
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === "string");
}
