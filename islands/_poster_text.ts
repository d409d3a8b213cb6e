// The words of the poster page that depend on what happened: what a poster is called, problems, file names.

import { slugOf } from "./_poster_link.ts";
import type { PosterOptions } from "./_poster_options.ts";
import type { PlainRecipe, Recipe, Shot } from "./_poster_recipe.ts";

/** More genres than this are not named, the weakest first. */
const NAMED_GENRES = 4;

/** Said when the worker broke while it drew. */
export function crashProblem(reason: string): string {
  return `The drawing broke off (${reason}). It has been started anew: move a fader to draw again.`;
}

/** A genre's name as a heading has it. */
export function nameGenre(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** The genres of a recipe in words, the strongest first: `Horror, Comedy` or, with weights, `Horror 70 %, Comedy 30 %`. */
export function describeGenres(
  recipe: PlainRecipe,
  names: readonly string[],
  withWeights = false,
): string {
  if (names.length === 0) return "No genre";
  const strongest = names.map((name, i) => ({ name, weight: recipe.genres[i] }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, NAMED_GENRES);
  if (strongest.length === 0) return "Any genre";
  return strongest.map(({ name, weight }) =>
    nameGenre(name) + (withWeights ? ` ${Math.round(100 * weight)} %` : "")
  ).join(", ");
}

/** A shot in words, for those who do not see it. */
export function describeShot({ recipe, way }: Shot, names: readonly string[]): string {
  const describePlain = (recipe: PlainRecipe) => {
    const { seed, steps, latent } = recipe;
    const varied = steps.length > 0 ? `, varied ${steps.length} ×` : "";
    const reworked = latent === undefined ? "" : ", reworked";
    return `${describeGenres(recipe, names, true)}, number ${seed}${reworked}${varied}`;
  };
  const describe = ({ mix, along, ...recipe }: Recipe) => {
    const moved = along ? ", its styles moved" : "";
    const mixed = mix ? `, from layer ${mix.from} on mixed with ${describePlain(mix.other)}` : "";
    return `${describePlain(recipe)}${moved}${mixed}`;
  };
  return way
    ? `${Math.round(100 * way.share)} % of the way from A (${describe(recipe)}) to B (${
      describe(way.to)
    })`
    : describe(recipe);
}

/** A poster's name in its file: its title, else its genres and its number. */
export function nameFile(
  { words, recipe, model, share }: PosterOptions,
  scale: number,
  isPictureAlone: boolean,
): string {
  const { genres } = model.manifest;
  const named = recipe.genres.some((weight) => weight > 0) ? describeGenres(recipe, genres) : "";
  const way = share === undefined ? "" : ` way ${Math.round(100 * share)}`;
  const stem = slugOf(words.title).slice(0, 60) || slugOf(`${named} ${recipe.seed}${way}`);
  return `${stem}${isPictureAlone ? "-picture" : ""}-${scale}x.png`;
}
