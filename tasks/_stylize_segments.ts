// Draws the segments of a film that are not finished yet: decoder, generator and encoder at once, each waiting for the next.

import { basename } from "node:path";
import type { Size } from "../data/picture_list.ts";
import type { Picture } from "../gpu/picture.ts";
import type { Generator } from "../models/generator.ts";
import { formatDuration, TaskError } from "./_cli.ts";
import type { StatusLine } from "./_status_line.ts";
import { type FrameSettings, type FrameStylist, stylistOf } from "./_stylize_frames.ts";
import {
  finishSegment,
  readFinished,
  readLastFrame,
  type SegmentFacts,
  unfinishedPath,
} from "./_stylize_parts.ts";
import type { FilmPlan } from "./_stylize_plan.ts";
import type { VideoInfo } from "./_video_probe.ts";
import { readVideo } from "./_video_reader.ts";
import type { VideoTimes } from "./_video_times.ts";
import { type VideoWriter, writeVideo } from "./_video_writer.ts";

/** What is done to a film. */
export interface FilmSettings extends FrameSettings {
  /** Films with a longer side, in pixels, are shrunk; undefined if they keep their size. */
  longSide: number | undefined;
  /** Frames of a segment: so many are drawn again at most after an interruption. */
  segmentFrames: number;
}

/** A film to redraw, and where it goes. */
export interface FilmJob {
  info: VideoInfo;
  out: string;
}

/** A film in the making. */
export interface Work {
  job: FilmJob;
  generator: Generator;
  settings: FilmSettings;
  status: StatusLine;
  stop: AbortSignal;
  /** Where segments are kept until all are there. */
  folder: string;
  size: Size;
  plan: FilmPlan;
}

/**
 * Draws what is not finished yet. The film is decoded from its beginning: that is quick beside drawing, and exact.
 *
 * @returns the facts of all finished segments; not all are there if it was told to stop
 * @throws {TaskError} if the film cannot be read or a segment not be written
 */
export async function redrawMissing(work: Work): Promise<SegmentFacts[]> {
  const { job: { info }, size, plan: { times: { ticks } }, stop } = work;
  const finished = await readFinished(work.folder), there = countFrames(finished);
  if (there === ticks.length) return finished;
  if (there > 0) work.status.note(`${there} of ${ticks.length} frames are there already.`);
  const progress = filmProgress(work, there);
  let stylist = there === 0 ? stylistOf(work.generator, work.settings) : undefined;
  let writer: VideoWriter | undefined, index = 0, before: Picture | undefined;
  try {
    for await (const { picture } of readVideo(info, { ...size, signal: stop })) {
      if (index >= ticks.length) break;
      if (index >= there) {
        stylist ??= await resume(work, finished, before);
        writer ??= await openSegment(work, index);
        const place = { index, isCut: work.plan.shotStarts.includes(index) };
        await writer.write(await stylist.next(picture, place));
        progress(index + 1);
        if (index + 1 === segmentEnd(work, index)) {
          await writer.close();
          writer = undefined;
          finished.push(await keepSegment(work, finished.length, stylist));
        }
        if (stop.aborted) break;
      }
      before = picture;
      index++;
    }
  } finally {
    stylist?.dispose();
    await writer?.abandon();
  }
  if (index < ticks.length && !stop.aborted) {
    throw new TaskError(
      `Cannot read ${info.path}: it has ${index} frames; expected ${ticks.length} as at first`,
    );
  }
  return finished;
}

/** One more than the last frame of the segment that a frame is in. */
function segmentEnd({ settings, plan }: Work, index: number): number {
  const { segmentFrames } = settings;
  const end = (Math.floor(index / segmentFrames) + 1) * segmentFrames;
  return Math.min(plan.times.ticks.length, end);
}

/** When the last frame ends, in ticks. */
export function filmEnd({ ticks, lastTicks }: VideoTimes): number {
  return ticks[ticks.length - 1] + lastTicks;
}

async function openSegment(work: Work, index: number): Promise<VideoWriter> {
  const { folder, size, settings, job, plan: { times } } = work;
  const end = segmentEnd(work, index), ticks = times.ticks.slice(index, end);
  return await writeVideo(unfinishedPath(folder, index / settings.segmentFrames), {
    width: settings.sideBySide ? 2 * size.width : size.width,
    height: size.height,
    pixelAspect: job.info.pixelAspect,
    timeBase: times.timeBase,
    ticks: ticks.map((tick) => tick - ticks[0]),
    length: (times.ticks[end] ?? filmEnd(times)) - ticks[0],
  });
}

async function resume(
  { generator, settings, folder, size }: Work,
  finished: readonly SegmentFacts[],
  input: Picture | undefined,
): Promise<FrameStylist> {
  const last = finished.length - 1;
  if (input === undefined) throw new TaskError(`Cannot go on in ${folder}: no frame came before`);
  const made = await readLastFrame(folder, last, { ...size, lastBytes: finished[last].lastBytes });
  return stylistOf(generator, settings, { input, made });
}

async function keepSegment(
  { folder, settings, plan }: Work,
  number: number,
  stylist: FrameStylist,
): Promise<SegmentFacts> {
  const left = plan.times.ticks.length - number * settings.segmentFrames;
  const facts = {
    frames: Math.min(settings.segmentFrames, left),
    flicker: stylist.takeFlicker(),
  };
  return await finishSegment(folder, number, facts, await stylist.last());
}

/** How many frames the segments have. */
export function countFrames(finished: readonly SegmentFacts[]): number {
  return finished.reduce((sum, { frames }) => sum + frames, 0);
}

/** Shows how far it is; rate and time left are of what is drawn now, not of what was there. */
function filmProgress({ job, plan, status }: Work, there: number): (done: number) => void {
  const total = plan.times.ticks.length, started = performance.now();
  return (done) => {
    const seconds = (performance.now() - started) / 1000, rate = (done - there) / seconds;
    const left = formatDuration((total - done) / rate);
    status.update(
      `${basename(job.info.path)}: frame ${done} of ${total}, ${
        rate.toFixed(2)
      } frames/s, ${left} left`,
    );
    if (done < total) return;
    status.end();
    status.note(`${done - there} frames drawn in ${formatDuration(seconds)}, ${rate.toFixed(2)}/s`);
  };
}
