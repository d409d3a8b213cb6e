// Runs `train:cyclegan` on a tiny folder of pictures in a process of its own, and reads what it leaves.

import assert from "node:assert/strict";
import { join } from "node:path";
import { encodePng } from "../../data/decode.ts";
import { randomStream } from "../../gpu/random.ts";
import { listCheckpoints, loadCheckpoint } from "../../tasks/_checkpoint.ts";

/** The flags of the smallest network that still has every kind of layer. */
const TINY = [
  "--width",
  "2",
  "--blocks",
  "1",
  "--disc-width",
  "2",
  "--disc-layers",
  "1",
  "--samples",
  "1",
];

/** Writes trainA/, trainB/, testA/, testB/ with a few noisy pictures of 40x40 pixels; gives the folder's path. */
export async function makePictures(folder: string): Promise<string> {
  for (const [side, count] of [["trainA", 5], ["trainB", 4], ["testA", 1], ["testB", 1]] as const) {
    await Deno.mkdir(join(folder, side), { recursive: true });
    for (let i = 0; i < count; i++) {
      const random = randomStream(1, side, i);
      const data = Uint8Array.from(
        { length: 40 * 40 * 4 },
        (_, at) => at % 4 === 3 ? 255 : random.integer(256),
      );
      const png = await encodePng({ width: 40, height: 40, data });
      await Deno.writeFile(join(folder, side, `${i}.png`), png);
    }
  }
  return folder;
}

/** The command line of a tiny run on the engine, with two threads. */
export function tinyRun(data: string, run: string, ...flags: string[]): string[] {
  return ["--device", "simd", "--threads", "2", "--data", data, "--run", run, ...TINY, ...flags];
}

/** Starts `train:cyclegan` with these arguments. */
export function startTraining(args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "tasks/train_cyclegan.ts", ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs it to its end; gives code and all that it printed. */
export async function runTraining(args: string[]): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await startTraining(args).output();
  const decoder = new TextDecoder();
  return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
}

/** Runs it to its end and expects success. */
export async function trainToEnd(args: string[]): Promise<string> {
  const { code, text } = await runTraining(args);
  assert.equal(code, 0, text);
  return text;
}

/** Every tensor of the run's newest checkpoint (weights, averages, moments, pools) and its counters. */
export async function finalState(run: string) {
  const [newest] = await listCheckpoints(run);
  const { tensors, counters, dataPosition } = await loadCheckpoint(newest);
  return { tensors, counters, dataPosition };
}

/** Waits until metrics.jsonl has that many lines, or the process has ended. */
export async function waitForMetrics(
  run: string,
  lines: number,
  child: Deno.ChildProcess,
): Promise<void> {
  let ended = false;
  child.status.then(() => ended = true);
  while (!ended) {
    const text = await Deno.readTextFile(join(run, "metrics.jsonl")).catch(() => "");
    if (text.split("\n").length > lines) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
