// `deno task data:films`: writes the two procedural films as a folder of PNGs that `--data` takes.

import { join } from "node:path";
import { decodePicture, encodePng } from "../data/decode.ts";
import { drawFrame, FILMS_VERSION, type Reel } from "../data/films.ts";
import type { Side } from "../data/unpaired.ts";
import { fitWithin, sheet } from "../gpu/picture.ts";
import { writeAtomically } from "./_atomic_file.ts";
import {
  type Command,
  formatDuration,
  parseSize,
  parseWhole,
  readArguments,
  runTask,
  TaskError,
  UsageError,
} from "./_cli.ts";
import { statusLine } from "./_status_line.ts";

const command = {
  name: "data:films",
  summary: "Draws the two procedural films into a folder: trainA, trainB, testA, testB.",
  flags: {
    out: { value: "DIR", help: "Folder to write; made if it is missing" },
    count: { value: "N", default: "1000", help: "Training pictures of each film" },
    test: { value: "N", default: "64", help: "Test scenes, drawn in both films" },
    size: { value: "N|HxW", default: "128", help: "Pixels, each side 16 to 2048" },
    seed: { value: "N", default: "1", help: "Other scenes for another seed" },
  },
  notes:
    "The same command again goes on where it stopped. The same seed and size give the same bytes.\n" +
    "Train on it with: deno task train:cyclegan --data DIR",
} satisfies Command<string>;

type Flags = Partial<Record<keyof typeof command["flags"], string>>;

/** What decides the pictures; kept in `films.json` beside them. */
interface Settings {
  format: 1;
  /** Version of the drawing. */
  films: number;
  seed: number;
  count: number;
  test: number;
  height: number;
  width: number;
  /** Says that equal names in testA and testB are the same scene. */
  pairedTest: true;
}

/** One picture to write. */
interface Job {
  path: string;
  reel: Reel;
  film: Side;
  index: number;
}

/** The longer side of a picture on the contact sheet, at most. */
const SHEET_SIDE = 192;
const SHEET_COLUMNS = 8;

if (import.meta.main) await runTask(command.name, () => drawFilms(readArguments(command).flags));

async function drawFilms(flags: Flags): Promise<void> {
  if (flags.out === undefined) throw new UsageError("Cannot draw the films: --out is needed");
  const settings = readSettings(flags);
  await openFolder(flags.out, settings);
  const jobs = listJobs(flags.out, settings);
  const missing = [];
  for (const job of jobs) if (!await exists(job.path)) missing.push(job);
  await drawAll(missing, settings);
  const contactSheet = join(flags.out, "contact_sheet.png");
  await writeAtomically(contactSheet, await drawSheet(flags.out, settings));
  const { count, test, height, width } = settings;
  const kept = jobs.length - missing.length;
  console.log(
    `${flags.out}: ${count} A, ${count} B, ${test} pairs to test, ${height}x${width}` +
      `${kept > 0 ? ` (${kept} were there)` : ""}; see ${contactSheet}`,
  );
}

function readSettings(flags: Flags): Settings {
  const [height, width] = parseSize("size", flags.size ?? "128");
  for (const side of [height, width]) {
    if (side < 16 || side > 2048) {
      throw new UsageError(`--size is "${flags.size}", expected sides from 16 to 2048 pixels`);
    }
  }
  return {
    format: 1,
    films: FILMS_VERSION,
    seed: parseWhole("seed", flags.seed ?? "1", 0),
    count: parseWhole("count", flags.count ?? "1000", 1, 1_000_000),
    test: parseWhole("test", flags.test ?? "64", 0, 1_000_000),
    height,
    width,
    pairedTest: true,
  };
}

/**
 * Makes the folder with its settings, or makes sure that it holds pictures of these very settings.
 *
 * @throws {TaskError} if it cannot be written or holds something else
 */
