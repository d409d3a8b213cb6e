// `deno task export`: turns a run's averaged generators into a model that the web app serves and `stylize` runs.

import { join } from "node:path";
import sharp from "sharp";
import type { Manifest } from "../models/manifest.ts";
import { writeAtomically } from "./_atomic_file.ts";
import { parseChoice, readArguments, runTask, TaskError, UsageError } from "./_cli.ts";
import { parseDevice, startTaskDevice } from "./_device_flag.ts";
import { exportForeign, FOREIGN_FORMATS } from "./_export_foreign.ts";
import { readEvaluation } from "./_export_evaluation.ts";
import { exportPosters } from "./_export_posters.ts";
import { exportStyle } from "./_export_style.ts";
import {
  describeDataset,
  exportCommand,
  type ExportedModel,
  type ExportFlags,
} from "./_exported_model.ts";
import { isRunOf, readRun, type SavedRun } from "./_read_run.ts";
import { claimModelFolder, writeModel } from "./_write_model.ts";

if (import.meta.main) {
  await runTask(exportCommand.name, () => exportModel(readArguments(exportCommand).flags));
}

/** A sheet of pictures as a file, and what the manifest says of it. */
interface EncodedSample {
  facts: NonNullable<Manifest["sample"]>;
  bytes: Uint8Array;
}

async function exportModel(flags: ExportFlags): Promise<void> {
  if (flags.run === undefined || flags.id === undefined) {
    throw new UsageError("Cannot export: --run and --id are needed");
  }
  const format = parseChoice("format", flags.format ?? "web", ["web", ...FOREIGN_FORMATS]);
  if (format !== "web") {
    for (const line of await exportForeign(format, flags.run, flags.id, flags)) console.log(line);
    return;
  }
  const dtype = parseChoice("dtype", flags.dtype ?? "f16", ["f16", "f32"]);
  const folder = await claimModelFolder("export", flags.id, flags);
  const run = await readRun(flags.run, (warning) => console.error(warning));
  const evaluation = flags.report === undefined
    ? undefined
    : await readEvaluation(flags.report, run);
  const sample = await encodeNewestSample(run.path);
  const model = await familyPart(run, flags);
  const written = await writeModel(folder, {
    tensors: model.tensors,
    dtype,
    facts: {
      id: flags.id,
      name: flags.name ?? flags.id,
      ...model.facts,
      ...(flags.card !== undefined && { card: flags.card }),
      ...(flags.limits !== undefined && { limits: flags.limits }),
      ...(sample && { sample: sample.facts }),
      ...(evaluation && { evaluation }),
      trainedSize: run.checkpoint.config.size,
      training: describeTraining(run, model),
      license: flags.license ?? "MIT",
    },
  });
  if (sample) await writeAtomically(join(folder, sample.facts.file), sample.bytes);
  console.log(written);
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

/** The newest sheet as the model's sample; undefined if the run has none yet. */
async function encodeNewestSample(runPath: string): Promise<EncodedSample | undefined> {
  const samples = [];
  for await (const { name } of Deno.readDir(join(runPath, "samples"))) {
    if (name.endsWith(".png")) samples.push(name);
  }
  const newest = samples.sort().at(-1);
  if (newest === undefined) return;
  const { data, info } = await sharp(join(runPath, "samples", newest))
    .webp({ quality: 80, effort: 6, smartSubsample: true }).toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  return { facts: { file: "sample.webp", width, height }, bytes: new Uint8Array(data) };
}
