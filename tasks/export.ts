// `deno task export`: turns a run's averaged generators into a model that the web app serves and `stylize` runs.

import { join } from "node:path";
import sharp from "sharp";
import * as v from "valibot";
import { encodeSafetensors, type StoredTensor, storeFloats } from "../gpu/safetensors.ts";
import { type Manifest, modelIdSchema, parseManifest } from "../models/manifest.ts";
import { sha256Hex } from "../models/weights_file.ts";
import { writeAtomically } from "./_atomic_file.ts";
import { parseChoice, readArguments, runTask, TaskError, UsageError } from "./_cli.ts";
import { parseDevice, startTaskDevice } from "./_device_flag.ts";
import { exportPosters } from "./_export_posters.ts";
import { exportStyle } from "./_export_style.ts";
import {
  describeDataset,
  exportCommand,
  type ExportedModel,
  type ExportFlags,
} from "./_exported_model.ts";
import { MODELS_DIR } from "./_model_files.ts";
import { isRunOf, readRun, type SavedRun } from "./_read_run.ts";

if (import.meta.main) {
  await runTask(exportCommand.name, () => exportModel(readArguments(exportCommand).flags));
}

async function exportModel(flags: ExportFlags): Promise<void> {
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
  const model = await familyPart(run, flags);
  const { weights, parameters } = encodeWeights(model, dtype);
  const manifest = parseManifest({
    formatVersion: 1,
    id: flags.id,
    name: flags.name ?? flags.id,
    ...model.facts,
    ...(flags.card !== undefined && { card: flags.card }),
    trainedSize: run.checkpoint.config.size,
    valueRange: [-1, 1],
    dtype,
    weights: {
      file: "weights.safetensors",
      bytes: weights.length,
      sha256: await sha256Hex(weights),
    },
    parameters,
    training: describeTraining(run, model),
    license: flags.license ?? "MIT",
    exportedAt: new Date().toISOString(),
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

async function familyPart(run: SavedRun, flags: ExportFlags): Promise<ExportedModel> {
  if (isRunOf(run, "cyclegan")) return await exportStyle(run, flags);
  if (!isRunOf(run, "poster")) throw new TaskError("Cannot export: the run is of no known family");
  const device = await startTaskDevice(parseDevice(flags));
  try {
    return await exportPosters(run, flags);
  } finally {
    device.dispose();
  }
}

function encodeWeights(
  { tensors }: ExportedModel,
  dtype: "f16" | "f32",
): { weights: Uint8Array<ArrayBuffer>; parameters: number } {
  let parameters = 0;
  const stored = new Map<string, StoredTensor>();
  for (const [path, { shape, values }] of tensors) {
    if (!values.every(Number.isFinite)) {
      throw new TaskError(`Cannot export: "${path}" has values that are not finite`);
    }
    stored.set(path, storeFloats(values, shape, dtype === "f16" ? "F16" : "F32"));
    parameters += values.length;
  }
  return { weights: encodeSafetensors(stored), parameters };
}

function describeTraining(run: SavedRun, { metrics }: ExportedModel): Manifest["training"] {
  const { checkpoint, revision, device } = run;
  const finite = Object.entries(metrics).filter((entry): entry is [string, number] =>
    Number.isFinite(entry[1])
  );
  return {
    dataset: describeDataset(run),
    datasetHash: checkpoint.dataHash,
    imagesSeen: checkpoint.counters.imagesSeen,
    seed: checkpoint.config.seed,
    revision,
    device,
    seconds: Math.round(checkpoint.seconds),
    metrics: Object.fromEntries(finite),
  };
}

/** The newest sheet as the model's sample, in 256 colours: a quarter of the bytes for the page. */
async function copyNewestSample(runPath: string, folder: string): Promise<void> {
  const samples = [];
  for await (const { name } of Deno.readDir(join(runPath, "samples"))) {
    if (name.endsWith(".png")) samples.push(name);
  }
  const newest = samples.sort().at(-1);
  if (newest === undefined) return;
  const png = await sharp(join(runPath, "samples", newest)).png({ palette: true, effort: 10 })
    .toBuffer();
  await writeAtomically(join(folder, "sample.png"), new Uint8Array(png));
}
