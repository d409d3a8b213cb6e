// What a poster on the page is made of, as numbers: seeds, genre weights, steps aside, and the way between two posters.

import { MAX_SEED } from "../models/poster_terms.ts";

export { MAX_SEED, TRUNCATION } from "../models/poster_terms.ts";

/** A turn of the latent vector towards that of another seed, by a share of the way. */
export interface Step {
  seed: number;
  /** 0 to 1. */
  amount: number;
}

/** One poster of one latent vector. */
export interface PlainRecipe {
  seed: number;
  /** The text of a latent vector that no seed has, as a child of two posters has; the seed is a mere name then. */
  latent?: string;
  /** Weight of each genre, 0 to 1, in the model's order; all 0 is "any genre". */
  genres: readonly number[];
  /** Scale of the latent vector, 0 to 1. */
  truncation: number;
  /** Variations that were chosen, one after the other. */
  steps: readonly Step[];
}

/** The poster whose styles a mix has in its layers from one on. */
export interface Mix {
  other: PlainRecipe;
  /** From 1 to one less than the model has layers. */
  from: number;
}

/** One poster; only a model that draws in styles has one that is more than a plain one. */
export interface Recipe extends PlainRecipe {
  mix?: Mix;
  /** Standard deviations along each of the model's directions of styles, the strongest first; the last one is not 0. */
  along?: readonly number[];
}

/** What is drawn: one poster, or one on the way to another. */
export interface Shot {
  recipe: Recipe;
  /** Absent for a poster that stands alone. */
  way?: {
    to: Recipe;
    /** 0 to 1. */
    share: number;
  };
}

/** A link holds no more steps than this. */
export const MAX_STEPS = 12;

/** Directions of styles that a poster is moved along at most, and how far along each, in standard deviations. */
export const MAX_DIRECTIONS = 6, DIRECTION_RANGE = 3;

/** How many pictures are drawn beside the poster. */
export const CELLS = 8;

/** A text that is the same for two shots only if their pictures are. */
export function keyOf({ recipe, way }: Shot): string {
  const plain = ({ seed, latent, genres, truncation, steps }: PlainRecipe) => [
    ...[latent ?? seed, genres, truncation],
    steps.map((step) => [step.seed, step.amount]),
  ];
  const numbers = ({ mix, along, ...recipe }: Recipe) => [
    ...plain(recipe),
    ...(mix ? [mix.from, plain(mix.other)] : []),
    ...(along ? [along] : []),
  ];
  return JSON.stringify(way ? [numbers(recipe), numbers(way.to), way.share] : [numbers(recipe)]);
}

/** A poster without what was done to its styles. */
export function plainOf({ mix: _mix, along: _along, ...plain }: Recipe): PlainRecipe {
  return plain;
}

/** A poster with the styles of another one from a layer on, both as they are without what was done to their styles. */
export function mixOf(first: Recipe, other: Recipe, from: number): Recipe {
  return { ...plainOf(first), mix: { other: plainOf(other), from } };
}

/** A poster moved along directions of styles, from where it would be without. @param amounts at most `MAX_DIRECTIONS` */
export function moveOf({ along: _along, ...recipe }: Recipe, amounts: readonly number[]): Recipe {
  const last = amounts.findLastIndex((amount) => amount !== 0);
  return { ...recipe, ...(last >= 0 && { along: amounts.slice(0, last + 1) }) };
}

/**
 * Variations of a poster, none with a seed that it has used. Empty if the poster has taken as many steps as a link holds.
 *
 * @param page which set of them, from 0
 */
export function variationsOf(recipe: Recipe, amount: number, page: number): Shot[] {
  if (recipe.steps.length >= MAX_STEPS) return [];
  const start = recipe.seed + 1 + recipe.steps.length * 1000 + page * CELLS;
  return Array.from({ length: CELLS }, (_, i) => {
    const seed = (start + i) % (MAX_SEED + 1);
    return { recipe: { ...recipe, steps: [...recipe.steps, { seed, amount }] } };
  });
}

/** Posters at even distances on the way from one to another, both ends included. */
export function stationsBetween(from: Recipe, to: Recipe): Shot[] {
  return Array.from({ length: CELLS }, (_, i) => {
    const share = Math.round(100 * i / (CELLS - 1)) / 100;
    return { recipe: from, way: { to, share } };
  });
}

/** A poster that nobody asked for: a new seed and one to three genres. @param random draws from [0, 1) */
export function surprise(genres: number, truncation: number, random: () => number): Recipe {
  const below = (count: number) => Math.floor(random() * count);
  const weights = Array.from({ length: genres }, () => 0);
  const others = genres > 0 ? below(3) : 0;
  for (let i = 0; i < others; i++) weights[below(genres)] = (6 + below(12)) / 20;
  if (genres > 0) weights[below(genres)] = 1;
  return { seed: below(1_000_000), genres: weights, truncation, steps: [] };
}
