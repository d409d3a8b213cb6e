// `deno task data:inspect`: what is in a set of packed posters, in tables and in a contact sheet for each genre.

import { join } from "node:path";
import { encodePng } from "../data/decode.ts";
import { openPackedPosters, type PackedPosters } from "../data/packed_posters.ts";
import { type PosterFacts, type Split, SPLITS } from "../data/posters.ts";
import { type Picture, sheet } from "../gpu/picture.ts";
import { writeAtomically } from "./_atomic_file.ts";
import { parseWhole, readArguments, runTask, UsageError } from "./_cli.ts";

const command = {
  name: "data:inspect",
  summary: "Shows what is in a set of packed posters.",
  positionals: "SET.safetensors",
  flags: {
    out: { value: "DIR", help: "Write a contact sheet for each genre into this folder" },
    pictures: { value: "N", default: "64", help: "Posters on a contact sheet, at most" },
  },
} as const;

const SHEET_COLUMNS = 8;

if (import.meta.main) {
  await runTask(command.name, async () => {
    const { flags, positionals } = readArguments(command);
    if (positionals.length !== 1) {
      throw new UsageError(`Cannot inspect ${positionals.length} sets: expected one file`);
    }
    await inspectPosters(
      positionals[0],
      flags.out,
      parseWhole("pictures", flags.pictures ?? "64", 1, 1024),
    );
  });
}

async function inspectPosters(path: string, out: string | undefined, most: number): Promise<void> {
  const set = await openPackedPosters(path);
  try {
    await set.verifyPictures();
    console.log(`${set.description}\nsha256 ${set.hash}`);
    console.log(`built with ${JSON.stringify(set.settings)}`);
    const films = Array.from({ length: set.count }, (_, index) => set.facts(index));
    printTable("posters by genre", ...genreTable(set, films));
    printTable("posters by decade", ...decadeTable(films));
    printTable("posters of two genres at once", ...pairTable(set, films));
    if (out === undefined) return;
    await Deno.mkdir(out, { recursive: true });
    for (const [genre, name] of set.genres.entries()) {
      const numbers = [...films.keys()].filter((index) => films[index].genres[genre] === 1);
      if (numbers.length > 0) await writeSheet(join(out, fileName(name)), set, numbers, most);
    }
    console.log(`\ncontact sheets in ${out}`);
  } finally {
    await set.close();
  }
}

/** Posters from all over the set, in rows. */
async function writeSheet(
  path: string,
  set: PackedPosters,
  numbers: readonly number[],
  most: number,
): Promise<void> {
  const count = Math.min(most, numbers.length), rows: Picture[][] = [];
  for (let i = 0; i < count; i++) {
    const picture = await set.load(numbers[Math.floor((i * numbers.length) / count)]);
    if (i % SHEET_COLUMNS === 0) rows.push([]);
    rows.at(-1)?.push(picture);
  }
  await writeAtomically(path, await encodePng(sheet(rows)));
}

/** A genre's name may hold what a file's name may not. */
function fileName(genre: string): string {
  return `${genre.replace(/[^\p{L}\p{N}-]+/gu, "_")}.png`;
}

type Row = readonly (string | number)[];

function genreTable(set: PackedPosters, films: PosterFacts[]): [head: Row, rows: Row[]] {
  const rows = set.genres.map((name, genre) => [
    name,
    ...countBySplit(films.filter(({ genres }) => genres[genre] === 1)),
  ]);
  return [["genre", "all", ...SPLITS], [...rows, ["all", ...countBySplit(films)]]];
}

function decadeTable(films: PosterFacts[]): [head: Row, rows: Row[]] {
  const decadeOf = ({ year }: PosterFacts) => Math.floor(year / 10) * 10;
  const decades = [...new Set(films.map(decadeOf))].sort((a, b) => a - b);
  const rows = decades.map((decade) => [
    decade === 0 ? "unknown" : `${decade}s`,
    ...countBySplit(films.filter((film) => decadeOf(film) === decade)),
  ]);
  return [["decade", "all", ...SPLITS], rows];
}

function countBySplit(films: readonly PosterFacts[]): number[] {
  const of = (split: Split) => films.filter((film) => film.split === split).length;
  return [films.length, ...SPLITS.map(of)];
}

function pairTable(set: PackedPosters, films: PosterFacts[]): [head: Row, rows: Row[]] {
  const size = set.genres.length, counts = new Uint32Array(size * size);
  for (const { genres } of films) {
    for (let a = 0; a < size; a++) {
      for (let b = 0; b < size && genres[a] === 1; b++) counts[a * size + b] += genres[b];
    }
  }
  const rows = set.genres.map((name, a) => [name, ...counts.subarray(a * size, (a + 1) * size)]);
  return [["", ...set.genres.map((name) => name.slice(0, 6))], rows];
}

/** Columns as wide as their widest cell, the first one to the left. */
function printTable(title: string, head: Row, rows: Row[]): void {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => String(row[column]).length))
  );
  console.log(`\n${title}`);
  for (const row of [head, ...rows]) {
    const cells = row.map((cell, column) =>
      column === 0 ? String(cell).padEnd(widths[column]) : String(cell).padStart(widths[column])
    );
    console.log(`  ${cells.join("  ")}`);
  }
}
