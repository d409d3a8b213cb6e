// `deno task compare`: measures poster runs of one data set against its held-out posters, on one page and in one JSON file.

import { join } from "node:path";
import type { PosterSet } from "../data/posters.ts";
import { type Command, readArguments, runTask, TaskError, UsageError } from "./_cli.ts";
import { POSTER_METRICS_NOTES } from "./_compare_metrics.ts";
import { comparisonFlags, readComparison } from "./_compare_settings.ts";
import { runSubject } from "./_compare_subject.ts";
import { comparePosters, figureLines, writeReport } from "./_comparison.ts";
import { parseDevice, startTaskDevice } from "./_device_flag.ts";
import { openPosterData } from "./_poster_data.ts";
import { openPosterRun, type PosterRun } from "./_poster_run.ts";
import { statusLine } from "./_status_line.ts";

const command = {
  name: "compare",
  summary: "Compares poster runs of one data set: their samples against its held-out posters.",
  positionals: "RUN...",
  flags: {
    out: { value: "DIR", default: "runs/compare", help: "Folder for report.html and report.json" },
    ...comparisonFlags,
  },
  notes: [
    POSTER_METRICS_NOTES,
    "",
    "The judge is a genre classifier that is trained on the data set itself, once. Figures of two",
    "reports compare only if both name the same data, the same judge and as many samples.",
  ].join("\n"),
} satisfies Command<string>;

type Flags = Partial<Record<keyof typeof command["flags"], string>>;

if (import.meta.main) {
  await runTask(command.name, () => {
    const { flags, positionals } = readArguments(command);
    return compareRuns(flags, positionals);
  });
}

async function compareRuns(flags: Flags, paths: string[]): Promise<void> {
  if (paths.length === 0) throw new UsageError("Cannot compare: expected the folder of a run");
  const twice = paths.find((path, i) => paths.indexOf(path) !== i);
  if (twice !== undefined) throw new UsageError(`Cannot compare ${twice} with itself`);
  const settings = readComparison(flags), out = flags.out ?? command.flags.out.default;
  const status = statusLine(), device = await startTaskDevice(parseDevice(flags));
  status.note(device.description);
  const runs: PosterRun[] = [];
  for (const path of paths) {
    runs.push(await openPosterRun(path, (warning) => status.note(warning)));
  }
  const set = await openSetOf(runs);
  const subjects = runs.map(runSubject);
  const comparison = await comparePosters(settings, { set, subjects, device, status });
  await writeReport(out, comparison);
  for (const line of figureLines(comparison.report)) console.log(line);
  console.log(`${join(out, "report.html")}, report.json`);
  [...runs, device].forEach((opened) => opened.dispose());
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
