// A folder with a dataset.json in NVIDIA's form (StyleGAN's): paths with a class number or a vector of labels.

import { basename, isAbsolute, join, normalize } from "node:path";
import { findYear, type PosterRecord, type PosterSource, stemOf } from "./poster_source.ts";

type Label = number | number[];

/** A label above this counts as set. */
const THRESHOLD = 0.5;

/** Classes and vectors longer than this are taken for a mistake. */
const MOST_GENRES = 256;

/**
 * The pictures that `dataset.json` lists, in its order. `names` are the genres by number; without them they are
 * `genre-0`, `genre-1` and so on. An entry is a class number or a vector, in which above 0.5 counts as set.
 *
 * @throws {SyntaxError} if the file is not of that form, or its labels go beyond `names`
 */
export async function labelledFolder(
  folder: string,
  names: readonly string[] | undefined,
): Promise<PosterSource> {
  const path = join(folder, "dataset.json");
  const entries = readEntries(path, await Deno.readTextFile(path));
  const needed = countGenres(path, entries);
  if (names && names.length < needed) {
    throw new SyntaxError(
      `Cannot use ${path}: its labels count to ${needed}, but the list of genres has ${names.length}`,
    );
  }
  const genres = names ?? Array.from({ length: needed }, (_, i) => `genre-${i}`);
  return {
    description: `Labelled folder ${basename(folder)}`,
    genres,
    async *records() {
      for (const entry of entries) yield await Promise.resolve(readEntry(folder, entry, genres));
    },
  };
}

function readEntries(path: string, text: string): [string, Label][] {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    throw new SyntaxError(`Cannot read ${path}: it is not JSON`);
  }
  const labels = typeof file === "object" && file !== null && "labels" in file && file.labels;
  if (!Array.isArray(labels)) {
    throw new SyntaxError(
      `Cannot read ${path}: labels is ${JSON.stringify(labels)}; expected [["path", 3], ...]`,
    );
  }
  return labels.map((entry: unknown, i) => {
    if (isEntry(entry)) return entry;
    throw new SyntaxError(
      `Cannot read ${path}: label ${i} is ${JSON.stringify(entry)?.slice(0, 80)}; ` +
        'expected ["path", class number] or ["path", [number, ...]]',
    );
  });
}

function isEntry(value: unknown): value is [string, Label] {
  if (!Array.isArray(value) || value.length !== 2 || typeof value[0] !== "string") return false;
  const label: unknown = value[1];
  if (Array.isArray(label)) return label.every((item) => typeof item === "number");
  return typeof label === "number" && Number.isInteger(label) && label >= 0;
}

function countGenres(path: string, entries: [string, Label][]): number {
  const count = entries.reduce(
    (most, [, label]) => Math.max(most, typeof label === "number" ? label + 1 : label.length),
    1,
  );
  if (count <= MOST_GENRES) return count;
  throw new SyntaxError(
    `Cannot use ${path}: its labels count to ${count}, expected at most ${MOST_GENRES}`,
  );
}

function readEntry(
  folder: string,
  [name, label]: [string, Label],
  genres: readonly string[],
): PosterRecord {
  const set = typeof label === "number"
    ? [genres[label]]
    : genres.filter((_, i) => label[i] > THRESHOLD);
  const known = { id: stemOf(name), genres: set, year: findYear(name) };
  const within = normalize(name);
  if (isAbsolute(within) || within.startsWith("..")) {
    const detail = `path "${name}" leads out of the folder`;
    return { ...known, picture: { kind: "none", problem: { reason: "bad entry", detail } } };
  }
  return { ...known, picture: { kind: "file", path: join(folder, within) } };
}
