// A set of posters with their genres, as training, evaluation and inspection read it: packed in a file, or drawn on demand.

import type { Picture } from "../gpu/picture.ts";
import type { Size } from "./picture_list.ts";

/** The parts of a set; a film is in one of them with all its posters. */
export const SPLITS = ["train", "valid", "test"] as const;

/** One part of a set. */
export type Split = typeof SPLITS[number];

/** How the frequency of genres counts when posters are drawn; see data/poster_batches.ts. */
export const BALANCES = ["none", "sqrt", "inverse"] as const;

/** One of the ways. */
export type Balance = typeof BALANCES[number];

/** What is known of a poster without its picture. */
export interface PosterFacts {
  /** The film's id, unique in the set, such as `tt0076759` or `drawn-12`. */
  id: string;
  /** One byte per genre of the set: 1 if the film is of that genre. At least one is. */
  genres: Uint8Array;
  /** Year of the film, 0 if it is not known. */
  year: number;
  split: Split;
}

/** Posters of one size, numbered from 0; every number belongs to one split. */
export interface PosterSet {
  /** What it is, in a line for people: where from, how many of each split, size. */
  readonly description: string;
  /** SHA-256 in hex of all that decides what the set gives. */
  readonly hash: string;
  /** Names of the genres, lower case, in the order of the labels. */
  readonly genres: readonly string[];
  readonly size: Size;
  readonly count: number;
  /** How its maker wants training to draw from it (`posterBatches`); undefined if that was left open. */
  readonly balance?: Balance;
  /** Numbers of the posters of each split, rising. */
  readonly split: Readonly<Record<Split, Uint32Array>>;
  /** @throws {RangeError} if there is no poster of that number */
  facts(index: number): PosterFacts;
  /** The picture, opaque, of the set's size. @throws {RangeError} if there is no poster of that number */
  load(index: number): Promise<Picture>;
  close(): Promise<void>;
}

/** The twenty genres of the source project's kind of set, and of the posters that are drawn by code. */
export const GENRES = [
  "action",
  "adventure",
  "animation",
  "biography",
  "comedy",
  "crime",
  "documentary",
  "drama",
  "family",
  "fantasy",
  "history",
  "horror",
  "music",
  "mystery",
  "romance",
  "sci-fi",
  "sport",
  "thriller",
  "war",
  "western",
] as const;

/** One of the twenty. */
export type Genre = typeof GENRES[number];
