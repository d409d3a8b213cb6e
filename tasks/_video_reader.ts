// Frames of a video in display order with their times, decoded by the system's ffmpeg and taken through a pipe as they are needed.

import type { Size } from "../data/picture_list.ts";
import type { Picture } from "../gpu/picture.ts";
import { TaskError } from "./_cli.ts";
import { assertFfmpeg } from "./_ffmpeg.ts";
import { readFrameBytes } from "./_frame_pipe.ts";
import type { Box } from "./_frames_geometry.ts";
import { type DecoderLog, readDecoderLog } from "./_video_log.ts";
import type { VideoInfo } from "./_video_probe.ts";
import { coverFrames, type FrameRange, selectExpression } from "./_video_selection.ts";

/** What is read of a video. Frame numbers count from `from`, and with `keyFramesOnly` only key frames. */
export interface ReadOptions extends Size {
  /** The part that is taken, in pixels of the shown picture; the whole if absent. */
  box?: Box;
  /** Averaged without detail: quick, for small pictures that are only measured. */
  rough?: boolean;
  /** Seconds from the beginning. */
  from?: number;
  /** Seconds from the beginning at which reading ends. */
  to?: number;
  /** Numbers of the frames that are wanted, ascending; all if absent. */
  only?: readonly number[];
  /** Decodes nothing but the codec's key frames. */
  keyFramesOnly?: boolean;
  /** Takes only frames that are so many seconds apart, and numbers just those. */
  everySeconds?: number;
  /** Ends the frames early, and quietly. */
  signal?: AbortSignal;
  /** Begins at the key frame before `from`, which is quick; times then count from nowhere in particular. */
  fromKeyFrame?: boolean;
}

/** A frame; its picture is opaque and belongs to who took it. */
export interface VideoFrame {
  /** From 0, in the order of display. */
  index: number;
  /** From the beginning of the video. */
  seconds: number;
  isKey: boolean;
  picture: Picture;
}

/** The frames of a video, to be gone through once. */
export interface VideoReader extends AsyncIterable<VideoFrame> {
  /** What the decoder found wrong so far: how often, and its first words. */
  readonly complaints: { count: number; first: string | undefined };
}

/**
 * Opens a video for reading. Memory holds one frame and what ffmpeg itself holds: it waits while nobody takes frames.
 * Leaving the loop ends ffmpeg.
 *
 * @throws {TaskError} while iterating: if there is no ffmpeg, it fails, or a wanted frame does not come
 */
export function readVideo(info: VideoInfo, options: ReadOptions): VideoReader {
  const complaints: VideoReader["complaints"] = { count: 0, first: undefined };
  return { complaints, [Symbol.asyncIterator]: () => takeFrames(info, options, complaints) };
}

async function* takeFrames(
  info: VideoInfo,
  options: ReadOptions,
  complaints: VideoReader["complaints"],
): AsyncGenerator<VideoFrame> {
  const { only, signal } = options;
  if (only?.length === 0 || signal?.aborted) return;
  const ranges = only && coverFrames(only), wanted = only && new Set(only);
  const child = await startFfmpeg(info, options, ranges);
  const end = () => endChild(child), log = readDecoderLog(child.stderr, complaints);
  signal?.addEventListener("abort", end);
  let left = only?.length ?? Infinity;
  try {
    for await (const frame of decodeFrames(info, options, child, log, ranges)) {
      if (wanted && !wanted.has(frame.index)) continue;
      yield frame;
      if (--left === 0) return;
    }
    if (signal?.aborted) return;
    const { success } = await child.status;
    await log.end;
    if (!success) fail(info, `ffmpeg says: ${complaints.first ?? "nothing"}`);
    if (only) {
      fail(
        info,
        `${left} of ${only.length} frames did not come; expected the file as it was before`,
      );
    }
  } catch (error) {
    // A killed ffmpeg may leave a frame unfinished.
    if (!signal?.aborted) throw error;
  } finally {
    signal?.removeEventListener("abort", end);
    await end();
    await log.end;
  }
}

