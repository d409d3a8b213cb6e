// The part of `evaluate` for posters: a comparison of one generator.

import { join } from "node:path";
import type { PosterSet } from "../data/posters.ts";
import type { Device } from "../gpu/device.ts";
import type { PosterManifest } from "../models/manifest.ts";
import type { PosterTrainingConfig } from "../models/poster/training_config.ts";
import { readComparison } from "./_compare_settings.ts";
import { modelSubject, runSubject, type Subject } from "./_compare_subject.ts";
import { comparePosters, figureLines, writeReport } from "./_comparison.ts";
import type { EvaluateFlags } from "./_evaluate_command.ts";
import { openPosterData, PROCEDURAL } from "./_poster_data.ts";
import { posterRunOf } from "./_poster_run.ts";
import type { SavedRun } from "./_read_run.ts";
import type { StatusLine } from "./_status_line.ts";

/** A poster generator on disk. */
export type FoundPosters =
  | { kind: "run"; run: SavedRun<PosterTrainingConfig> }
  | { kind: "model"; manifest: PosterManifest; weights: Uint8Array<ArrayBuffer> };

/** What an evaluation works with. */
export interface EvaluateOptions {
  flags: EvaluateFlags;
  device: Device;
  status: StatusLine;
}

/** Measures it, prints what was found, and writes the report if that was asked for. */
export async function evaluatePosters(
  found: FoundPosters,
  { flags, device, status }: EvaluateOptions,
): Promise<void> {
  const settings = readComparison(flags);
  const subject = found.kind === "run"
    ? runSubject(posterRunOf(found.run))
    : await modelSubject(found.manifest, found.weights);
  const set = await openSet(subject, flags.data ?? ownData(found), status);
  const comparison = await comparePosters(settings, { set, subjects: [subject], device, status });
  if (flags.json !== undefined) console.log(JSON.stringify(comparison.report, null, 2));
  else figureLines(comparison.report).forEach((line) => console.log(line));
  if (flags.out !== undefined) {
    await writeReport(flags.out, comparison);
    console.error(`${join(flags.out, "report.html")}, report.json`);
  }
  subject.dispose();
  await set.close();
}

function ownData(found: FoundPosters): string {
  return found.kind === "run" ? found.run.data : PROCEDURAL;
}

async function openSet(
  { path, size: [height, width], dataHash }: Subject,
  data: string,
  status: StatusLine,
): Promise<PosterSet> {
  const set = await openPosterData(data, { width, height }, { width, height });
  if (set.hash !== dataHash) {
    status.note(
      `${path} was trained on other posters (${dataHash.slice(0, 12)}) than these ` +
        `(${set.hash.slice(0, 12)}): what is held out here may not have been there`,
    );
  }
  return set;
}