async function openFolder(out: string, settings: Settings): Promise<void> {
  const folders = ["trainA", "trainB", ...settings.test > 0 ? ["testA", "testB"] : []];
  const record = join(out, "films.json");
  const known = await readRecord(record);
  if (known !== undefined) {
    assertSame(out, known, settings);
  } else {
    for (const folder of ["trainA", "trainB", "testA", "testB"]) {
      if (await exists(join(out, folder))) {
        throw new TaskError(
          `Cannot draw into ${out}: there is a ${folder} but no films.json; expected a folder without pictures, ` +
            "or one that data:films began",
        );
      }
    }
  }
  try {
    for (const folder of folders) await Deno.mkdir(join(out, folder), { recursive: true });
  } catch (error) {
    throw new TaskError(
      `Cannot make folders in ${out}: ${error instanceof Error ? error.message : error}`,
    );
  }
  if (known === undefined) {
    const text = JSON.stringify(settings, null, 2) + "\n";
    await writeAtomically(record, new TextEncoder().encode(text));
  }
}

async function readRecord(path: string): Promise<Record<string, unknown> | undefined> {
  if (!await exists(path)) return undefined;
  try {
    const record: unknown = JSON.parse(await Deno.readTextFile(path));
    if (typeof record === "object" && record !== null) return { ...record };
  } catch {
    // Reported below, as for JSON of another kind.
  }
  throw new TaskError(
    `Cannot read ${path}: it is no record of settings; remove the folder to begin anew`,
  );
}

/** @throws {TaskError} naming each key that differs, with both values */
function assertSame(out: string, known: Record<string, unknown>, settings: Settings): void {
  const differing = Object.entries(settings).filter(([key, value]) => known[key] !== value);
  if (differing.length === 0) return;
  const lines = differing.map(([key, value]) =>
    `  ${key}: there ${known[key]}, asked for ${value}`
  );
  throw new TaskError(
    `Cannot go on in ${out}: it holds films of other settings; expected the same, or another --out\n` +
      lines.join("\n"),
  );
}

function listJobs(out: string, { count, test }: Settings): Job[] {
  const jobs = (folder: string, reel: Reel, film: Side, length: number): Job[] =>
    Array.from({ length }, (_, index) => ({ path: pathOf(out, folder, index), reel, film, index }));
  return [
    ...jobs("testA", "test", "A", test),
    ...jobs("testB", "test", "B", test),
    ...jobs("trainA", "A", "A", count),
    ...jobs("trainB", "B", "B", count),
  ];
}

function pathOf(out: string, folder: string, index: number): string {
  return join(out, folder, `${String(index).padStart(6, "0")}.png`);
}

/** Several at a time, for sharp draws on threads of its own. */
async function drawAll(jobs: Job[], settings: Settings): Promise<void> {
  const status = statusLine();
  const started = performance.now();
  let [next, done] = [0, 0];
  const report = () => {
    const seconds = (performance.now() - started) / 1000;
    const rate = done / seconds;
    const left = formatDuration((jobs.length - done) / rate);
    status.update(`${done} of ${jobs.length} pictures, ${rate.toFixed(1)}/s, ${left} left`);
  };
  const worker = async () => {
    while (next < jobs.length) {
      const { path, reel, index, film } = jobs[next++];
      const frame = await drawFrame(settings.seed, reel, index, film, settings);
      await writeAtomically(path, await encodePng(frame));
      done++;
      report();
    }
  };
  await Promise.all(Array.from({ length: navigator.hardwareConcurrency }, worker));
  status.end();
}

/** Rows of training frames (which have nothing in common) above rows of test pairs, as they are on disk. */
async function drawSheet(out: string, { count, test }: Settings): Promise<Uint8Array> {
  const row = (folder: string, length: number) =>
    Promise.all(
      Array.from({ length: Math.min(SHEET_COLUMNS, length) }, async (_, i) => {
        const picture = await decodePicture(await Deno.readFile(pathOf(out, folder, i)));
        return fitWithin(picture, SHEET_SIDE);
      }),
    );
  const rows = [await row("trainA", count), await row("trainB", count)];
  if (test > 0) rows.push(await row("testA", test), await row("testB", test));
  return await encodePng(sheet(rows, 4));
}

/** A picture that is there is whole, for it was renamed into place. @throws {TaskError} if the disk does not say. */
async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    const absent = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    if (absent) return false;
    throw new TaskError(
      `Cannot look for ${path}: ${error instanceof Error ? error.message : error}`,
    );
  }
}
