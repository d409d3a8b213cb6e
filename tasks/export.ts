// `deno task export`: turns a run's averaged generators into a model that the web app serves and `stylize` runs.

import { basename, join } from "node:path";
import * as v from "valibot";
import { encodeSafetensors, storeFloats } from "../gpu/safetensors.ts";
import { SIZE_MULTIPLE } from "../models/cyclegan/config.ts";
import { type Manifest, modelIdSchema, parseManifest } from "../models/manifest.ts";
import { sha256Hex } from "../models/weights_file.ts";
import { writeAtomically } from "./_atomic_file.ts";
import {
  type Command,
  parseChoice,
  readArguments,
  runTask,
  TaskError,
  UsageError,
} from "./_cli.ts";
import { MODELS_DIR } from "./_model_files.ts";
import { readRun, type SavedRun } from "./_read_run.ts";

const command = {
  name: "export",
  summary: "Exports a run's averaged generators as a model for the web app and for stylize.",
  flags: {
    run: { value: "DIR", help: "Folder of the run" },
    id: { value: "ID", help: "Id of the model: lower-case letters, digits, hyphens" },
    dtype: { value: "TYPE", default: "f16", help: "f16 (half the size) or f32" },
    name: { value: "TEXT", default: "the id", help: "Name for people" },
    "film-a": { value: "TEXT", default: "Film A", help: "Name of film A" },
    "film-b": { value: "TEXT", default: "Film B", help: "Name of film B" },
    license: { value: "TEXT", default: "MIT", help: "Licence of the weights" },
    card: { value: "TEXT", help: "What the model does and where it fails, for people" },
    out: { value: "DIR", default: MODELS_DIR, help: "Folder that gets a folder named by the id" },
    force: { help: "Replace a model of that id" },
  },
} satisfies Command<string>;

type Flags = Partial<Record<keyof typeof command["flags"], string>>;

if (import.meta.main) await runTask(command.name, () => exportModel(readArguments(command).flags));

async function exportModel(flags: Flags): Promise<void> {
  if (flags.run === undefined || flags.id === undefined) {
    throw new UsageError("Cannot export: --run and --id are needed");
  }
  if (!v.is(modelIdSchema, flags.id)) {
    throw new UsageError(
      `--id is "${flags.id}", expected lower-case letters, digits and single hyphens`,
    );
  }
  const dtype = parseChoice("dtype", flags.dtype ?? "f16", ["f16", "f32"]);
  const folder = join(flags.out ?? MODELS_DIR, flags.id);
  if (!flags.force && await Deno.stat(folder).catch(() => undefined)) {
    throw new TaskError(`Cannot export to ${folder}: it exists; give --force to replace it`);
  }
  const run = await readRun(flags.run, (warning) => console.error(warning));
  const { weights, parameters } = encodeWeights(run, dtype);
  const manifest = parseManifest({
    ...describe(run, flags, flags.id),
    dtype,
    weights: {
      file: "weights.safetensors",
      bytes: weights.length,
      sha256: await sha256Hex(weights),
    },
    parameters,
    training: await describeTraining(run),
  });
  await Deno.mkdir(folder, { recursive: true });
  await copyNewestSample(run.path, folder);
  await writeAtomically(join(folder, "weights.safetensors"), weights);
  // The manifest comes last: a reader that finds it finds the weights that it speaks of.
  const json = new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`);
  await writeAtomically(join(folder, "manifest.json"), json);
  console.log(
    `${folder}: ${parameters} parameters, ${(weights.length / 1e6).toFixed(2)} MB as ${dtype}`,
  );
}

function encodeWeights(
  { checkpoint }: SavedRun,
  dtype: "f16" | "f32",
): { weights: Uint8Array<ArrayBuffer>; parameters: number } {
  let parameters = 0;
  const tensors = new Map();
  for (const [path, { shape, values }] of checkpoint.tensors) {
    if (!path.startsWith("ema.")) continue;
    if (!values.every(Number.isFinite)) {
      throw new TaskError(`Cannot export: "${path}" has values that are not finite`);
    }
    tensors.set(
      path.slice("ema.".length),
      storeFloats(values, shape, dtype === "f16" ? "F16" : "F32"),
    );
    parameters += values.length;
  }
  return { weights: encodeSafetensors(tensors), parameters };
}

function describe(run: SavedRun, flags: Flags, id: string): Partial<Manifest> {
  const { config } = run.checkpoint;
  const filmA = flags["film-a"] ?? "Film A", filmB = flags["film-b"] ?? "Film B";
  return {
    formatVersion: 1,
    id,
    name: flags.name ?? id,
    family: "cyclegan",
    config: config.generator,
    directions: [{ id: "AtoB", from: filmA, to: filmB }, { id: "BtoA", from: filmB, to: filmA }],
    sizeMultiple: SIZE_MULTIPLE,
    trainedSize: config.size,
    valueRange: [-1, 1],
    license: flags.license ?? "MIT",
    card: flags.card ??
      `CycleGAN generators between ${filmA} and ${filmB}, trained on ${datasetName(run)}.`,
    exportedAt: new Date().toISOString(),
  };
}

/** The data set in words, without the path that its folder has on this machine. */
function datasetName({ dataset, data }: SavedRun): string {
  return dataset.replace(data, basename(data));
}

async function describeTraining(run: SavedRun): Promise<Manifest["training"]> {
  const { checkpoint, revision, device } = run;
  return {
    dataset: datasetName(run),
    datasetHash: checkpoint.dataHash,
    imagesSeen: checkpoint.counters.imagesSeen,
    seed: checkpoint.config.seed,
    revision,
    device,
    seconds: Math.round(checkpoint.seconds),
    metrics: await lastMetrics(run),
  };
}

/** The newest cycle and identity losses, and the newest error against the true answer where the films are paired. */
async function lastMetrics({ path, checkpoint }: SavedRun): Promise<Record<string, number>> {
  const text = await Deno.readTextFile(join(path, "metrics.jsonl")).catch(() => "");
  const metrics: Record<string, number> = {};
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const { images, truth, lossCycle, lossIdentity } = JSON.parse(line);
    if (images > checkpoint.counters.imagesSeen) continue;
    if (lossCycle !== undefined) Object.assign(metrics, { lossCycle, lossIdentity });
    if (truth) {
      metrics.errorAtoB = truth.AtoB;
      metrics.errorBtoA = truth.BtoA;
      metrics.errorUnchanged = truth.unchanged;
    }
  }
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)));
}

async function copyNewestSample(runPath: string, folder: string): Promise<void> {
  const samples = [];
  for await (const { name } of Deno.readDir(join(runPath, "samples"))) {
    if (name.endsWith(".png")) samples.push(name);
  }
  const newest = samples.sort().at(-1);
  if (newest) await Deno.copyFile(join(runPath, "samples", newest), join(folder, "sample.png"));
}
