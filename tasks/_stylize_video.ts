// The part of `stylize` that redraws a video: decoded, redrawn and written frame by frame, in segments that outlast an interruption.

import { resolve } from "node:path";
import type { Size } from "../data/picture_list.ts";
import type { Generator } from "../models/generator.ts";
import { UsageError } from "./_cli.ts";
import { addFlicker, type FlickerTally, flickerText } from "./_flicker.ts";
import type { StatusLine } from "./_status_line.ts";
import {
  type FilmRecord,
  findPlan,
  type SegmentFacts,
  segmentPath,
  writePlan,
} from "./_stylize_parts.ts";
import { planFilm } from "./_stylize_plan.ts";
import {
  countFrames,
  filmEnd,
  type FilmJob,
  type FilmSettings,
  redrawMissing,
  type Work,
} from "./_stylize_segments.ts";
import { assertSoundFits, joinSegments } from "./_video_join.ts";
import { probeVideo } from "./_video_probe.ts";

/** Exit code of a film that was stopped before its end. */
const STOPPED = 130;

/**
 * Opens a video and checks what can be checked before the work begins.
 *
 * @throws {TaskError} if it is none, there is no ffmpeg, or its sound does not fit into the file that shall be written
 * @throws {UsageError} if it would overwrite itself
 */
export async function openFilm(path: string, out: string): Promise<FilmJob> {
  if (resolve(path) === resolve(out)) {
    throw new UsageError(`--out is "${out}", which is the film itself; expected another name`);
  }
  const info = await probeVideo(path);
  await assertSoundFits(info, out);
  return { info, out };
}

/**
 * Redraws a film, or goes on where it was stopped: finished segments are kept in `OUT.parts` until all are there.
 *
 * @param stop ends it after the frame in hand
 * @returns the exit code: 0, or 130 if it was stopped
 * @throws {TaskError} if the film cannot be read or written, or was begun with other settings
 */
export async function stylizeVideo(
  job: FilmJob,
  tools: { generator: Generator; status: StatusLine; stop: AbortSignal },
  settings: FilmSettings,
): Promise<number> {
  const size = filmSize(job.info, settings.longSide), folder = `${job.out}.parts`;
  const record = await describeFilm(job, tools.generator, settings);
  let plan = await findPlan(folder, record);
  if (plan === undefined) {
    plan = await planFilm(job.info, tools);
    tools.status.end();
    if (plan === undefined) {
      tools.status.note("Stopped: nothing is written before all of the film has been looked at.");
      return STOPPED;
    }
    await writePlan(folder, record, plan);
  }
  const work: Work = { job, ...tools, settings, folder, size, plan };
  const finished = await redrawMissing(work);
  tools.status.end();
  const total = plan.times.ticks.length, drawn = countFrames(finished);
  if (drawn < total) {
    tools.status.note(
      `Stopped: ${drawn} of ${total} frames are finished, in ${folder}. The same command again goes on.`,
    );
    return STOPPED;
  }
  await joinAll(work, finished);
  tools.status.note(`${total} frames written to ${job.out}`);
  tools.status.note(flickerReport(finished, settings.temporal));
  return 0;
}

/** The size that a film is redrawn at: H.264 with half the colours in both directions takes even sides only. */
export function filmSize({ width, height }: Size, longSide = Infinity): Size {
  const scale = Math.min(1, longSide / Math.max(width, height));
  const even = (side: number) => Math.max(2, 2 * Math.round(side * scale / 2 - 0.25));
  return { width: even(width), height: even(height) };
}

/** All that the frames depend on. */
async function describeFilm(
  { info }: FilmJob,
  { manifest }: Generator,
  { direction, longSide, strength, temporal, sideBySide, segmentFrames }: FilmSettings,
): Promise<FilmRecord> {
  const { size, mtime } = await Deno.stat(info.path);
  return {
    format: 1,
    film: resolve(info.path),
    ...{ bytes: size, changed: mtime?.toISOString() ?? "unknown" },
    weights: manifest.weights.sha256,
    ...{ direction, size: longSide ?? "keep", strength, temporal, sideBySide },
    segment: segmentFrames,
  };
}

async function joinAll(
  { job: { info, out }, folder, plan: { times }, settings: { segmentFrames } }: Work,
  finished: readonly SegmentFacts[],
): Promise<void> {
  const { ticks } = times;
  const segments = finished.map((_, number) => ({
    path: segmentPath(folder, number),
    ticks: (ticks[(number + 1) * segmentFrames] ?? filmEnd(times)) - ticks[number * segmentFrames],
  }));
  await joinSegments(segments, { source: info, times, out, folder });
  await Deno.remove(folder, { recursive: true });
}

function flickerReport(finished: readonly SegmentFacts[], temporal: number): string {
  const plain: FlickerTally = { sum: 0, pairs: 0 }, steadied: FlickerTally = { sum: 0, pairs: 0 };
  for (const { flicker } of finished) {
    addFlicker(plain, flicker.plain);
    addFlicker(steadied, flicker.steadied);
  }
  const words = "change from frame to frame beyond the film's own, of 255";
  const without = `Flicker (${words}): ${flickerText(plain)}`;
  return temporal > 0
    ? `${without} without smoothing, ${flickerText(steadied)} with --temporal ${temporal}`
    : `${without} without smoothing`;
}
