// `deno task stylize`: redraws a picture, a folder of pictures or a video with an exported model.

import {
  type Command,
  parseChoice,
  parseShare,
  parseWhole,
  readArguments,
  refuseFlags,
  runTask,
  UsageError,
} from "./_cli.ts";
import { deviceFlags, parseDevice, startTaskDevice } from "./_device_flag.ts";
import { tileCheck } from "./_gpu_fit.ts";
import { guardAgainstLoss } from "./_lost_device.ts";
import { readStyleModel } from "./_model_files.ts";
import { statusLine } from "./_status_line.ts";
import { stopSignal } from "./_stop_signal.ts";
import {
  isPictureName,
  listFolder,
  type PictureJob,
  stylizePictures,
} from "./_stylize_pictures.ts";
import type { FilmJob } from "./_stylize_segments.ts";
import { filmSize, openFilm, stylizeVideo } from "./_stylize_video.ts";
import { isVideoName } from "./_video_join.ts";

/** So large a tile of the usual models takes half a gigabyte. */
const TILE = 768;

/** A few seconds of film, and some minutes of work. */
const SEGMENT_FRAMES = 100;

const command = {
  name: "stylize",
  summary: "Redraws a picture, every picture of a folder, or a video in the other film's style.",
  flags: {
    model: { value: "ID|DIR", help: "Exported model" },
    in: { value: "PATH", help: "A picture (jpg, png, webp), a folder of pictures, or a video" },
    out: {
      value: "PATH",
      help: "File (.png, .jpg, .webp; .mp4, .mov, .mkv) or, for a folder, a folder for PNG files",
    },
    direction: { value: "DIR", default: "AtoB", help: "AtoB or BtoA" },
    size: {
      value: "N",
      help: "Shrink so that the long side is at most N pixels (default: keep the size)",
    },
    tile: {
      value: "N",
      default: String(TILE),
      help: "Side of the tiles of larger pictures, in pixels: bounds the memory, changes nothing",
    },
    strength: {
      value: "X",
      default: "1",
      help: "Share of the redrawn picture in the result, 0 to 1",
    },
    cycle: { help: "Pictures: write what the other direction makes of the result, as NAME.cycle" },
    temporal: {
      value: "X",
      default: "0",
      help: "Video: share of the frame before that is kept where the film stands still, 0 to 0.95",
    },
    "side-by-side": { help: "Video: show the film itself to the left of the result" },
    segment: {
      value: "N",
      default: String(SEGMENT_FRAMES),
      help: "Video: frames that are finished together; an interruption loses those of one segment",
    },
    ...deviceFlags,
  },
  notes: "A video that was stopped goes on with the same command. Its sound is copied as it is.",
} satisfies Command<string>;

type Flags = Partial<Record<keyof typeof command["flags"], string>>;

/** What both pictures and videos are given. */
type Settings = ReturnType<typeof parseSettings>;

if (import.meta.main) await runTask(command.name, () => stylize(readArguments(command).flags));

async function stylize(flags: Flags): Promise<number> {
  const { model, in: input, out: output } = flags;
  if (model === undefined || input === undefined || output === undefined) {
    throw new UsageError("Cannot stylize: --model, --in and --out are needed");
  }
  const settings = parseSettings(flags);
  const { isDirectory } = await Deno.stat(input).catch(() => {
    throw new UsageError(`--in is "${input}", and there is no such file or folder`);
  });
  if (!isDirectory && isVideoName(output)) {
    refuseFlags(flags, ["cycle"], "it is for pictures");
    const film = parseFilm(flags);
    return await runFilm(await openFilm(input, output), model, flags, { ...settings, ...film });
  }
  refuseFlags(flags, ["temporal", "side-by-side", "segment"], "they are for videos");
  if (!isDirectory && !isPictureName(output)) {
    throw new UsageError(
      `--out is "${output}", expected a file name ending in .png, .jpg or .webp, or for a video in .mp4, .mov or .mkv`,
    );
  }
  const jobs = isDirectory ? await listFolder(input, output) : [{ from: input, to: output }];
  return await runPictures(jobs, model, flags, settings);
}

async function runFilm(
  job: FilmJob,
  model: string,
  flags: Flags,
  settings: Settings & ReturnType<typeof parseFilm>,
): Promise<number> {
  const status = statusLine(), stop = stopSignal(status);
  const { generator, assertFits, guarded } = await start(model, flags, status);
  try {
    await assertFits(filmSize(job.info, settings.longSide), settings.tile);
    return await guarded(stylizeVideo(job, { generator, status, stop }, settings));
  } finally {
    generator.dispose();
  }
}

async function runPictures(
  jobs: PictureJob[],
  model: string,
  flags: Flags,
  settings: Settings,
): Promise<number> {
  const status = statusLine(), { generator, ...checks } = await start(model, flags, status);
  const cycle = flags.cycle !== undefined;
  const failed = await stylizePictures(generator, jobs, { ...settings, cycle, ...checks }, status);
  generator.dispose();
  status.note(`${jobs.length - failed} of ${jobs.length} pictures written to ${flags.out}`);
  return failed ? 1 : 0;
}

async function start(model: string, flags: Flags, status: ReturnType<typeof statusLine>) {
  const device = await startTaskDevice(parseDevice(flags));
  const generator = await readStyleModel(model);
  status.note(device.description);
  return {
    generator,
    assertFits: tileCheck(device, generator.manifest.config),
    guarded: guardAgainstLoss(device, () => "what is finished is kept; give the command again"),
  };
}

function parseSettings(flags: Flags) {
  parseDevice(flags);
  return {
    direction: parseChoice("direction", flags.direction ?? "AtoB", ["AtoB", "BtoA"]),
    strength: parseShare("strength", flags.strength ?? "1"),
    tile: parseTile(flags.tile),
    longSide: flags.size === undefined ? undefined : parseWhole("size", flags.size, 8, 16384),
  };
}

function parseFilm(flags: Flags) {
  const temporal = parseShare("temporal", flags.temporal ?? "0");
  // At 1 the first frame of a shot would stay for good.
  if (temporal > 0.95) {
    throw new UsageError(`--temporal is "${flags.temporal}", expected a number from 0 to 0.95`);
  }
  return {
    temporal,
    sideBySide: flags["side-by-side"] !== undefined,
    segmentFrames: parseWhole("segment", flags.segment ?? String(SEGMENT_FRAMES), 1, 1000),
  };
}

function parseTile(text: string | undefined): number {
  const tile = parseWhole("tile", text ?? String(TILE), 16, 16384);
  if (tile % 4 === 0) return tile;
  throw new UsageError(`--tile is "${text}", expected a multiple of 4`);
}
