// The flags of `data:posters` as settings, each checked.

import type { Size } from "../data/picture_list.ts";
import { planStages } from "../models/poster/config.ts";
import { parseChoice, parseWhole, UsageError } from "./_cli.ts";
import { type Fit, FITS } from "./_poster_picture.ts";

/** The command line of `data:posters`. */
export const postersCommand = {
  name: "data:posters",
  summary: "Packs posters with their genres into one file that train:posters takes.",
  flags: {
    source: { value: "PATH", help: "Table or folder, see below; without it posters are drawn" },
    images: { value: "DIR", help: "Pictures of a table, named <imdbId>.jpg" },
    download: { help: "Fetch what is missing in --images from the table's links" },
    out: { value: "FILE", default: "posters.safetensors", help: "File to write" },
    size: { value: "WxH", default: "64x96", help: "Width x height in pixels" },
    fit: { value: "HOW", default: "cover", help: FITS.join(", ") },
    years: { value: "A-B", help: "Only films of these years" },
    genres: {
      value: "FILE|source20",
      default: "source20",
      help: "One genre a line, or the twenty of the source project",
    },
    "min-per-genre": { value: "N", default: "0", help: "Leave out genres with fewer posters" },
    balance: {
      value: "HOW",
      default: "none",
      help: "cap:N keeps N a genre; none, sqrt, inverse are for training to draw by",
    },
    dedupe: { value: "BITS", default: "4", help: "Drop pictures that differ less, 0-16; or none" },
    "min-side": { value: "N", default: "64", help: "Drop pictures with a shorter side, in pixels" },
    split: { value: "A/B/C", default: "90/5/5", help: "Percent to train, validate and test" },
    seed: { value: "N", default: "1", help: "Decides the split, the cap, and what is drawn" },
    count: { value: "N", default: "10000", help: "Posters to draw without --source" },
    max: { value: "N", help: "Stop after so many posters" },
  },
  notes:
    "A source is a .csv table (imdbId, Title, Genre, Poster), a folder with <id>.json beside\n" +
    "<id>.jpeg (MM-IMDb), with dataset.json (NVIDIA's form), or with folders named by genre.\n" +
    "What is left out is listed in FILE.report.json. Nothing is downloaded without --download.",
} as const;

/** What was typed. */
export type PosterFlags = Partial<Record<keyof typeof postersCommand["flags"], string>>;

/** What decides the set, besides the source; kept in the file. */
export interface PosterSettings {
  size: Size;
  fit: Fit;
  years?: readonly [number, number];
  minPerGenre: number;
  /** `cap` is done with when the set is packed; the others are for those who draw from it. */
  balance: "none" | "cap" | "sqrt" | "inverse";
  cap?: number;
  /** Largest distance of two perceptual hashes that counts as the same picture; null for no such check. */
  dedupe: number | null;
  minSide: number;
  /** Percent to train, validate and test; null leaves the source's own. */
  split: readonly [number, number, number] | null;
  seed: number;
  max?: number;
}

/**
 * The settings that flags stand for. Drawn posters keep their own split, and are not compared with each other, unless
 * flags ask for it.
 *
 * @throws {UsageError} naming the flag that is wrong
 */
export function readPosterSettings(flags: PosterFlags): PosterSettings {
  const isDrawn = flags.source === undefined;
  if (isDrawn && (flags.images !== undefined || flags.download !== undefined)) {
    throw new UsageError("Cannot use --images or --download without --source, which names a table");
  }
  if (flags.download !== undefined && flags.images === undefined) {
    throw new UsageError("Cannot download without --images, the folder to put the pictures into");
  }
  if (!isDrawn && flags.count !== undefined) {
    throw new UsageError("Cannot use --count with --source: it is for drawn posters; see --max");
  }
  const dedupe = flags.dedupe ?? (isDrawn ? "none" : "4");
  return {
    size: parsePosterSize(flags.size ?? "64x96"),
    fit: parseChoice("fit", flags.fit ?? "cover", FITS),
    ...(flags.years !== undefined && { years: parseYears(flags.years) }),
    minPerGenre: parseWhole("min-per-genre", flags["min-per-genre"] ?? "0", 0),
    ...parseBalance(flags.balance ?? "none"),
    dedupe: dedupe === "none" ? null : parseWhole("dedupe", dedupe, 0, 16),
    minSide: parseWhole("min-side", flags["min-side"] ?? "64", 1, 4096),
    split: isDrawn && flags.split === undefined ? null : parseSplit(flags.split ?? "90/5/5"),
    seed: parseWhole("seed", flags.seed ?? "1", 0),
    ...(flags.max !== undefined && { max: parseWhole("max", flags.max, 1) }),
  };
}

/** Width and height from `64x96`, of a size that can be made. @throws {UsageError} naming the nearest ones otherwise */
export function parsePosterSize(text: string): Size {
  const [, width, height] = /^(\d{1,5})x(\d{1,5})$/.exec(text) ?? [];
  if (width === undefined) {
    throw new UsageError(`--size is "${text}", expected width x height in pixels, such as 64x96`);
  }
  const size = { width: Number(width), height: Number(height) };
  try {
    planStages(size.height, size.width);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  return size;
}

function parseYears(text: string): [number, number] {
  const [, from, to] = /^(\d{4})-(\d{4})$/.exec(text) ?? [];
  if (from === undefined || Number(from) > Number(to)) {
    throw new UsageError(`--years is "${text}", expected first and last, such as 1970-2020`);
  }
  return [Number(from), Number(to)];
}

function parseBalance(text: string): Pick<PosterSettings, "balance" | "cap"> {
  const [, cap] = /^cap:(.*)$/.exec(text) ?? [];
  if (cap !== undefined) return { balance: "cap", cap: parseWhole("balance cap", cap, 1) };
  if (text === "none" || text === "sqrt" || text === "inverse") return { balance: text };
  throw new UsageError(`--balance is "${text}", expected none, cap:N, sqrt or inverse`);
}

function parseSplit(text: string): [number, number, number] {
  const [, train, valid, test] = (/^(\d{1,3})\/(\d{1,3})\/(\d{1,3})$/.exec(text) ?? []).map(Number);
  if (train === undefined || train + valid + test !== 100) {
    throw new UsageError(`--split is "${text}", expected three percents that sum to 100: 90/5/5`);
  }
  return [train, valid, test];
}
