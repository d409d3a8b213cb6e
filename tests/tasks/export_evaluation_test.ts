// Reports of `evaluate` and `compare` as manifests have them, and reports that are of something else.

import assert from "node:assert/strict";
import { join } from "node:path";
import { parseManifest } from "../../models/manifest.ts";
import { readEvaluation } from "../../tasks/_export_evaluation.ts";
import type { SavedRun } from "../../tasks/_read_run.ts";
import { manifestJson } from "../models/_exported_model.ts";

/** The part of a run that a report is held against. */
function runOf(kind: "cyclegan" | "poster", imagesSeen: number, path = "runs/here"): SavedRun {
  return { path, checkpoint: { config: { kind }, counters: { imagesSeen } } } as SavedRun;
}

const styleFigures = (psnr: number | null) => ({
  ...{ psnr, ssim: 0.5, frechetDistance: 3, slicedWasserstein: null },
  kernelDistance: { mean: 0.05, deviation: 0.01, rows: 2, subsets: 2 },
});
const styleReport = {
  format: 1,
  model: { path: "runs/films", imagesSeen: 40 },
  data: { description: "Two films", hash: "ab" },
  pictures: 8,
  directions: ["AtoB", "BtoA"].map((direction, i) => ({
    direction,
    redrawn: styleFigures(15 + i),
    unchanged: styleFigures(9),
    histogram: styleFigures(11),
    training: styleFigures(null),
  })),
};

const posterFigures = (kid: number, rPrecision?: number) => ({
  kernelDistance: { mean: kid, deviation: 0, rows: 2, subsets: 2 },
  genreAccuracy: rPrecision === undefined ? null : { rPrecision, meanAveragePrecision: 0.5 },
});
const posterReport = {
  format: 2,
  data: { description: "Posters" },
  judge: { description: "Judge of 128 features; R-precision 0.99; sha256 12" },
  heldOut: { used: 9, all: 9, split: "test" },
  ...{ samples: 20, real: posterFigures(-0.01, 0.99) },
  runs: [
    { path: "runs/other/", imagesSeen: 9, figures: posterFigures(0.5) },
    { path: "runs/here/", imagesSeen: 70, figures: posterFigures(0.125, 0.9) },
  ],
};

/** Calls back with a file that holds a report. */
async function withReport(report: unknown, run: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "report.json");
    await Deno.writeTextFile(path, typeof report === "string" ? report : JSON.stringify(report));
    await run(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("readEvaluation gives a style report's figures by measure, beside what costs no learning", async () => {
  await withReport(styleReport, async (path) => {
    const evaluation = await readEvaluation(path, runOf("cyclegan", 40));
    assert.match(evaluation.data, /^8 test pictures .* Two films$/);
    const names = evaluation.measures.map(({ name }) => name);
    assert.deepEqual(
      names,
      ["PSNR", "SSIM", "KID x 1000", "FID"],
      "What was not measured is not told",
    );
    const [psnr, , kid] = evaluation.measures;
    assert.deepEqual(psnr.figures, [
      {
        ...{ of: "A to B", model: 15 },
        beside: [{ name: "nothing done", value: 9 }, { name: "histograms matched", value: 11 }],
      },
      {
        ...{ of: "B to A", model: 16 },
        beside: [{ name: "nothing done", value: 9 }, { name: "histograms matched", value: 11 }],
      },
    ]);
    assert.deepEqual([psnr.unit, psnr.better, kid.better], ["dB", "higher", "lower"]);
    assert.deepEqual([kid.figures[0].model, kid.figures[0].beside.length], [50, 3]);
    parseManifest({ ...manifestJson, evaluation });
  });
});

Deno.test("readEvaluation finds the run among those of a comparison, and says what each measure is", async () => {
  await withReport(posterReport, async (path) => {
    const evaluation = await readEvaluation(path, runOf("poster", 70));
    assert.match(evaluation.data, /20 posters drawn, against 9 .*Posters\. Judge of 128 features$/);
    const [kid, precision, map] = evaluation.measures;
    assert.equal(evaluation.measures.length, 3);
    assert.deepEqual(kid.figures, [
      { model: 125, beside: [{ name: "real posters", value: -10 }] },
    ]);
    assert.match(kid.definition, /^Kernel distance between the judge's features/);
    assert.deepEqual(
      [precision.name, precision.figures[0].model, map.name],
      ["R-precision", 0.9, "mAP"],
    );
    parseManifest({ ...manifestJson, evaluation });
  });
});

Deno.test("readEvaluation takes a lone report whatever its folder was called", async () => {
  await withReport({ ...posterReport, runs: [posterReport.runs[1]] }, async (path) => {
    const run = runOf("poster", 70, "somewhere/else");
    assert.equal((await readEvaluation(path, run)).measures[0].figures[0].model, 125);
  });
});

for (
  const [what, report, run, problem] of [
    ["no JSON", "{", runOf("poster", 70), /it is no report of evaluate or compare/],
    ["another JSON", {}, runOf("poster", 70), /it is no report of evaluate or compare/],
    ["another family", styleReport, runOf("poster", 40), /it is of a style model; expected one of/],
    ["another family's", posterReport, runOf("cyclegan", 70), /it is of posters; expected one of/],
    ["an older state", styleReport, runOf("cyclegan", 41), /it is of 40 images seen; expected 41/],
    ["another run", posterReport, runOf("poster", 70, "x"), /it is of runs\/other\/, runs\/here\//],
  ] as const
) {
  Deno.test(`readEvaluation refuses ${what}`, async () => {
    await withReport(report, async (path) => {
      await assert.rejects(readEvaluation(path, run), { name: "TaskError", message: problem });
    });
  });
}

Deno.test("readEvaluation names a file that is not there", async () => {
  await assert.rejects(readEvaluation("/no/report.json", runOf("poster", 1)), {
    message: /^Cannot use \/no\/report.json: .*expected a report$/,
  });
});