/** Each frame that ffmpeg sends, with its number and time. */
async function* decodeFrames(
  info: VideoInfo,
  { width, height, from = 0 }: ReadOptions,
  child: Deno.ChildProcess,
  log: DecoderLog,
  ranges: FrameRange[] | undefined,
): AsyncGenerator<VideoFrame> {
  const numbers = frameNumbers(ranges);
  for await (const data of readFrameBytes(child.stdout, width * height * 4)) {
    const mark = await log.next(), { value: index } = numbers.next();
    if (mark === undefined || index === undefined) fail(info, "ffmpeg sends frames without times");
    const seconds = from + (mark.seconds ?? index / (info.fps ?? 25));
    yield { index, seconds, isKey: mark.isKey, picture: { width, height, data } };
  }
}

function fail({ path }: VideoInfo, why: string): never {
  throw new TaskError(`Cannot read ${path}: ${why}`);
}

/** The number of each frame that ffmpeg sends: all from 0, or those in the ranges. */
function* frameNumbers(ranges: FrameRange[] | undefined): Generator<number, undefined> {
  for (const { first, last } of ranges ?? [{ first: 0, last: Infinity }]) {
    for (let number = first; number <= last; number++) yield number;
  }
}

async function startFfmpeg(
  info: VideoInfo,
  options: ReadOptions,
  ranges: FrameRange[] | undefined,
): Promise<Deno.ChildProcess> {
  const { from = 0, to, keyFramesOnly, fromKeyFrame } = options;
  const version = await assertFfmpeg(`read ${info.path}`);
  return new Deno.Command("ffmpeg", {
    args: [
      ...["-hide_banner", "-nostdin", "-nostats", "-loglevel", "level+info"],
      ...keyFramesOnly ? ["-skip_frame", "nokey"] : [],
      ...from > 0 ? ["-ss", String(from), ...fromKeyFrame ? ["-noaccurate_seek"] : []] : [],
      ...to !== undefined ? ["-t", String(to - from)] : [],
      ...["-i", `file:${info.path}`, "-map", `0:${info.stream}`],
      ...["-vf", filters(info, options, ranges).join(",")],
      // Frames as they were coded, none doubled or dropped for the sake of an even rate.
      ...[passthroughFlag(version), "passthrough", "-f", "rawvideo", "-pix_fmt", "rgba", "pipe:1"],
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    // Ctrl-C would otherwise reach ffmpeg too, and its end look like the video's.
    detached: true,
  }).spawn();
}

/** The flag's name has changed: the new one came with 5.1, the old one went with 8. Builds without a number are recent. */
export function passthroughFlag(version: string): "-fps_mode" | "-vsync" {
  const [, major, minor] = /^ffmpeg version n?(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) * 100 + Number(minor) < 501 ? "-vsync" : "-fps_mode";
}

function filters(
  { interlaced, assumeBt709 }: VideoInfo,
  { width, height, box, rough, everySeconds }: ReadOptions,
  ranges: FrameRange[] | undefined,
): string[] {
  const quality = rough ? "area" : "bicubic+accurate_rnd+full_chroma_int+full_chroma_inp";
  return [
    ...interlaced ? ["yadif=deint=interlaced"] : [],
    ...ranges ? [`select='${selectExpression(ranges)}'`] : [],
    ...everySeconds !== undefined
      ? [`select='isnan(prev_selected_t)+gte(t-prev_selected_t,${everySeconds})'`]
      : [],
    ...box ? [`crop=${box.width}:${box.height}:${box.left}:${box.top}:exact=1`] : [],
    `scale=${width}:${height}:flags=${quality}${assumeBt709 ? ":in_color_matrix=bt709" : ""}`,
    "showinfo=checksum=0",
  ];
}

async function endChild(child: Deno.ChildProcess): Promise<void> {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended by itself.
  }
  await child.stdout.cancel().catch(() => {});
  await child.status;
}
