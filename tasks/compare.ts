// `deno task compare`: measures poster runs of one data set against its held-out posters, on one page and in one JSON file.

import { join } from "node:path";
import type { PosterSet } from "../data/posters.ts";
import { writeAtomically } from "./_atomic_file.ts";
import { type Command, parseWhole, readArguments, runTask, TaskError, UsageError } from "./_cli.ts";
import { measureReal, measureRun, readHeldOut } from "./_compare_measure.ts";
import {
  type CompareReport,
  type ReportedRun,
  reportHtml,
  type ReportStrips,
} from "./_compare_report.ts";
import { realStrips, runStrips } from "./_compare_sheets.ts";
import { deviceFlags, parseDevice, startTaskDevice } from "./_device_flag.ts";
import { type Judge, JUDGE_IMAGES, JUDGES, openJudge } from "./_judge.ts";
import { openPosterData } from "./_poster_data.ts";
import { openPosterRun, type PosterRun } from "./_poster_run.ts";
import { provenance } from "./_provenance.ts";
import { type StatusLine, statusLine } from "./_status_line.ts";
import { readImages } from "./_training_flags.ts";

const command = {
  name: "compare",
  summary: "Compares poster runs of one data set: their samples against its held-out posters.",
  positionals: "RUN...",
  flags: {
    out: { value: "DIR", default: "runs/compare", help: "Folder for report.html and report.json" },
    samples: { value: "N", default: "2000", help: "Posters that each run draws" },
    seed: { value: "N", default: "1", help: "Seed of latents, patches and subsets" },
    judge: { value: "DIR", default: JUDGES, help: "Folder of the judges, which are kept" },
    "judge-images": {
      value: "N",
      default: String(JUDGE_IMAGES),
      help: "Pictures that the judge is trained on",
    },
    ...deviceFlags,
  },
  notes: [
    "The judge is a genre classifier that is trained on the data set itself, once. Figures of two",
    "reports compare only if both name the same data and the same judge.",
  ].join("\n"),
} satisfies Command<string>;

/** All samples of a run are in memory at once: so many of 64x96 fill half a gigabyte. */
const MOST_SAMPLES = 20_000;
/** The judge stays the same whatever --seed says, so that figures of other samples compare. */
const JUDGE_SEED = 1;

type Flags = Partial<Record<keyof typeof command["flags"], string>>;

/** What the flags say, checked and complete. */
interface Settings {
  paths: string[];
  out: string;
  samples: number;
  seed: number;
  judge: { folder: string; images: number };
  device: ReturnType<typeof parseDevice>;
}

if (import.meta.main) {
  await runTask(command.name, () => {
    const { flags, positionals } = readArguments(command);
    return compareRuns(readSettings(flags, positionals));
  });
}

function readSettings(flags: Flags, paths: string[]): Settings {
  if (paths.length === 0) throw new UsageError("Cannot compare: expected the folder of a run");
  const twice = paths.find((path, i) => paths.indexOf(path) !== i);
  if (twice !== undefined) throw new UsageError(`Cannot compare ${twice} with itself`);
  const images = readImages("judge-images", flags["judge-images"]) ?? JUDGE_IMAGES;
  if (images === 0) throw new UsageError("--judge-images is 0, expected at least 1");
  return {
    paths,
    out: flags.out ?? command.flags.out.default,
    samples: parseWhole("samples", flags.samples ?? command.flags.samples.default, 3, MOST_SAMPLES),
    seed: parseWhole("seed", flags.seed ?? command.flags.seed.default, 0, 2 ** 32 - 1),
    judge: { folder: flags.judge ?? JUDGES, images },
    device: parseDevice(flags),
  };
}

async function compareRuns(settings: Settings): Promise<void> {
  const status = statusLine(), device = await startTaskDevice(settings.device);
  status.note(device.description);
  const runs: PosterRun[] = [];
  for (const path of settings.paths) {
    runs.push(await openPosterRun(path, (warning) => status.note(warning)));
  }
  const set = await openSetOf(runs);
  const judge = await openJudge(set, { ...settings.judge, seed: JUDGE_SEED, status });
  status.note(judge.description);
  const measured = await measureAll(settings, { set, judge, runs, status });
  const report = { ...measured.report, provenance: await provenance(device) };
  await writeReport(settings.out, report, measured.strips);
  printFigures(report);
  console.log(`${join(settings.out, "report.html")}, report.json`);
  [...runs, judge, device].forEach((opened) => opened.dispose());
  await set.close();
}

