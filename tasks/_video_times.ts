// The exact times of a video's frames, as whole ticks of its own clock: what the decoder prints is rounded to six digits.

import * as v from "valibot";
import { TaskError } from "./_cli.ts";
import type { VideoInfo } from "./_video_probe.ts";

/** When each frame is shown. */
export interface VideoTimes {
  /** Seconds of a tick as a ratio. */
  timeBase: { over: number; under: number };
  /** Ticks from the beginning of the file, ascending; one for each frame. */
  ticks: number[];
  /** How long the last frame stays, in ticks. */
  lastTicks: number;
  /** Where the file's own times begin, in seconds: its sound has to be moved by this too. */
  start: number;
}

/** An mp4 counts in 32 bits; finer clocks than this are rounded to it. */
const FINEST = 1_000_000;

const timesSchema = v.object({
  packets: v.optional(
    v.array(v.object({
      pts: v.optional(v.number()),
      duration: v.optional(v.number()),
      flags: v.optional(v.string(), ""),
    })),
    [],
  ),
  streams: v.tuple([v.object({ time_base: v.pipe(v.string(), v.regex(/^\d+\/\d+$/)) })]),
  format: v.object({ start_time: v.optional(v.string(), "0") }),
});

/**
 * Reads the times of the frames' packets, without decoding them, and finds each decoded frame's among them.
 *
 * @param seconds when each frame is shown, as the decoder says, from the beginning
 * @throws {TaskError} if ffprobe cannot say them
 */
export async function readVideoTimes(
  info: VideoInfo,
  seconds: readonly number[],
): Promise<VideoTimes> {
  const { packets, streams: [stream], format } = await probeTimes(info);
  const [over, under] = stream.time_base.split("/").map(Number);
  const scale = Math.min(1, FINEST / under), timeBase = { over, under: under * scale };
  const start = Number(format.start_time) || 0, toTicks = timeBase.under / over;
  const shown = packets
    .flatMap(({ pts, duration, flags }) =>
      // Packets before an edit's beginning are decoded, and not shown.
      pts === undefined || flags.includes("D") ? [] : [{
        tick: Math.round(pts * scale - start * toTicks),
        length: Math.round((duration ?? 0) * scale),
      }]
    )
    .sort((a, b) => a.tick - b.tick);
  const ticks = matchTicks(shown.map(({ tick }) => tick), seconds.map((time) => time * toTicks));
  const usual = ticks.length > 1 ? ticks[ticks.length - 1] - ticks[ticks.length - 2] : undefined;
  const lastTicks = shown.at(-1)?.length || usual || Math.round(toTicks / (info.fps ?? 25));
  return { timeBase, ticks, lastTicks, start };
}

/**
 * The tick of each frame. Where there are as many packets as frames, they belong together in order; else each frame takes
 * the nearest packet's, or its own if that is taken, and always a later one than the frame before.
 *
 * @param packets ticks, ascending
 * @param frames ticks by the decoder's rounded times
 */
export function matchTicks(packets: readonly number[], frames: readonly number[]): number[] {
  const isStrict = packets.every((tick, i) => i === 0 || tick > packets[i - 1]);
  if (packets.length === frames.length && isStrict) return [...packets];
  const ticks: number[] = [];
  let next = 0;
  for (const time of frames) {
    while (
      next + 1 < packets.length &&
      Math.abs(packets[next + 1] - time) <= Math.abs(packets[next] - time)
    ) next++;
    const before = ticks.at(-1) ?? -Infinity, nearest = packets[next] ?? Math.round(time);
    ticks.push(Math.max(before + 1, nearest > before ? nearest : Math.round(time)));
  }
  return ticks;
}

async function probeTimes({ path, stream }: VideoInfo): Promise<v.InferOutput<typeof timesSchema>> {
  const { stdout } = await new Deno.Command("ffprobe", {
    args: [
      ...["-v", "error", "-select_streams", String(stream), "-of", "json"],
      ...["-show_entries", "packet=pts,duration,flags:stream=time_base:format=start_time"],
      `file:${path}`,
    ],
    stderr: "null",
  }).output();
  // Of a damaged file ffprobe fails after what it could read; the decoder's complaints tell of that.
  const text = new TextDecoder().decode(stdout);
  const parsed = v.safeParse(timesSchema, parseJson(text));
  if (parsed.success) return parsed.output;
  throw new TaskError(
    `Cannot read ${path}: ffprobe tells no times of its frames (${v.summarize(parsed.issues)})`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Ticks as seconds with six decimals, as ffmpeg takes them. */
export function tickSeconds(ticks: number, { over, under }: VideoTimes["timeBase"]): string {
  return (ticks * over / under).toFixed(6);
}
