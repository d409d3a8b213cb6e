// A training run's folder: config.json, metrics.jsonl, samples/, checkpoints, best/. One process at a time holds it.

import { join } from "node:path";
import { writeAtomically } from "./_atomic_file.ts";
import { TaskError } from "./_cli.ts";

const BEST = "best";

/** The name of the sheet of samples that was drawn after so many images. */
export function sampleName(images: number): string {
  return `${String(images).padStart(9, "0")}.png`;
}

/** An opened run folder; `close` lets go of it. */
export interface RunDir {
  path: string;
  /** The folder of the run's best checkpoint, if there is one. */
  best: string;
  /** Writes config.json. */
  writeConfig(config: unknown): Promise<void>;
  /** Appends one line to metrics.jsonl. */
  appendMetrics(line: Record<string, unknown>): Promise<void>;
  /** Drops lines of metrics.jsonl that lie after `imagesSeen`: the run continues from there. */
  trimMetrics(imagesSeen: number): Promise<void>;
  writeSample(name: string, png: Uint8Array): Promise<void>;
  /**
   * Makes the folder of the run's best checkpoint, which tasks take like the run's own, and gives its path.
   *
   * @param sample the name of its sheet, if that has been drawn
   */
  makeBest(sample: string): Promise<string>;
  close(): void;
}

/**
 * Makes the folder if needed and locks it against a second process.
 *
 * @throws {TaskError} if it cannot be written, or another process trains in it
 */
export async function openRunDir(path: string): Promise<RunDir> {
  const lock = await lockFolder(path);
  const metrics = join(path, "metrics.jsonl");
  return {
    path,
    best: join(path, BEST),
    writeConfig: (config) => writeAtomically(join(path, "config.json"), json(config, 2)),
    async appendMetrics(line) {
      try {
        await Deno.writeFile(metrics, json(line), { append: true });
      } catch (error) {
        throw new TaskError(`Cannot write ${metrics}: ${messageOf(error)}`);
      }
    },
    async trimMetrics(imagesSeen) {
      const text = await Deno.readTextFile(metrics).catch(() => "");
      const kept = text.split("\n").filter((line) => imagesOf(line) <= imagesSeen);
      if (text) {
        await writeAtomically(
          metrics,
          new TextEncoder().encode(kept.map((l) => `${l}\n`).join("")),
        );
      }
    },
    writeSample: (name, png) => writeAtomically(join(path, "samples", name), png),
    makeBest: (sample) => makeBest(path, sample),
    close: () => lock.close(),
  };
}

async function makeBest(path: string, sample: string): Promise<string> {
  const best = join(path, BEST), samples = join(best, "samples");
  try {
    await Deno.mkdir(samples, { recursive: true });
    await Deno.copyFile(join(path, "config.json"), join(best, "config.json"));
    for await (const { name } of Deno.readDir(samples)) await Deno.remove(join(samples, name));
    const sheet = await Deno.readFile(join(path, "samples", sample)).catch(() => undefined);
    if (sheet) await writeAtomically(join(samples, sample), sheet);
  } catch (error) {
    throw new TaskError(`Cannot write ${best}: ${messageOf(error)}`);
  }
  return best;
}

async function lockFolder(path: string): Promise<Deno.FsFile> {
  let lock: Deno.FsFile;
  try {
    await Deno.mkdir(join(path, "samples"), { recursive: true });
    lock = await Deno.open(join(path, "lock"), { write: true, create: true });
  } catch (error) {
    throw new TaskError(`Cannot use run folder ${path}: ${messageOf(error)}`);
  }
  // The system lets go of the lock when the process ends, however it ends.
  if (!(await lock.tryLock(true))) {
    lock.close();
    throw new TaskError(`Cannot use run folder ${path}: another process is training in it`);
  }
  return lock;
}

/** The images of a metrics line; infinite for a line that a kill cut short, so that it is dropped. */
function imagesOf(line: string): number {
  try {
    return Number(JSON.parse(line).images);
  } catch {
    return Infinity;
  }
}

function json(value: unknown, indent?: number): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, indent)}\n`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
