// The part of `evaluate` for style models: test pictures redrawn in each direction, beside what costs no learning.

import { join } from "node:path";
import { encodePng } from "../data/decode.ts";
import { type Picture, sheet } from "../gpu/picture.ts";
import type { Direction, StyleManifest } from "../models/manifest.ts";
import { applyCurves, matchHistograms } from "../models/metrics/histogram_match.ts";
import type { TrainingConfig } from "../models/cyclegan/training_config.ts";
import { writeAtomically } from "./_atomic_file.ts";
import { parseWhole, refuseFlags, TaskError } from "./_cli.ts";
import { parseMetrics } from "./_compare_metrics.ts";
import { comparisonFlags } from "./_compare_settings.ts";
import type { EvaluateFlags } from "./_evaluate_command.ts";
import type { EvaluateOptions } from "./_evaluate_posters.ts";
import { type Provenance, provenance } from "./_provenance.ts";
import type { SavedRun } from "./_read_run.ts";
import {
  measureStyle,
  MOST_STYLE_SAMPLES,
  STYLE_METRICS,
  STYLE_SAMPLES,
  type StyleFigures,
  type StyleMetric,
  untrainedFeatures,
} from "./_style_measure.ts";
import { modelStyle, runStyle, type StyleSubject } from "./_style_subject.ts";
import { timeLeft } from "./_time_left.ts";
import { openTrainingData, PROCEDURAL } from "./_training_data.ts";

/** A style model on disk. */
export type FoundStyle =
  | { kind: "run"; run: SavedRun<TrainingConfig> }
  | { kind: "model"; manifest: StyleManifest; weights: Uint8Array<ArrayBuffer> };

/** What is compared in one direction, and how it is called. */
const ROWS = {
  redrawn: "redrawn",
  unchanged: "doing nothing",
  histogram: "histograms matched",
  training: "training pictures of that film",
} as const;

/** The figures of one direction. */
export type DirectionFigures = { direction: Direction } & Record<keyof typeof ROWS, StyleFigures>;

/** All that `report.json` holds. */
export interface StyleReport {
  format: 1;
  model: { path: string; imagesSeen: number };
  data: { description: string; hash: string };
  /** Test pictures of each film. */
  pictures: number;
  metrics: readonly StyleMetric[];
  seed: number;
  directions: DirectionFigures[];
  provenance: Provenance;
}

/** Pictures of each film that histograms are made of, at most. */
const MOST_HISTOGRAM = 256;
/** Test pictures of each direction on the sheet. */
const SHEET_ROWS = 8;

/** Measures it, prints what was found, and writes the report if that was asked for. */
export async function evaluateStyle(
  found: FoundStyle,
  { flags, device, status }: EvaluateOptions,
): Promise<void> {
  refuseFlags(flags, ["split", "judge", "judge-images"], "they are for posters");
  const settings = readSettings(flags);
  const subject = found.kind === "run"
    ? runStyle(found.run)
    : await modelStyle(found.manifest, found.weights);
  const films = await readFilms(subject, flags.data ?? ownData(found), settings.samples);
  const directions: DirectionFigures[] = [], rows: Picture[][] = [];
  for (const direction of subject.directions) {
    const what = `Redrawing ${arrow(direction)}`;
    const done = timeLeft(status, what, films.A.test.length, "pictures");
    const measured = await measureDirection(subject, direction, films, { ...settings, done });
    directions.push(measured.figures);
    rows.push(...measured.rows);
  }
  status.end();
  const report: StyleReport = {
    format: 1,
    model: { path: subject.path, imagesSeen: subject.imagesSeen },
    data: films.data,
    ...{ pictures: films.A.test.length, metrics: [...settings.metrics], seed: settings.seed },
    ...{ directions, provenance: await provenance(device) },
  };
  if (flags.json !== undefined) console.log(JSON.stringify(report, null, 2));
  else styleLines(report).forEach((line) => console.log(line));
  if (flags.out !== undefined) await writeStyleReport(flags.out, report, rows);
  subject.dispose();
}

/** What the flags say. */
interface StyleSettings {
  samples: number;
  metrics: ReadonlySet<StyleMetric>;
  seed: number;
}

function readSettings(flags: EvaluateFlags): StyleSettings {
  const samples = flags.samples ?? String(STYLE_SAMPLES);
  return {
    samples: parseWhole("samples", samples, 4, MOST_STYLE_SAMPLES),
    metrics: parseMetrics(flags.metrics ?? "all", STYLE_METRICS),
    seed: parseWhole("seed", flags.seed ?? comparisonFlags.seed.default, 0, 2 ** 32 - 1),
  };
}

