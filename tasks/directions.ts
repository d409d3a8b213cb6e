// `deno task directions`: what the strongest directions of a poster generator change, as strips.

import { join } from "node:path";
import { labelPicture } from "../data/label.ts";
import { encodePng } from "../data/decode.ts";
import { type Picture, sheet } from "../gpu/picture.ts";
import { requestOf } from "../models/poster_generator.ts";
import { drawPoints, editPoint, type PosterPoint } from "../models/poster_point.ts";
import { type Directions, findDirections } from "../models/poster/directions.ts";
import { writeAtomically } from "./_atomic_file.ts";
import {
  type Command,
  parseShare,
  parseWhole,
  readArguments,
  runTask,
  TaskError,
  UsageError,
} from "./_cli.ts";
import { deviceFlags, parseDevice, startTaskDevice } from "./_device_flag.ts";
import { openPosterModel, type PosterModel } from "./_poster_model.ts";
import { parseGenreWeights } from "./_poster_request.ts";

const command = {
  name: "directions",
  summary:
    "Finds the directions that change a generator's posters most, and draws each as a strip.",
  flags: {
    model: { value: "M", help: "Exported model, by id or folder, or the folder of a poster run" },
    out: { value: "DIR", default: "runs/directions", help: "Folder for the strips" },
    count: { value: "N", default: "8", help: "Directions, the strongest first" },
    range: { value: "X", default: "3", help: "How far each goes, in standard deviations" },
    columns: { value: "N", default: "7", help: "Posters of a strip, an odd number" },
    genres: { value: "LIST", default: "any", help: "Genres of the poster, such as horror:0.7" },
    seed: { value: "N", default: "0", help: "Seed of the poster" },
    truncation: { value: "X", default: "0.7", help: "How far from the mean it is, 0 to 1" },
    ...deviceFlags,
  },
  notes: [
    "The directions are the eigenvectors of the first layer that the latent vector meets (of stylegan2, of all layers",
    "that the style meets), after Shen and Zhou 2021: nothing is trained, and no poster is looked at.",
    "Writes directions.png, a row for each with its number and its share, and directions.json.",
  ].join("\n"),
} satisfies Command<string>;

type Flags = Partial<Record<keyof typeof command["flags"], string>>;

/** What the flags say of the strips. */
interface Strips {
  range: number;
  columns: number;
}

const LABEL_WIDTH = 76;
/** Directions at most: a row for each goes into one sheet. */
const MOST_DIRECTIONS = 64;

if (import.meta.main) await runTask(command.name, () => main(readArguments(command).flags));

async function main(flags: Flags): Promise<void> {
  if (flags.model === undefined) throw new UsageError("Cannot find directions: --model is needed");
  const out = flags.out ?? "runs/directions";
  const count = parseWhole("count", flags.count ?? "8", 1, MOST_DIRECTIONS);
  const strips = { range: parseRange(flags.range ?? "3"), columns: parseColumns(flags) };
  const truncation = parseShare("truncation", flags.truncation ?? "0.7");
  const seed = parseWhole("seed", flags.seed ?? "0", 0, 2 ** 32 - 1);
  const device = await startTaskDevice(parseDevice(flags));
  const model = await openPosterModel(flags.model, (warning) => console.error(warning));
  const genres = parseGenreWeights(flags.genres ?? "any", model.genres);
  const { generator } = model;
  const directions = await findDirections(generator.params, generator.config, count);
  const request = requestOf({ seed, genres, truncation }, generator.config);
  const png = await drawStrips(model, directions, {
    point: { kind: "request", request },
    ...strips,
  });
  await Deno.mkdir(out, { recursive: true }).catch((error) => {
    throw new TaskError(`Cannot make folder ${out}: ${error.message}`);
  });
  await writeAtomically(join(out, "directions.png"), png);
  await writeAtomically(join(out, "directions.json"), fileOf(model, directions));
  const shares = directions.shares.map((share) => `${(100 * share).toFixed(1)} %`).join(", ");
  console.log(`${join(out, "directions.png")}: ${count} directions, ${shares} of the gain`);
  console.log(join(out, "directions.json"));
  model.dispose();
  await device.dispose();
}

function parseRange(text: string): number {
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : NaN;
  if (value > 0 && value <= 100) return value;
  throw new UsageError(`--range is "${text}", expected a number above 0, at most 100`);
}

function parseColumns({ columns = "7" }: Flags): number {
  const value = parseWhole("columns", columns, 3, 63);
  if (value % 2 === 1) return value;
  throw new UsageError(
    `--columns is "${columns}", expected an odd number: the poster is in the middle`,
  );
}

/** A row for each direction: its number and share, then the poster moved along it. */
async function drawStrips(
  { generator }: PosterModel,
  directions: Directions,
  { point, range, columns }: Strips & { point: PosterPoint },
): Promise<Uint8Array> {
  const amounts = Array.from({ length: columns }, (_, i) => range * (2 * i / (columns - 1) - 1));
  const rows: Picture[][] = [];
  for (const [k, share] of directions.shares.entries()) {
    const points = await Promise.all(amounts.map((amount) => {
      const amounts = directions.vectors.map((_, i) => i === k ? amount : 0);
      return editPoint(generator, point, { along: { directions, amounts } });
    }));
    const posters = await drawPoints(generator, points);
    const size = { width: LABEL_WIDTH, height: posters[0].height };
    const label = await labelPicture(`${k + 1} ${(100 * share).toFixed(0)} PERCENT`, size);
    rows.push([label, ...posters]);
  }
  return await encodePng(sheet(rows));
}

/** The directions as a file: of each its share and its numbers, for one standard deviation. */
function fileOf({ name, generator }: PosterModel, { of, vectors, shares }: Directions): Uint8Array {
  const file = {
    ...{ formatVersion: 1, kind: "poster-directions", model: name },
    architecture: generator.config.architecture,
    of,
    directions: vectors.map((vector, i) => ({ share: shares[i], vector: Array.from(vector) })),
  };
  return new TextEncoder().encode(`${JSON.stringify(file, null, 2)}\n`);
}
