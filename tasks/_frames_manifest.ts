// The record beside the pictures of `data:frames`: what was taken, what was not and why, and by which settings.

import * as v from "valibot";
import { writeAtomically } from "./_atomic_file.ts";
import { TaskError } from "./_cli.ts";

/** A file format: a change of it is a new number. */
const FORMAT = 1;

const fileName = v.pipe(
  v.string(),
  v.regex(/^[^/\\]+\.(jpg|png)$/, "expected a picture's name without a folder"),
);

const pictureSchema = v.strictObject({
  file: fileName,
  part: v.picklist(["train", "test"]),
  /** From the beginning of the film; absent for stills. */
  seconds: v.optional(v.number()),
  /** Number of the frame, from the first that was not skipped; or of the still, in the order of the names. */
  frame: v.pipe(v.number(), v.integer(), v.minValue(0)),
  shot: v.number(),
  /** Perceptual hash, 16 hexadecimal digits. */
  hash: v.string(),
});

const rejectedSchema = v.strictObject({
  seconds: v.optional(v.number()),
  frame: v.number(),
  shot: v.optional(v.number()),
  reason: v.string(),
  detail: v.string(),
});

const manifestSchema = v.strictObject({
  format: v.literal(FORMAT),
  /** Whether all pictures have been written. */
  complete: v.boolean(),
  source: v.strictObject({
    kind: v.picklist(["video", "stills"]),
    name: v.string(),
    bytes: v.number(),
    seconds: v.optional(v.number()),
  }),
  settings: v.record(v.string(), v.union([v.string(), v.number()])),
  /** Frames that were looked at. */
  frames: v.number(),
  shots: v.number(),
  /** What was taken of frames of a size, both as text. */
  crops: v.record(v.string(), v.string()),
  counts: v.strictObject({ train: v.number(), test: v.number() }),
  pictures: v.array(pictureSchema),
  rejected: v.strictObject({
    counts: v.record(v.string(), v.number()),
    frames: v.array(rejectedSchema),
  }),
});

/** What the manifest of a folder of frames holds. */
export type FramesManifest = v.InferOutput<typeof manifestSchema>;

/** A picture in it. */
export type ManifestPicture = FramesManifest["pictures"][number];

/** The record without what follows from the rest of it. */
export type ManifestInput = Omit<FramesManifest, "format" | "complete" | "counts" | "rejected"> & {
  rejected: FramesManifest["rejected"]["frames"];
};

/** The record with its counts; `complete` is false. */
export function makeManifest({ rejected, ...input }: ManifestInput): FramesManifest {
  const counts: Record<string, number> = {};
  for (const { reason } of rejected) counts[reason] = (counts[reason] ?? 0) + 1;
  const inPart = (part: string) => input.pictures.filter((picture) => picture.part === part).length;
  return {
    format: FORMAT,
    complete: false,
    ...input,
    counts: { train: inPart("train"), test: inPart("test") },
    rejected: { counts, frames: rejected },
  };
}

/** The manifest at a path, or undefined if there is no file. @throws {TaskError} if it is not one of this format */
export async function findManifest(path: string): Promise<FramesManifest | undefined> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return;
    throw new TaskError(`Cannot read ${path}: ${error instanceof Error ? error.message : error}`);
  }
  const parsed = v.safeParse(manifestSchema, parseJson(text));
  if (parsed.success) return parsed.output;
  const [{ message, path: at }] = parsed.issues;
  const where = at ? `${at.map(({ key }) => key).join(".")}: ` : "";
  throw new TaskError(
    `Cannot read ${path}: it is no manifest of data:frames (${where}${message}); expected format ${FORMAT}`,
  );
}

/** Writes the manifest, whole or not at all. @throws {TaskError} if the disk does not take it */
export async function writeManifest(path: string, manifest: FramesManifest): Promise<void> {
  const text = JSON.stringify(manifest, null, 1) + "\n";
  await writeAtomically(path, new TextEncoder().encode(text));
}

/** What differs between a manifest and what is asked for now, a line each; none if the same command wrote it. */
export function findDifferences(
  { source, settings }: FramesManifest,
  wanted: Pick<FramesManifest, "source" | "settings">,
): string[] {
  const there: Record<string, unknown> = { ...settings, ...prefixed(source) };
  const asked: Record<string, unknown> = { ...wanted.settings, ...prefixed(wanted.source) };
  return [...new Set([...Object.keys(asked), ...Object.keys(there)])]
    .filter((key) => asked[key] !== there[key])
    .map((key) => `  ${key}: there ${there[key] ?? "none"}, asked for ${asked[key] ?? "none"}`);
}

function prefixed({ kind, name, bytes }: FramesManifest["source"]): Record<string, unknown> {
  return { "source kind": kind, "source name": name, "source bytes": bytes };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Reported as JSON of another kind is.
    return undefined;
  }
}
