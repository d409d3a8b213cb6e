// Which pictures are to be seen on the poster page, in the order in which they are drawn.

import type { Picture } from "../gpu/picture.ts";
import { isComplete, type PosterOptions, shotOf } from "./_poster_options.ts";
import type { PosterModel } from "./_poster_protocol.ts";
import { keyOf, type Shot, stationsBetween, variationsOf } from "./_poster_recipe.ts";

/** A place for a picture: the poster, the two that were kept, the cells beside the poster by number, a tool's by key. */
export type Slot = "poster" | "a" | "b" | number | `tool ${string}`;

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

/** Model and shot in one text: the same key, the same picture. */
export function pictureKey({ manifest: { id } }: PosterModel, shot: Shot): string {
  return `${id} ${keyOf(shot)}`;
}

/** Where a picture for a tool is kept. */
export function toolSlot(key: string): Slot {
  return `tool ${key}`;
}

/**
 * All pictures that are to be seen, the most urgent first; the first is the poster.
 *
 * @param others what tools show beside it
 */
export function wishesOf(
  options: PosterOptions,
  cells: readonly Shot[],
  others: readonly Shot[],
): [Wish, ...Wish[]] {
  const { model, kept: { a, b } } = options;
  const wish = (slot: Slot, shot: Shot): Wish => ({ slot, shot, key: pictureKey(model, shot) });
  return [
    wish("poster", shotOf(options)),
    ...(a ? [wish("a", { recipe: a })] : []),
    ...(b ? [wish("b", { recipe: b })] : []),
    ...cells.map((shot, i) => wish(i, shot)),
    ...others.map((shot) => wish(toolSlot(pictureKey(model, shot)), shot)),
  ];
}
