// Turns what the page asks for into a generator's inputs; runs in the worker.

import { type PosterRequest, requestBetween, requestOf } from "../models/poster_generator.ts";
import type { PosterManifest } from "../models/manifest.ts";
import type { Recipe, Shot } from "./_poster_recipe.ts";

/** The inputs of a shot. @param config the generator's */
export function requestOfShot(
  { recipe, way }: Shot,
  config: PosterManifest["config"],
): PosterRequest {
  const from = requestOfRecipe(recipe, config);
  return way ? requestBetween(from, requestOfRecipe(way.to, config), way.share) : from;
}

/** The first step is a variation as the command line knows it; each later one turns on from where the last one ended. */
function requestOfRecipe(
  { seed, genres, truncation, steps: [first, ...others] }: Recipe,
  config: PosterManifest["config"],
): PosterRequest {
  const start = requestOf({ seed, genres, truncation, variation: first }, config);
  return others.reduce((request, { seed, amount }) => {
    const target = requestOf({ seed, genres, truncation }, config);
    return { ...requestBetween(request, target, amount), genres };
  }, start);
}