/** The one data set of the runs. @throws {TaskError} if they are of several, or it is no longer as it was */
async function openSetOf(runs: readonly PosterRun[]): Promise<PosterSet> {
  const [first] = runs, short = (hash: string) => hash.slice(0, 12);
  const other = runs.find(({ dataHash }) => dataHash !== first.dataHash);
  if (other) {
    throw new TaskError(
      `Cannot compare runs of different data sets: ${first.path} was trained on ${first.data} (${
        short(first.dataHash)
      }), ${other.path} on ${other.data} (${short(other.dataHash)}); expected one`,
    );
  }
  const { data, dataHash, config: { size: [height, width] } } = first;
  const set = await openPosterData(data, { width, height }, { width, height });
  if (set.hash === dataHash) return set;
  await set.close();
  throw new TaskError(
    `Cannot compare: the posters of ${data} are now ${short(set.hash)}, expected ${
      short(dataHash)
    }, which ${first.path} was trained on`,
  );
}

/** What a comparison works with. */
interface Opened {
  set: PosterSet;
  judge: Judge;
  runs: readonly PosterRun[];
  status: StatusLine;
}

async function measureAll(
  { samples, seed }: Settings,
  { set, judge, runs, status }: Opened,
): Promise<{ report: Omit<CompareReport, "provenance">; strips: ReportStrips }> {
  const options = { samples, seed };
  status.update("Measuring the real posters");
  const held = await readHeldOut(set, judge, options);
  const real = await measureReal(set, judge, held, options);
  const strips: ReportStrips = { real: await realStrips(set, held), runs: [] };
  const reported: ReportedRun[] = [];
  for (const [i, run] of runs.entries()) {
    status.update(`Measuring ${run.path}, ${i + 1} of ${runs.length}`);
    const figures = await measureRun(run, judge, held, options);
    reported.push({ ...factsOf(run, runs), figures });
    strips.runs.push(await runStrips(run, set.genres.length));
  }
  status.end();
  const { description, hash, genres } = set, { sha256, accuracy } = judge;
  const report: Omit<CompareReport, "provenance"> = {
    format: 1,
    data: { description, hash, genres },
    judge: { description: judge.description, sha256, accuracy },
    heldOut: { used: held.pictures.length, all: held.all },
    ...{ samples, seed, real },
    runs: reported,
  };
  return { report, strips };
}

function factsOf(run: PosterRun, runs: readonly PosterRun[]): Omit<ReportedRun, "figures"> {
  const { name, path, config, genres, imagesSeen, seconds, parameters, device } = run;
  const isAlone = runs.filter((other) => other.name === name).length === 1;
  return {
    name: isAlone ? name : path,
    ...{ path, model: config.model, hasGenres: genres.length > 0 },
    ...{ imagesSeen, trainingSeconds: Math.round(seconds), parameters, device },
  };
}

async function writeReport(
  folder: string,
  report: CompareReport,
  strips: ReportStrips,
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true }).catch((error) => {
    throw new TaskError(`Cannot make folder ${folder}: ${error.message}`);
  });
  const write = (name: string, text: string) =>
    writeAtomically(join(folder, name), new TextEncoder().encode(text));
  await write("report.json", `${JSON.stringify(report, null, 2)}\n`);
  await write("report.html", reportHtml(report, strips));
}

/** One line for the real posters and each run. */
function printFigures({ real, runs }: CompareReport): void {
  const lines = [{ name: "real posters", figures: real }, ...runs].map(({ name, figures }) => {
    const { kernelDistance, slicedWasserstein, genreAccuracy } = figures;
    const genres = genreAccuracy
      ? `R-precision ${genreAccuracy.rPrecision.toFixed(3)}, mAP ${
        genreAccuracy.meanAveragePrecision.toFixed(3)
      }`
      : "has no genres";
    return `${name}: KID x 1000 ${(kernelDistance.mean * 1000).toFixed(1)}, SWD x 1000 ${
      slicedWasserstein.mean.toFixed(1)
    }, ${genres}, diversity ${figures.diversity?.toFixed(2) ?? "none"}`;
  });
  console.log(lines.join("\n"));
}
