// `deno task import`: makes a model of published CycleGAN weights, from PyTorch's files or from safetensors.

import { basename, join } from "node:path";
import { type GeneratorConfig, SIZE_MULTIPLE } from "../models/cyclegan/config.ts";
import type { Direction } from "../models/manifest.ts";
import type { LoadedTensor } from "../models/train_state.ts";
import { sha256Hex } from "../models/weights_file.ts";
import {
  type Command,
  parseChoice,
  parseSize,
  readArguments,
  runTask,
  TaskError,
  UsageError,
} from "./_cli.ts";
import {
  describePublished,
  type PublishedFile,
  type PublishedGenerator,
  publishedTensors,
  readPublished,
} from "./_import_generator.ts";
import { MODELS_DIR } from "./_model_files.ts";
import { claimModelFolder, writeModel } from "./_write_model.ts";

const command = {
  name: "import",
  summary: "Makes a model of published CycleGAN weights (.pth of PyTorch, or .safetensors).",
  flags: {
    file: { value: "FILE", help: "Weights of one generator, such as latest_net_G_A.pth" },
    direction: { value: "DIR", default: "AtoB", help: "What it does: AtoB or BtoA" },
    back: {
      value: "FILE",
      default: "none",
      help: "Weights of the generator for the other direction, such as latest_net_G_B.pth",
    },
    id: { value: "ID", help: "Id of the model: lower-case letters, digits, hyphens" },
    license: { value: "TEXT", help: "Licence of the weights, or unknown; must be given" },
    name: { value: "TEXT", default: "the id", help: "Name for people" },
    "film-a": { value: "TEXT", default: "Film A", help: "Name of A" },
    "film-b": { value: "TEXT", default: "Film B", help: "Name of B" },
    dataset: { value: "TEXT", default: "unknown", help: "What it was trained on, in words" },
    size: { value: "N|HxW", default: "256", help: "Size of the training pictures, in pixels" },
    dtype: { value: "TYPE", default: "f16", help: "f16 (half the size) or f32" },
    card: { value: "TEXT", help: "What the model does and where it fails, for people" },
    out: { value: "DIR", default: MODELS_DIR, help: "Folder that gets a folder named by the id" },
    force: { help: "Replace a model of that id" },
    "dry-run": { help: "Only show what is in the files" },
  },
  notes: "Read are state dicts of the ResNet generator of pytorch-CycleGAN-and-pix2pix. A file's " +
    "pickle may name\nonly the few things that tensors are made of; anything else is refused, " +
    "and nothing of it is run.",
} satisfies Command<string>;

type Flags = Partial<Record<keyof typeof command["flags"], string>>;

/** The generators that were found, by what they do. */
type Found = Partial<Record<Direction, PublishedFile>>;

const NETWORK = { AtoB: "genAB", BtoA: "genBA" } as const;

if (import.meta.main) await runTask(command.name, () => importModel(readArguments(command).flags));

async function importModel(flags: Flags): Promise<void> {
  if (flags.file === undefined) throw new UsageError("Cannot import: --file is needed");
  const isDry = flags["dry-run"] !== undefined, { id, license } = flags;
  const target = isDry ? undefined : await prepareTarget(id, license, flags);
  const dtype = parseChoice("dtype", flags.dtype ?? "f16", ["f16", "f32"]);
  const size = parseSize("size", flags.size ?? "256");
  const found = await findGenerators(flags.file, flags);
  for (const line of Object.values(found).flatMap(describePublished)) console.log(line);
  if (!target) return;
  const config = commonConfig(Object.values(found));
  const written = await writeModel(target.folder, {
    dtype,
    tensors: collectTensors(found),
    facts: {
      ...await describeModel(found, config, flags),
      id: target.id,
      name: flags.name ?? target.id,
      license: target.license,
      trainedSize: size,
    },
  });
  // What another model drew, before --force.
  for (const sample of ["sample.png", "sample.webp"]) {
    await Deno.remove(join(target.folder, sample)).catch(() => {});
  }
  console.log(written);
}

async function prepareTarget(id: string | undefined, license: string | undefined, flags: Flags) {
  if (id === undefined || license === undefined) {
    throw new UsageError(
      "Cannot import: --id and --license are needed; weights are under their author's licence: " +
        "give its name, or unknown",
    );
  }
  return { id, license, folder: await claimModelFolder("import", id, flags) };
}

async function findGenerators(file: string, { direction, back }: Flags): Promise<Found> {
  const forth = parseChoice("direction", direction ?? "AtoB", ["AtoB", "BtoA"]);
  const found: Found = { [forth]: await readPublished(file) };
  if (back !== undefined) found[forth === "AtoB" ? "BtoA" : "AtoB"] = await readPublished(back);
  return found;
}

/** The architecture, which both directions of a model share. */
function commonConfig([first, ...others]: PublishedGenerator[]): GeneratorConfig {
  const { width, blocks } = first.config;
  for (const { path, config } of others) {
    if (config.width !== width || config.blocks !== blocks) {
      throw new TaskError(
        `Cannot import ${path}: it has width ${config.width} and ${config.blocks} blocks, ` +
          `${first.path} has ${width} and ${blocks}; both directions of a model have the same`,
      );
    }
  }
  return first.config;
}

function collectTensors(found: Found): Map<string, LoadedTensor> {
  return new Map((["AtoB", "BtoA"] as const).flatMap((direction) => {
    const generator = found[direction];
    return generator ? [...publishedTensors(generator, NETWORK[direction])] : [];
  }));
}

/** What the manifest says. How it was trained is not known; the data set's hash is that of the file that was imported. */
async function describeModel(
  { AtoB, BtoA }: Found,
  config: GeneratorConfig,
  flags: Flags,
): Promise<Record<string, unknown>> {
  const filmA = flags["film-a"] ?? "Film A", filmB = flags["film-b"] ?? "Film B";
  const sources = [AtoB, BtoA].filter((generator) => generator !== undefined);
  const files = sources.map(({ path }) => basename(path)).join(" and ").slice(0, 150);
  const hashes = sources.map(({ sha256 }) => sha256);
  const both = new TextEncoder().encode(hashes.join(""));
  return {
    family: "cyclegan",
    config,
    directions: [
      ...(AtoB ? [{ id: "AtoB", from: filmA, to: filmB }] : []),
      ...(BtoA ? [{ id: "BtoA", from: filmB, to: filmA }] : []),
    ],
    sizeMultiple: SIZE_MULTIPLE,
    card: flags.card ?? `Published CycleGAN weights for ${filmA} and ${filmB}, imported from ` +
        `${files}. What they were trained on and how is told by their author.`,
    training: {
      dataset: flags.dataset ?? `unknown; imported from ${files}`,
      datasetHash: hashes.length === 1 ? hashes[0] : await sha256Hex(both),
      imagesSeen: 0,
      seed: 0,
      revision: "imported",
      device: "an unknown device",
      seconds: 0,
      metrics: {},
    },
  };
}
