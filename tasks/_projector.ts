// What `project` works with: a generator, the space that is searched, and how.

import type { Picture } from "../gpu/picture.ts";
import type { FeaturesOf } from "../models/poster/projection.ts";
import { drawPoints, type PosterPoint } from "../models/poster_point.ts";
import type { PosterSpace } from "../models/poster_space.ts";
import type { PosterModel } from "./_poster_model.ts";
import type { Found, Guess, SearchSettings } from "../models/poster_search.ts";
import type { StatusLine } from "./_status_line.ts";

/** A generator ready for searches; `dispose` frees it. */
export interface Projector {
  model: PosterModel;
  space: PosterSpace;
  /** Absent where pixels alone count. */
  features?: FeaturesOf;
  settings: SearchSettings;
  status: StatusLine;
  /** Ends the search that is under way. */
  stop: AbortSignal;
  dispose(): void;
}

/** A guess as a point of the generator. */
export function pointOf({ space }: Projector, { place, genres }: Guess): PosterPoint {
  return space.pointOf(place, Array.from(genres));
}

/** The posters of guesses. */
export async function drawGuesses(
  projector: Projector,
  guesses: readonly Guess[],
): Promise<Picture[]> {
  return await drawPoints(
    projector.model.generator,
    guesses.map((guess) => pointOf(projector, guess)),
  );
}

/** How far a distance has fallen, as a share of what it was. */
export function fallOf(start: number, end: number): number {
  return start > 0 ? 1 - end / start : 0;
}

/** The distances of a search for people, such as `total 0.242 to 0.069 (71 % less)`, parted by commas. */
export function describeDistances({ start, end }: Found["distances"]): string {
  const keys = ["total", "pixels", "squares", "features"] as const;
  return keys.flatMap((key) => {
    const from = start[key], to = end[key];
    if (from === undefined || to === undefined) return [];
    const less = Math.round(100 * fallOf(from, to));
    return [`${key} ${from.toFixed(3)} to ${to.toFixed(3)} (${less} % less)`];
  }).join(", ");
}

/** On the CPU a step never waits for anything outside, and signals are only heard between two turns of the event loop. */
export async function hearSignals(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
}
