// What a video file says of itself, read by the system's ffprobe: sides, turn, length, and whether there are pictures in it.

import * as v from "valibot";
import type { Size } from "../data/picture_list.ts";
import { TaskError } from "./_cli.ts";
import { assertFfmpeg } from "./_ffmpeg.ts";

/** The pictures of a video as they are shown: turned by the file's display matrix, not yet stretched by the pixels' shape. */
export interface VideoInfo extends Size {
  path: string;
  /** The number of the stream that is read. */
  stream: number;
  /** Width of a pixel by its height; 1 for nearly all but DVDs. */
  pixelAspect: number;
  /** Length of the pictures' stream; undefined if the file does not say. */
  seconds: number | undefined;
  /** Frames a second on average; undefined if the file does not say. */
  fps: number | undefined;
  /** Degrees by which the pictures are turned for display: 0, 90, 180 or 270. */
  rotation: number;
  interlaced: boolean;
  /** Whether the file does not say how its colours are coded though it is of a size that means BT.709. */
  assumeBt709: boolean;
  /** Whether it is coded for displays of high dynamic range (PQ or HLG). */
  hdr: boolean;
  hasAudio: boolean;
}

const streamSchema = v.object({
  index: v.number(),
  codec_type: v.optional(v.string(), ""),
  width: v.optional(v.number(), 0),
  height: v.optional(v.number(), 0),
  sample_aspect_ratio: v.optional(v.string()),
  avg_frame_rate: v.optional(v.string()),
  r_frame_rate: v.optional(v.string()),
  field_order: v.optional(v.string(), "unknown"),
  color_space: v.optional(v.string(), "unknown"),
  color_transfer: v.optional(v.string(), "unknown"),
  duration: v.optional(v.string()),
  nb_frames: v.optional(v.string()),
  disposition: v.optional(v.record(v.string(), v.number()), {}),
  tags: v.optional(v.record(v.string(), v.string()), {}),
  side_data_list: v.optional(v.array(v.object({ rotation: v.optional(v.number()) })), []),
});

const probeSchema = v.object({
  streams: v.optional(v.array(streamSchema), []),
  format: v.optional(
    v.object({ format_name: v.string(), duration: v.optional(v.string()) }),
    { format_name: "" },
  ),
});

type Stream = v.InferOutput<typeof streamSchema>;

/** Demuxers that take single pictures and plain text for videos. */
const noVideo = /^(image2|.*_pipe|tty)$/;

/**
 * What the video's first stream of pictures is like; cover art does not count as one.
 *
 * @throws {TaskError} if there is no ffmpeg or no such file, if ffmpeg cannot read it, or if it has no moving pictures
 */
export async function probeVideo(path: string): Promise<VideoInfo> {
  await assertFfmpeg(`read ${path}`);
  const { streams, format } = await runProbe(path);
  if (noVideo.test(format.format_name)) {
    const kind = format.format_name === "tty" ? "text" : "a single picture";
    throw new TaskError(`Cannot read ${path}: it is ${kind}; expected a video`);
  }
  const moving = streams.filter(({ codec_type, disposition, width }) =>
    codec_type === "video" && width > 0 && disposition.attached_pic !== 1
  );
  const stream = moving.find(({ disposition }) => disposition.default === 1) ?? moving[0];
  if (stream === undefined) {
    const kinds = streams.map(({ codec_type }) => codec_type === "video" ? "a cover" : codec_type);
    const found = [...new Set(kinds)].join(" and ") || "nothing";
    throw new TaskError(
      `Cannot read ${path}: there are no moving pictures in it, only ${found}; expected a video`,
    );
  }
  const hasAudio = streams.some(({ codec_type }) => codec_type === "audio");
  return { path, hasAudio, ...describeStream(stream, format.duration) };
}

async function runProbe(path: string): Promise<v.InferOutput<typeof probeSchema>> {
  const { success, stdout, stderr } = await new Deno.Command("ffprobe", {
    // The prefix keeps a colon or a dash in a file's name from being read as a protocol or a flag.
    args: ["-v", "error", "-show_streams", "-show_format", "-of", "json", `file:${path}`],
  }).output();
  if (success) {
    const parsed = v.safeParse(probeSchema, JSON.parse(new TextDecoder().decode(stdout)));
    if (parsed.success) return parsed.output;
    throw new TaskError(
      `Cannot read ${path}: ffprobe describes it in a form that is not known: ${
        v.summarize(parsed.issues)
      }`,
    );
  }
  const said = new TextDecoder().decode(stderr).trim().split("\n");
  throw new TaskError(
    `Cannot read ${path}: it is no video, or it is damaged or cut short; ffmpeg says: ${
      said.map((line) => line.replace(/^\[[^\]]*\] |^file:.*?: /g, "")).join("; ")
    }`,
  );
}

function describeStream(
  stream: Stream,
  fileSeconds: string | undefined,
): Omit<VideoInfo, "path" | "hasAudio"> {
  const rotation = rotationOf(stream);
  const turned = rotation % 180 !== 0;
  const aspect = parseRatio(stream.sample_aspect_ratio, ":") ?? 1;
  const { width, height } = stream;
  return {
    stream: stream.index,
    width: turned ? height : width,
    height: turned ? width : height,
    pixelAspect: turned ? 1 / aspect : aspect,
    seconds: parseSeconds(stream.duration) ?? parseClock(stream.tags.DURATION) ??
      parseSeconds(fileSeconds),
    fps: parseRatio(stream.avg_frame_rate, "/") ?? parseRatio(stream.r_frame_rate, "/"),
    rotation,
    interlaced: /^(tt|bb|tb|bt)$/.test(stream.field_order),
    assumeBt709: /^(unknown|unspecified)$/.test(stream.color_space) && height >= 720,
    hdr: /^(smpte2084|arib-std-b67)$/.test(stream.color_transfer),
  };
}

/** Degrees counter-clockwise in the matrix, clockwise in the tag of old files; only the quarter turns matter here. */
function rotationOf({ side_data_list, tags }: Stream): number {
  const matrix = side_data_list.find(({ rotation }) => rotation !== undefined)?.rotation;
  const degrees = matrix ?? -Number(tags.rotate ?? 0);
  return ((Math.round(degrees / 90) * 90) % 360 + 360) % 360;
}

/** A positive ratio such as `16:15` or `24000/1001`; undefined for `0:1`, `0/0`, or none. */
function parseRatio(text: string | undefined, mark: string): number | undefined {
  const [over, under] = (text ?? "").split(mark).map(Number);
  const ratio = over / under;
  return ratio > 0 && Number.isFinite(ratio) ? ratio : undefined;
}

function parseSeconds(text: string | undefined): number | undefined {
  const seconds = Number(text);
  return seconds > 0 ? seconds : undefined;
}

/** Matroska's `01:32:10.480000000`. */
function parseClock(text: string | undefined): number | undefined {
  const [, hours, minutes, seconds] = /^(\d+):(\d+):(\d+(?:\.\d+)?)/.exec(text ?? "") ?? [];
  if (hours === undefined) return undefined;
  return parseSeconds(String(Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)));
}
