// `project` for one picture: the search with its progress, and the files that it leaves, also when it is stopped or killed.

import { join } from "node:path";
import { encodePng } from "../data/decode.ts";
import { type Picture, sheet } from "../gpu/picture.ts";
import { formatPoint } from "../models/poster_point_file.ts";
import { writeAtomically } from "./_atomic_file.ts";
import { TaskError } from "./_cli.ts";
import { type Fit, fitPoster } from "./_poster_picture.ts";
import { type Found, searchPoster, type SearchProgress } from "../models/poster_search.ts";
import {
  describeDistances,
  drawGuesses,
  fallOf,
  hearSignals,
  pointOf,
  type Projector,
} from "./_projector.ts";
import { timeLeft } from "./_time_left.ts";

/** How often the files are written on the way, and so how many pictures of it the sheet shows. */
const MILESTONES = 6;
/** Pictures with a shorter side than this are refused. */
const SMALLEST_SIDE = 8;

/** What is projected, and where to. */
export interface PictureTask {
  path: string;
  fit: Fit;
  out: string;
}

/**
 * Looks for the picture's point and writes it.
 *
 * @throws {TaskError} if the picture cannot be used, or a file cannot be written
 */
export async function projectPicture(projector: Projector, task: PictureTask): Promise<void> {
  const { model, space, features, settings, status, stop } = projector, { out } = task;
  const picture = await readPicture(task, model.size);
  await Deno.mkdir(out, { recursive: true }).catch((error) => {
    throw new TaskError(`Cannot make folder ${out}: ${error.message}`);
  });
  const report = timeLeft(status, "Projecting", settings.steps, "steps"), strip: Picture[] = [];
  const every = Math.ceil(settings.steps / MILESTONES);
  const onStep = async (progress: SearchProgress) => {
    await hearSignals();
    const { first, best, steps } = progress;
    report(steps, `, distance ${best.total.toFixed(3)} (${percent(first.total, best.total)} less)`);
    if (steps % every !== 0) return;
    strip.push(...await drawGuesses(projector, [best]));
    await writeFiles(projector, { picture, strip, progress, out });
  };
  const { config } = model.generator;
  const found = await searchPoster({ space, config, picture, features }, settings, {
    ...{ onStep, stop },
  });
  status.end();
  await writeFiles(projector, { picture, strip, progress: found, out, distances: found.distances });
  const after = stop.aborted ? `stopped after ${found.steps} of ${settings.steps} steps: ` : "";
  console.log(`${join(out, "result.png")}: ${after}${describeDistances(found.distances)}`);
  console.log(`${join(out, "latent.json")}, sheet.png`);
}

async function readPicture(
  { path, fit }: PictureTask,
  [height, width]: readonly [number, number],
): Promise<Picture> {
  try {
    const bytes = await Deno.readFile(path);
    return (await fitPoster(bytes, { width, height }, fit, SMALLEST_SIDE)).picture;
  } catch (error) {
    throw new TaskError(
      `Cannot project ${path}: ${error instanceof Error ? error.message : error}`,
    );
  }
}

function percent(start: number, end: number): string {
  return `${Math.round(100 * fallOf(start, end))} %`;
}

/** The best so far as a picture and as a recipe, and the way to it. */
async function writeFiles(
  projector: Projector,
  { picture, strip, progress, out, distances }: {
    picture: Picture;
    strip: readonly Picture[];
    progress: SearchProgress;
    out: string;
    distances?: Found["distances"];
  },
): Promise<void> {
  const { first, best } = progress, { model } = projector;
  const [start, result] = await drawGuesses(projector, [first, best]);
  const file = formatPoint(pointOf(projector, best), model, {
    model: model.name,
    weights: best.genres,
    ...(distances && { distances: plain(distances) }),
  });
  await writeAtomically(join(out, "result.png"), await encodePng(result));
  const row = [picture, start, ...strip, result];
  await writeAtomically(join(out, "sheet.png"), await encodePng(sheet([row])));
  const text = `${JSON.stringify(file, null, 2)}\n`;
  await writeAtomically(join(out, "latent.json"), new TextEncoder().encode(text));
}

/** The distances as records of numbers. */
function plain({ start, end }: Found["distances"]) {
  return {
    start: { ...start } as Record<string, number>,
    end: { ...end } as Record<string, number>,
  };
}
