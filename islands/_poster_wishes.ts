// Which pictures are to be seen on the poster page, in the order in which they are drawn.

import type { Picture } from "../gpu/picture.ts";
import { isComplete, type PosterOptions, shotOf } from "./_poster_options.ts";
import { keyOf, type Shot, stationsBetween, variationsOf } from "./_poster_recipe.ts";

/** A place for a picture: the poster, the two that were kept, the cells beside the poster by number. */
export type Slot = "poster" | "a" | "b" | number;

/** What is to be seen in a slot. */
export interface Wish {
  slot: Slot;
  shot: Shot;
  /** Model and shot: the same key, the same picture. */
  key: string;
}

/** A picture in its slot. */
export interface DrawnPicture {
  picture: Picture;
  shot: Shot;
  /** The slot is up to date if this is the wish's. */
  key: string;
  milliseconds: number;
  /** Live tensors in the worker after the run. */
  tensors: number;
}

/** How the pictures beside the poster are chosen. */
export interface CellChoice {
  /** How far variations are from the poster, 0 to 1. */
  amount: number;
  /** Which set of variations, from 0. */
  page: number;
}

/** What belongs beside the poster: its variations, or stations of the way that it is on. */
export function cellsOf(
  { recipe, kept, share }: PosterOptions,
  { amount, page }: CellChoice,
): readonly Shot[] {
  return share !== undefined && isComplete(kept)
    ? stationsBetween(kept.a, kept.b)
    : variationsOf(recipe, amount, page);
}

/** All pictures that are to be seen, the most urgent first; the first is the poster. */
export function wishesOf(options: PosterOptions, cells: readonly Shot[]): [Wish, ...Wish[]] {
  const { model, kept: { a, b } } = options;
  const wish = (slot: Slot, shot: Shot): Wish => (
    { slot, shot, key: `${model.manifest.id} ${keyOf(shot)}` }
  );
  return [
    wish("poster", shotOf(options)),
    ...(a ? [wish("a", { recipe: a })] : []),
    ...(b ? [wish("b", { recipe: b })] : []),
    ...cells.map((shot, i) => wish(i, shot)),
  ];
}
