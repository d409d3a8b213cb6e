// Turns what the page asks for into a generator's inputs; runs in the worker.

import { latentFrom } from "../models/poster/breeding.ts";
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
function requestOfRecipe(recipe: Recipe, config: PosterManifest["config"]): PosterRequest {
  const { seed, genres, truncation } = recipe;
  const latent = latentFrom(recipe, config.latent);
  return requestOf({ seed, latent, genres, truncation }, config);
}
