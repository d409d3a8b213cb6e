// The figures of a report of `evaluate` or `compare` as an exported model's manifest has them.

import type { Evaluation } from "../models/manifest.ts";
import { TaskError } from "./_cli.ts";
import { DEFINITIONS } from "./_compare_definitions.ts";
import type { Figures } from "./_compare_measure.ts";
import type { PosterMetric } from "./_compare_metrics.ts";
import type { CompareReport, ReportedRun } from "./_compare_report.ts";
import type { StyleReport } from "./_evaluate_style.ts";
import { isRunOf, type SavedRun } from "./_read_run.ts";
import type { StyleFigures } from "./_style_measure.ts";

type Measure = Evaluation["measures"][number];

/**
 * What a report says of a run.
 *
 * @throws {TaskError} if the file cannot be read, is no report of the run's family, or is of another state of the run
 */
export async function readEvaluation(path: string, run: SavedRun): Promise<Evaluation> {
  const fail = (found: string, expected: string): never => {
    throw new TaskError(`Cannot use ${path}: ${found}; expected ${expected}`);
  };
  const text = await Deno.readTextFile(path).catch((error) => fail(error.message, "a report"));
  const report = parseReport(text) ?? fail("it is no report of evaluate or compare", "report.json");
  const { imagesSeen } = run.checkpoint.counters;
  const assertSame = (reported: number) => {
    if (reported !== imagesSeen) {
      fail(`it is of ${reported} images seen`, `${imagesSeen}, as the run has seen`);
    }
  };
  if ("directions" in report) {
    if (!isRunOf(run, "cyclegan")) fail("it is of a style model", "one of posters, as the run is");
    assertSame(report.model.imagesSeen);
    return styleEvaluation(report);
  }
  if (!isRunOf(run, "poster")) fail("it is of posters", "one of a style model, as the run is");
  const reported = findRun(report, run.path) ??
    fail(`it is of ${report.runs.map(({ path }) => path).join(", ")}`, run.path);
  assertSame(reported.imagesSeen);
  return posterEvaluation(report, reported);
}

function parseReport(text: string): StyleReport | CompareReport | undefined {
  try {
    const report = JSON.parse(text);
    return Array.isArray(report?.directions) || Array.isArray(report?.runs) ? report : undefined;
  } catch {
    return undefined;
  }
}

/** The run of that folder; where the report has one alone, that one, whatever its folder was called. */
function findRun({ runs }: CompareReport, path: string): ReportedRun | undefined {
  const plain = (folder: string) => folder.replace(/\/+$/, "");
  return runs.find((run) => plain(run.path) === plain(path)) ??
    (runs.length === 1 ? runs[0] : undefined);
}

/** One figure of a style model: how it is called, and where it stands among a direction's figures. */
interface StyleTerm extends Omit<Measure, "figures"> {
  valueOf(figures: StyleFigures): number | null | undefined;
}

const untrained =
  "between features that an untrained network has of the redrawn test pictures and of real ones of the other film";

const STYLE_TERMS: readonly StyleTerm[] = [
  {
    name: "PSNR",
    unit: "dB",
    better: "higher",
    definition:
      "Peak signal-to-noise ratio against the true answer: the mean squared difference of all pixels on a logarithmic scale, averaged over the test pictures.",
    valueOf: ({ psnr }) => psnr,
  },
  {
    name: "SSIM",
    better: "higher",
    definition:
      "Structural similarity to the true answer (Wang et al. 2004): means, contrasts and structures in small windows compared, 1 for equal pictures; averaged over the test pictures.",
    valueOf: ({ ssim }) => ssim,
  },
  {
    name: "KID x 1000",
    better: "lower",
    definition: `Kernel distance ${untrained} (Bińkowski et al. 2018). Around 0 for one source.`,
    valueOf: ({ kernelDistance }) => kernelDistance && 1000 * kernelDistance.mean,
  },
  {
    name: "FID",
    better: "lower",
    definition:
      `Fréchet distance ${untrained}, as if each were a normal distribution (Heusel et al. 2017).`,
    valueOf: ({ frechetDistance }) => frechetDistance,
  },
  {
    name: "SWD x 1000",
    better: "lower",
    definition:
      "Sliced Wasserstein distance between details of the redrawn test pictures and of real ones of the other film (Karras et al. 2018), averaged over the levels of a Laplacian pyramid.",
    valueOf: ({ slicedWasserstein }) => slicedWasserstein?.mean,
  },
];

