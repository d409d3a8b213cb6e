// `deno task timelapse`: the sample sheets of a run as one moving picture, from the first to the newest.

import { join } from "node:path";
import { decodePicture } from "../data/decode.ts";
import { labelPicture } from "../data/label.ts";
import { fitWithin, type Picture, sheet } from "../gpu/picture.ts";
import { writeAnimatedWebp } from "./_animated_webp.ts";
import { type Command, parseWhole, readArguments, runTask, TaskError, UsageError } from "./_cli.ts";
import { hasFfmpeg, type MovingPicture, writeMp4 } from "./_ffmpeg.ts";

const command = {
  name: "timelapse",
  summary: "Shows how a run learnt: its sample sheets one after another, as WebP and mp4.",
  flags: {
    run: { value: "DIR", help: "Folder of the run, of any family" },
    out: { value: "FILE", default: "RUN/timelapse", help: "Files to write, without the ending" },
    fps: { value: "N", default: "4", help: "Sheets a second" },
    hold: { value: "N", default: "2", help: "Seconds that the last sheet stays" },
    "long-side": { value: "N", default: "1280", help: "Longer side at most, in pixels" },
  },
  notes: "The mp4 needs the system's ffmpeg; without it only the WebP is written.",
} satisfies Command<string>;

type Flags = Partial<Record<keyof typeof command["flags"], string>>;

const CAPTION_HEIGHT = 20;

if (import.meta.main) await runTask(command.name, () => main(readArguments(command).flags));

async function main(flags: Flags): Promise<void> {
  if (flags.run === undefined) throw new UsageError("Cannot make a timelapse: --run is needed");
  const out = flags.out ?? join(flags.run, "timelapse");
  const longSide = parseWhole("long-side", flags["long-side"] ?? "1280", 64, 4096);
  const frames = await readFrames(join(flags.run, "samples"), longSide);
  const { width, height } = frames[0];
  const movie: MovingPicture = {
    ...{ frames, width, height },
    fps: parseWhole("fps", flags.fps ?? "4", 1, 60),
    hold: parseWhole("hold", flags.hold ?? "2", 0, 60),
  };
  await writeAnimatedWebp(`${out}.webp`, movie);
  console.log(`${out}.webp: ${movie.frames.length} sheets`);
  if (await hasFfmpeg()) {
    await writeMp4(`${out}.mp4`, movie);
    console.log(`${out}.mp4: ${movie.frames.length} sheets`);
  } else {
    console.log(`${out}.mp4 is not written: there is no ffmpeg on this system`);
  }
}

/** The sheets by images seen, under a line that tells these; a sheet of another size than the newest is left out. */
async function readFrames(folder: string, longSide: number): Promise<Picture[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (/^\d+\.png$/.test(name)) names.push(name);
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TaskError(`Cannot make a timelapse: ${folder} cannot be read (${why})`);
  }
  if (names.length === 0) {
    throw new TaskError(`Cannot make a timelapse: ${folder} has no sheets, expected at least one`);
  }
  const frames: Picture[] = [];
  for (const name of names.sort()) {
    const picture = fitWithin(
      await decodePicture(await Deno.readFile(join(folder, name))),
      longSide,
    );
    const images = Number(name.replace(".png", ""));
    // A no-break space: the label keeps to one line.
    const text = `${images}\u00a0images`;
    const caption = await labelPicture(text, { width: picture.width, height: CAPTION_HEIGHT });
    frames.push(sheet([[caption], [picture]], 0));
  }
  const newest = frames[frames.length - 1];
  const isOfSize = ({ width, height }: Picture) =>
    width === newest.width && height === newest.height;
  const left = frames.filter((frame) => !isOfSize(frame)).length;
  if (left > 0) console.error(`${left} sheets of another size than the newest are left out`);
  return frames.filter(isOfSize);
}
