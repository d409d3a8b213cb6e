// What a visitor can choose on the poster page, and how a link says it.

import { countLayers } from "../models/poster/style_layers.ts";
import { formatEngine, parseEngine } from "./_engine_options.ts";
import { FAMILIES, type FamilyId } from "./_poster_fonts.ts";
import {
  boundLayer,
  formatRecipe,
  joinTexts,
  type Losses,
  parseRecipe,
  parseShare,
  slugOf,
  splitTexts,
} from "./_poster_link.ts";
import type { PosterModel } from "./_poster_protocol.ts";
import {
  plainOf,
  type PlainRecipe,
  type Recipe,
  type Shot,
  surprise,
  TRUNCATION,
} from "./_poster_recipe.ts";
import type { EngineChoice } from "./_protocol.ts";

/** The words on a poster. */
export interface PosterWords {
  title: string;
  tagline: string;
  /** May have several lines. */
  credits: string;
}

/** The most characters that each of the words may have. */
export const WORD_LIMITS = { title: 80, tagline: 140, credits: 400 } as const;

/** Where the title goes; `auto` is where the picture is calmer. */
export type Place = "auto" | "top" | "bottom";

/** A visitor's choices. */
export interface PosterOptions {
  model: PosterModel;
  engine: EngineChoice;
  recipe: Recipe;
  /** Two posters that were kept, to go from one to the other. */
  kept: { a?: Recipe; b?: Recipe };
  /** How far the poster is on the way from one kept poster to the other; undefined where it stands alone. */
  share: number | undefined;
  words: PosterWords;
  /** The lettering; `auto` follows the genres. */
  lettering: FamilyId | "auto";
  place: Place;
  /** Whether pixels are smoothed when the picture is enlarged. */
  smooth: boolean;
}

const PLACES: readonly Place[] = ["auto", "top", "bottom"];

/**
 * The choices in a link, and what the visitor should know of those that do not hold. Where it names no seed, the poster is
 * a surprise.
 *
 * @param link what follows the `#` of an address, in the form of a query
 * @param random draws from [0, 1)
 */
export function parsePosterOptions(
  link: string,
  models: readonly PosterModel[],
  random: () => number,
): { options: PosterOptions; notices: string[] } {
  const query = new URLSearchParams(link);
  const id = query.get("model");
  const model = models.find(({ manifest }) => manifest.id === id) ?? models[0];
  const { genres } = model.manifest;
  const losses: Losses = { genres: new Set(), latent: false, styles: false };
  const told = (name: string) => query.get(name) ?? "";
  const recipe = query.has("seed")
    ? parseRecipe(
      {
        ...{ seed: told("seed"), genres: told("genres"), truncation: told("truncation") },
        ...{ steps: told("steps"), latent: told("latent"), along: told("along"), mix: told("mix") },
      },
      model.manifest,
      losses,
    )
    : surprise(genres.length, TRUNCATION, random);
  const keep = (name: "a" | "b") => {
    const texts = splitTexts(told(name));
    return texts.seed ? { [name]: parseRecipe(texts, model.manifest, losses) } : {};
  };
  const kept = { ...keep("a"), ...keep("b") };
  const options: PosterOptions = {
    model,
    engine: parseEngine(query),
    recipe,
    kept,
    share: isComplete(kept) ? parseShare(query.get("share")) : undefined,
    words: {
      title: trimWord(query.get("title") ?? "", "title"),
      tagline: trimWord(query.get("tagline") ?? "", "tagline"),
      credits: trimWord(query.get("credits") ?? "", "credits"),
    },
    lettering: FAMILIES.find(({ id }) => id === query.get("lettering"))?.id ?? "auto",
    place: PLACES.find((place) => place === query.get("place")) ?? "auto",
    smooth: query.get("pixels") !== "crisp",
  };
  return { options, notices: noticesOf(id, model, losses) };
}

/**
 * The link of these choices: all that makes the poster, so that it holds even where defaults change. It belongs behind the
 * `#` of an address, which browsers never send to a server.
 */
