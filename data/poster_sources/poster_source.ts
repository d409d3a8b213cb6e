// What every source of posters gives: films in a fixed order, with what is known of them and where the picture is.

import type { Picture } from "../../gpu/picture.ts";
import type { Split } from "../posters.ts";

/** Why a film of a source has no picture that could be read. */
export interface RecordProblem {
  reason: "bad entry" | "no picture";
  /** One line, with what was found. */
  detail: string;
}

/** Where a poster's picture comes from. */
export type PictureOrigin =
  | { kind: "file"; path: string }
  /** An address from which it may be fetched into a file, if the user says so. */
  | { kind: "link"; url: string; fileStem: string }
  /** A picture of the set's size, drawn when asked for. */
  | { kind: "drawn"; draw(): Promise<Picture> }
  | { kind: "none"; problem: RecordProblem };

/** A film with its poster, as a source tells it. */
export interface PosterRecord {
  /** The film's id, such as `tt0076759`; sources may name one twice. */
  id: string;
  title?: string;
  /** Genres in the source's own words. */
  genres: readonly string[];
  /** Year of the film, 0 if it is not known. */
  year: number;
  picture: PictureOrigin;
  /** The part to which the source assigns it, if it does. */
  split?: Split;
}

/** A collection of posters on disk, or drawn by code. */
export interface PosterSource {
  /** A line for people, such as `Kaggle table MovieGenre.csv`. */
  readonly description: string;
  /** Its own list of genres, if its labels are numbers or of a fixed list. */
  readonly genres?: readonly string[];
  /** The films, in the same order each time. */
  records(): AsyncIterable<PosterRecord>;
}

/** An IMDb id as IMDb writes it (`tt` and at least 7 digits), or undefined if the text is none. */
export function parseImdbId(text: string): string | undefined {
  const digits = /^(?:tt)?0*(\d{1,10})$/.exec(text.trim())?.[1];
  return digits === undefined ? undefined : `tt${digits.padStart(7, "0")}`;
}

/** The year in the last `(1977)` of a text, or 0. */
export function findYear(text: string): number {
  const year = [...text.matchAll(/\((\d{4})\)/g)].at(-1)?.[1];
  return year === undefined ? 0 : Number(year);
}

/** The part of a file's name before its last dot. */
export function stemOf(name: string): string {
  return name.replace(/\.[^.]*$/, "");
}

/** Whether a file's name ends as a picture's that we read. */
export function isPictureName(name: string): boolean {
  return !name.startsWith(".") && /\.(jpe?g|png|webp)$/i.test(name);
}
