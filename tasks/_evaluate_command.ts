// The command line of `evaluate`, and the generator that it names.

import { type Command, UsageError } from "./_cli.ts";
import { POSTER_METRICS_NOTES } from "./_compare_metrics.ts";
import { comparisonFlags } from "./_compare_settings.ts";
import { type ModelFiles, readModelFiles } from "./_model_files.ts";
import { PROCEDURAL } from "./_poster_data.ts";
import { readRun, type SavedRun } from "./_read_run.ts";
import { STYLE_METRICS, STYLE_SAMPLES } from "./_style_measure.ts";

/** The command line. */
export const evaluateCommand = {
  name: "evaluate",
  summary: "Measures a generator, of a run or exported, by pictures that it was not trained on.",
  flags: {
    run: { value: "DIR", help: "Folder of the run" },
    model: { value: "ID", help: "Exported model: its id, or its folder" },
    data: {
      value: "DATA",
      default: `the run's own; ${PROCEDURAL} for a model`,
      help: `Posters' file, films' folder, or ${PROCEDURAL}`,
    },
    out: { value: "DIR", help: "Folder for report.json, and report.html or sheet.png" },
    json: { help: "Print the report as JSON instead of lines" },
    ...comparisonFlags,
    samples: {
      value: "N",
      default: `${comparisonFlags.samples.default}; ${STYLE_SAMPLES} of a style model`,
      help: "Posters to draw; test pictures of each film",
    },
  },
  notes: [
    "Posters",
    POSTER_METRICS_NOTES,
    "The judge is a genre classifier that is trained on the posters themselves, once. Figures of two",
    "reports compare only if both name the same data, the same judge and as many samples.",
    "",
    "Style models, in both directions, beside doing nothing and matching histograms",
    `Metrics: ${
      STYLE_METRICS.join(",")
    }; all of them if not told. kid, fid  on features of an untrained`,
    "network, and swd, between redrawn test pictures and real ones of the other film; psnr, ssim  against",
    "the true answer, which the procedural films and folders of data:films have.",
  ].join("\n"),
} satisfies Command<string>;

/** What was typed. */
export type EvaluateFlags = Partial<Record<keyof typeof evaluateCommand["flags"], string>>;

/** A generator before it is known what it makes. */
export type Found = { kind: "run"; run: SavedRun } | { kind: "model"; model: ModelFiles };

/**
 * Reads the run or the model that was named.
 *
 * @throws {UsageError} if not exactly one was @throws {TaskError | SyntaxError} if it cannot be read
 */
export async function findGenerator(
  { run, model }: EvaluateFlags,
  warn: (message: string) => void,
): Promise<Found> {
  if (run !== undefined && model === undefined) {
    return { kind: "run", run: await readRun(run, warn) };
  }
  if (model !== undefined && run === undefined) {
    return { kind: "model", model: await readModelFiles(model) };
  }
  throw new UsageError("Cannot evaluate: expected either --run or --model");
}
