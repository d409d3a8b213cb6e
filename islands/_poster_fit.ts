// Fits words into a box: the largest size at which they do, in lines of about the same length.

import type { Family } from "./_poster_fonts.ts";

/** How wide a text is in a family at size 1; a browser's canvas measures it. */
export type Measure = (text: string, family: Family) => number;

/** Room for words. */
export interface Room {
  width: number;
  height: number;
  /** The largest font size that they may have. */
  maxSize: number;
}

/** Words in lines. */
export interface FittedText {
  lines: string[];
  size: number;
  /** All lines together. */
  height: number;
}

/** Below this share of the room's width nothing is shrunk further: it would be too small to be seen at all. */
const SMALLEST = 1 / 125;

/**
 * Words in a family at the largest size that fits the room. Line breaks in them stay; one word is never broken.
 *
 * @returns undefined if there is no word
 */
export function fitText(
  words: string,
  family: Family,
  { width, height, maxSize }: Room,
  measure: Measure,
): FittedText | undefined {
  const paragraphs = words.split("\n").map((line) => line.split(/\s+/).filter(Boolean))
    .filter((line) => line.length > 0);
  if (paragraphs.length === 0) return undefined;
  const widest = Math.max(...paragraphs.flat().map((word) => measure(word, family)));
  for (let size = Math.min(maxSize, width / widest);; size *= 0.97) {
    const breakAt = (limit: number) =>
      paragraphs.flatMap((line) => breakLine(line, limit / size, family, measure));
    const lines = breakAt(width);
    const total = lines.length * size * family.leading;
    if (total > height && size > width * SMALLEST) continue;
    return { lines: balance(lines.length, breakAt, width), size, height: total };
  }
}

/** The narrowest breaking that needs no more lines: the last line is then about as long as the others. */
function balance(count: number, breakAt: (limit: number) => string[], width: number): string[] {
  let lines = breakAt(width);
  for (let limit = width * 0.97; limit > width / 4; limit *= 0.97) {
    const narrower = breakAt(limit);
    if (narrower.length > count) break;
    lines = narrower;
  }
  return lines;
}

/** Puts as many words into each line as fit. @param limit in font sizes */
function breakLine(
  words: readonly string[],
  limit: number,
  family: Family,
  measure: Measure,
): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const longer = lines.length > 0 ? `${lines[lines.length - 1]} ${word}` : word;
    // What fits to the last digit of a rounding error fits.
    if (lines.length > 0 && measure(longer, family) <= limit * 1.0001) {
      lines[lines.length - 1] = longer;
    } else {
      lines.push(word);
    }
  }
  return lines;
}
