// Sets a poster's words over its picture: one layout for the page and for the exported file, as lines with places, sizes and inks.

import type { Picture } from "../gpu/picture.ts";
import { calmerThird, chooseInk, coloursOf, type Ink } from "./_poster_contrast.ts";
import { type FittedText, fitText, type Measure } from "./_poster_fit.ts";
import { type Family, SMALL_PRINT } from "./_poster_fonts.ts";
import type { Place, PosterWords } from "./_poster_options.ts";

/** The width of every layout; its height follows the picture's shape. */
export const LAYOUT_WIDTH = 1000;

/** One line of words, its middle in the middle of the poster. */
export interface TypeLine {
  text: string;
  family: Family;
  size: number;
  /** Of the baseline. */
  y: number;
}

/** Lines that stand together, in one ink. */
export interface TypeBlock {
  lines: TypeLine[];
  ink: Ink;
  /** The edge of the poster that the block stands at. */
  edge: "top" | "bottom";
  /** First and last row that the words cover. */
  top: number;
  bottom: number;
}

/** A poster's words, set. */
export interface Typesetting {
  height: number;
  blocks: TypeBlock[];
}

/** Words, and how they are to be set. */
export interface TypeOrder {
  words: PosterWords;
  family: Family;
  place: Place;
}

/** One of the words on its way into a block. */
interface Part {
  text: FittedText | undefined;
  family: Family;
}

/** Free at both sides, at the top and at the bottom. */
const MARGIN = 60;
/** Between words of different kinds. */
const GAP = 22;

/**
 * The words over a picture: the title and the tagline in its calmer third unless told otherwise, the credits at the bottom.
 */
export function setType(
  { words, family, place }: TypeOrder,
  picture: Picture,
  measure: Measure,
): Typesetting {
  const height = LAYOUT_WIDTH * picture.height / picture.width;
  const third = height / 3 - MARGIN;
  const width = LAYOUT_WIDTH - 2 * MARGIN;
  const fit = (word: string, family: Family, share: number, maxSize: number): Part => ({
    family,
    text: fitText(word, family, { width, height: third * share, maxSize }, measure),
  });
  const capitals = (word: string, { capitals }: Family) => capitals ? word.toUpperCase() : word;
  const title = fit(capitals(words.title, family), family, 0.58, 300);
  const tagline = fit(words.tagline, SMALL_PRINT, 0.18, 46);
  const credits = fit(capitals(words.credits, SMALL_PRINT), SMALL_PRINT, 0.24, 30);
  const atTop = (place === "auto" ? calmerThird(picture) : place) === "top";
  const order = atTop
    ? [stack([tagline, title], "top", height), stack([credits], "bottom", height)]
    : [stack([title, tagline, credits], "bottom", height)];
  const blocks = order.flatMap((block) => block ? [inked(block, picture, height)] : []);
  return { height, blocks };
}

/** Parts below each other, at an edge of the poster; undefined if there are none. */
function stack(
  parts: Part[],
  edge: "top" | "bottom",
  posterHeight: number,
): Omit<TypeBlock, "ink"> | undefined {
  const present = parts.flatMap(({ text, family }) => text ? [{ text, family }] : []);
  if (present.length === 0) return undefined;
  const height = present.reduce((sum, { text }) => sum + text.height, GAP * (present.length - 1));
  const top = edge === "top" ? MARGIN : posterHeight - MARGIN - height;
  const lines: TypeLine[] = [];
  let y = top;
  for (const { text: { lines: texts, size }, family } of present) {
    for (const text of texts) {
      lines.push({ text, family, size, y: y + size * family.rise });
      y += size * family.leading;
    }
    y += GAP;
  }
  return { lines, edge, top, bottom: top + height };
}

/** A block with the ink that suits the picture behind it. */
function inked(block: Omit<TypeBlock, "ink">, picture: Picture, height: number): TypeBlock {
  const sides = { left: MARGIN / LAYOUT_WIDTH, right: 1 - MARGIN / LAYOUT_WIDTH };
  const area = { ...sides, top: block.top / height, bottom: block.bottom / height };
  return { ...block, ink: chooseInk(coloursOf(picture, area)) };
}

/** Where a block's scrim lies: full from the poster's edge to the end of the words, then fading over `fade`. */
export function scrimOf(
  { edge, top, bottom }: TypeBlock,
  height: number,
): { y: number; height: number; fade: number; edge: "top" | "bottom" } {
  const fade = height / 9;
  return edge === "top"
    ? { edge, y: 0, height: Math.min(height, bottom + fade), fade }
    : { edge, y: Math.max(0, top - fade), height: height - Math.max(0, top - fade), fade };
}
