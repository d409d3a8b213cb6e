// A favourite: the recipe of a poster as it is kept in the browser and in files, never its pixels.

import * as v from "valibot";
import { countLayers, styleLength } from "../models/poster/style_layers.ts";
import { FAMILIES } from "./_poster_fonts.ts";
import { boundLayer, slugOf } from "./_poster_link.ts";
import { type PosterOptions, WORD_LIMITS } from "./_poster_options.ts";
import type { PosterModel } from "./_poster_protocol.ts";
import {
  DIRECTION_RANGE,
  MAX_DIRECTIONS,
  MAX_SEED,
  MAX_STEPS,
  moveOf,
  type PlainRecipe,
  type Recipe,
  type Shot,
} from "./_poster_recipe.ts";

/** How many favourites a list may hold. */
export const MOST_FAVOURITES = 500;

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const seed = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_SEED));
const text = (max: number) => v.pipe(v.string(), v.maxLength(max));
/** Words are counted by the page in characters, of which one may be many units. */
const word = (name: keyof typeof WORD_LIMITS) => text(16 * WORD_LIMITS[name]);

const plainSchema = v.strictObject({
  seed,
  /** A latent vector's text, as links hold it. */
  latent: v.optional(v.pipe(text(8192), v.regex(/^[\w-]+$/))),
  /** Weights by the genres' names, so that they hold for a model with other genres; those of 0 are left out. */
  genres: v.record(text(80), share),
  truncation: share,
  steps: v.pipe(v.array(v.strictObject({ seed, amount: share })), v.maxLength(MAX_STEPS)),
});

const recipeSchema = v.strictObject({
  ...plainSchema.entries,
  mix: v.optional(v.strictObject({
    other: plainSchema,
    from: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(999)),
  })),
  along: v.optional(v.pipe(
    v.array(v.pipe(v.number(), v.minValue(-DIRECTION_RANGE), v.maxValue(DIRECTION_RANGE))),
    v.maxLength(MAX_DIRECTIONS),
  )),
});

const favouriteSchema = v.strictObject({
  model: v.strictObject({
    id: text(64),
    name: text(80),
    /** Of the weights: another model of the same id draws other posters. */
    sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  }),
  recipe: recipeSchema,
  way: v.optional(v.strictObject({ to: recipeSchema, share })),
  words: v.strictObject({
    title: word("title"),
    tagline: word("tagline"),
    credits: word("credits"),
  }),
  lettering: v.picklist(["auto", ...FAMILIES.map(({ id }) => id)]),
  place: v.picklist(["auto", "top", "bottom"]),
  smooth: v.boolean(),
  keptAt: v.pipe(v.string(), v.isoTimestamp()),
});

const listSchema = v.strictObject({
  format: v.literal("lobbycard-favourites"),
  /** Rises with every change that an older page could not read. */
  version: v.picklist([1, 2]),
  favourites: v.pipe(v.array(favouriteSchema), v.maxLength(MOST_FAVOURITES)),
});

/** One poster that was kept. */
export type Favourite = v.InferOutput<typeof favouriteSchema>;

/** The version from which on lists may hold posters with something done to their styles. */
const STYLED = 2;

/** The list as text: what the browser keeps, and what an exported file holds. Pages that know of no styles can read it if it has none. */
export function formatFavourites(favourites: readonly Favourite[]): string {
  const isStyled = ({ mix, along }: Favourite["recipe"]) => mix || along;
  const version = favourites.some(({ recipe, way }) => isStyled(recipe) || way && isStyled(way.to))
    ? STYLED
    : 1;
  return JSON.stringify({ format: "lobbycard-favourites", version, favourites }, undefined, 1);
}

/** The list in a text. @throws {SyntaxError} saying what is wrong with it, for the visitor */
export function parseFavourites(text: string): Favourite[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new SyntaxError("Cannot read favourites: the text is no JSON");
  }
  const { version } = Object(json);
  if (Number.isInteger(version) && version > STYLED) {
    throw new SyntaxError(
      `Cannot read favourites: they are of version ${version}, which a newer Lobbycard wrote`,
    );
  }
  const result = v.safeParse(listSchema, json);
  if (result.success) return result.output.favourites;
  const [issue] = result.issues;
  throw new SyntaxError(
    `Cannot read favourites: ${v.getDotPath(issue) ?? "the list"}: ${issue.message}`,
  );
}

