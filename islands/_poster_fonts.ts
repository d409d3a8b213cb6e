// The letterings of posters: which families there are, what each is for, and which one a mix of genres asks for.

import { slugOf } from "./_poster_link.ts";

/** The families that posters are set in. */
export type FamilyId = "oswald" | "playfair" | "lobster" | "amatic";

/** A family, and how it is set. Lengths are shares of the font size. */
export interface Family {
  id: FamilyId;
  /** As a style sheet names it. */
  name: string;
  /** Said of it to the visitor. */
  label: string;
  weight: number;
  /** Whether titles are in capitals. */
  capitals: boolean;
  /** From one line to the next. */
  leading: number;
  /** From a line's top to its baseline. */
  rise: number;
}

/** All families, the one for everything else first. */
export const FAMILIES: readonly [Family, ...Family[]] = [
  {
    ...{ id: "oswald", name: "Oswald", label: "Bold and narrow", weight: 500 },
    ...{ capitals: true, leading: 1.08, rise: 0.92 },
  },
  {
    ...{ id: "playfair", name: "Playfair Display", label: "High contrast", weight: 700 },
    ...{ capitals: false, leading: 1.12, rise: 0.86 },
  },
  {
    ...{ id: "lobster", name: "Lobster", label: "Painted sign", weight: 400 },
    ...{ capitals: false, leading: 1.12, rise: 0.88 },
  },
  {
    ...{ id: "amatic", name: "Amatic SC", label: "Drawn by hand", weight: 700 },
    ...{ capitals: true, leading: 0.98, rise: 0.86 },
  },
];

/** The family that taglines and credits are set in, beside whatever title. */
export const SMALL_PRINT: Family = FAMILIES[0];

/** What follows a family's name where a character is missing from it. */
const FALLBACK = "Impact, sans-serif";

/** Genres by the family that they ask for; all others get the first. */
const PAIRINGS: ReadonlyMap<string, FamilyId> = new Map(
  ([
    ["playfair", ["biography", "drama", "history", "romance", "war", "music"]],
    ["lobster", ["animation", "comedy", "family", "musical"]],
    ["amatic", ["fantasy", "horror", "mystery"]],
  ] as const).flatMap(([id, genres]) => genres.map((genre) => [genre, id] as const)),
);

/** The family that suits a mix of genres: the one whose genres weigh most together. */
export function familyFor(names: readonly string[], weights: readonly number[]): Family {
  const sums = new Map<FamilyId, number>();
  names.forEach((name, i) => {
    const id = PAIRINGS.get(slugOf(name)) ?? "oswald";
    sums.set(id, (sums.get(id) ?? 0) + weights[i]);
  });
  const weightOf = ({ id }: Family) => sums.get(id) ?? 0;
  return FAMILIES.reduce((best, family) => weightOf(family) > weightOf(best) ? family : best);
}

/** The family of that name. */
export function findFamily(id: FamilyId): Family {
  return FAMILIES.find((family) => family.id === id) ?? FAMILIES[0];
}

/** The families of a line as a style sheet wants them. */
export function stackOf({ name }: Family): string {
  return `"${name}", ${FALLBACK}`;
}

/** A font as a canvas wants it, at so many pixels. */
export function fontOf(family: Family, pixels: number): string {
  return `${family.weight} ${pixels}px ${stackOf(family)}`;
}
