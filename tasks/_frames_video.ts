// A video as a source of frames: looked at and taken by the system's ffmpeg, which decodes it once for each.

import { basename } from "node:path";
import { sizeText } from "../data/picture_list.ts";
import { formatDuration, TaskError, UsageError } from "./_cli.ts";
import { boxText, fitBox } from "./_frames_geometry.ts";
import { findEdges, findPictureBox } from "./_frames_letterbox.ts";
import { LOOK_SIZE } from "./_frames_look.ts";
import {
  boxFor,
  type Crops,
  fixedCrop,
  type FrameSource,
  safeStem,
  type SourceSettings,
} from "./_frames_source.ts";
import { probeVideo, type VideoInfo } from "./_video_probe.ts";
import { type ReadOptions, readVideo } from "./_video_reader.ts";

/** So many frames, evenly over the film, are searched for bars. */
const CROP_SAMPLES = 24;
/** A shorter film is read through for that, once more if it has few key frames: seeking would often find the same one. */
const SHORT_SECONDS = 120;

type Edges = ReturnType<typeof findEdges>;

/** What is read of the video: seconds, and which frames. */
interface Span {
  from: number;
  /** Where reading ends; absent if it goes on as long as there are frames, whatever the file says of its length. */
  to?: number;
  keyFramesOnly: boolean;
  signal: AbortSignal;
}

/** The same with where the frames should end; undefined if nobody knows. */
interface SampledSpan extends Span {
  end: number | undefined;
}

/**
 * Opens a video. The signal ends what is being read, quietly.
 *
 * @throws {TaskError} if it is none, or there is no ffmpeg
 * @throws {UsageError} if nothing is left of it after what is skipped
 */
export async function openVideo(
  path: string,
  settings: SourceSettings,
  signal: AbortSignal,
): Promise<FrameSource> {
  const info = await probeVideo(path), name = basename(path);
  const { size } = await Deno.stat(path);
  const span: Span = {
    ...chooseSpan(info, settings),
    ...{ keyFramesOnly: settings.keyFramesOnly, signal },
  };
  const end = info.seconds === undefined ? undefined : span.to ?? info.seconds;
  const notes = describeOddities(info), stem = safeStem(name);
  return {
    facts: { kind: "video", name, bytes: size, seconds: info.seconds },
    isSparse: span.keyFramesOnly,
    from: span.from,
    span: end && end - span.from,
    frameName: (index) => `${stem}_${String(index).padStart(6, "0")}`,
    findCrops: () => findCrops(info, { ...span, end }, settings, notes),
    async *look(crops) {
      const reader = readVideo(info, {
        ...LOOK_SIZE,
        ...span,
        box: boxFor(crops, info),
        rough: true,
      });
      let last = span.from;
      for await (const frame of reader) {
        last = frame.seconds;
        yield frame;
      }
      // Key frames end early by nature.
      if (!signal.aborted && !span.keyFramesOnly) {
        judgeEnd(info, end, last, reader.complaints, notes);
      }
    },
    async *take(indices, crops) {
      const { box, width, height } = fitBox(boxFor(crops, info), info.pixelAspect, settings.size);
      yield* readVideo(info, { width, height, box, ...span, only: indices });
    },
    notes: () => notes,
    unreadable: () => [],
  };
}

function chooseSpan(
  { path, seconds }: VideoInfo,
  { skipStart, skipEnd }: SourceSettings,
): { from: number; to?: number } {
  if (seconds === undefined) {
    if (skipEnd === 0) return { from: skipStart };
    throw new UsageError(`Cannot use --skip-end: ${path} does not say how long it is`);
  }
  const to = seconds - skipEnd;
  if (to > skipStart) return { from: skipStart, ...skipEnd > 0 && { to } };
  throw new UsageError(
    `Cannot skip ${skipStart} s at the start and ${skipEnd} s at the end of ${path}: it has ${
      seconds.toFixed(1)
    } s; expected that something is left`,
  );
}

function describeOddities({ hdr, interlaced }: VideoInfo): string[] {
  return [
    ...hdr ? ["its colours are coded for HDR displays, and will look pale: nothing maps them"] : [],
    ...interlaced ? ["it is interlaced: its lines are brought together"] : [],
  ];
}

async function findCrops(
  info: VideoInfo,
  span: SampledSpan,
  { crop }: SourceSettings,
  notes: string[],
): Promise<Crops> {
  if (crop === "none") return {};
  if (crop !== "auto") return fixedCrop(info.path, info, crop);
  const edges = await sampleEdges(info, span);
  const box = findPictureBox(edges, info);
  if (box === undefined) return {};
  notes.push(`black bars: ${boxText(box)} is taken of ${sizeText(info)}`);
  return { [sizeText(info)]: boxText(box) };
}

/** Of frames from all over the film; of the first key frames if nobody knows how long it is. */
async function sampleEdges(
  info: VideoInfo,
  { from, to, end, signal }: SampledSpan,
): Promise<Edges[]> {
  const { width, height } = info, edges: Edges[] = [];
  const sample = async (options: Partial<ReadOptions>, most: number) => {
    let count = 0;
    for await (const { picture } of readVideo(info, { width, height, signal, ...options })) {
      edges.push(findEdges(picture));
      if (++count === most) break;
    }
  };
  if (end === undefined) await sample({ from, keyFramesOnly: true }, CROP_SAMPLES);
  else if (end - from < SHORT_SECONDS) {
    const evenly = { from, to, everySeconds: (end - from) / CROP_SAMPLES };
    await sample({ ...evenly, keyFramesOnly: true }, Infinity);
    if (edges.length < CROP_SAMPLES / 2) await sample(evenly, Infinity);
  } else {
    for (let i = 0; i < CROP_SAMPLES; i++) {
      const at = from + ((i + 0.5) / CROP_SAMPLES) * (end - from);
      await sample({ from: at, fromKeyFrame: true }, 1);
    }
  }
  return edges;
}

/** Whether the pictures ended where they should. @throws {TaskError} if the decoder says that the file is cut short */
function judgeEnd(
  { path, fps = 25 }: VideoInfo,
  end: number | undefined,
  last: number,
  { count, first }: { count: number; first: string | undefined },
  notes: string[],
): void {
  const missing = end === undefined ? 0 : end - last - 1 / fps;
  if (end === undefined || missing < Math.max(1, end / 50)) {
    if (count === 0) return;
    notes.push(`the decoder found faults (${count}, the first: ${first}): look for torn pictures`);
    return;
  }
  const where = `ends at ${formatDuration(last)} of ${formatDuration(end)}`;
  if (count === 0) {
    notes.push(`the pictures end early: it ${where}`);
    return;
  }
  const skip = Math.ceil(missing + 1);
  throw new TaskError(
    `Cannot read ${path}: it ${where}, cut short or damaged (${first}); expected a whole file, or --skip-end ${skip}`,
  );
}
