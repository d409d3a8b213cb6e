// What the families' exports share.

import { basename } from "node:path";
import type { LoadedTensor } from "../models/train_state.ts";
import type { Command } from "./_cli.ts";
import { deviceFlags } from "./_device_flag.ts";
import { MODELS_DIR } from "./_model_files.ts";
import type { SavedRun } from "./_read_run.ts";

/** The command line of `export`. */
export const exportCommand = {
  name: "export",
  summary: "Exports a run's averaged generators as a model for the web app.",
  flags: {
    run: { value: "DIR", help: "Folder of the run" },
    id: { value: "ID", help: "Id of the model: lower-case letters, digits, hyphens" },
    format: {
      value: "FORM",
      default: "web",
      help: "web (for the app), or of a style model onnx, safetensors or pth-keys; see below",
    },
    dtype: {
      value: "TYPE",
      default: "f16; f32 in other formats than web",
      help: "f16 (half the size) or f32",
    },
    name: { value: "TEXT", default: "the id", help: "Name for people" },
    "film-a": { value: "TEXT", default: "Film A", help: "Name of film A, of a style model" },
    "film-b": { value: "TEXT", default: "Film B", help: "Name of film B, of a style model" },
    license: { value: "TEXT", default: "MIT", help: "Licence of the weights" },
    card: { value: "TEXT", help: "What the model does, for people" },
    limits: { value: "TEXT", help: "Where it fails, for people" },
    report: {
      value: "FILE",
      help: "report.json of evaluate or compare: its figures go into the model's card",
    },
    out: {
      value: "DIR",
      default: `${MODELS_DIR}; exports in other formats`,
      help: "Folder that gets a folder named by the id",
    },
    force: { help: "Replace a model of that id" },
    ...deviceFlags,
  },
  notes: [
    "Formats for other programs, a file for each direction; pictures are RGB, [n, 3, h, w] in [-1, 1]:",
    "  onnx         the network itself, opset 17, for ONNX Runtime and others",
    "  pth-keys     PyTorch's state dict (.pth) for the ResnetGenerator of pytorch-CycleGAN-and-pix2pix",
    "  safetensors  the same names and layouts as safetensors",
    "The device folds the norms of a poster generator into its weights.",
  ].join("\n"),
} satisfies Command<string>;

/** What was typed. */
export type ExportFlags = Partial<Record<keyof typeof exportCommand["flags"], string>>;

/** A family's part of an exported model. */
export interface ExportedModel {
  /** The weights by their dotted paths in the file. */
  tensors: Map<string, LoadedTensor>;
  /** What the manifest says beside what all families' say; `card` is what it says without --card. */
  facts: Record<string, unknown> & { card: string };
  /** Measures of the training; what is no finite number is left out. */
  metrics: Record<string, unknown>;
}

/** The data set in words, without the path that its folder has on this machine. */
export function describeDataset({ dataset, data }: SavedRun): string {
  return dataset.replace(data, basename(data));
}
