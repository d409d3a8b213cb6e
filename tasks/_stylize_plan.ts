// The first pass of `stylize` over a video: how many frames there are, when each is shown, and where shots begin.

import { basename } from "node:path";
import { formatDuration, TaskError } from "./_cli.ts";
import { analyseFrames } from "./_frames_analysis.ts";
import { LOOK_SIZE } from "./_frames_look.ts";
import { startProgress } from "./_frames_progress.ts";
import { findShotStarts } from "./_frames_shots.ts";
import type { StatusLine } from "./_status_line.ts";
import type { VideoInfo } from "./_video_probe.ts";
import { readVideo } from "./_video_reader.ts";
import { readVideoTimes, type VideoTimes } from "./_video_times.ts";

/** What is known of a film before it is redrawn. */
export interface FilmPlan {
  times: VideoTimes;
  /** Numbers of the frames that begin a shot, ascending, 0 first. */
  shotStarts: number[];
}

/** A film that ends so much earlier than it says, as a share of its length, is cut short; so does one that lacks a second. */
const MISSING = 0.02;

/**
 * Looks at all frames, small.
 *
 * @returns undefined if the signal aborted
 * @throws {TaskError} if there is no frame, or the film is cut short
 */
export async function planFilm(
  info: VideoInfo,
  { status, stop }: { status: StatusLine; stop: AbortSignal },
): Promise<FilmPlan | undefined> {
  const reader = readVideo(info, { ...LOOK_SIZE, rough: true, signal: stop });
  const progress = startProgress(status, "frames");
  let count = 0;
  const frames = await analyseFrames(reader, ({ seconds }) => {
    const share = info.seconds && seconds / info.seconds;
    progress.show(++count, share, `Looking at ${basename(info.path)}`);
    return true;
  });
  if (stop.aborted) return undefined;
  const last = frames.at(-1);
  if (last === undefined) {
    throw new TaskError(`Cannot read ${info.path}: no picture of it can be decoded`);
  }
  if (info.hdr) {
    status.note(`${info.path}: its colours are coded for HDR displays, and will look pale`);
  }
  if (info.interlaced) {
    status.note(`${info.path}: it is interlaced: its lines are brought together`);
  }
  judgeEnd(info, last.seconds, reader.complaints, status);
  const times = await readVideoTimes(info, frames.map(({ seconds }) => seconds));
  return { times, shotStarts: findShotStarts(frames) };
}

function judgeEnd(
  { path, seconds, fps = 25 }: VideoInfo,
  last: number,
  { count, first }: { count: number; first: string | undefined },
  status: StatusLine,
): void {
  const missing = seconds === undefined ? 0 : seconds - last - 1 / fps;
  const isShort = seconds !== undefined && missing > Math.max(1, seconds * MISSING);
  if (isShort && count > 0) {
    throw new TaskError(
      `Cannot read ${path}: it ends at ${formatDuration(last)} of ${
        formatDuration(seconds)
      }, cut short or damaged (${first}); expected a whole file`,
    );
  }
  if (count > 0) {
    status.note(`${path}: the decoder found faults (${count}, the first: ${first})`);
  } else if (isShort) status.note(`${path}: the pictures end early, at ${formatDuration(last)}`);
}
