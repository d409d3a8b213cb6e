// Genres and seeds as they are typed, and as a poster generator takes them.

import { parseWhole, UsageError } from "./_cli.ts";

const MOST_SEEDS = 4096;

/**
 * Genre weights from `horror:0.7,comedy:0.3`, in the order of `genres`; a name alone has the weight 1, `any` is no genre.
 *
 * @throws {UsageError} naming the genre that the model does not know, or the weight that is none
 */
export function parseGenreWeights(text: string, genres: readonly string[]): number[] {
  const weights = genres.map(() => 0);
  if (text.trim() === "any") return weights;
  for (const part of text.split(",")) {
    const [name, weight = "1"] = part.split(":").map((word) => word.trim().toLowerCase());
    const index = genres.findIndex((genre) => genre.toLowerCase() === name);
    if (index < 0) {
      const known = genres.length > 0
        ? `one of ${genres.join(", ")}`
        : "no genre: the model has none";
      throw new UsageError(`--genres has "${name}", expected ${known}`);
    }
    const value = /^\d*\.?\d+$/.test(weight) ? Number(weight) : NaN;
    if (!(value <= 1)) {
      throw new UsageError(`--genres has "${part.trim()}", expected a weight from 0 to 1`);
    }
    weights[index] = value;
  }
  return weights;
}

/** Seeds from `0-31` or `3,7,20-22`. @throws {UsageError} if one is no whole number, or they are too many */
export function parseSeeds(text: string): number[] {
  const seeds = text.split(",").flatMap((part) => {
    const [first, last = first] = part.trim().split("-");
    const from = parseWhole("seeds", first, 0), to = parseWhole("seeds", last, from);
    if (to - from >= MOST_SEEDS) refuseMany();
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
  if (seeds.length > MOST_SEEDS) refuseMany();
  return seeds;
}

function refuseMany(): never {
  throw new UsageError(`--seeds names more than ${MOST_SEEDS} posters, expected fewer`);
}
