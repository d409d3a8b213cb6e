// The command line of `project`, and what it says.

import { type SpaceName, SPACES } from "../models/poster_space.ts";
import { type Command, parseChoice, parseShare, parseWhole, UsageError } from "./_cli.ts";
import { deviceFlags, type DeviceSettings, parseDevice } from "./_device_flag.ts";
import { PROCEDURAL } from "./_poster_data.ts";
import { type Fit, FITS } from "./_poster_picture.ts";
import { parseGenreWeights } from "./_poster_request.ts";
import { SEARCH, type SearchSettings } from "../models/poster_search.ts";

/** The command line. */
export const projectCommand = {
  name: "project",
  summary: "Looks for the latent vector, and the genres, whose poster is nearest to a picture.",
  flags: {
    model: { value: "M", help: "Exported model, by id or folder, or the folder of a poster run" },
    in: { value: "FILE", help: "Picture: JPEG, PNG or WebP, of any size" },
    out: { value: "DIR", default: "runs/projection", help: "Folder for what is found" },
    genres: {
      value: "LIST",
      default: "search",
      help: "Genres such as horror:0.7,comedy:0.3, or any; search looks for them too; " +
        "own takes each held-out poster's",
    },
    space: {
      value: "NAME",
      default: "z; w+ of stylegan2",
      help: "z (latent vector), w (one style) or w+ (a style for each layer)",
    },
    fit: { value: "HOW", default: "cover", help: `How the picture is fitted: ${FITS.join(", ")}` },
    steps: { value: "N", default: String(SEARCH.steps), help: "Steps of the search" },
    starts: { value: "N", default: String(SEARCH.starts), help: "Points that are moved at once" },
    candidates: {
      value: "N",
      default: String(SEARCH.candidates),
      help: "Random points, the nearest of which are starts",
    },
    seed: {
      value: "N",
      default: String(SEARCH.seed),
      help: "Seed of the random points and of the noise",
    },
    rate: {
      value: "PERCENT",
      default: String(100 * SEARCH.rate),
      help: "Largest step, in percent of a deviation",
    },
    noise: {
      value: "PERCENT",
      default: String(100 * SEARCH.noise),
      help: "First noise on the points, in percent of a deviation",
    },
    features: {
      value: "WEIGHT",
      default: String(SEARCH.weights.features),
      help: "Weight of features beside pixels, from 0 (pixels alone) to 1",
    },
    prior: {
      value: "WEIGHT",
      default: String(SEARCH.weights.prior),
      help: "Weight of staying near the centre, from 0 to 1; keeps a poster that can be edited",
    },
    judge: {
      value: "FILE",
      help: "Take the features of a judge that evaluate or compare has trained",
    },
    "held-out": {
      value: "N",
      help: "Instead of --in: measure by that many posters that were not trained on",
    },
    data: { value: "DATA", default: PROCEDURAL, help: "Where those are from" },
    ...deviceFlags,
  },
  notes: [
    "Writes result.png, sheet.png (the picture, the first guess, the search, the result) and latent.json, which",
    "deno task sample --model M --latent latent.json draws again. With --held-out: sheet.png and report.json.",
    "",
    "Distances: pixels  mean squared difference, in [-1, 1], at the picture's size and its halves;",
    "squares  the same at its size alone; features  about 1 between two posters; total  what is made small.",
    "",
    "Ctrl-C ends the search; the best that was found is kept.",
  ].join("\n"),
} satisfies Command<string>;

/** What was typed. */
export type ProjectFlags = Partial<Record<keyof typeof projectCommand["flags"], string>>;

/** What the flags say, checked, as far as no model is needed. */
export interface ProjectSettings {
  model: string;
  /** Without the genres, which only the model knows. */
  search: Omit<SearchSettings, "genres">;
  what: { kind: "picture"; path: string; fit: Fit } | {
    kind: "held-out";
    count: number;
    data: string;
    /** Whether each poster's genres are given to its search. */
    ownGenres: boolean;
  };
  out: string;
  space?: SpaceName;
  judge?: string;
  device: DeviceSettings;
}

/** @throws {UsageError} naming the flag that is wrong or missing */
export function readProjectSettings(flags: ProjectFlags): ProjectSettings {
  const { model, out = "runs/projection", space, judge } = flags;
  if (model === undefined) throw new UsageError("Cannot project: --model is needed");
  const search = readSearch(flags);
  if (judge !== undefined && search.weights.features === 0) {
    throw new UsageError("Cannot use --judge with --features 0: its features would not count");
  }
  return {
    ...{ model, out, search, what: readWhat(flags), device: parseDevice(flags) },
    ...(space !== undefined && { space: parseChoice("space", space, SPACES) }),
    ...(judge !== undefined && { judge }),
  };
}

function readSearch(flags: ProjectFlags): ProjectSettings["search"] {
  const number = (flag: keyof ProjectFlags, usual: number, least: number, most: number) =>
    parseWhole(flag, flags[flag] ?? String(usual), least, most);
  const weight = (flag: keyof typeof SEARCH.weights) =>
    parseShare(flag, flags[flag] ?? String(SEARCH.weights[flag]));
  const starts = number("starts", SEARCH.starts, 1, 64);
  return {
    starts,
    candidates: number("candidates", SEARCH.candidates, starts, 100_000),
    steps: number("steps", SEARCH.steps, 1, 100_000),
    seed: number("seed", SEARCH.seed, 0, 2 ** 32 - 1),
    rate: number("rate", 100 * SEARCH.rate, 1, 100) / 100,
    noise: number("noise", 100 * SEARCH.noise, 0, 100) / 100,
    weights: { features: weight("features"), prior: weight("prior") },
  };
}

function readWhat(flags: ProjectFlags): ProjectSettings["what"] {
  const { in: path, "held-out": heldOut, data = PROCEDURAL, fit = "cover" } = flags;
  const ownGenres = flags.genres === "own";
  if ((path === undefined) === (heldOut === undefined)) {
    throw new UsageError("Cannot project: expected either --in or --held-out");
  }
  if (path !== undefined) {
    if (flags.data !== undefined) throw new UsageError("--data is for --held-out");
    if (ownGenres) throw new UsageError("--genres own is for --held-out");
    return { kind: "picture", path, fit: parseChoice("fit", fit, FITS) };
  }
  if (flags.fit !== undefined) throw new UsageError("--fit is for --in");
  const count = parseWhole("held-out", heldOut ?? "", 1, 10_000);
  return { kind: "held-out", count, data, ownGenres };
}

/**
 * The weights that --genres gives; undefined if they are to be looked for, or are each poster's own.
 *
 * @throws {UsageError} naming the genre that the model does not know
 */
export function readGenres(
  { genres = "search" }: ProjectFlags,
  names: readonly string[],
): number[] | undefined {
  return ["search", "own"].includes(genres.trim()) ? undefined : parseGenreWeights(genres, names);
}
