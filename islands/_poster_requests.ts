// Turns what the page asks for into points of a generator's space; runs in the worker.

import { latentFrom } from "../models/poster/breeding.ts";
import { type PosterGenerator, requestOf } from "../models/poster_generator.ts";
import type { Directions } from "../models/poster/directions.ts";
import { styleLength } from "../models/poster/style_layers.ts";
import { editPoint, pointBetween, type PosterPoint } from "../models/poster_point.ts";
import { MAX_DIRECTIONS, type PlainRecipe, type Recipe, type Shot } from "./_poster_recipe.ts";

/** The point of a shot. @throws {RangeError} if the generator cannot draw what the shot asks for */
export async function pointOfShot(
  { recipe, way }: Shot,
  generator: PosterGenerator,
): Promise<PosterPoint> {
  const from = await pointOfRecipe(recipe, generator);
  if (!way) return from;
  return await pointBetween(generator, [from, await pointOfRecipe(way.to, generator)], way.share);
}

async function pointOfRecipe(
  { mix, along, ...plain }: Recipe,
  generator: PosterGenerator,
): Promise<PosterPoint> {
  return await editPoint(generator, pointOfPlain(plain, generator), {
    ...(mix && { mix: { other: pointOfPlain(mix.other, generator), from: mix.from } }),
    ...(along && { along: { directions: await styleDirections(generator), amounts: along } }),
  });
}

const known = new WeakMap<PosterGenerator, Directions>();

/** The directions that recipes speak of. What finds them is fetched with the first poster that is moved. */
async function styleDirections(generator: PosterGenerator): Promise<Directions> {
  const before = known.get(generator);
  if (before) return before;
  const { findDirections } = await import("../models/poster/directions.ts");
  const { params, config } = generator;
  const count = Math.min(MAX_DIRECTIONS, styleLength(config));
  const directions = await findDirections(params, config, count, "style");
  known.set(generator, directions);
  return directions;
}

/** The first step is a variation as the command line knows it; each later one turns on from where the last one ended. */
function pointOfPlain(recipe: PlainRecipe, { config }: PosterGenerator): PosterPoint {
  const { seed, genres, truncation } = recipe;
  const latent = latentFrom(recipe, config.latent);
  return { kind: "request", request: requestOf({ seed, latent, genres, truncation }, config) };
}
