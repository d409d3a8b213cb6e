// One participant of `deno task bench`: a process that starts a device and runs a case whenever it is told to. Requests come as
// lines of JSON on stdin, answers go as lines of JSON to stdout; tests/reference/torch_bench.py speaks the same.

import { startDevice } from "../gpu/device.ts";
import * as tf from "../gpu/tf.ts";
import { MathBackendCPU } from "../gpu/tf_cpu.ts";
import "../gpu/gradients.ts";
import { benchCases, type Prepared } from "./_bench_cases.ts";

/** What is asked: to run a case so many times, or to drop what it holds. */
export type BenchRequest = { name: string; runs: number } | { drop: string };

/** What is answered: that the device runs, the seconds of each run, or that the case is not to be had. */
export type BenchAnswer = { ready: string } | { seconds: number[] } | { dropped: true };

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
  const prepared = new Map<string, Prepared>();
  for await (const line of lines()) {
    const request = JSON.parse(line) as BenchRequest;
    if ("drop" in request) {
      prepared.get(request.drop)?.dispose();
      prepared.delete(request.drop);
      answer({ dropped: true });
      continue;
    }
    let work = prepared.get(request.name);
    if (!work) {
      const found = benchCases().find(({ name }) => name === request.name);
      if (!found) throw new Error(`Cannot run "${request.name}": there is no such case`);
      prepared.set(request.name, work = found.prepare());
      // The compiler needs some runs.
      await time(work, Infinity, 20 * WARM_UP_MS);
    }
    await time(work, Infinity, WARM_UP_MS);
    answer({ seconds: await time(work, request.runs, PATIENCE_MS) });
  }
  Deno.exit(0);
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
