// A Kaggle-style table of films (MovieGenre.csv) with a folder of their posters, or links to them.

import { basename, join } from "node:path";
import { type CsvRow, decodeText, parseCsv } from "./csv.ts";
import {
  findYear,
  isPictureName,
  parseImdbId,
  type PictureOrigin,
  type PosterRecord,
  type PosterSource,
  stemOf,
} from "./poster_source.ts";

/** Columns that the table must have; `poster` may be absent. */
const columns = ["imdbid", "title", "genre", "poster"] as const;

type Column = typeof columns[number];

/**
 * The films of a table with the columns imdbId, Title, Genre (joined by `|`) and Poster (an address), in its order.
 * A film's picture is `<imdbId>.jpg`, jpeg, png or webp in `images`, with or without `tt` and leading zeros.
 *
 * @throws {SyntaxError} if a column is missing or a quote is never closed
 */
export async function movieTable(path: string, images: string | undefined): Promise<PosterSource> {
  const rows = [...parseCsv(decodeText(await Deno.readFile(path)))];
  const places = findColumns(path, rows.shift());
  const pictures = images === undefined ? new Map() : await listPictures(images);
  return {
    description: `Table ${basename(path)}`,
    async *records() {
      for (const row of rows) yield await Promise.resolve(readRow(row, places, pictures));
    },
  };
}

function findColumns(path: string, head: CsvRow | undefined): Partial<Record<Column, number>> {
  // A byte order mark would hide the first name.
  const names = (head?.cells ?? []).map((name) => name.replace(/^\ufeff/, "").trim().toLowerCase());
  const places: Partial<Record<Column, number>> = {};
  for (const column of columns) {
    const at = names.indexOf(column);
    if (at >= 0) places[column] = at;
    else if (column !== "poster") {
      throw new SyntaxError(
        `Cannot read the table ${path}: its columns are ${names.join(", ") || "none"}; ` +
          "expected imdbId, Title, Genre and for downloads Poster among them",
      );
    }
  }
  return places;
}

/** Paths by the number in their names. Of two files for one film the first in order counts. */
async function listPictures(folder: string): Promise<Map<string, string>> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) if (isPictureName(name)) names.push(name);
  } catch (error) {
    // A folder that downloads will make.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const pictures = new Map<string, string>();
  for (const name of names.sort()) {
    const id = parseImdbId(stemOf(name));
    if (id !== undefined && !pictures.has(id)) pictures.set(id, join(folder, name));
  }
  return pictures;
}

function readRow(
  { line, cells }: CsvRow,
  places: Partial<Record<Column, number>>,
  pictures: ReadonlyMap<string, string>,
): PosterRecord {
  const cell = (column: Column) => (cells[places[column] ?? -1] ?? "").trim();
  const id = parseImdbId(cell("imdbid"));
  const title = cell("title");
  const known = { title, genres: splitGenres(cell("genre")), year: findYear(title) };
  if (id === undefined) {
    const detail = `imdbId is "${cell("imdbid")}", expected a number`;
    const picture = { kind: "none", problem: { reason: "bad entry", detail } } as const;
    return { ...known, id: `line ${line}`, picture };
  }
  return { ...known, id, picture: findPicture(id, cell("poster"), pictures) };
}

function findPicture(
  id: string,
  url: string,
  pictures: ReadonlyMap<string, string>,
): PictureOrigin {
  const path = pictures.get(id);
  if (path !== undefined) return { kind: "file", path };
  if (url !== "") return { kind: "link", url, fileStem: String(Number(id.slice(2))) };
  const detail = "no file in the folder of images, and no link in the table";
  return { kind: "none", problem: { reason: "no picture", detail } };
}

function splitGenres(cell: string): string[] {
  return cell.split("|").map((name) => name.trim()).filter((name) => name !== "");
}
