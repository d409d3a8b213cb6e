// One participant of `deno task bench`: a process that starts a device and runs a case whenever it is told to. Requests come as
// lines of JSON on stdin, answers go as lines of JSON to stdout; tests/reference/torch_bench.py speaks the same.

import { startDevice } from "../gpu/device.ts";
import * as tf from "../gpu/tf.ts";
import { MathBackendCPU } from "../gpu/tf_cpu.ts";
import "../gpu/gradients.ts";
import type { Prepared } from "./_bench_case.ts";
import { benchCases } from "./_bench_cases.ts";
import { countFlop } from "./_flop_count.ts";

/** What is asked: to run a case so many times, or to drop what it holds. */
export type BenchRequest = { name: string; runs: number } | { drop: string };

/** What is answered: that the device runs, the seconds of each run and its operations, or that the case is not to be had. */
export type BenchAnswer =
  | { ready: string }
  | { seconds: number[]; flop?: number }
  | { dropped: true };

/** Slow devices are spared what takes longer than this. */
const PATIENCE_MS = 2000;
/**
 * Runs at the start of a turn that do not count: the caches are full of the others' numbers, and a thread that has slept may find
 * itself on its caller's core, until the system moves it.
 */
const WARM_UP_MS = 40;

if (import.meta.main) await serve(Deno.args[0], Number(Deno.args[1]));

async function serve(device: string, threads: number): Promise<void> {
  const description = await start(device, threads);
  answer({ ready: description });
  const prepared = new Map<string, { work: Prepared; flop: number }>();
  for await (const line of lines()) {
    const request = JSON.parse(line) as BenchRequest;
    if ("drop" in request) {
      prepared.get(request.drop)?.work.dispose();
      prepared.delete(request.drop);
      answer({ dropped: true });
      continue;
    }
    let known = prepared.get(request.name);
    if (!known) prepared.set(request.name, known = await prepare(request.name));
    await time(known.work, Infinity, WARM_UP_MS);
    answer({ seconds: await time(known.work, request.runs, PATIENCE_MS), flop: known.flop });
  }
  Deno.exit(0);
}

async function prepare(name: string): Promise<{ work: Prepared; flop: number }> {
  const found = (await benchCases()).find((each) => each.name === name);
  if (!found) throw new Error(`Cannot run "${name}": there is no such case`);
  const work = await found.prepare();
  const flop = found.flop || await countFlop(() => work.run());
  // The compiler needs some runs.
  await time(work, Infinity, 20 * WARM_UP_MS);
  return { work, flop };
}

/** The seconds of so many runs, or of as many as start within a time: one at least. */
async function time(work: Prepared, runs: number, milliseconds: number): Promise<number[]> {
  const seconds: number[] = [], begin = performance.now();
  while (
    seconds.length < runs && (seconds.length === 0 || performance.now() - begin < milliseconds)
  ) {
    const start = performance.now();
    await work.run();
    seconds.push((performance.now() - start) / 1000);
  }
  return seconds;
}

/** Starts a device of ours, or `stock cpu`: tfjs's own backend with none of our kernels. */
async function start(device: string, threads: number): Promise<string> {
  if (device !== "stock cpu") {
    return (await startDevice(device as "simd", { threads })).description;
  }
  tf.enableProdMode();
  tf.registerBackend("cpu", () => new MathBackendCPU());
  await tf.setBackend("cpu");
  return "tfjs cpu";
}

function answer(message: BenchAnswer): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(message)}\n`));
}

async function* lines(): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
}
