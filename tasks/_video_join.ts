// Joins a film's finished segments to one file, with the sound of the film that they were made from, bit by bit.

import { basename, extname, join } from "node:path";
import { TaskError, UsageError } from "./_cli.ts";
import { assertFfmpeg } from "./_ffmpeg.ts";
import type { VideoInfo } from "./_video_probe.ts";
import { tickSeconds, type VideoTimes } from "./_video_times.ts";

/** Containers that take H.264, by the ending of a file's name. */
const CONTAINERS = new Map([[".mp4", "mp4"], [".m4v", "mp4"], [".mov", "mov"], [
  ".mkv",
  "matroska",
]]);

/** Whether the name is that of a video that can be written. */
export function isVideoName(path: string): boolean {
  return CONTAINERS.has(extname(path).toLowerCase());
}

/** A finished part of a film, in the folder of the others. */
export interface Segment {
  path: string;
  /** How long it is shown, in ticks. */
  ticks: number;
}

/**
 * Writes the whole film: nothing is coded again. Sound, its times, titles and chapters are the source's.
 *
 * @param folder for the list of segments and the unfinished file
 * @throws {TaskError} if ffmpeg fails, with its words
 */
export async function joinSegments(
  segments: readonly Segment[],
  { source, times, out, folder }: {
    source: VideoInfo;
    times: VideoTimes;
    out: string;
    folder: string;
  },
): Promise<void> {
  const { timeBase, ticks, start } = times;
  const list = join(folder, "segments.txt"), whole = join(folder, `whole${extname(out)}`);
  await Deno.writeTextFile(
    list,
    segments.map(({ path, ticks }) =>
      `file '${basename(path)}'\nduration ${tickSeconds(ticks, timeBase)}\n`
    ).join(""),
  );
  await runFfmpeg(out, [
    // The two files' times are laid upon each other by hand: each has its own beginning.
    ...["-copyts", "-itsoffset", tickSeconds(ticks[0], timeBase)],
    ...["-f", "concat", "-i", `file:${list}`, "-itsoffset", String(-start)],
    ...["-i", `file:${source.path}`, "-map", "0:v", "-map", "1:a?", "-c", "copy"],
    ...["-map_metadata", "1", "-map_chapters", "1"],
    ...["-bsf:v", lastFrameFilter(times)],
    ...["-video_track_timescale", String(timeBase.under), "-movflags", "+faststart"],
    ...["-f", container(out), `file:${whole}`],
  ]);
  await Deno.rename(whole, out).catch((error) => {
    throw new TaskError(`Cannot write ${out}: ${error.message}; the film is ${whole}`);
  });
}

/** A segment does not know how long its last frame stays, be it the last that is shown or the last that is decoded. */
function lastFrameFilter({ timeBase, ticks, lastTicks }: VideoTimes): string {
  const last = ticks.length - 1, shown = tickSeconds(ticks[last] - 0.5, timeBase);
  const duration = `round(${tickSeconds(lastTicks, timeBase)}/TB)`;
  return `setts=pts=PTS:dts=DTS:duration='if(gte(PTS*TB,${shown})+eq(N,${last}),${duration},DURATION)'`;
}

/**
 * Tries out with a second of it whether the film's sound fits into the file that shall be written.
 *
 * @throws {TaskError} if it does not
 */
export async function assertSoundFits(source: VideoInfo, out: string): Promise<void> {
  if (!source.hasAudio) return;
  const trial = await Deno.makeTempFile({ prefix: "lobbycard_", suffix: extname(out) });
  try {
    await runFfmpeg(`${out} with the sound of ${source.path} as it is`, [
      ...["-t", "1", "-i", `file:${source.path}`, "-map", "0:a", "-c", "copy"],
      ...["-f", container(out), `file:${trial}`],
    ]);
  } catch (error) {
    if (!(error instanceof TaskError)) throw error;
    throw new TaskError(`${error.message}; expected a container that takes it, such as .mkv`);
  } finally {
    await Deno.remove(trial);
  }
}

function container(out: string): string {
  const name = CONTAINERS.get(extname(out).toLowerCase());
  if (name !== undefined) return name;
  throw new UsageError(`--out is "${out}", expected a name ending in .mp4, .mov or .mkv`);
}

async function runFfmpeg(out: string, args: string[]): Promise<void> {
  await assertFfmpeg(`write ${out}`);
  const { success, stderr } = await new Deno.Command("ffmpeg", {
    args: ["-hide_banner", "-nostdin", "-y", "-loglevel", "error", ...args],
    stdout: "null",
    stderr: "piped",
    detached: true,
  }).output();
  if (success) return;
  const said = new TextDecoder().decode(stderr).trim().split("\n").slice(0, 3).join(" ");
  throw new TaskError(`Cannot write ${out}: ffmpeg says: ${said}`);
}
