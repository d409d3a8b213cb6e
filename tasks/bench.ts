// `deno task bench`: how fast this machine computes, by device, number of threads and flags of V8, against stock tfjs and PyTorch.
// All participants are processes that run at the same time and are asked in turn, round by round: the speed of a machine drifts,
// and only what was measured side by side can be compared.

import { styleText } from "node:util";
import { type BenchCase, inUnit } from "./_bench_case.ts";
import { benchCases } from "./_bench_cases.ts";
import { labelOf, type Participant, startAll } from "./_bench_participants.ts";
import { type Command, parseWhole, readArguments, runTask, TaskError } from "./_cli.ts";
import { statusLine } from "./_status_line.ts";

const command = {
  name: "bench",
  summary:
    "Measures kernels, training steps and the exported models on every device, and PyTorch where python3 has it.",
  flags: {
    only: { value: "WORD", help: "Only the cases with this word in their name" },
    rounds: { value: "N", default: "7", help: "Rounds; medians are over them" },
    threads: {
      value: "N",
      default: "all cores",
      help: "Threads of simd and of PyTorch, besides one",
    },
    python: { value: "FILE", default: "python3", help: "A Python that may have PyTorch" },
    stock: { help: "Stock tfjs in every round, WebGPU's steps too; minutes on a software adapter" },
    json: { help: "Print JSON: a list of name, device, threads, flags, median, unit, runs" },
  },
  notes:
    "Ratios are medians of the rounds' own; above 1, simd on all threads with the flags is the faster one.",
} satisfies Command<string>;

type Flags = Partial<Record<keyof typeof command["flags"], string>>;

/** A row of the result. */
interface Row extends Pick<Participant, "device" | "threads" | "flags"> {
  name: string;
  median: number;
  unit: string;
  /** Operations per second (1e9), or null where they were not counted. */
  gflops: number | null;
  /** Rounds that were measured. */
  runs: number;
}

/** A kernel is run this often in a round, a step so often, and the median taken. */
const KERNEL_RUNS = 15, STEP_RUNS = 2;
/** Between two turns, so that the threads of the one before have gone to sleep. */
const PAUSE_MS = 50;

if (import.meta.main) await runTask(command.name, () => bench(readArguments(command).flags));

async function bench(flags: Flags): Promise<void> {
  const rounds = parseWhole("rounds", flags.rounds ?? "7", 1, 1000);
  const threads = parseWhole(
    "threads",
    flags.threads ?? String(navigator.hardwareConcurrency),
    1,
    256,
  );
  const cases = (await benchCases()).filter(({ name }) => name.includes(flags.only ?? ""));
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
      const asked = participants.filter(({ isStock, device }) =>
        !(isStock && each.isSlow) || (flags.stock !== undefined && device === "webgpu")
      );
      const found = await measure(
        each,
        asked,
        rounds,
        flags.stock !== undefined,
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

/** The rows of a case, and how much longer than the first participant each took, as the median of the rounds' ratios. */
interface Found {
  rows: Row[];
  ratios: number[];
}

async function measure(
  given: BenchCase,
  participants: readonly Participant[],
  rounds: number,
  everyRound: boolean,
  onRound: (round: number) => void,
): Promise<Found> {
  const { name, unit } = given;
  const seconds = participants.map((): number[] => []);
  const flops = participants.map(() => 0);
  for (let round = 0; round < rounds; round++) {
    onRound(round + 1);
    for (let k = 0; k < participants.length; k++) {
      // Another one begins in every round, so that what a participant leaves behind does not always meet the same.
      const i = (round + k) % participants.length;
      // Whoever is a hundred times slower need not be measured to the percent, unless that is what was asked.
      if (participants[i].isStock && round > 0 && !everyRound) continue;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      const runs = unit === "GFLOP/s" ? KERNEL_RUNS : STEP_RUNS;
      const answer = await participants[i].ask({ name, runs });
      const times = "seconds" in answer ? answer.seconds : [];
      if ("seconds" in answer) flops[i] = answer.flop ?? 0;
      if (times.length > 0) seconds[i].push(median(times));
    }
  }
  await Promise.all(participants.map((participant) => participant.ask({ drop: name })));
  const measured = participants
    .map((participant, i) => ({ participant, seconds: seconds[i], flop: flops[i] }))
    .filter((each) => each.seconds.length > 0);
  return {
    rows: measured.map(({ participant: { device, threads, flags }, seconds: times, flop }) => {
      return {
        name,
        device,
        threads,
        flags,
        median: inUnit(given, median(times)),
        gflops: flop ? flop / median(times) / 1e9 : null,
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
    const speed = row.gflops && unit !== "GFLOP/s" ? `   ${row.gflops.toFixed(0)} GFLOP/s` : "";
    note(`  ${labelOf(row).padEnd(30)} ${value.padStart(8)}   x ${ratios[i].toFixed(2)}${speed}`);
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b), middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
