// `deno task bench:gpu`: what training steps and inference ask of a GPU, counted exactly for stock tfjs and for our engine, and on a
// real adapter the milliseconds of each kernel.

import { styleText } from "node:util";
import { startDevice } from "../gpu/device.ts";
import type { GpuEngine } from "./_bench_gpu_child.ts";
import { gpuCases } from "./_bench_gpu_cases.ts";
import { type Command, readArguments, runTask, TaskError } from "./_cli.ts";
import { gpuGate } from "./_gates.ts";
import type { GpuCounts, KernelCounts } from "./_gpu_counts.ts";
import { statusLine } from "./_status_line.ts";

const command = {
  name: "bench:gpu",
  summary: "Counts what training steps and inference ask of a GPU, for stock tfjs and for ours.",
  flags: {
    only: { value: "WORD", help: "Only the cases with this word in their name" },
    kernels: { help: "Print the part of each kernel too" },
    times: { help: "Time kernels on a software adapter too; minutes for the large steps" },
    json: {
      help:
        "Print JSON: a list of name, engine, dispatches, uploads, uploadBytes, trafficBytes, liveBytes and more",
    },
  },
  notes: [
    "The programs are traced: they run at their real size, but nothing is computed, so any adapter will do.",
    "stock   the same model code on tfjs's kernels and gradients; of ours, only those without which it would be",
    "        wrong (reflection padding) or would not run (a convolution with a bias)",
    "uploads numbers and arrays sent to the GPU; traffic: each kernel's different inputs once and its output once;",
    "        live: most bytes in use at one time; held: all buffers, those kept for reuse among them",
    "ms      by the GPU's timestamps, each kernel submitted on its own: to be compared, not to be added up to a step",
  ].join("\n"),
} satisfies Command<string>;

type Flags = Partial<Record<keyof typeof command["flags"], string>>;

/** A row of the result; times are null where they were not measured. */
interface Row extends Omit<GpuCounts, "kernels"> {
  name: string;
  engine: GpuEngine;
  milliseconds: number | null;
  kernels: (KernelCounts & { milliseconds: number | null })[];
}

const ENGINES: readonly GpuEngine[] = ["stock", "own"];

/** The columns of the table: heading, and what stands under it. */
const COLUMNS: readonly [heading: string, cell: (row: Row) => string][] = [
  ["", ({ engine }) => engine],
  ["dispatches", ({ dispatches }) => String(dispatches)],
  ["submits", ({ submits }) => String(submits)],
  ["uploads", ({ uploads }) => String(uploads)],
  ["uploaded", ({ uploadBytes }) => bytes(uploadBytes)],
  ["created", ({ createdBytes }) => bytes(createdBytes)],
  ["pipelines", ({ pipelines }) => String(pipelines)],
  ["traffic", ({ trafficBytes }) => bytes(trafficBytes)],
  ["live", ({ liveBytes }) => bytes(liveBytes)],
  ["held", ({ heldBytes }) => bytes(heldBytes)],
  ["ms", ({ milliseconds }) => milliseconds?.toFixed(1) ?? "-"],
];

if (import.meta.main) await runTask(command.name, () => bench(readArguments(command).flags));

async function bench(flags: Flags): Promise<void> {
  const names = gpuCases().map(({ name }) => name).filter((name) =>
    name.includes(flags.only ?? "")
  );
  if (names.length === 0) {
    throw new TaskError(`Cannot count: no case has "${flags.only}" in its name`);
  }
  const gate = await gpuGate();
  if (!gate.available) throw new TaskError(`Cannot count: ${gate.reason}`);
  const status = statusLine(), isTimed = await decideTiming(flags, status.note);
  const rows: Row[] = [];
  for (const [i, name] of names.entries()) {
    const ofCase: Row[] = [];
    for (const engine of ENGINES) {
      status.update(`${i + 1}/${names.length} ${name}: ${engine}`);
      ofCase.push(await measure({ name, engine, isTimed, note: status.note }));
    }
    rows.push(...ofCase);
    if (!flags.json) printCase(name, ofCase, flags.kernels !== undefined);
  }
  status.end();
  if (flags.json) console.log(JSON.stringify(rows, null, 2));
}

/** Whether kernels are timed on this adapter; says so if not. */
async function decideTiming(flags: Flags, note: (line: string) => void): Promise<boolean> {
  const device = await startDevice("webgpu");
  const { description, isSoftware } = device;
  device.dispose();
  const adapter = await navigator.gpu.requestAdapter();
  const hasTimestamps = adapter?.features.has("timestamp-query") ?? false;
  const reason = !hasTimestamps
    ? "its adapter has no timestamps"
    : isSoftware && !flags.times
    ? "its adapter is a software one (--times: all the same)"
    : undefined;
  note(`${description}${reason ? `; no times: ${reason}` : ""}`);
  return reason === undefined;
}

async function measure(
  { name, engine, isTimed, note }: {
    name: string;
    engine: GpuEngine;
    isTimed: boolean;
    note: (line: string) => void;
  },
): Promise<Row> {
  const { kernels, ...counts } = await runChild<GpuCounts>("count", engine, name);
  const times = isTimed
    // A step may be too large for the card: what was counted stands.
    ? await runChild<Record<string, number>>("time", engine, name).catch((error) => {
      note(`${name}, ${engine}: no times: ${error.message}`);
    })
    : undefined;
  return {
    name,
    engine,
    ...counts,
    milliseconds: times ? Object.values(times).reduce((sum, ms) => sum + ms, 0) : null,
    kernels: kernels.map((each) => ({ ...each, milliseconds: times?.[each.kernel] ?? null })),
  };
}

async function runChild<Found>(
  task: "count" | "time",
  engine: GpuEngine,
  name: string,
): Promise<Found> {
  const script = new URL("_bench_gpu_child.ts", import.meta.url).pathname;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, task, engine, name],
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  if (!success) {
    throw new TaskError(`Cannot ${task} "${name}" on ${engine}: ${text(stderr).slice(-2000)}`);
  }
  return JSON.parse(text(stdout)) as Found;
}

function printCase(name: string, rows: readonly Row[], withKernels: boolean): void {
  console.log(`\n${styleText("bold", name)}`);
  printTable([
    COLUMNS.map(([heading]) => heading),
    ...rows.map((row) => COLUMNS.map(([, cell]) => cell(row))),
  ]);
  if (!withKernels) return;
  for (const { engine, kernels } of rows) {
    printTable([
      [engine, "dispatches", "traffic", "ms"],
      ...kernels.map(({ kernel, dispatches, trafficBytes, milliseconds }) => [
        ...[kernel, String(dispatches), bytes(trafficBytes), milliseconds?.toFixed(2) ?? "-"],
      ]),
    ]);
  }
}

/** Prints rows of cells under each other, the first column to the left, the others to the right. */
function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  for (const row of rows) {
    const cells = row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]));
    console.log(`  ${cells.join("  ")}`);
  }
}

function bytes(count: number): string {
  const units = ["B", "kB", "MB", "GB"];
  let value = count, i = 0;
  for (; value >= 1000 && i < units.length - 1; i++) value /= 1000;
  return `${i === 0 ? value : value.toPrecision(3)} ${units[i]}`;
}
