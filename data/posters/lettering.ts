// Titles set from stroked letters: eight styles, fitted to a box.

import type { Random } from "../../gpu/random.ts";
import { type Color, hex } from "../films/color.ts";
import { type Point, polyline, round } from "../films/path.ts";
import { findGlyph } from "./glyphs.ts";

/** How the letters are cut. */
export type LetterStyle =
  | "block"
  | "slab"
  | "thin"
  | "italic"
  | "stencil"
  | "blobby"
  | "shaky"
  | "saloon";

interface Cut {
  /** Stroke width in units of the glyphs' grid. */
  weight: number;
  /** Width of a grid unit over its height. */
  stretch: number;
  /** Between two letters, in grid units. */
  space: number;
  /** Degrees that the letters lean. */
  lean?: number;
  /** Half the length of the serifs. */
  serif?: number;
  /** How far corners are moved at random, in grid units. */
  shake?: number;
  /** How far letters hop up and down, in grid units. */
  hop?: number;
  round?: boolean;
  dashes?: string;
}

const cuts: Readonly<Record<LetterStyle, Cut>> = {
  block: { weight: 1.5, stretch: 0.8, space: 2.2 },
  slab: { weight: 1.1, stretch: 0.85, space: 2.6, serif: 0.8 },
  thin: { weight: 0.7, stretch: 0.85, space: 2.8 },
  italic: { weight: 1.3, stretch: 0.85, space: 2, lean: -14 },
  stencil: { weight: 1.4, stretch: 0.8, space: 2.2, dashes: "4.6 .7" },
  blobby: { weight: 1.9, stretch: 0.95, space: 2.6, round: true, hop: 0.5 },
  shaky: { weight: 1, stretch: 0.8, space: 2, shake: 0.45, hop: 0.4 },
  saloon: { weight: 1.5, stretch: 0.6, space: 3.4, serif: 1.3 },
};

/** Where the lines go. */
export interface TextBox {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The lines one under another, each fitted to the box's width, centred; `shadow` lies behind them. */
export function setTitle(
  lines: readonly string[],
  style: LetterStyle,
  box: TextBox,
  colors: { ink: Color; shadow: Color },
  random: Random,
): string {
  const cut = cuts[style];
  const gap = box.height * 0.1;
  const rowHeight = (box.height - gap * (lines.length - 1)) / lines.length;
  return lines.map((text, row) => {
    const top = box.y + row * (rowHeight + gap);
    return setLine(text, cut, { ...box, y: top, height: rowHeight }, colors, random);
  }).join("");
}

function setLine(
  text: string,
  cut: Cut,
  box: TextBox,
  { ink, shadow }: { ink: Color; shadow: Color },
  random: Random,
): string {
  const { path, width } = linePath(text, cut, random);
  const high = box.height / (6 + cut.weight);
  const overhang = cut.weight + 2 * ((cut.serif ?? 0) + (cut.shake ?? 0));
  const wide = Math.min(high * cut.stretch * 1.35, box.width / (width + overhang));
  // A long line loses height with its width, or its letters would turn to needles.
  const tall = Math.min(high, wide * 1.7);
  const left = box.x + (box.width - width * wide) / 2;
  const top = box.y + (box.height - 6 * tall) / 2;
  const ends = cut.round ? "round" : "butt";
  const dashes = cut.dashes ? ` stroke-dasharray="${cut.dashes}"` : "";
  const stroke = (color: Color, weight: number, more: string) =>
    `<path d="${path}" stroke="${hex(color)}" stroke-width="${round(weight)}"${more}/>`;
  const lean = cut.lean ? ` translate(0.9 0) skewX(${cut.lean})` : "";
  return `<g transform="translate(${round(left)} ${round(top)}) scale(${scaleText(wide)} ` +
    `${scaleText(tall)})${lean}" fill="none" stroke-linecap="${ends}" stroke-linejoin="${
      cut.round ? "round" : "miter"
    }">${stroke(shadow, cut.weight + 1.3, ' stroke-linejoin="round"')}` +
    `${stroke(ink, cut.weight, dashes)}</g>`;
}

/** The line's strokes on the grid, and where it ends. */
function linePath(text: string, cut: Cut, random: Random): { path: string; width: number } {
  let path = "";
  let x = 0;
  for (const letter of text) {
    const glyph = findGlyph(letter);
    if (!glyph) {
      x += 2.5;
      continue;
    }
    const hop = random.uniform(-1, 1) * (cut.hop ?? 0);
    const shake = () => random.uniform(-1, 1) * (cut.shake ?? 0);
    for (const stroke of glyph.strokes) {
      const placed = stroke.map(([gx, gy]): Point => [x + gx + shake(), gy + hop + shake()]);
      path += polyline(placed);
      if (cut.serif) path += serifs(placed, cut.serif);
    }
    x += glyph.width + cut.space;
  }
  return { path, width: x - cut.space };
}

/** Short bars where a stroke ends at the foot or the head of the letter. */
function serifs(stroke: Point[], half: number): string {
  const ends = [stroke[0], stroke[stroke.length - 1]];
  return ends.filter(([, y]) => y === 0 || y === 6)
    .map(([x, y]) => polyline([[x - half, y], [x + half, y]])).join("");
}

function scaleText(scale: number): string {
  return scale.toFixed(4);
}
