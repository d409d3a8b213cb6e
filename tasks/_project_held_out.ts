// `project --held-out`: how near a generator's posters come to posters that it was not trained on.

import { join } from "node:path";
import { encodePng } from "../data/decode.ts";
import type { PosterSet } from "../data/posters.ts";
import { type Picture, sheet } from "../gpu/picture.ts";
import { writeAtomically } from "./_atomic_file.ts";
import { TaskError } from "./_cli.ts";
import { openPosterData } from "./_poster_data.ts";
import { type Found, searchPoster } from "../models/poster_search.ts";
import {
  describeDistances,
  drawGuesses,
  fallOf,
  hearSignals,
  type Projector,
} from "./_projector.ts";
import { timeLeft } from "./_time_left.ts";

/** Which posters, and where the report goes. */
export interface HeldOutTask {
  count: number;
  data: string;
  /** Whether the search is given each poster's genres. */
  ownGenres: boolean;
  out: string;
}

/** A poster's search in the report. */
interface Row {
  id: string;
  distances: Found["distances"];
}

/**
 * Projects posters of the set's test part, each by itself, and reports how far the distances fell.
 *
 * @throws {TaskError} if there are not as many, their genres are wanted and not the model's, or the report cannot be written
 */
export async function projectHeldOut(projector: Projector, task: HeldOutTask): Promise<void> {
  const { model: { size: [height, width] }, status } = projector;
  const set = await openPosterData(task.data, { width, height }, { width, height });
  try {
    const numbers = Array.from(set.split.test).slice(0, task.count);
    if (numbers.length < task.count) {
      throw new TaskError(
        `Cannot project ${task.count} posters: ${set.description}; expected as many to test`,
      );
    }
    if (task.ownGenres) assertGenres(projector, set);
    const { rows, pictures } = await projectAll(projector, { ...task, set, numbers });
    status.end();
    if (rows.length > 0) await writeReport(task.out, { rows, pictures, projector, set });
  } finally {
    await set.close();
  }
}

function assertGenres({ model }: Projector, set: PosterSet): void {
  if (model.genres.join() === set.genres.join()) return;
  throw new TaskError(
    `Cannot give ${model.name} the posters' own genres: it has ${
      model.genres.join(", ") || "none"
    }, expected those of the data: ${set.genres.join(", ")}`,
  );
}

async function projectAll(
  projector: Projector,
  { set, numbers, ownGenres }: HeldOutTask & { set: PosterSet; numbers: readonly number[] },
): Promise<{ rows: Row[]; pictures: Picture[][] }> {
  const { model, space, features, settings, status, stop } = projector;
  const total = numbers.length * settings.steps;
  const report = timeLeft(status, "Projecting", total, "steps");
  const rows: Row[] = [], pictures: Picture[][] = [];
  for (const number of numbers) {
    if (stop.aborted) break;
    const picture = await set.load(number), { config } = model.generator;
    const { id, genres } = set.facts(number);
    const given = ownGenres ? { genres: Array.from(genres) } : {};
    const found = await searchPoster({ space, config, picture, features }, {
      ...settings,
      ...given,
    }, {
      onStep: async ({ steps }) => {
        await hearSignals();
        report(rows.length * settings.steps + steps);
      },
      stop,
    });
    const { distances } = found;
    rows.push({ id, distances });
    pictures.push([picture, ...await drawGuesses(projector, [found.first, found.best])]);
    status.note(`${id}: ${describeDistances(distances)}`);
  }
  return { rows, pictures };
}

async function writeReport(
  out: string,
  { rows, pictures, projector, set }: {
    rows: readonly Row[];
    pictures: Picture[][];
    projector: Projector;
    set: PosterSet;
  },
): Promise<void> {
  const { model, space, settings } = projector;
  const falls = meanFalls(rows);
  await Deno.mkdir(out, { recursive: true }).catch((error) => {
    throw new TaskError(`Cannot make folder ${out}: ${error.message}`);
  });
  await writeAtomically(join(out, "sheet.png"), await encodePng(sheet(pictures)));
  const report = {
    model: model.name,
    space: space.name,
    data: set.description,
    settings,
    falls,
    rows,
  };
  const text = `${JSON.stringify(report, null, 2)}\n`;
  await writeAtomically(join(out, "report.json"), new TextEncoder().encode(text));
  const parts = Object.entries(falls).map(([name, fall]) => `${name} ${(100 * fall).toFixed(1)} %`);
  console.log(`${rows.length} posters, mean fall: ${parts.join(", ")}`);
  console.log(`${join(out, "sheet.png")}, report.json`);
}

/** The mean over posters of how far each distance fell, as a share. */
function meanFalls(rows: readonly Row[]): Record<string, number> {
  const names = Object.keys(rows[0].distances.start) as (keyof Found["distances"]["start"])[];
  return Object.fromEntries(names.map((name) => {
    const falls = rows.map(({ distances: { start, end } }) =>
      fallOf(start[name] ?? 0, end[name] ?? 0)
    );
    return [name, falls.reduce((sum, fall) => sum + fall, 0) / falls.length];
  }));
}
