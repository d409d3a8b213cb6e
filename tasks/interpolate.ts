// `deno task interpolate`: walks from poster to poster, as a strip and as an mp4.

import { encodePng } from "../data/decode.ts";
import type { Size } from "../data/picture_list.ts";
import { type Picture, resizePicture, sheet } from "../gpu/picture.ts";
import {
  type PosterGenerator,
  type PosterRequest,
  requestBetween,
  requestOf,
} from "../models/poster_generator.ts";
import { pictureSize } from "../models/poster/config.ts";
import { writeAtomically } from "./_atomic_file.ts";
import {
  type Command,
  parseShare,
  parseWhole,
  readArguments,
  runTask,
  UsageError,
} from "./_cli.ts";
import { deviceFlags, parseDevice, startTaskDevice } from "./_device_flag.ts";
import { writeMp4 } from "./_ffmpeg.ts";
import { parseGenreWeights, parseSeeds } from "./_poster_request.ts";
import { openPosterRun, type PosterRun } from "./_poster_run.ts";

const command = {
  name: "interpolate",
  summary: "Walks from poster to poster: latents along a great circle, genres along a line.",
  flags: {
    run: { value: "DIR", help: "Folder of a poster run" },
    out: { value: "FILE", help: "PNG file to write: a row for each walk" },
    seeds: { value: "LIST", default: "0-4", help: "Seeds to pass, such as 3,7,20" },
    genres: {
      value: "LIST",
      default: "any",
      help: "Genres to pass, parted by /, such as horror/comedy:0.5,romance; or one for all",
    },
    truncation: { value: "X", default: "1", help: "Scale of the latent vectors, 0 to 1" },
    steps: { value: "N", default: "8", help: "Pictures of a row, both ends among them" },
    video: { value: "FILE", help: "mp4 file to write too; needs the system's ffmpeg" },
    fps: { value: "N", default: "24", help: "Pictures a second of the mp4" },
    seconds: { value: "N", default: "2", help: "Seconds of a walk in the mp4" },
    scale: { value: "N", default: "4", help: "How much larger the mp4 is than the posters" },
    ...deviceFlags,
  },
  notes: "With one seed and several genres only the genres change, and the other way round.",
} satisfies Command<string>;

/** Pictures of a video that are drawn together. */
const DRAWN_AT_ONCE = 32;
/** Posters to pass at most: a row for each goes into one sheet. */
const MOST_STATIONS = 64;

type Flags = Partial<Record<keyof typeof command["flags"], string>>;

if (import.meta.main) await runTask(command.name, () => main(readArguments(command).flags));

async function main(flags: Flags): Promise<void> {
  if (flags.run === undefined || flags.out === undefined) {
    throw new UsageError("Cannot interpolate: --run and --out are needed");
  }
  const steps = parseWhole("steps", flags.steps ?? "8", 2, 256);
  const device = await startTaskDevice(parseDevice(flags));
  const run = await openPosterRun(flags.run, (warning) => console.error(warning));
  const stations = readStations(flags, run);
  const rows: Picture[][] = [];
  for (const leg of legsOf(stations, steps)) rows.push(await run.generator.draw(leg));
  await writeAtomically(flags.out, await encodePng(sheet(rows)));
  console.log(`${flags.out}: ${rows.length} walks of ${steps} posters`);
  if (flags.video !== undefined) await writeWalk(flags.video, flags, { run, stations });
  run.dispose();
  device.dispose();
}

function readStations(flags: Flags, { config }: PosterRun): PosterRequest[] {
  const seeds = parseSeeds(flags.seeds ?? "0-4");
  const genres = (flags.genres ?? "any").split("/")
    .map((text) => parseGenreWeights(text, config.genreNames));
  const count = Math.max(seeds.length, genres.length);
  const fits = [seeds, genres].every(({ length }) => length === 1 || length === count);
  if (count > MOST_STATIONS) {
    throw new UsageError(`Cannot pass ${count} posters: expected at most ${MOST_STATIONS}`);
  }
  if (!fits || count < 2) {
    throw new UsageError(
      `Cannot interpolate between ${seeds.length} seeds and ${genres.length} genres: ` +
        "expected as many of both, or one of either, and at least two of one",
    );
  }
  const truncation = parseShare("truncation", flags.truncation ?? "1");
  return Array.from({ length: count }, (_, i) =>
    requestOf({
      seed: seeds[seeds.length === 1 ? 0 : i],
      genres: genres[genres.length === 1 ? 0 : i],
      truncation,
    }, config.generator));
}

/** From each station to the next, both among the steps. */
function legsOf(stations: readonly PosterRequest[], steps: number): PosterRequest[][] {
  return stations.slice(1).map((to, i) =>
    Array.from({ length: steps }, (_, k) => requestBetween(stations[i], to, k / (steps - 1)))
  );
}

async function writeWalk(
  path: string,
  flags: Flags,
  { run: { generator }, stations }: { run: PosterRun; stations: readonly PosterRequest[] },
): Promise<void> {
  const fps = parseWhole("fps", flags.fps ?? "24", 1, 60);
  const seconds = parseWhole("seconds", flags.seconds ?? "2", 1, 600);
  const scale = parseWhole("scale", flags.scale ?? "4", 1, 16);
  const size = pictureSize(generator.config), [height, width] = size.map((side) => side * scale);
  const steps = fps * seconds, count = (stations.length - 1) * steps + 1;
  const frames = drawFrames(generator, walkOf(stations, steps), { width, height });
  await writeMp4(path, { frames, width, height, fps, hold: 0 });
  console.log(`${path}: ${count} pictures, ${Math.round(count / fps)} s`);
}

/** All steps of all walks: each leaves its last one to the next. */
function* walkOf(stations: readonly PosterRequest[], steps: number): Generator<PosterRequest> {
  for (let i = 1; i < stations.length; i++) {
    for (let k = 0; k < steps; k++) yield requestBetween(stations[i - 1], stations[i], k / steps);
  }
  yield stations[stations.length - 1];
}

/** Pictures drawn some at a time, so that a long walk needs no more memory than a short one. */
async function* drawFrames(
  generator: PosterGenerator,
  requests: Iterable<PosterRequest>,
  { width, height }: Size,
): AsyncGenerator<Picture> {
  const draw = async (batch: PosterRequest[]) =>
    (await generator.draw(batch)).map((picture) => resizePicture(picture, width, height));
  let batch: PosterRequest[] = [];
  for (const request of requests) {
    batch.push(request);
    if (batch.length < DRAWN_AT_ONCE) continue;
    yield* await draw(batch);
    batch = [];
  }
  if (batch.length > 0) yield* await draw(batch);
}
