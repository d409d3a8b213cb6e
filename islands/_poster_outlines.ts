// Letters as outlines: the same lines of words that the page shows, as curves that print at any size.

import { create } from "fontkit";
import { LAYOUT_WIDTH, type TypeLine } from "./_poster_type.ts";

/** One part of an outline, in units of the layout from its top left: go to, line to, curve to (by two control points), close. */
export type Segment =
  | readonly ["M" | "L", x: number, y: number]
  | readonly ["C", x1: number, y1: number, x2: number, y2: number, x: number, y: number]
  | readonly ["Z"];

/** The part of a font in use here; its package tells no types. */
interface Font {
  unitsPerEm: number;
  hasGlyphForCodePoint(character: number): boolean;
  layout(text: string): {
    glyphs: { path: { commands: { command: string; args: number[] }[] } }[];
    positions: { xAdvance: number; xOffset: number; yOffset: number }[];
  };
}

/** Fonts by the name of their family, the one that is asked first in front. */
export type FontBook = ReadonlyMap<string, readonly Font[]>;

/** A character that no font of a lettering has, in words for the visitor. */
export class MissingLettersError extends RangeError {
  override name = "MissingLettersError";
}

/** The font in a file, of whatever format that browsers take. */
export function parseFont(file: Uint8Array): Font {
  return create(file) as Font;
}

/**
 * The outlines of a line of words, its middle in the middle of the layout.
 *
 * @throws {MissingLettersError} naming the characters that no font of the family has
 */
export function outlineOf({ text, family, size, y }: TypeLine, fonts: FontBook): Segment[] {
  const runs = splitByFont(text, fonts.get(family.name) ?? [], family.name)
    .map(({ text, font }) => ({ font, ...font.layout(text) }));
  const widths = runs.map(({ font, positions }) =>
    positions.reduce((sum, { xAdvance }) => sum + xAdvance, 0) * size / font.unitsPerEm
  );
  let x = LAYOUT_WIDTH / 2 - widths.reduce((sum, width) => sum + width, 0) / 2;
  return runs.flatMap(({ font, glyphs, positions }) => {
    const scale = size / font.unitsPerEm;
    return glyphs.flatMap(({ path }, i) => {
      const { xAdvance, xOffset, yOffset } = positions[i];
      const place = { x: x + xOffset * scale, y: y - yOffset * scale, scale };
      x += xAdvance * scale;
      return segmentsOf(path.commands, place);
    });
  });
}

/** Parts of a text, each with the first font that has its characters. */
function splitByFont(
  text: string,
  fonts: readonly Font[],
  family: string,
): { text: string; font: Font }[] {
  const runs: { text: string; font: Font }[] = [];
  const missing = new Set<string>();
  for (const character of text.normalize("NFC")) {
    const code = character.codePointAt(0) ?? 0, last = runs.at(-1);
    const font = fonts.find((font) => font.hasGlyphForCodePoint(code));
    if (!font) missing.add(character);
    else if (last?.font === font) last.text += character;
    else runs.push({ text: character, font });
  }
  if (missing.size > 0) {
    throw new MissingLettersError(
      `Cannot print the words: the lettering ${family} has no ${
        [...missing].slice(0, 10).join(" ")
      }. Choose other words, or print the picture alone`,
    );
  }
  return runs;
}

/** A glyph's path at its place: up is down there, and quadratic curves become cubic ones, which PDF has. */
function segmentsOf(
  commands: readonly { command: string; args: number[] }[],
  place: { x: number; y: number; scale: number },
): Segment[] {
  const at = (x: number, y: number): [number, number] => [
    place.x + x * place.scale,
    place.y - y * place.scale,
  ];
  let [fromX, fromY] = [0, 0];
  return commands.map(({ command, args }): Segment => {
    const third = (control: number, end: number) => end + 2 / 3 * (control - end);
    const [startX, startY] = [fromX, fromY];
    if (args.length > 0) [fromX, fromY] = args.slice(-2);
    switch (command) {
      case "moveTo":
        return ["M", ...at(args[0], args[1])];
      case "lineTo":
        return ["L", ...at(args[0], args[1])];
      case "quadraticCurveTo": {
        const [controlX, controlY, x, y] = args;
        return [
          "C",
          ...at(third(controlX, startX), third(controlY, startY)),
          ...at(third(controlX, x), third(controlY, y)),
          ...at(x, y),
        ];
      }
      case "bezierCurveTo":
        return ["C", ...at(args[0], args[1]), ...at(args[2], args[3]), ...at(args[4], args[5])];
      default:
        return ["Z"];
    }
  });
}
