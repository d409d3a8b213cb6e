// The folder in which a film grows: its plan, its finished segments, and what the next one has to know of the last.

import { join } from "node:path";
import * as v from "valibot";
import type { Size } from "../data/picture_list.ts";
import { writeAtomically } from "./_atomic_file.ts";
import { TaskError } from "./_cli.ts";
import type { FlickerTally } from "./_flicker.ts";
import type { FilmPlan } from "./_stylize_plan.ts";
import type { HeldFrame } from "./_temporal.ts";

/** What decides a film's frames: a film that was begun goes on only with the same. */
export type FilmRecord = Record<string, string | number | boolean>;

/** What the next frame has to know of the last. */
export interface LastFrame {
  held: HeldFrame;
  /** The norms' statistics over time, as `NormMemory` gives them; empty if nothing is steadied. */
  norms: Float32Array<ArrayBuffer>;
}

/** What is kept of a finished segment. */
export interface SegmentFacts {
  frames: number;
  /** Length of the file with what the next segment has to know. */
  lastBytes: number;
  /** Without and with steadying. */
  flicker: { plain: FlickerTally; steadied: FlickerTally };
}

const integer = v.pipe(v.number(), v.integer());
const tally = v.strictObject({ sum: v.number(), pairs: integer });
const factsSchema = v.strictObject({
  frames: integer,
  lastBytes: integer,
  flicker: v.strictObject({ plain: tally, steadied: tally }),
});
const planSchema = v.strictObject({
  record: v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
  film: v.strictObject({
    times: v.strictObject({
      timeBase: v.strictObject({ over: v.number(), under: v.number() }),
      ticks: v.pipe(v.array(integer), v.minLength(1)),
      lastTicks: integer,
      start: v.number(),
    }),
    shotStarts: v.array(integer),
  }),
});

/** Reads the plan of a film that was begun. @throws {TaskError} if it was begun with other settings, naming them */
export async function findPlan(folder: string, record: FilmRecord): Promise<FilmPlan | undefined> {
  const plan = await readJson(join(folder, "plan.json"), planSchema);
  if (plan === undefined) return undefined;
  const differing = [...new Set([...Object.keys(plan.record), ...Object.keys(record)])]
    .filter((key) => plan.record[key] !== record[key])
    .map((key) => `${key} was ${plan.record[key]} and is ${record[key]}`);
  if (differing.length === 0) return plan.film;
  throw new TaskError(
    `Cannot go on in ${folder}: ${differing.join("; ")}; expected the same, or remove the folder`,
  );
}

/** Begins a film. */
export async function writePlan(folder: string, record: FilmRecord, film: FilmPlan): Promise<void> {
  await Deno.mkdir(folder, { recursive: true }).catch((error) => {
    throw new TaskError(`Cannot write ${folder}: ${error.message}`);
  });
  await writeJson(join(folder, "plan.json"), { record, film });
}

/** The facts of the segments that are finished, in order. */
export async function readFinished(folder: string): Promise<SegmentFacts[]> {
  const finished: SegmentFacts[] = [];
  for (;;) {
    const facts = await readJson(`${segmentStem(folder, finished.length)}.json`, factsSchema);
    if (facts === undefined) return finished;
    finished.push(facts);
  }
}

/** Where a segment is written: by this process alone, for the ffmpeg of one that was killed may still be writing. */
export function unfinishedPath(folder: string, number: number): string {
  return `${segmentStem(folder, number)}.unfinished.${Deno.pid}.mp4`;
}

/** Where a finished segment is. */
export function segmentPath(folder: string, number: number): string {
  return `${segmentStem(folder, number)}.mp4`;
}

/** Declares a written segment finished: its facts are written last, and only what has facts counts. */
export async function finishSegment(
  folder: string,
  number: number,
  facts: Omit<SegmentFacts, "lastBytes">,
  { held, norms }: LastFrame,
): Promise<SegmentFacts> {
  await Deno.rename(unfinishedPath(folder, number), segmentPath(folder, number));
  const values = new Float32Array(held.length + norms.length);
  values.set(held);
  values.set(norms, held.length);
  const bytes = new Uint8Array(values.buffer), whole = { ...facts, lastBytes: bytes.length };
  await writeAtomically(lastFramePath(folder, number), bytes);
  await writeJson(`${segmentStem(folder, number)}.json`, whole);
  if (number > 0) await Deno.remove(lastFramePath(folder, number - 1)).catch(() => {});
  return whole;
}

/** The last frame of a finished segment. @throws {TaskError} if its file is missing or of another length */
export async function readLastFrame(
  folder: string,
  number: number,
  { width, height, lastBytes }: Size & { lastBytes: number },
): Promise<LastFrame> {
  const path = lastFramePath(folder, number), shown = width * height * 3;
  const bytes = await Deno.readFile(path).catch(() => new Uint8Array());
  if (bytes.length !== lastBytes || bytes.length < shown * 4) {
    throw new TaskError(
      `Cannot go on in ${folder}: ${path} has ${bytes.length} bytes; expected ${lastBytes}; remove the folder to begin anew`,
    );
  }
  const values = new Float32Array(bytes.buffer);
  return { held: values.subarray(0, shown), norms: values.slice(shown) };
}

function segmentStem(folder: string, number: number): string {
  return join(folder, String(number).padStart(6, "0"));
}

function lastFramePath(folder: string, number: number): string {
  return `${segmentStem(folder, number)}.last`;
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeAtomically(path, new TextEncoder().encode(`${JSON.stringify(value)}\n`));
}

async function readJson<Schema extends v.GenericSchema>(
  path: string,
  schema: Schema,
): Promise<v.InferOutput<Schema> | undefined> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  try {
    return v.parse(schema, JSON.parse(text));
  } catch (error) {
    throw new TaskError(
      `Cannot read ${path}: ${
        error instanceof Error ? error.message : error
      }; remove the folder to begin anew`,
    );
  }
}
