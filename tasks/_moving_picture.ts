// Pictures that move: animated WebP by sharp, mp4 by the system's ffmpeg.

import { dirname } from "node:path";
import sharp from "sharp";
import type { Picture } from "../gpu/picture.ts";
import { writeAtomically } from "./_atomic_file.ts";
import { TaskError } from "./_cli.ts";

/** Frames of one size, opaque, and how many a second are shown. */
export interface MovingPicture {
  frames: readonly Picture[];
  fps: number;
  /** How many seconds the last frame stays. */
  hold: number;
}

/** Writes an animated WebP that repeats for ever. @throws {TaskError} if the disk refuses */
export async function writeAnimatedWebp(
  path: string,
  { frames, fps, hold }: MovingPicture,
): Promise<void> {
  const delay = frames.map((_, i) =>
    Math.round(1000 * (i === frames.length - 1 ? Math.max(hold, 1 / fps) : 1 / fps))
  );
  const pages = await Promise.all(
    frames.map(({ width, height, data }) =>
      sharp(data, { raw: { width, height, channels: 4 } }).png().toBuffer()
    ),
  );
  const bytes = await sharp(pages, { join: { animated: true } })
    .webp({ quality: 85, effort: 4, loop: 0, delay }).toBuffer();
  await writeAtomically(path, new Uint8Array(bytes));
}

/** Whether the system has an ffmpeg. */
export async function hasFfmpeg(): Promise<boolean> {
  try {
    const { success } = await new Deno.Command("ffmpeg", {
      args: ["-version"],
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
}

/**
 * Writes an mp4 (H.264, 4:2:0, sides made even by a white line).
 *
 * @throws {TaskError} if there is no ffmpeg, or it fails: with what it said
 */
export async function writeMp4(path: string, movie: MovingPicture): Promise<void> {
  if (!await hasFfmpeg()) {
    throw new TaskError(
      `Cannot write ${path}: there is no ffmpeg on this system; install it, such as by apt-get install ffmpeg`,
    );
  }
  await Deno.mkdir(dirname(path), { recursive: true });
  const part = `${path}.part`;
  const { success, stderr } = await feed(ffmpegArguments(movie, part), movie);
  if (!success) {
    await Deno.remove(part).catch(() => {});
    const said = new TextDecoder().decode(stderr).trim().split("\n").slice(-3).join(" ");
    throw new TaskError(`Cannot write ${path}: ffmpeg says: ${said}`);
  }
  await Deno.rename(part, path);
}

function ffmpegArguments({ frames: [{ width, height }], fps, hold }: MovingPicture, out: string) {
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

async function feed(args: string[], { frames }: MovingPicture): Promise<Deno.CommandOutput> {
  const child = new Deno.Command("ffmpeg", {
    args,
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const output = child.output();
  const writer = child.stdin.getWriter();
  try {
    for (const { data } of frames) await writer.write(Uint8Array.from(data));
    await writer.close();
  } catch {
    // A closed pipe: ffmpeg's own words say why.
  }
  return await output;
}
