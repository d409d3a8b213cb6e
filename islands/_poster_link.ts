// One poster's numbers as they stand in a link, and read back with every number held within its bounds.

import { formatGenres, MAX_SEED, slugOf, TRUNCATION } from "../models/poster_terms.ts";
import { parseLatent } from "../models/poster/latent_text.ts";
import { countLayers, styleLength } from "../models/poster/style_layers.ts";
import type { PosterManifest } from "../models/manifest.ts";
import {
  DIRECTION_RANGE,
  MAX_DIRECTIONS,
  MAX_STEPS,
  type Mix,
  moveOf,
  type PlainRecipe,
  type Recipe,
  type Step,
} from "./_poster_recipe.ts";

export { slugOf } from "../models/poster_terms.ts";

/** A recipe as texts, but for what is done to its styles. */
interface PlainTexts {
  seed: string;
  /** Such as `horror:0.7,comedy:0.3`; the same form as the command line's. */
  genres: string;
  truncation: string | null;
  /** Such as `12:0.35,907:0.2`. */
  steps: string;
  /** A latent vector's text, empty where the seed has the vector. */
  latent: string;
}

/** A recipe as texts. */
export interface RecipeTexts extends PlainTexts {
  /** Such as `0,-1.5`; empty where it is not moved. */
  along: string;
  /** Such as `1;4;12;horror:1;0.8;`: the form, the layer, and the other poster's texts; empty without a mix. */
  mix: string;
}

/** What of a link did not hold. */
export interface Losses {
  /** Names of genres that the model does not have. */
  genres: Set<string>;
  /** Whether there was a latent vector that the model cannot take. */
  latent: boolean;
  /** Whether there was a mix or a move along styles that cannot be read, or that takes a model that draws in styles. */
  styles: boolean;
}

/** The form of a mix's text; another one needs another digit. */
const MIX_FORM = "1";

/** Texts of a poster that stand in one term of a link, and those of one with a mix. */
const PLAIN_TEXTS = 5, MOST_TEXTS = 2 * PLAIN_TEXTS + 3;

/** Longer names of unknown genres are cut: they are shown to the visitor. */
const SHOWN_NAME = 30;

/** A recipe's texts. @param genres the model's names */
export function formatRecipe(
  recipe: Recipe,
  genres: readonly string[],
): RecipeTexts & { truncation: string } {
  const { mix, along = [] } = recipe;
  const other = mix && { ...formatPlain(mix.other, genres), along: "", mix: "" };
  return {
    ...formatPlain(recipe, genres),
    along: along.join(),
    mix: mix && other ? [MIX_FORM, mix.from, joinTexts(other)].join(";") : "",
  };
}

/** A recipe's texts in one term of a link. */
export function joinTexts(
  { seed, genres, truncation, steps, latent, along, mix }: RecipeTexts,
): string {
  return [
    ...[seed, genres, truncation, steps],
    ...(latent || along || mix ? [latent] : []),
    ...(along || mix ? [along] : []),
    ...(mix ? [mix] : []),
  ].join(";");
}

/** The texts in one term of a link; those that are not there are empty. */
export function splitTexts(term: string): RecipeTexts {
  const [seed, genres = "", truncation = "", steps = "", latent = "", along = "", ...mix] = term
    .split(";", MOST_TEXTS);
  return { seed, genres, truncation, steps, latent, along, mix: mix.join(";") };
}

/**
 * The recipe that texts of whatever origin stand for: what is no number becomes a default, what is out of bounds the bound.
 *
 * @param losses is told what the model does not know
 */
export function parseRecipe(
  texts: RecipeTexts,
  manifest: Pick<PosterManifest, "genres" | "config">,
  losses: Losses,
): Recipe {
  const mix = texts.mix ? parseMix(texts.mix, manifest, losses) : undefined;
  const along = texts.along ? parseAmounts(texts.along, manifest) : [];
  if (texts.mix && !mix || !along) losses.styles = true;
  const recipe = { ...parsePlain(texts, manifest, losses), ...(mix && { mix }) };
  return moveOf(recipe, along ?? []);
}

/** Standard deviations in tenths; undefined if there is anything else, or the model has no directions of styles. */
function parseAmounts(
  text: string,
  { config }: Pick<PosterManifest, "config">,
): number[] | undefined {
  const amounts = text.split(",", 1 + MAX_DIRECTIONS);
  const isKnown = amounts.length <= Math.min(MAX_DIRECTIONS, styleLength(config)) &&
    amounts.every((amount) => /^-?\d{1,2}(\.\d{1,4})?$/.test(amount));
  if (!isKnown) return;
  return amounts.map((amount) => {
    const bounded = Math.min(DIRECTION_RANGE, Math.max(-DIRECTION_RANGE, Number(amount)));
    // No -0, which no link would give back.
    return Math.round(10 * bounded) / 10 || 0;
  });
}

function formatPlain(
  recipe: PlainRecipe,
  genres: readonly string[],
): PlainTexts & { truncation: string } {
  return {
    seed: String(recipe.seed),
    genres: formatGenres(recipe.genres, genres),
    truncation: String(recipe.truncation),
    steps: recipe.steps.map(({ seed, amount }) => `${seed}:${amount}`).join(),
    latent: recipe.latent ?? "",
  };
}

function parseMix(
  text: string,
  manifest: Pick<PosterManifest, "genres" | "config">,
  losses: Losses,
): Mix | undefined {
  const [, form, layer, term] = text.match(/^(\d+);(\d{1,3});(.+)$/s) ?? [];
  const layers = countLayers(manifest.config);
  if (form !== MIX_FORM || layers === 0) return;
  const texts = splitTexts(term);
  if (!texts.seed) return;
  return { other: parsePlain(texts, manifest, losses), from: boundLayer(Number(layer), layers) };
}

/** The layer from which on a mix is the other poster, in a model of so many. */
export function boundLayer(from: number, layers: number): number {
  return Math.min(layers - 1, Math.max(1, from));
}

function parsePlain(
  texts: PlainTexts,
  { genres, config }: Pick<PosterManifest, "genres" | "config">,
  losses: Losses,
): PlainRecipe {
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
