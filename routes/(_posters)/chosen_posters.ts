// The posters that pages show as pictures of the server's: one for the preview of a link, some for visitors without scripts.

import { HttpError } from "fresh";
import { TRUNCATION } from "../../models/poster_terms.ts";
import type { PosterOrder } from "../../server/draw_protocol.ts";
import { parsePosterQuery, type PosterModel } from "./poster_query.ts";

/** A poster, and what it is of, in a word or two. */
export interface ChosenPoster {
  order: PosterOrder;
  name: string;
}

/** Terms of the poster page's links that make another poster of the one that the other terms stand for. */
const TURNING = ["steps", "latent", "mix", "along", "a", "b", "share"];

/** Posters of up to so many genres, spread over the model's; of one without genres, so many posters. */
export function choosePosters(
  { manifest, weightsFile }: PosterModel,
  count: number,
): ChosenPoster[] {
  const { genres } = manifest;
  const order = (seed: number, genre: number): PosterOrder => ({
    ...{ manifest, weightsFile, scale: 2 },
    recipe: { seed, genres: genres.map((_, i) => Number(i === genre)), truncation: TRUNCATION },
  });
  if (genres.length === 0) {
    return Array.from({ length: count }, (_, i) => ({ order: order(i, -1), name: "Any genre" }));
  }
  return Array.from({ length: Math.min(count, genres.length) }, (_, i) => {
    const genre = Math.floor(i * genres.length / Math.min(count, genres.length));
    return { order: order(i, genre), name: genres[genre] };
  });
}

/**
 * What the preview of a link shows: the poster that the link's query tells, if it does and holds, else the first genre's. Undefined
 * without a model.
 *
 * @param models on offer, the newest first
 */
export function findSharedPoster(
  models: readonly PosterModel[],
  query = new URLSearchParams(),
): PosterOrder | undefined {
  if (models.length === 0) return;
  const order = findLinkedPoster(query, models) ?? choosePosters(models[0], 1)[0].order;
  return { ...order, scale: 4 };
}

function findLinkedPoster(
  query: URLSearchParams,
  models: readonly PosterModel[],
): PosterOrder | undefined {
  if (!query.has("seed") || TURNING.some((term) => query.has(term))) return;
  const terms = ["model", "seed", "genres", "truncation"].filter((term) => query.has(term));
  const told = new URLSearchParams(terms.map((term) => [term, query.get(term) ?? ""]));
  try {
    return parsePosterQuery(told, models).order;
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
  }
}
