// The system's ffmpeg: whether there is one, and moving pictures written by it.

import { dirname } from "node:path";
import type { Size } from "../data/picture_list.ts";
import type { Picture } from "../gpu/picture.ts";
import { TaskError } from "./_cli.ts";

/** Frames of one size, opaque, and how they are shown. */
export interface MovingPicture<Frames = readonly Picture[]> extends Size {
  frames: Frames;
  /** Frames a second. */
  fps: number;
  /** How many seconds the last frame stays. */
  hold: number;
}

/** Frames that are made as they are asked for, or are all there. */
type FrameStream = Iterable<Picture> | AsyncIterable<Picture>;

/** Whether the system has an ffmpeg. */
export async function hasFfmpeg(): Promise<boolean> {
  return await findFfmpegVersion() !== undefined;
}

/** The first line of what the system's ffmpeg says of itself, or undefined if there is none; asked once per process. */
function findFfmpegVersion(): Promise<string | undefined> {
  return version ??= askVersion();
}

let version: Promise<string | undefined> | undefined;

async function askVersion(): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command("ffmpeg", {
      args: ["-version"],
      stdout: "piped",
      stderr: "null",
    }).output();
    return success ? new TextDecoder().decode(stdout).split("\n")[0] : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The version of the system's ffmpeg, as it says it.
 *
 * @param action what cannot be done without it, such as `write x.mp4`
 * @throws {TaskError} if there is none, with how to install it
 */
export async function assertFfmpeg(action: string): Promise<string> {
  const version = await findFfmpegVersion();
  if (version !== undefined) return version;
  throw new TaskError(
    `Cannot ${action}: there is no ffmpeg on this system; install it, such as by apt-get install ffmpeg`,
  );
}

/**
 * Writes an mp4 (H.264, 4:2:0, sides made even by a white line). Memory holds one frame and what ffmpeg itself holds.
 *
 * @throws {TaskError} if there is no ffmpeg, or it fails: with what it said
 */
export async function writeMp4(path: string, movie: MovingPicture<FrameStream>): Promise<void> {
  await assertFfmpeg(`write ${path}`);
  await Deno.mkdir(dirname(path), { recursive: true });
  const part = `${path}.part`;
  try {
    const { success, stderr } = await feed(ffmpegArguments(movie, part), movie);
    if (!success) {
      const said = new TextDecoder().decode(stderr).trim().split("\n").slice(-3).join(" ");
      throw new TaskError(`Cannot write ${path}: ffmpeg says: ${said}`);
    }
  } catch (error) {
    await Deno.remove(part).catch(() => {});
    throw error;
  }
  await Deno.rename(part, path);
}

function ffmpegArguments(
  { width, height, fps, hold }: Omit<MovingPicture, "frames">,
  out: string,
): string[] {
  return [
    ...["-y", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgba"],
    ...["-s", `${width}x${height}`, "-r", String(fps), "-i", "-"],
    "-vf",
    `tpad=stop_mode=clone:stop_duration=${hold},` +
    "pad=ceil(iw/2)*2:ceil(ih/2)*2:color=white",
    ...["-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", "18", "-movflags", "+faststart"],
    ...["-f", "mp4", out],
  ];
}

async function feed(
  args: string[],
  { frames }: MovingPicture<FrameStream>,
): Promise<Deno.CommandOutput> {
  const child = new Deno.Command("ffmpeg", {
    args,
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const output = child.output();
  const writer = child.stdin.getWriter();
  // A closed pipe ends the feeding: ffmpeg's own words say why.
  const succeeds = (work: Promise<void>) => work.then(() => true, () => false);
  try {
    for await (const { data: { buffer, byteOffset, byteLength } } of frames) {
      if (!await succeeds(writer.write(new Uint8Array(buffer, byteOffset, byteLength)))) break;
    }
  } catch (error) {
    child.kill();
    await output;
    throw error;
  }
  await succeeds(writer.close());
  return await output;
}
