// The participants of `deno task bench`: processes that run cases when asked, one for each device, number of threads and set of flags.

import type { BenchAnswer, BenchRequest } from "./_bench_child.ts";
import { TaskError } from "./_cli.ts";
import { gpuGate } from "./_gates.ts";
import { V8_FLAGS } from "./_v8_flags.ts";

/** A process that runs cases. */
export interface Participant {
  device: string;
  threads: number;
  /** Whether V8's flags are on. */
  flags: boolean;
  /** Whether it is tfjs as it comes, which is measured only to be told how slow it is. */
  isStock: boolean;
  description: string;
  ask(request: BenchRequest): Promise<BenchAnswer>;
  stop(): void;
}

/** Starts every device of this machine, with and without V8's flags, and PyTorch if that Python has it; says what each is. */
export async function startAll(
  { threads, python, note }: { threads: number; python: string; note: (line: string) => void },
): Promise<Participant[]> {
  const counts = [...new Set([threads, 1])];
  const child = (device: string, count: number, withFlags: boolean) =>
    startParticipant({ device, threads: count, flags: withFlags, isStock: device !== "simd" }, [
      ...[Deno.execPath(), "run", "-A", "--no-check"],
      ...(withFlags ? [V8_FLAGS] : []),
      ...[new URL("_bench_child.ts", import.meta.url).pathname, device, String(count)],
    ]);
  const script = new URL("../tests/reference/torch_bench.py", import.meta.url).pathname;
  const torch = (count: number) =>
    startParticipant({ device: "PyTorch", threads: count, flags: false, isStock: false }, [
      ...[python, script, String(count)],
    ]);
  const started = await Promise.all([
    ...[true, false].flatMap((withFlags) => counts.map((count) => child("simd", count, withFlags))),
    ...counts.map((count) => torch(count).catch(() => undefined)),
    child("stock cpu", 1, false),
    (await gpuGate()).available ? child("webgpu", 1, false) : undefined,
  ]);
  const participants = started.filter((participant) => participant !== undefined);
  for (const { device, threads: count, flags, description } of participants) {
    note(`${labelOf({ device, threads: count, flags })}: ${description}`);
  }
  if (!participants.some(({ device }) => device === "PyTorch")) {
    note(`No PyTorch: ${python} cannot import torch`);
  }
  return participants;
}

async function startParticipant(
  facts: Omit<Participant, "description" | "ask" | "stop">,
  [program, ...args]: readonly string[],
): Promise<Participant> {
  const process = new Deno.Command(program, {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  })
    .spawn();
  const input = process.stdin.getWriter();
  const output = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  const next = async (): Promise<BenchAnswer> => {
    for (;;) {
      const end = rest.indexOf("\n");
      if (end >= 0) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 1);
        return JSON.parse(line) as BenchAnswer;
      }
      const { value, done } = await output.read();
      if (done) throw new TaskError(`Cannot measure: ${labelOf(facts)} has ended`);
      rest += value;
    }
  };
  const ready = await next();
  return {
    ...facts,
    description: "ready" in ready ? ready.ready : "",
    async ask(request) {
      await input.write(new TextEncoder().encode(`${JSON.stringify(request)}\n`));
      return await next();
    },
    stop() {
      try {
        process.kill("SIGKILL");
      } catch (error) {
        // It has ended by itself, which was reported.
        if (!(error instanceof TypeError)) throw error;
      }
    },
  };
}

/** A participant in words. */
export function labelOf(
  { device, threads, flags }: Pick<Participant, "device" | "threads" | "flags">,
): string {
  const count = device === "webgpu" ? "" : `, ${threads} thread${threads === 1 ? "" : "s"}`;
  return `${device}${count}${flags ? ", V8 flags" : ""}`;
}
