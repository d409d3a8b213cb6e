// A comparison of poster generators: measured one after another against the same real posters, then shown and written.

import { join } from "node:path";
import type { PosterSet } from "../data/posters.ts";
import type { Device } from "../gpu/device.ts";
import { writeAtomically } from "./_atomic_file.ts";
import { TaskError } from "./_cli.ts";
import { COLUMN_GROUPS } from "./_compare_columns.ts";
import { drawSamples, type Figures, measureReal, measureSamples } from "./_compare_measure.ts";
import {
  type CompareReport,
  type ReportedRun,
  reportHtml,
  type ReportStrips,
} from "./_compare_report.ts";
import type { ComparisonSettings } from "./_compare_settings.ts";
import { nearStrip, realStrips, runStrips } from "./_compare_sheets.ts";
import { assertGenres, type Subject } from "./_compare_subject.ts";
import { type Judge, openJudge } from "./_judge.ts";
import { provenance } from "./_provenance.ts";
import { readRealPosters } from "./_real_posters.ts";
import type { StatusLine } from "./_status_line.ts";

/** The judge stays the same whatever --seed says, so that figures of other samples compare. */
const JUDGE_SEED = 1;

/** What a comparison works with. */
export interface Compared {
  set: PosterSet;
  subjects: readonly Subject[];
  device: Device;
  status: StatusLine;
}

/** A finished comparison. */
export interface Comparison {
  report: CompareReport;
  strips: ReportStrips;
}

/**
 * Measures all subjects by the set's judge, which is trained first if there is none yet.
 *
 * @throws {TaskError} if a subject has other genres than the set, or the set has too few posters
 */
export async function comparePosters(
  settings: ComparisonSettings,
  { set, subjects, device, status }: Compared,
): Promise<Comparison> {
  subjects.forEach((subject) => assertGenres(subject, set));
  const judge = await openJudge(set, { ...settings.judge, seed: JUDGE_SEED, status });
  status.note(judge.description);
  try {
    const compared = await measureAll(settings, { set, subjects, judge, status });
    return { ...compared, report: { ...compared.report, provenance: await provenance(device) } };
  } finally {
    status.end();
    judge.dispose();
  }
}

async function measureAll(
  { judge: _, ...settings }: ComparisonSettings,
  { set, subjects, judge, status }: Omit<Compared, "device"> & { judge: Judge },
): Promise<{ report: Omit<CompareReport, "provenance">; strips: ReportStrips }> {
  const options = { ...settings, status };
  const real = await readRealPosters(set, judge, options);
  const { heldOut, training } = real, { description, hash, genres } = set;
  const strips: ReportStrips = {
    ...{ real: await realStrips(set, heldOut.source), runs: [], near: [] },
  };
  const runs: ReportedRun[] = [];
  for (const subject of subjects) {
    const samples = await drawSamples(subject, real, options);
    const figures = await measureSamples(subject, samples, real, options);
    const { memorisation } = figures;
    runs.push({ ...factsOf(subject, subjects), figures });
    strips.runs.push(await runStrips(subject, genres.length));
    strips.near.push(
      memorisation ? await nearStrip(memorisation, samples.source, set) : undefined,
    );
  }
  const { samples, split, seed, metrics } = settings;
  const report: Omit<CompareReport, "provenance"> = {
    format: 2,
    data: { description, hash, genres },
    judge: { description: judge.description, sha256: judge.sha256, accuracy: judge.accuracy },
    heldOut: { used: heldOut.source.count, all: set.split[split].length, split },
    ...{ training: training.source.count, samples, seed, metrics: [...metrics] },
    ...{ real: measureReal(real, options), runs },
  };
  return { report, strips };
}

function factsOf(subject: Subject, subjects: readonly Subject[]): Omit<ReportedRun, "figures"> {
  const { name, path, model, genres, imagesSeen, seconds, parameters, device } = subject;
  const isAlone = subjects.filter((other) => other.name === name).length === 1;
  return {
    name: isAlone ? name : path,
    ...{ path, model, hasGenres: genres.length > 0 },
    ...{ imagesSeen, trainingSeconds: Math.round(seconds), parameters, device },
  };
}

/** Writes report.html and report.json. @throws {TaskError} if the folder cannot be made */
export async function writeReport(
  folder: string,
  { report, strips }: Comparison,
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true }).catch((error) => {
    throw new TaskError(`Cannot make folder ${folder}: ${error.message}`);
  });
  const write = (name: string, text: string) =>
    writeAtomically(join(folder, name), new TextEncoder().encode(text));
  await write("report.json", `${JSON.stringify(report, null, 2)}\n`);
  await write("report.html", reportHtml(report, strips));
}

/** One line for the real posters and each run: what was measured of it. */
export function figureLines({ real, runs, metrics }: CompareReport): string[] {
  const columns = COLUMN_GROUPS.flatMap((group) => group.columns)
    .filter(({ metric }) => metrics.includes(metric));
  const line = (name: string, figures: Figures) =>
    `${name}: ${
      columns.flatMap(({ head, cell }) => {
        const found = cell(figures);
        return found ? [`${head} ${found.text}`] : [];
      }).join(", ")
    }`;
  return [
    line("real posters", real),
    ...runs.map(({ name, figures, hasGenres }) =>
      line(name, figures) + (hasGenres ? "" : ", has no genres")
    ),
  ];
}
