// `deno task export`: turns a run's averaged generators into a model that the web app serves and `stylize` runs.

import { join } from "node:path";
import sharp from "sharp";
import type { Manifest } from "../models/manifest.ts";
import { writeAtomically } from "./_atomic_file.ts";
import { parseChoice, readArguments, runTask, TaskError, UsageError } from "./_cli.ts";
import { parseDevice, startTaskDevice } from "./_device_flag.ts";
import { exportForeign, FOREIGN_FORMATS } from "./_export_foreign.ts";
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
  const model = await familyPart(run, flags);
  const written = await writeModel(folder, {
    tensors: model.tensors,
    dtype,
    facts: {
      id: flags.id,
      name: flags.name ?? flags.id,
      ...model.facts,
      ...(flags.card !== undefined && { card: flags.card }),
      trainedSize: run.checkpoint.config.size,
      training: describeTraining(run, model),
      license: flags.license ?? "MIT",
    },
  });
  await copyNewestSample(run.path, folder);
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
