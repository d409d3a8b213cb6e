// A poster's address on the server: /api/poster.png with the terms of the poster page's links, each checked before anything is drawn.

import * as v from "valibot";
import { HttpError } from "fresh";
import { modelIdSchema } from "../../models/manifest.ts";
import { formatGenres, MAX_SEED, slugOf, TRUNCATION } from "../../models/poster_terms.ts";
import type { PosterOrder, Scale } from "../../server/draw_protocol.ts";
import type { ShelvedModelOf } from "../(_models)/shelf.ts";

/** A poster model as the shelf has it. */
export type PosterModel = ShelvedModelOf<"poster">;

/** Digits of the weights' hash in an address: as many as other files' addresses have. */
const VERSION_DIGITS = 16;

const decimal = v.pipe(v.string(), v.regex(/^(\d|\d?\.\d{1,4})$/), v.transform(Number));
const share = v.pipe(decimal, v.maxValue(1));

const terms = {
  model: modelIdSchema,
  v: v.pipe(v.string(), v.regex(/^[0-9a-f]{16,64}$/)),
  seed: v.pipe(v.string(), v.regex(/^\d{1,10}$/), v.transform(Number), v.maxValue(MAX_SEED)),
  genres: v.pipe(v.string(), v.maxLength(4096)),
  truncation: share,
  scale: v.pipe(v.picklist(["1", "2", "4"]), v.transform((text) => Number(text) as Scale)),
};

type Term = keyof typeof terms;

/** What each of them is, for people. */
const expected: Record<Term, string> = {
  model: "the id of a model, such as those on the models page",
  v: "16 to 64 digits of the SHA-256 of the model's weights",
  seed: `a whole number from 0 to ${MAX_SEED}`,
  genres: "a list such as horror:0.7,comedy:0.3",
  truncation: "a number from 0 to 1 with at most four decimals",
  scale: "1, 2 or 4",
};

/** A poster, and whether its address names the weights that it is drawn with, so that it stays the same for good. */
export interface AskedPoster {
  order: PosterOrder;
  isPinned: boolean;
}

/**
 * The poster that a query asks for. All terms may be left out: the newest model, seed 0, any genre, the page's truncation and the
 * model's own size then.
 *
 * @param models on offer, the newest first
 * @throws {HttpError} 400 naming the term that does not hold, what was found and what was expected; 404 if there is no model
 */
export function parsePosterQuery(
  query: URLSearchParams,
  models: readonly PosterModel[],
): AskedPoster {
  if (models.length === 0) throw new HttpError(404, "There is no poster model on this server");
  for (const name of query.keys()) {
    if (!Object.hasOwn(terms, name)) {
      refuse(`${quote(name)} is not known`, `some of ${Object.keys(terms).join(", ")}`);
    }
    if (query.getAll(name).length > 1) refuse(`${name} stands there more than once`, "it once");
  }
  const read = <Name extends Term>(name: Name): v.InferOutput<typeof terms[Name]> | undefined => {
    const text = query.get(name);
    if (text === null) return undefined;
    const result = v.safeParse(terms[name], text);
    return result.success
      ? result.output as v.InferOutput<typeof terms[Name]>
      : refuse(`${name} is ${quote(text)}`, expected[name]);
  };
  const { manifest, weightsFile } = findModel(read("model"), models);
  const version = read("v");
  const recipe = {
    seed: read("seed") ?? 0,
    genres: parseGenres(read("genres") ?? "", manifest.genres),
    truncation: read("truncation") ?? TRUNCATION,
  };
  return {
    order: { manifest, weightsFile, recipe, scale: read("scale") ?? 1 },
    isPinned: version !== undefined && manifest.weights.sha256.startsWith(version),
  };
}

/** The address of a poster on this site; it names the weights, so it may be kept for good. */
export function posterAddress({ manifest, recipe, scale }: PosterOrder): string {
  const genres = formatGenres(recipe.genres, manifest.genres);
  const query = new URLSearchParams({
    model: manifest.id,
    v: manifest.weights.sha256.slice(0, VERSION_DIGITS),
    ...(genres ? { genres } : {}),
    seed: String(recipe.seed),
    truncation: String(recipe.truncation),
    scale: String(scale),
  });
  return `/api/poster.png?${query}`.replace(/%3A|%2C/g, decodeURIComponent);
}

function findModel(id: string | undefined, models: readonly PosterModel[]): PosterModel {
  if (id === undefined) return models[0];
  return models.find(({ manifest }) => manifest.id === id) ??
    refuse(
      `there is no poster model ${quote(id)}`,
      `one of ${models.map(({ manifest }) => manifest.id).join(", ")}`,
    );
}

function parseGenres(list: string, genres: readonly string[]): number[] {
  const weights = genres.map(() => 0), slugs = genres.map(slugOf);
  const told = new Set<string>();
  for (const item of list === "" ? [] : list.split(",")) {
    const [, name, weight] = item.match(/^([^:]+)(?::(.*))?$/) ?? [];
    const slug = slugOf(name ?? ""), at = slugs.indexOf(slug);
    if (at < 0) {
      const known = genres.length > 0 ? `some of ${slugs.join(", ")}` : "none: the model has none";
      refuse(`genres has ${quote(item)}`, known);
    }
    if (told.has(slug)) refuse(`genres has "${slug}" more than once`, "each genre once");
    told.add(slug);
    const result = v.safeParse(share, weight ?? "1");
    if (!result.success) {
      refuse(`genres has ${quote(item)}`, `a weight: ${expected.truncation}`);
    } else weights[at] = result.output;
  }
  return weights;
}

function refuse(found: string, wanted: string): never {
  throw new HttpError(400, `Cannot draw a poster: ${found}; expected ${wanted}`);
}

/** A word of the visitor's as it may be shown: short, on one line. */
function quote(text: string): string {
  const line = text.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "\uFFFD");
  return `"${line.length > 40 ? `${line.slice(0, 40)}…` : line}"`;
}
