// One poster's numbers as they stand in a link, and read back with every number held within its bounds.

import { formatGenres, MAX_SEED, slugOf, TRUNCATION } from "../models/poster_terms.ts";
import { parseLatent } from "../models/poster/latent_text.ts";
import type { PosterManifest } from "../models/manifest.ts";
import { MAX_STEPS, type Recipe, type Step } from "./_poster_recipe.ts";

export { slugOf } from "../models/poster_terms.ts";

/** A recipe as texts. */
export interface RecipeTexts {
  seed: string;
  /** Such as `horror:0.7,comedy:0.3`; the same form as the command line's. */
  genres: string;
  truncation: string | null;
  /** Such as `12:0.35,907:0.2`. */
  steps: string;
  /** A latent vector's text, empty where the seed has the vector. */
  latent: string;
}

/** What of a link did not hold. */
export interface Losses {
  /** Names of genres that the model does not have. */
  genres: Set<string>;
  /** Whether there was a latent vector that the model cannot take. */
  latent: boolean;
}

/** Longer names of unknown genres are cut: they are shown to the visitor. */
const SHOWN_NAME = 30;

/** A recipe's texts. @param genres the model's names */
export function formatRecipe(
  recipe: Recipe,
  genres: readonly string[],
): RecipeTexts & { truncation: string } {
  return {
    seed: String(recipe.seed),
    genres: formatGenres(recipe.genres, genres),
    truncation: String(recipe.truncation),
    steps: recipe.steps.map(({ seed, amount }) => `${seed}:${amount}`).join(),
    latent: recipe.latent ?? "",
  };
}

/**
 * The recipe that texts of whatever origin stand for: what is no number becomes a default, what is out of bounds the bound.
 *
 * @param losses is told what the model does not know
 */
export function parseRecipe(
  texts: RecipeTexts,
  { genres, config }: Pick<PosterManifest, "genres" | "config">,
  losses: Losses,
): Recipe {
  const isLatent = texts.latent !== "" && parseLatent(texts.latent, config.latent) !== undefined;
  if (texts.latent && !isLatent) losses.latent = true;
  return {
    seed: parseSeed(texts.seed),
    ...(isLatent && { latent: texts.latent }),
    genres: parseGenres(texts.genres, genres, losses.genres),
    truncation: parseShare(texts.truncation) ?? TRUNCATION,
    steps: texts.steps.split(",", MAX_STEPS).flatMap((text): Step[] => {
      const [seed, amount] = text.split(":");
      const share = parseShare(amount);
      return seed && share !== undefined ? [{ seed: parseSeed(seed), amount: share }] : [];
    }),
  };
}

/** A share from 0 to 1 in hundredths, undefined for what is no number. */
export function parseShare(text: string | null | undefined): number | undefined {
  const number = text?.trim() ? Number(text) : NaN;
  if (Number.isNaN(number)) return undefined;
  return Math.round(100 * Math.min(1, Math.max(0, number))) / 100;
}

/** A whole number from 0 to the largest seed; 0 for what is no number. */
export function parseSeed(text: string): number {
  const number = Math.floor(Number(text));
  return Number.isNaN(number) ? 0 : Math.min(MAX_SEED, Math.max(0, number));
}

function parseGenres(list: string, names: readonly string[], unknown: Set<string>): number[] {
  const slugs = names.map(slugOf);
  const weights = names.map(() => 0);
  // No model has more than 64 genres.
  for (const item of list.split(",", 64).filter((item) => item.trim())) {
    const [name, weight] = item.split(":");
    const at = slugs.indexOf(slugOf(name));
    if (at >= 0) weights[at] = parseShare(weight ?? "1") ?? 0;
    else unknown.add(name.trim().slice(0, SHOWN_NAME));
  }
  return weights;
}