function styleEvaluation({ data, pictures, directions }: StyleReport): Evaluation {
  const measures = STYLE_TERMS.flatMap(({ valueOf, ...term }): Measure[] => {
    const figures = directions.flatMap(({ direction, redrawn, ...others }) => {
      const model = valueOf(redrawn);
      if (model === null || model === undefined) return [];
      return [{
        of: direction === "AtoB" ? "A to B" : "B to A",
        model,
        beside: besides([
          ["nothing done", valueOf(others.unchanged)],
          ["histograms matched", valueOf(others.histogram)],
          ["real pictures", valueOf(others.training)],
        ]),
      }];
    });
    return figures.length > 0 ? [{ ...term, figures }] : [];
  });
  return {
    data: `${pictures} test pictures of each film that training never saw. ${data.description}`,
    measures,
  };
}

/** One figure of a poster model: how it is called, which definition is its own, and where it stands. */
interface PosterTerm extends Pick<Measure, "name" | "better"> {
  metric: PosterMetric;
  valueOf(figures: Figures): number | null | undefined;
}

const POSTER_TERMS: readonly PosterTerm[] = [
  {
    name: "KID x 1000",
    metric: "kid",
    better: "lower",
    valueOf: ({ kernelDistance }) => kernelDistance && 1000 * kernelDistance.mean,
  },
  { name: "FID", metric: "fid", better: "lower", valueOf: (figures) => figures.frechetDistance },
  {
    name: "SWD x 1000",
    metric: "swd",
    better: "lower",
    valueOf: ({ slicedWasserstein }) => slicedWasserstein?.mean,
  },
  {
    name: "R-precision",
    metric: "genres",
    better: "higher",
    valueOf: ({ genreAccuracy }) => genreAccuracy?.rPrecision,
  },
  {
    name: "mAP",
    metric: "genres",
    better: "higher",
    valueOf: ({ genreAccuracy }) => genreAccuracy?.meanAveragePrecision,
  },
  {
    name: "Diversity within genres",
    metric: "diversity",
    better: "as real",
    valueOf: ({ diversityWithinGenres }) => diversityWithinGenres,
  },
  {
    name: "Near training posters",
    metric: "memorisation",
    better: "as real",
    valueOf: ({ memorisation }) => memorisation?.nearShare,
  },
];

function posterEvaluation(report: CompareReport, run: ReportedRun): Evaluation {
  const numbers = { real: report.real, heldOut: report.heldOut.used, samples: report.samples };
  const measures = POSTER_TERMS.flatMap(({ metric, valueOf, ...term }): Measure[] => {
    const model = valueOf(run.figures);
    if (model === null || model === undefined) return [];
    const definition = DEFINITIONS.filter((entry) => entry.metric === metric)
      .map((entry) => entry.text(numbers)).join(" ");
    const beside = besides([["real posters", valueOf(report.real)]]);
    return [{ ...term, definition, figures: [{ model, beside }] }];
  });
  const judge = report.judge.description.split(";")[0];
  return {
    data:
      `${report.samples} posters drawn, against ${report.heldOut.used} that training never saw. ` +
      `${report.data.description}. ${judge}`,
    measures,
  };
}

function besides(
  rows: [name: string, value: number | null | undefined][],
): { name: string; value: number }[] {
  return rows.flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [{ name, value }]
  );
}
