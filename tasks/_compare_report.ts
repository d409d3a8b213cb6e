// The report of a comparison: its facts, and the page that shows them.

import { formatDuration } from "./_cli.ts";
import type { Figures } from "./_compare_measure.ts";
import { type Strip, STRIP_POSTERS } from "./_compare_sheets.ts";
import type { JudgeAccuracy } from "./_judge_training.ts";
import type { Provenance } from "./_provenance.ts";

/** One run in a report. */
export interface ReportedRun {
  /** The run's folder: its last part, or all of it where two end alike. */
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
  format: 1;
  data: { description: string; hash: string; genres: readonly string[] };
  judge: {
    description: string;
    sha256: string;
    accuracy: { valid?: JudgeAccuracy; test?: JudgeAccuracy };
  };
  /** Held-out posters that were used, and how many there are. */
  heldOut: { used: number; all: number };
  /** Pictures drawn by each run. */
  samples: number;
  seed: number;
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
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1d1b19; --soft: #5c5650; --paper: #fdfcfa; --line: #cfc8bf; --head: #f0ece6 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ece8e2; --soft: #b3aba1; --paper: #191716; --line: #47413b; --head: #26221f }
}
body { margin: 0 auto; padding: 1.5rem; max-width: 90rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif }
h1 { font-size: 1.6rem } h2 { font-size: 1.2rem; margin-top: 2rem }
p, dd { max-width: 48rem } dt { font-weight: 600 } code { overflow-wrap: anywhere }
.scroll { overflow-x: auto } .scroll:focus-visible { outline: 2px solid currentColor }
table { border-collapse: collapse } caption { text-align: left; color: var(--soft); padding-bottom: .5rem }
th, td { border: 1px solid var(--line); padding: .3rem .6rem; text-align: right; vertical-align: top; font-variant-numeric: tabular-nums }
th { background: var(--head); text-align: left } td small { color: var(--soft); display: block; white-space: nowrap }
.words { text-align: left } .pictures td { padding: .2rem; text-align: left } img { display: block; max-width: none }
`;

/** The page, complete in itself: no script, no other file. */
export function reportHtml(report: CompareReport, strips: ReportStrips): string {
  const { data, judge, heldOut, samples, seed, provenance } = report;
  const used = heldOut.used === heldOut.all
    ? `all ${heldOut.all} held-out posters`
    : `${heldOut.used} of the ${heldOut.all} held-out posters`;
  const pairs = report.real.slicedWasserstein.pictures, subset = report.real.kernelDistance.rows;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Poster runs compared</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Poster runs compared</h1>
<p>${escapeHtml(data.description)}. Each run drew ${samples} posters, with the genres of ${used},
and was measured against these.</p>
<p>Judge: ${
    escapeHtml(judge.description)
  }. These figures compare only with others of this judge and this data.</p>
<h2>Figures</h2>
${figuresTable(report)}
${definitions(pairs, subset)}
<h2>Samples</h2>
${samplesTable(report, strips)}
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

function figuresTable({ real, runs }: CompareReport): string {
  const head = [
    "Run",
    "KID x 1000",
    "SWD x 1000",
    "R-precision",
    "mAP",
    "Diversity within genres",
    "Diversity",
    "Images seen",
    "Training",
    "Parameters",
    "Trained on",
  ];
  const rows = [
    tableRow("Real posters", real, true, ['<td colspan="4" class="words">not generated</td>']),
    ...runs.map(({ name, model, figures, hasGenres, ...run }) =>
      tableRow(name === model ? name : `${name} (${model})`, figures, hasGenres, [
        `<td>${run.imagesSeen.toLocaleString("en")}</td>`,
        `<td>${formatDuration(run.trainingSeconds)}</td>`,
        `<td>${run.parameters.toLocaleString("en")}</td>`,
        `<td class="words">${escapeHtml(run.device)}</td>`,
      ])
    ),
  ];
  return scrolling(
    "Figures of each run",
    `<table>
<caption>KID and SWD: lower is better. R-precision, mAP and diversity: the nearer to the real posters' the better.</caption>
<thead><tr>${head.map((text) => `<th scope="col">${text}</th>`).join("")}</tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>`,
  );
}

/** @param last cells after the figures */
function tableRow(name: string, figures: Figures, hasGenres: boolean, last: string[]): string {
  const { kernelDistance: kid, slicedWasserstein: swd, genreAccuracy } = figures;
  const ofGenres = (value: number | null | undefined, digits: number) =>
    hasGenres ? number(value, digits) : "has no genres";
  const levels = swd.levels.map(({ width, height, distance }) =>
    `${width}x${height}: ${distance.toFixed(1)}`
  );
  const cells = [
    `${number(kid.mean * 1000, 1)}<small>&plusmn; ${number(kid.deviation * 1000, 1)}</small>`,
    `${number(swd.mean, 1)}<small>${levels.join("<br>")}</small>`,
    ofGenres(genreAccuracy?.rPrecision, 3),
    ofGenres(genreAccuracy?.meanAveragePrecision, 3),
    ofGenres(figures.diversityWithinGenres, 2),
    number(figures.diversity, 2),
  ].map((cell) => `<td>${cell}</td>`);
  return `<tr><th scope="row">${escapeHtml(name)}</th>${[...cells, ...last].join("")}</tr>`;
}

function number(value: number | null | undefined, digits: number): string {
  return value === null || value === undefined ? "none" : value.toFixed(digits);
}

function definitions(pairs: number, subset: number): string {
  return `<dl>
<dt>KID</dt><dd>Kernel distance between the judge's features of samples and of held-out posters (Bi&#324;kowski et al. 2018): mean and
deviation over 100 subsets of ${subset} on each side. Around 0 for pictures of one source; it may fall below.</dd>
<dt>SWD</dt><dd>Sliced Wasserstein distance between details of ${pairs} pictures on each side (Karras et al. 2018), by size of the
picture in the Laplacian pyramid, and their mean.</dd>
<dt>R-precision, mAP</dt><dd>Of the k genres that were asked for, the share among the judge's k highest; and the mean over genres of
the average precision with which the judge ranks the posters of one.</dd>
<dt>Diversity</dt><dd>Mean distance between the judge's features of two posters: of one genre, averaged over genres; and of any two.</dd>
<dt>Real posters</dt><dd>KID and SWD between held-out and training posters, as low as a run could come; the rest of held-out posters.</dd>
</dl>`;
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

function image({ source, width, height }: Strip, alt: string): string {
  return `<img src="${source}" width="${width}" height="${height}" alt="${escapeHtml(alt)}">`;
}

/** What is wider than the window scrolls by itself, and can be reached with the keyboard. */
function scrolling(label: string, content: string): string {
  return `<div class="scroll" role="region" aria-label="${label}" tabindex="0">\n${content}\n</div>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
