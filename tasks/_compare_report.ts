// The report of a comparison: its facts, and the page that shows them.

import type { Split } from "../data/posters.ts";
import { NEAR_TRAINING } from "../models/metrics/memorisation.ts";
import { formatDuration } from "./_cli.ts";
import { type Column, COLUMN_GROUPS, type ColumnGroup } from "./_compare_columns.ts";
import { DEFINITIONS } from "./_compare_definitions.ts";
import type { Figures } from "./_compare_measure.ts";
import type { PosterMetric } from "./_compare_metrics.ts";
import { type Strip, STRIP_POSTERS } from "./_compare_sheets.ts";
import type { JudgeAccuracy } from "./_judge_training.ts";
import type { Provenance } from "./_provenance.ts";
import { escapeHtml, image, scrolling, STYLE, table, tableRow } from "./_report_html.ts";

/** One run in a report. */
export interface ReportedRun {
  /** The run's folder: its last part, or all of it where two end alike; or the name of the exported model. */
  name: string;
  path: string;
  model: string;
  hasGenres: boolean;
  imagesSeen: number;
  trainingSeconds: number;
  /** Scalars of the generator. */
  parameters: number;
  /** What it was trained on. */
  device: string;
  figures: Figures;
}

/** All that `report.json` holds. */
export interface CompareReport {
  format: 2;
  data: { description: string; hash: string; genres: readonly string[] };
  judge: {
    description: string;
    sha256: string;
    accuracy: { valid?: JudgeAccuracy; test?: JudgeAccuracy };
  };
  /** Held-out posters that were used, how many there are, and which part of the set they are. */
  heldOut: { used: number; all: number; split: Split };
  /** Training posters that were used. */
  training: number;
  /** Pictures drawn by each generator. */
  samples: number;
  seed: number;
  /** What was measured. */
  metrics: readonly PosterMetric[];
  /** The real posters' own figures: the distances are between held-out and training posters. */
  real: Figures;
  runs: ReportedRun[];
  /** What the comparison was made with. */
  provenance: Provenance;
}

/** The page's pictures. */
export interface ReportStrips {
  /** One for each genre; undefined if no held-out poster has it. */
  real: (Strip | undefined)[];
  /** For each run a strip for each genre, or one sheet if it has none. */
  runs: Strip[][];
  /** For each run the samples nearest to training posters, a row for each; undefined if that was not measured. */
  near: (Strip | undefined)[];
}