function ownData(found: FoundStyle): string {
  return found.kind === "run" ? found.run.data : PROCEDURAL;
}

/** Pictures of one film. */
interface Film {
  test: Picture[];
  training: Picture[];
}

/** Both films, and what is known of them. */
interface Films {
  A: Film;
  B: Film;
  /** Whether test picture i of both is the same scene. */
  paired: boolean;
  data: StyleReport["data"];
}

/** @throws {TaskError} if there are too few test pictures */
async function readFilms({ size }: StyleSubject, data: string, count: number): Promise<Films> {
  const config = { size, seed: 1, loadScale: 1, flip: false };
  const source = await openTrainingData(data, config, count);
  try {
    const test = await source.testPictures(count);
    if (test.a.length < 4) {
      throw new TaskError(
        `Cannot measure: ${data} has ${test.a.length} test pictures that both films have, expected at least 4`,
      );
    }
    const most = Math.max(MOST_HISTOGRAM, test.a.length);
    const training = await source.batch(0, Math.min(most, source.countA, source.countB));
    const { description, hash } = source;
    return {
      A: { test: test.a, training: training.a },
      B: { test: test.b, training: training.b },
      paired: test.paired,
      data: { description, hash },
    };
  } finally {
    await source.close();
  }
}

async function measureDirection(
  subject: StyleSubject,
  direction: Direction,
  films: Films,
  { metrics, seed, done }: StyleSettings & { done: (count: number) => void },
): Promise<{ figures: DirectionFigures; rows: Picture[][] }> {
  const [from, to] = direction === "AtoB" ? [films.A, films.B] : [films.B, films.A];
  const redrawn: Picture[] = [];
  for (const picture of from.test) {
    redrawn.push(await subject.redraw(picture, direction));
    done(redrawn.length);
  }
  const curves = matchHistograms(from.training, to.training);
  const matched = from.test.map((picture) => applyCurves(picture, curves));
  const needsFeatures = metrics.has("kid") || metrics.has("fid");
  const truth = {
    film: to.test,
    paired: films.paired,
    features: needsFeatures
      ? await untrainedFeatures(to.test)
      : { rows: 0, width: 1, values: new Float32Array() },
  };
  const measure = (pictures: Picture[], paired = films.paired) =>
    measureStyle(pictures, { ...truth, paired }, { metrics, seed });
  const figures: DirectionFigures = {
    direction,
    redrawn: await measure(redrawn),
    unchanged: await measure(from.test),
    histogram: await measure(matched),
    training: await measure(to.training.slice(0, to.test.length), false),
  };
  const rows = from.test.slice(0, SHEET_ROWS).map((picture, i) => [
    picture,
    matched[i],
    redrawn[i],
    ...(films.paired ? [to.test[i]] : []),
  ]);
  return { figures, rows };
}

/** A line for each set of pictures in each direction. */
function styleLines({ directions, data, pictures }: StyleReport): string[] {
  const number = (name: string, value: number | null | undefined, digits: number) =>
    value === null || value === undefined ? [] : [`${name} ${value.toFixed(digits)}`];
  return [
    `${data.description}; measured on ${pictures} test pictures of each`,
    ...directions.flatMap((figures) =>
      Object.entries(ROWS).map(([key, name]) => {
        const of = figures[key as keyof typeof ROWS], kid = of.kernelDistance?.mean;
        const parts = [
          ...number("PSNR", of.psnr, 2),
          ...number("SSIM", of.ssim, 4),
          ...number("KID x 1000", kid === undefined ? undefined : 1000 * kid, 1),
          ...number("FID", of.frechetDistance, 2),
          ...number("SWD x 1000", of.slicedWasserstein?.mean, 1),
        ];
        return `${arrow(figures.direction)}, ${name}: ${parts.join(", ") || "nothing to compare"}`;
      })
    ),
  ];
}

function arrow(direction: Direction): string {
  return direction === "AtoB" ? "A to B" : "B to A";
}

/** The report, and a sheet: a row for each picture, real, histograms matched, redrawn, and the true answer where there is one. */
async function writeStyleReport(
  folder: string,
  report: StyleReport,
  rows: Picture[][],
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true }).catch((error) => {
    throw new TaskError(`Cannot make folder ${folder}: ${error.message}`);
  });
  const json = new TextEncoder().encode(`${JSON.stringify(report, null, 2)}\n`);
  await writeAtomically(join(folder, "report.json"), json);
  await writeAtomically(join(folder, "sheet.png"), await encodePng(sheet(rows)));
  console.error(`${join(folder, "report.json")}, sheet.png`);
}
