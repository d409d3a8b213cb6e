// `deno task bench`: how fast this machine computes, by device, number of threads and flags of V8, against stock tfjs and PyTorch.
// All participants are processes that run at the same time and are asked in turn, round by round: the speed of a machine drifts,
// and only what was measured side by side can be compared.

import { styleText } from "node:util";
import type { BenchAnswer, BenchRequest } from "./_bench_child.ts";
import { type BenchCase, benchCases } from "./_bench_cases.ts";
import { type Command, parseWhole, readArguments, runTask, TaskError } from "./_cli.ts";
import { gpuGate } from "./_gates.ts";
import { statusLine } from "./_status_line.ts";

const command = {
  name: "bench",
  summary:
    "Measures kernels and training steps on every device, and on PyTorch where python3 has it.",
  flags: {
    only: { value: "WORD", help: "Only the cases with this word in their name" },
    rounds: { value: "N", default: "7", help: "Rounds; medians are over them" },
    threads: {
      value: "N",
      default: "all cores",
      help: "Threads of simd and of PyTorch, besides one",
    },
    python: { value: "FILE", default: "python3", help: "A Python that may have PyTorch" },
    stock: { help: "Steps on stock tfjs too: minutes each" },
    json: { help: "Print JSON: a list of name, device, threads, flags, median, unit, runs" },
  },
  notes:
    "Ratios are medians of the rounds' own; above 1, simd on all threads with the flags is the faster one.",
} satisfies Command<string>;

type Flags = Partial<Record<keyof typeof command["flags"], string>>;

/** V8's flags with which the training tasks run: no bounds checks, and pairs of vectors fused. */
const V8_FLAGS = "--v8-flags=--no-wasm-bounds-checks,--experimental-wasm-revectorize";

/** A kernel is run this often in a round, and its median taken; a step once. */
const KERNEL_RUNS = 15;

/** A row of the result. */
interface Row {
  name: string;
  device: string;
  threads: number;
  /** Whether V8's flags were on. */
  flags: boolean;
  median: number;
  unit: string;
  /** Rounds that were measured. */
  runs: number;
}

if (import.meta.main) await runTask(command.name, () => bench(readArguments(command).flags));

async function bench(flags: Flags): Promise<void> {
  const rounds = parseWhole("rounds", flags.rounds ?? "7", 1, 1000);
  const threads = parseWhole(
    "threads",
    flags.threads ?? String(navigator.hardwareConcurrency),
    1,
    256,
  );
  const cases = benchCases().filter(({ name }) => name.includes(flags.only ?? ""));
  if (cases.length === 0) {
    throw new TaskError(`Cannot measure: no case has "${flags.only}" in its name`);
  }
  const status = statusLine();
  const participants = await startAll({
    threads,
    python: flags.python ?? "python3",
    note: status.note,
  });
  try {
    const rows: Row[] = [];
    for (const [i, each] of cases.entries()) {
      const asked = participants.filter((participant) =>
        flags.stock !== undefined || !(each.isSlow && participant.isStock)
      );
      const found = await measure(
        each,
        asked,
        rounds,
        (round) =>
          status.update(`${i + 1}/${cases.length} ${each.name}: round ${round} of ${rounds}`),
      );
      rows.push(...found.rows);
      if (!flags.json) printCase(each, found, status.note);
    }
    status.end();
    if (flags.json) console.log(JSON.stringify(rows, null, 2));
  } finally {
    participants.forEach(({ stop }) => stop());
  }
}

/** A process that runs cases. */
interface Participant extends Pick<Row, "device" | "threads" | "flags"> {
  isStock: boolean;
  description: string;
  ask(request: BenchRequest): Promise<BenchAnswer>;
  stop(): void;
}

async function startAll(
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
    stop: () => process.kill("SIGKILL"),
  };
}

/** The rows of a case, and how much longer than the first participant each took, as the median of the rounds' ratios. */
interface Found {
  rows: Row[];
  ratios: number[];
}

async function measure(
  { name, unit, flop }: BenchCase,
  participants: readonly Participant[],
  rounds: number,
  onRound: (round: number) => void,
): Promise<Found> {
  const seconds = participants.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    onRound(round + 1);
    for (let k = 0; k < participants.length; k++) {
      // Another one begins in every round, so that what a participant leaves behind does not always meet the same.
      const i = (round + k) % participants.length;
      const answer = await participants[i].ask({ name, runs: unit === "s" ? 1 : KERNEL_RUNS });
      if ("seconds" in answer && answer.seconds.length > 0) seconds[i].push(median(answer.seconds));
    }
  }
  await Promise.all(participants.map((participant) => participant.ask({ drop: name })));
  const measured = participants.map((participant, i) => ({ participant, seconds: seconds[i] }))
    .filter((each) => each.seconds.length > 0);
  return {
    rows: measured.map(({ participant: { device, threads, flags }, seconds: times }) => {
      const time = median(times);
      return {
        name,
        device,
        threads,
        flags,
        median: unit === "s" ? time : flop / time / 1e9,
        unit,
        runs: times.length,
      };
    }),
    ratios: measured.map((each) =>
      median(each.seconds.map((time, round) => time / measured[0].seconds[round]))
    ),
  };
}

function printCase(
  { name, unit }: BenchCase,
  { rows, ratios }: Found,
  note: (line: string) => void,
): void {
  note(`\n${styleText("bold", name)}, ${unit}`);
  rows.forEach((row, i) => {
    const value = row.median < 10 ? row.median.toPrecision(3) : row.median.toFixed(0);
    note(`  ${labelOf(row).padEnd(30)} ${value.padStart(8)}   x ${ratios[i].toFixed(2)}`);
  });
}

function labelOf({ device, threads, flags }: Pick<Row, "device" | "threads" | "flags">): string {
  const count = device === "webgpu" ? "" : `, ${threads} thread${threads === 1 ? "" : "s"}`;
  return `${device}${count}${flags ? ", V8 flags" : ""}`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b), middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
