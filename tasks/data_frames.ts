// `deno task data:frames`: takes pictures for training from a film or from a folder of stills, without near duplicates.

import { resolve } from "node:path";
import { readArguments, runTask, TaskError, UsageError } from "./_cli.ts";
import { type AnalysedFrame, analyseFrames } from "./_frames_analysis.ts";
import { findMissing, inspectFolders, prepareFolders } from "./_frames_folder.ts";
import { type FramesManifest, makeManifest, writeManifest } from "./_frames_manifest.ts";
import { type Plan, planPictures } from "./_frames_plan.ts";
import { counted, emptyText, placeText, startProgress, summaryLines } from "./_frames_progress.ts";
import {
  framesCommand,
  type FramesFlags,
  type FramesSettings,
  readFramesSettings,
} from "./_frames_settings.ts";
import type { Crops, FrameSource } from "./_frames_source.ts";
import { openStills } from "./_frames_stills.ts";
import { openVideo } from "./_frames_video.ts";
import { writePictures } from "./_frames_write.ts";
import { type StatusLine, statusLine } from "./_status_line.ts";
import { stopSignal } from "./_stop_signal.ts";

/** What the steps share. */
interface Work {
  settings: FramesSettings;
  source: FrameSource;
  status: StatusLine;
  stop: AbortSignal;
}

/** As shells report Ctrl-C. */
const STOPPED = 130;

if (import.meta.main) {
  await runTask(framesCommand.name, () => takeFrames(readArguments(framesCommand).flags));
}

async function takeFrames(flags: FramesFlags): Promise<number> {
  const settings = readFramesSettings(flags), status = statusLine(), stop = stopSignal(status);
  const source = await openSource(settings, flags, stop);
  const work: Work = { settings, source, status, stop };
  const wanted = { source: source.facts, settings: settings.record };
  const { plan: known, outdated } = await inspectFolders(settings.target, wanted);
  const manifest = known ?? await planWork(work);
  if (manifest === undefined) return STOPPED;
  if (known === undefined) {
    await prepareFolders(settings.target, outdated);
    await writeManifest(settings.target.manifest, manifest);
  }
  return await writeMissing(work, manifest);
}

/** @throws {UsageError} if there is nothing there, or flags do not fit it */
async function openSource(
  settings: FramesSettings,
  flags: FramesFlags,
  stop: AbortSignal,
): Promise<FrameSource> {
  const { video, target } = settings;
  const info = await Deno.stat(video).catch((error) => {
    const why = error instanceof Deno.errors.NotFound ? "there is no such file" : error.message;
    throw new UsageError(`--video is "${video}", expected a video or a folder of stills: ${why}`);
  });
  if (!info.isDirectory) return await openVideo(video, settings, stop);
  for (const name of ["mode", "fps", "per-shot", "min-gap", "skip-start", "skip-end"] as const) {
    if (flags[name] === undefined) continue;
    throw new UsageError(`Cannot use --${name} with a folder of stills: they have no times`);
  }
  for (const folder of [target.train, target.test]) {
    if (folder === undefined || !`${resolve(folder)}/`.startsWith(`${resolve(video)}/`)) continue;
    throw new UsageError(
      `Cannot write into ${folder}: it is in the folder that stills are read from`,
    );
  }
  return await openStills(video, settings);
}

/** Looks at the source and plans its pictures; undefined if it was told to stop. Nothing is written. */
async function planWork(work: Work): Promise<FramesManifest | undefined> {
  const { settings, source, status, stop } = work;
  const first = settings.crop === "auto" ? "Looking for black bars in" : "Opening";
  status.update(`${first} ${source.facts.name}`);
  const crops = await source.findCrops();
  const frames = stop.aborted ? [] : await lookAtAll(work, crops);
  status.end();
  if (stop.aborted) {
    const last = frames.at(-1);
    const where = last ? ` at ${placeText(source, last.seconds)}` : "";
    status.note(`Stopped${where}: nothing is written before all of it has been looked at.`);
    return;
  }
  for (const note of source.notes()) status.note(`${source.facts.name}: ${note}`);
  const isStills = source.facts.kind === "stills";
  const plan = planPictures({ frames, isSparse: source.isSparse, isStills }, settings);
  if (plan.chosen.length === 0) {
    throw new TaskError(
      `Cannot take pictures from ${settings.video}: ${emptyText(frames.length, plan.rejected)}`,
    );
  }
  if (settings.testFraction > 0 && plan.chosen.every(({ part }) => part === "train")) {
    status.note("No test pictures: all pictures are of one shot.");
  }
  return describePlan(work, crops, frames, plan);
}

async function lookAtAll({ source, status, stop }: Work, crops: Crops): Promise<AnalysedFrame[]> {
  const progress = startProgress(status, "frames");
  let count = 0;
  const frames = await analyseFrames(source.look(crops), ({ seconds }) => {
    const share = source.span && (seconds - source.from) / source.span;
    progress.show(++count, share, `Looking at ${placeText(source, seconds)}`);
    return !stop.aborted;
  });
  const seconds = progress.seconds();
  status.end();
  status.note(
    `${count} frames looked at in ${seconds.toFixed(1)} s, ${(count / seconds).toFixed(0)}/s`,
  );
  return frames;
}

function describePlan(
  { settings, source }: Work,
  crops: Crops,
  frames: readonly AnalysedFrame[],
  { shots, chosen, rejected }: Plan,
): FramesManifest {
  const time = ({ seconds }: AnalysedFrame) =>
    source.facts.kind === "video" ? { seconds: Math.round(seconds * 1000) / 1000 } : {};
  return makeManifest({
    source: source.facts,
    settings: settings.record,
    frames: frames.length,
    ...{ shots, crops },
    pictures: chosen.map(({ frame, shot, part }) => ({
      file: `${source.frameName(frame.index)}.${settings.format}`,
      part,
      ...time(frame),
      ...{ frame: frame.index, shot, hash: frame.hash.toString(16).padStart(16, "0") },
    })),
    rejected: [
      ...rejected.map(({ frame, shot, reason, detail }) => ({
        ...time(frame),
        ...{ frame: frame.index, shot, reason, detail },
      })),
      ...source.unreadable().map(({ index, reason }) => ({
        ...{ frame: index, reason: "unreadable", detail: reason },
      })),
    ],
  });
}

/** Writes what is not there yet, and tells what came of it. */
async function writeMissing(work: Work, manifest: FramesManifest): Promise<number> {
  const { settings: { target, format }, source, status, stop } = work;
  const { pictures, crops } = manifest;
  const missing = await findMissing(target, pictures), there = pictures.length - missing.length;
  if (there > 0) status.note(`${there} of ${pictures.length} pictures are there already.`);
  const progress = startProgress(status, "pictures"), last = missing.at(-1)?.frame ?? 0;
  const written = await writePictures(missing, {
    ...{ source, crops, target, format },
    onPicture(done, frame) {
      const where = `Writing: ${there + done} of ${pictures.length}`;
      // A video is decoded up to the last picture, so its place tells more than the number of pictures.
      progress.show(done, frame / Math.max(1, last), where);
      return !stop.aborted;
    },
  });
  status.end();
  if (written < missing.length) {
    status.note(
      `Stopped: ${
        there + written
      } of ${pictures.length} pictures are in place, each whole. The same command again continues.`,
    );
    return STOPPED;
  }
  await writeManifest(target.manifest, { ...manifest, complete: true });
  status.note(`${counted(written, "picture")} written in ${progress.seconds().toFixed(1)} s`);
  for (const line of summaryLines(manifest, target)) console.log(line);
  return 0;
}