/** The page, complete in itself: no script, no other file. */
export function reportHtml(report: CompareReport, strips: ReportStrips): string {
  const { data, judge, heldOut, samples, seed, provenance } = report;
  const used = heldOut.used === heldOut.all
    ? `all ${heldOut.all} held-out posters`
    : `${heldOut.used} of the ${heldOut.all} held-out posters`;
  const title = report.runs.length === 1 ? "A poster generator measured" : "Poster runs compared";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p>${escapeHtml(data.description)}. Each run drew ${samples} posters, with the genres of ${used}
(${heldOut.split}), and was measured against these.</p>
<p>Judge: ${
    escapeHtml(judge.description)
  }. These figures compare only with others of this judge, this data and as many pictures.</p>
<h2>Figures</h2>
${COLUMN_GROUPS.map((group) => figuresTable(group, report)).join("\n")}
${runsTable(report)}
${definitionList(report)}
<h2>Samples</h2>
${samplesTable(report, strips)}
${nearestSamples(report, strips)}
<h2>How this was made</h2>
<dl>
<dt>Data</dt><dd><code>${data.hash}</code></dd>
<dt>Judge</dt><dd><code>${judge.sha256}</code></dd>
<dt>Seed</dt><dd>${seed}</dd>
<dt>Code</dt><dd>revision ${escapeHtml(provenance.revision)}, Deno ${
    escapeHtml(provenance.deno)
  }, tfjs ${escapeHtml(provenance.tfjs)}, ${escapeHtml(provenance.device)}</dd>
</dl>
</main>
</body>
</html>
`;
}

/** One group of the figures that were measured; nothing if none of it was. */
function figuresTable(
  { heading, caption, columns }: ColumnGroup,
  { real, runs, metrics }: CompareReport,
): string {
  const shown = columns.filter(({ metric }) => metrics.includes(metric));
  if (shown.length === 0) return "";
  const row = (name: string, figures: Figures, hasGenres: boolean) =>
    tableRow(name, shown.map((column) => figureCell(column, figures, hasGenres)));
  return table(heading, caption, shown.map(({ head }) => head), [
    row("Real posters", real, true),
    ...runs.map((run) => row(labelOf(run), run.figures, run.hasGenres)),
  ]);
}

function figureCell({ ofGenres, cell }: Column, figures: Figures, hasGenres: boolean): string {
  if (ofGenres && !hasGenres) return "<td>has no genres</td>";
  const found = cell(figures);
  if (found === undefined) return "<td>none</td>";
  const small = found.small ? `<small>${found.small.map(escapeHtml).join("<br>")}</small>` : "";
  return `<td>${escapeHtml(found.text)}${small}</td>`;
}

function runsTable({ runs }: CompareReport): string {
  const head = ["Images seen", "Training", "Parameters", "Trained on"];
  return table(
    "Training",
    "How each generator came about.",
    head,
    runs.map((run) =>
      tableRow(labelOf(run), [
        `<td>${run.imagesSeen.toLocaleString("en")}</td>`,
        `<td>${formatDuration(run.trainingSeconds)}</td>`,
        `<td>${run.parameters.toLocaleString("en")}</td>`,
        `<td class="words">${escapeHtml(run.device)}</td>`,
      ])
    ),
  );
}

function labelOf({ name, model }: ReportedRun): string {
  return name === model ? name : `${name} (${model})`;
}

function definitionList({ real, heldOut: { used }, samples, metrics }: CompareReport): string {
  const items = DEFINITIONS.filter(({ metric }) => metrics.includes(metric))
    .map(({ term, text }) => ({ term, text: text({ real, heldOut: used, samples }) }));
  return `<dl>
${items.map(({ term, text }) => `<dt>${term}</dt><dd>${escapeHtml(text)}</dd>`).join("\n")}
<dt>Real posters</dt><dd>Distances and neighbourhoods are between held-out posters and as many training posters as there are samples,
about as good as a run could come; the rest is of held-out posters.</dd>
</dl>`;
}

/** The sheets of the memorisation check; nothing if it was not asked for. */
function nearestSamples({ runs }: CompareReport, { near }: ReportStrips): string {
  const parts = runs.flatMap(({ name, figures: { memorisation } }, run) => {
    const strip = near[run];
    if (!strip || !memorisation) return [];
    const distances = memorisation.nearest.map(({ distances: [first] }) => first.toFixed(2));
    const alt = `Samples of ${name} and the training posters nearest to each`;
    return [
      `<figure>${image(strip, alt)}<figcaption>${
        escapeHtml(name)
      }: each row a sample and the ${NEAR_TRAINING} training
posters nearest to it; distances to the first ${distances.join(", ")}</figcaption></figure>`,
    ];
  });
  return parts.length > 0
    ? `<h2>Samples nearest to training posters</h2>\n${parts.join("\n")}`
    : "";
}

function samplesTable({ data: { genres }, runs }: CompareReport, strips: ReportStrips): string {
  const names = ["Held-out posters", ...runs.map(({ name }) => name)];
  const rows = genres.map((genre, row) => {
    const real = strips.real[row];
    const cells = runs.map(({ name, hasGenres }, run) => {
      if (hasGenres) return `<td>${image(strips.runs[run][row], `${genre} by ${name}`)}</td>`;
      if (row > 0) return "";
      const alt = `Posters by ${name}, which has no genres`;
      return `<td rowspan="${genres.length}">${image(strips.runs[run][0], alt)}</td>`;
    });
    const shown = real ? image(real, `Held-out posters: ${genre}`) : "none";
    return `<tr><th scope="row">${escapeHtml(genre)}</th><td>${shown}</td>${cells.join("")}</tr>`;
  });
  return scrolling(
    "Samples of each run by genre",
    `<table class="pictures">
<caption>${STRIP_POSTERS} posters of each genre; a run draws them from the same latent vectors in each row.</caption>
<thead><tr><th scope="col">Genre</th>${
      names.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join("")
    }</tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>`,
  );
}