export function formatPosterOptions(options: PosterOptions): string {
  const { model, recipe, kept, share, words, lettering, place, smooth } = options;
  const { genres } = model.manifest;
  const query = new URLSearchParams({ model: model.manifest.id });
  const parts = formatRecipe(recipe, genres);
  if (genres.length > 0) query.set("genres", parts.genres);
  query.set("seed", parts.seed);
  query.set("truncation", parts.truncation);
  if (parts.steps) query.set("steps", parts.steps);
  if (parts.latent) query.set("latent", parts.latent);
  if (parts.along) query.set("along", parts.along);
  if (parts.mix) query.set("mix", parts.mix);
  for (const name of ["a", "b"] as const) {
    const of = kept[name];
    if (of) query.set(name, joinTexts(formatRecipe(of, genres)));
  }
  if (share !== undefined) query.set("share", String(share));
  for (const [name, word] of Object.entries(words)) if (word) query.set(name, word);
  if (lettering !== "auto") query.set("lettering", lettering);
  if (place !== "auto") query.set("place", place);
  if (!smooth) query.set("pixels", "crisp");
  formatEngine(options.engine, query);
  // These may stand in an address as they are, where people read them.
  return query.toString().replace(/%3A|%2C|%3B/g, decodeURIComponent);
}

/** A word as it may stand on a poster: no control characters, not too long. */
export function trimWord(word: string, name: keyof PosterWords): string {
  const lineBreaks = name === "credits" ? word.replace(/\r\n?/g, "\n") : word;
  const clean = lineBreaks.toWellFormed().replace(
    // Marks that turn the writing direction would also turn what stands beside the words.
    /[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu,
    (character) => character === "\n" && name === "credits" ? character : " ",
  );
  return Array.from(clean).slice(0, WORD_LIMITS[name]).join("");
}

/** The poster that the choices stand for. */
export function shotOf({ recipe, kept, share }: PosterOptions): Shot {
  return share !== undefined && isComplete(kept)
    ? { recipe: kept.a, way: { to: kept.b, share } }
    : { recipe };
}

/** Whether both ends of a way are there. */
export function isComplete(
  kept: PosterOptions["kept"],
): kept is { a: Recipe; b: Recipe } {
  return kept.a !== undefined && kept.b !== undefined;
}

/**
 * The same weights in another model's order; genres that it lacks are lost, and so are a latent vector of another length, a move along
 * the other model's directions and, where the model does not draw in styles, a mix.
 */
export function recipeFor(recipe: Recipe, from: PosterModel, to: PosterModel): Recipe {
  if (from === to) return recipe;
  const { mix } = recipe;
  const layers = countLayers(to.manifest.config);
  const plain = plainFor(plainOf(recipe), from, to);
  if (!mix || layers === 0) return plain;
  const other = plainFor(mix.other, from, to);
  return { ...plain, mix: { other, from: boundLayer(mix.from, layers) } };
}

function plainFor(
  { latent, ...recipe }: PlainRecipe,
  from: PosterModel,
  to: PosterModel,
): PlainRecipe {
  const weights = new Map(
    from.manifest.genres.map((name, i) => [slugOf(name), recipe.genres[i]]),
  );
  const genres = to.manifest.genres.map((name) => weights.get(slugOf(name)) ?? 0);
  const fits = from.manifest.config.latent === to.manifest.config.latent;
  return { ...recipe, ...(latent !== undefined && fits && { latent }), genres };
}

function noticesOf(id: string | null, { manifest }: PosterModel, losses: Losses): string[] {
  const notices: string[] = [];
  if (id !== null && id !== manifest.id) {
    notices.push(
      `The model of this link is not here. “${manifest.name}” draws in its place, so the poster is another one.`,
    );
  }
  if (losses.latent) {
    notices.push(
      "The link’s poster was bred, and this model cannot read what it was bred of. Its number draws another poster.",
    );
  }
  if (losses.styles) {
    notices.push(
      countLayers(manifest.config) > 0
        ? "What the link says of the poster’s styles cannot be read. It is drawn without that."
        : "The link’s poster was mixed or moved in its styles, and this model does not draw in styles. It is drawn without that.",
    );
  }
  if (losses.genres.size > 0) {
    const names = [...losses.genres].slice(0, 5).join(", ");
    notices.push(
      manifest.genres.length > 0
        ? `The link names genres that this model does not know: ${names}. They are left out.`
        : "This model draws without genres, so those of the link are left out.",
    );
  }
  return notices;
}