/** A shot as a favourite, with the words and looks that the page has now. */
export function favouriteOf(shot: Shot, options: PosterOptions, keptAt: Date): Favourite {
  const { model: { manifest }, words, lettering, place, smooth } = options;
  const plain = ({ seed, latent, genres, truncation, steps }: PlainRecipe) => ({
    ...{ seed, ...(latent !== undefined && { latent }) },
    genres: Object.fromEntries(
      manifest.genres.flatMap((name, i) => genres[i] > 0 ? [[name, genres[i]]] : []),
    ),
    ...{ truncation, steps: steps.map(({ seed, amount }) => ({ seed, amount })) },
  });
  const named = (recipe: Recipe) => ({
    ...plain(recipe),
    ...(recipe.mix && { mix: { other: plain(recipe.mix.other), from: recipe.mix.from } }),
    ...(recipe.along && { along: [...recipe.along] }),
  });
  return {
    model: { id: manifest.id, name: manifest.name, sha256: manifest.weights.sha256 },
    recipe: named(shot.recipe),
    ...(shot.way && { way: { to: named(shot.way.to), share: shot.way.share } }),
    ...{ words, lettering, place, smooth, keptAt: keptAt.toISOString() },
  };
}

/** Whether two favourites are the same poster with the same words. */
export function isSame(a: Favourite, b: Favourite): boolean {
  const key = ({ keptAt: _keptAt, ...rest }: Favourite) => JSON.stringify(rest);
  return key(a) === key(b);
}

/** The page's choices that a favourite stands for; undefined if its model is not on offer. @param options what else is chosen */
export function optionsOf(
  favourite: Favourite,
  models: readonly PosterModel[],
  options: PosterOptions,
): PosterOptions | undefined {
  const model = models.find(({ manifest }) => manifest.id === favourite.model.id);
  if (!model) return;
  const { words, lettering, place, smooth, way } = favourite;
  const recipe = recipeOf(favourite.recipe, model);
  const kept = way ? { a: recipe, b: recipeOf(way.to, model) } : options.kept;
  // What was kept for a way belongs to the model that it was drawn by.
  const isOther = model !== options.model && !way;
  return {
    ...{ engine: options.engine, model, recipe, kept: isOther ? {} : kept, share: way?.share },
    ...{ words, lettering, place, smooth },
  };
}

/** The shot of a favourite of a model. */
export function shotOfFavourite(favourite: Favourite, model: PosterModel): Shot {
  const { recipe, way } = favourite;
  return {
    recipe: recipeOf(recipe, model),
    ...(way && { way: { to: recipeOf(way.to, model), share: way.share } }),
  };
}

/** What the visitor should know of a favourite's model; empty if it is here as it was. */
export function modelNotice(favourite: Favourite, models: readonly PosterModel[]): string {
  const { id, name, sha256 } = favourite.model;
  const model = models.find(({ manifest }) => manifest.id === id);
  if (!model) return `Its model, “${name}”, is not here any more, so it cannot be drawn.`;
  return model.manifest.weights.sha256 === sha256
    ? ""
    : `Its model, “${name}”, has been trained anew since: the poster may look different.`;
}

/** What a favourite is called: its title if it has one, and its genres and number. */
export function nameFavourite({ words, recipe }: Favourite): string {
  const title = words.title.trim();
  const genres = Object.entries(recipe.genres).sort(([, a], [, b]) => b - a).slice(0, 2)
    .map(([name]) => name);
  const done = `${recipe.mix ? ", mixed" : ""}${recipe.along ? ", moved" : ""}`;
  const facts = `${genres.join(", ") || "any genre"}, ${recipe.seed}${done}`;
  return title ? `${title} (${facts})` : facts;
}

/** The recipe for a model; without what was done to its styles where that model, trained anew since, does not draw in any. */
function recipeOf({ mix, along = [], ...recipe }: Favourite["recipe"], model: PosterModel): Recipe {
  const { config } = model.manifest, layers = countLayers(config);
  const mixed = {
    ...plainRecipeOf(recipe, model),
    ...(mix && layers > 0 && {
      mix: { other: plainRecipeOf(mix.other, model), from: boundLayer(mix.from, layers) },
    }),
  };
  return moveOf(mixed, along.slice(0, styleLength(config)));
}

function plainRecipeOf(
  { genres, ...recipe }: Favourite["recipe"],
  { manifest }: PosterModel,
): PlainRecipe {
  const weights = new Map(Object.entries(genres).map(([name, weight]) => [slugOf(name), weight]));
  return { ...recipe, genres: manifest.genres.map((name) => weights.get(slugOf(name)) ?? 0) };
}
