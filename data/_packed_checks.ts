// What must hold in a file of packed posters, each with what to say if it does not.

import { PACKED_TENSORS, type PackedLayout, type PackedMetadata } from "./_packed_layout.ts";
import { SPLITS } from "./posters.ts";

/** What the header says of the set. @throws {SyntaxError} naming what is missing or wrong in it */
export function readMetadata(header: Record<string, unknown>): PackedMetadata {
  const table = header["__metadata__"];
  const text = isRecord(table) ? table["lobbycard"] : undefined;
  if (typeof text !== "string") {
    fail(
      "its header has no metadata of lobbycard; expected a set that deno task data:posters wrote",
    );
  }
  const data = parseObject(new TextEncoder().encode(text), "its metadata");
  const { format, genres, ids, size, source, settings, imagesHash, hash } = data;
  if (format !== 1) fail(`its format is ${JSON.stringify(format)}, expected 1`);
  assertNames(genres, "genres");
  assertNames(ids, "ids");
  if (!isRecord(size) || !isSide(size.width) || !isSide(size.height)) {
    fail(`its size is ${JSON.stringify(size)}, expected width and height from 1 to 4096`);
  }
  if (typeof source !== "string") fail("its source is not text");
  if (!isRecord(settings)) fail("its settings are not an object");
  if (!isHash(imagesHash) || !isHash(hash)) fail("its hashes are not 64 hexadecimal digits");
  const sides = { width: size.width, height: size.height };
  return { format, genres, ids, size: sides, source, settings, imagesHash, hash };
}

function assertNames(value: unknown, what: string): asserts value is string[] {
  if (!Array.isArray(value) || value.length === 0) fail(`it has no list of ${what}`);
  const odd = value.findIndex((name) => typeof name !== "string" || name === "");
  if (odd >= 0) {
    fail(`number ${odd} of its ${what} is ${JSON.stringify(value[odd])}, expected text`);
  }
  const { size } = new Set(value);
  if (size !== value.length) fail(`of its ${value.length} ${what} only ${size} differ`);
}

/** The layout follows from the counts, so each entry must be the very one. @throws {SyntaxError} */
export function assertLayout(header: Record<string, unknown>, { entries }: PackedLayout): void {
  const names: readonly string[] = ["__metadata__", ...PACKED_TENSORS];
  const foreign = Object.keys(header).find((name) => !names.includes(name));
  if (foreign !== undefined) fail(`it has a tensor "${foreign}", expected ${PACKED_TENSORS}`);
  for (const name of PACKED_TENSORS) {
    const entry = header[name];
    if (!isRecord(entry)) fail(`it has no tensor "${name}"`);
    for (const [key, expected] of Object.entries(entries[name])) {
      const found = JSON.stringify(entry[key]);
      if (found === JSON.stringify(expected)) continue;
      fail(`${key} of tensor "${name}" is ${found}, expected ${JSON.stringify(expected)}`);
    }
  }
}

/** The labels of all posters, as they lie in the file. */
export interface LabelViews {
  phashes: BigUint64Array;
  years: Int32Array;
  genres: Uint8Array;
  splits: Uint8Array;
}

/** @throws {SyntaxError} naming the first poster whose labels cannot be */
export function assertLabels(views: LabelViews, { ids, genres }: PackedMetadata): void {
  ids.forEach((id, i) => {
    const row = views.genres.subarray(i * genres.length, (i + 1) * genres.length);
    if (row.some((value) => value > 1)) fail(`the genres of ${id} are [${row}], expected 0 or 1`);
    if (!row.includes(1)) fail(`${id} has no genre, expected at least one`);
    const split = views.splits[i], year = views.years[i];
    if (split >= SPLITS.length) fail(`the split of ${id} is ${split}, expected 0 to 2`);
    if (year < 0 || year > 9999) fail(`the year of ${id} is ${year}, expected 0 to 9999`);
  });
}

/** The object in a JSON text. @throws {SyntaxError} calling it `what` */
export function parseObject(bytes: Uint8Array, what: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    fail(`${what} is not JSON`);
  }
  return isRecord(value) ? value : fail(`${what} is not an object`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSide(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 4096;
}

function isHash(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}

/** @throws {SyntaxError} always; the one who opens the file adds its path */
export function fail(problem: string): never {
  throw new SyntaxError(problem);
}
