// Writes a video file frame by frame through the system's ffmpeg, each frame with its exact time.

import type { Picture } from "../gpu/picture.ts";
import { TaskError } from "./_cli.ts";
import { assertFfmpeg } from "./_ffmpeg.ts";
import { passthroughFlag } from "./_video_reader.ts";
import type { VideoTimes } from "./_video_times.ts";

/** What a written video is like. */
export interface WriteOptions {
  /** Sides in pixels, even. */
  width: number;
  height: number;
  /** Width of a pixel by its height. */
  pixelAspect: number;
  timeBase: VideoTimes["timeBase"];
  /** When each frame is shown, in ticks; ascending, the first at 0. */
  ticks: readonly number[];
  /** How long all of them together are shown, in ticks. */
  length: number;
}

/** A video that is being written. Either `close` or `abandon` ends it. */
export interface VideoWriter {
  /** Takes an opaque picture; waits while ffmpeg is busy. @throws {TaskError} with ffmpeg's words if it has failed */
  write(picture: Picture): Promise<void>;
  /** Waits until the file is whole. @throws {TaskError} with ffmpeg's words if it has failed */
  close(): Promise<void>;
  /** Ends ffmpeg at once; what there is of the file stays. Does nothing after `close`. */
  abandon(): Promise<void>;
}

/**
 * Opens an mp4 for writing: H.264, 4:2:0, BT.709.
 *
 * @throws {TaskError} if there is no ffmpeg
 */
export async function writeVideo(path: string, options: WriteOptions): Promise<VideoWriter> {
  const version = await assertFfmpeg(`write ${path}`);
  const child = new Deno.Command("ffmpeg", {
    args: encoderArguments(path, options, passthroughFlag(version)),
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
    // Ctrl-C would otherwise reach ffmpeg too, and tear the file.
    detached: true,
  }).spawn();
  const said = new Response(child.stderr).text(), pipe = child.stdin.getWriter();
  const fail = async (): Promise<never> => {
    const words = (await said).trim().split("\n").slice(-3).join(" ");
    throw new TaskError(`Cannot write ${path}: ffmpeg says: ${words || "nothing"}`);
  };
  return {
    async write({ data }) {
      // A closed pipe: ffmpeg's own words say why.
      await pipe.write(new Uint8Array(data)).catch(fail);
    },
    async close() {
      await pipe.close().catch(fail);
      const { success } = await child.status;
      if (!success) await fail();
      await said;
    },
    async abandon() {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended by itself.
      }
      await pipe.abort().catch(() => {});
      await Promise.all([child.status, said]);
    },
  };
}

function encoderArguments(
  path: string,
  { width, height, pixelAspect, timeBase: { over, under }, ticks, length }: WriteOptions,
  passthrough: string,
): string[] {
  const filters = [
    "scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd+full_chroma_inp",
    "format=yuv420p",
    `setsar=r=${pixelAspect}:max=10000`,
    `settb=${over}/${under}`,
    `setpts='${ticksExpression(ticks)}'`,
  ];
  return [
    ...["-hide_banner", "-nostdin", "-y", "-loglevel", "error"],
    ...["-f", "rawvideo", "-pix_fmt", "rgba", "-s", `${width}x${height}`],
    // On average, for the file's head; the times are those of the filter.
    ...["-framerate", `${ticks.length * under}/${length * over}`, "-i", "pipe:0"],
    ...["-vf", filters.join(","), passthrough, "passthrough"],
    ...["-enc_time_base", `${over}/${under}`, "-video_track_timescale", String(under)],
    ...["-c:v", "libx264", "-crf", "18", "-colorspace", "bt709", "-color_primaries", "bt709"],
    ...["-color_trc", "bt709", "-f", "mp4", `file:${path}`],
  ];
}

/** An expression in ffmpeg's language for the tick of frame `N`: a line where frames are evenly apart, else a search tree. */
export function ticksExpression(ticks: readonly number[], first = 0): string {
  const gap = ticks.length > 1 ? ticks[1] - ticks[0] : 0;
  if (ticks.every((tick, i) => tick === ticks[0] + i * gap)) {
    return gap === 0 ? String(ticks[0]) : `${ticks[0]}+${gap}*(N-${first})`;
  }
  const middle = ticks.length >> 1, at = first + middle;
  const [low, high] = [ticks.slice(0, middle), ticks.slice(middle)];
  return `if(lt(N,${at}),${ticksExpression(low, first)},${ticksExpression(high, at)})`;
}
