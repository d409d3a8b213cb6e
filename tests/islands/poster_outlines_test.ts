// Tests letters as outlines, with the font files that the page serves.

import { strict as assert } from "node:assert";
import { FAMILIES, findFamily } from "../../islands/_poster_fonts.ts";
import { parseRanges } from "../../islands/_poster_font_files.ts";
import {
  type FontBook,
  MissingLettersError,
  outlineOf,
  parseFont,
  type Segment,
} from "../../islands/_poster_outlines.ts";

const fontOf = async (file: string) =>
  parseFont(await Deno.readFile(new URL(`../../static/fonts/${file}.woff2`, import.meta.url)));
const STEMS = {
  oswald: "oswald",
  playfair: "playfair-display",
  lobster: "lobster",
  amatic: "amatic-sc",
};
const book: FontBook = new Map(
  await Promise.all(FAMILIES.map(async ({ id, name }) => {
    const ranges = ["latin", "latin-ext", "cyrillic"];
    return [
      name,
      await Promise.all(ranges.map((range) => fontOf(`${STEMS[id]}-${range}`))),
    ] as const;
  })),
);
const line = (text: string, size = 100, family = FAMILIES[0]) => ({ text, family, size, y: 200 });
const outline = (text: string, size?: number, family = FAMILIES[0]) =>
  outlineOf(line(text, size, family), book);
const numbersOf = (segments: readonly Segment[], axis: 0 | 1) =>
  segments.flatMap(([, ...numbers]) => numbers.filter((_, i) => i % 2 === axis));
const boundsOf = (segments: readonly Segment[]) => {
  const [x, y] = [numbersOf(segments, 0), numbersOf(segments, 1)];
  return {
    left: Math.min(...x),
    right: Math.max(...x),
    top: Math.min(...y),
    bottom: Math.max(...y),
  };
};

Deno.test("outlineOf stands on its baseline, in the middle, and grows with its size", () => {
  for (const family of FAMILIES) {
    const { left, right, top, bottom } = boundsOf(outline("HIH", 100, family));
    // A hand-drawn letter may reach a little below the line.
    assert.ok(Math.abs(bottom - 200) < 6, `${family.id} stands at ${bottom}`);
    assert.ok(top > 90 && top < 150, `${family.id} begins at ${top}`);
    assert.ok(Math.abs((left + right) / 2 - 500) < 6, `${family.id} is at ${left} to ${right}`);
    const large = boundsOf(outline("HIH", 200, family));
    assert.ok(Math.abs((large.right - large.left) - 2 * (right - left)) < 1e-6);
  }
});

Deno.test("outlineOf closes every contour, and holes go the other way round than what they are in", () => {
  const segments = outline("O");
  const kinds = segments.map(([kind]) => kind);
  assert.equal(kinds.filter((kind) => kind === "M").length, 2);
  assert.equal(kinds.filter((kind) => kind === "Z").length, 2);
  const contours: [number, number][][] = [];
  for (const [kind, ...numbers] of segments) {
    if (kind === "M") contours.push([]);
    if (kind !== "Z") contours.at(-1)?.push(numbers.slice(-2) as [number, number]);
  }
  const [outer, inner] = contours.map((points) =>
    points.reduce((sum, [x, y], i) => {
      const [nextX, nextY] = points[(i + 1) % points.length];
      return sum + (x * nextY - nextX * y) / 2;
    }, 0)
  );
  assert.ok(outer * inner < 0, `${outer} ${inner}`);
});

Deno.test("outlineOf sets a text that is spread over several font files, with ligatures and marks", () => {
  const mixed = outline("Żuk Ёлка é");
  assert.ok(numbersOf(mixed, 0).every(Number.isFinite));
  const parts = ["Żuk ", "Ёлка", " é"].map((text) => boundsOf(outline(text)));
  const { left, right } = boundsOf(mixed);
  const sum = parts.reduce((sum, part) => sum + part.right - part.left, 0);
  assert.ok(right - left > sum * 0.9 && right - left < sum * 1.4, "One after the other");
  const composed = outline("e\u0301"), single = outline("\u00e9");
  assert.deepEqual(composed, single, "However it was typed");
  const lobster = findFamily("lobster");
  const contours = (text: string) =>
    outline(text, 100, lobster).filter(([kind]) => kind === "M").length;
  assert.ok(contours("ffi") < contours("f") * 2 + contours("i"), "A ligature");
});

Deno.test("outlineOf turns quadratic curves into the same cubic ones", () => {
  const font = {
    unitsPerEm: 1000,
    hasGlyphForCodePoint: () => true,
    layout: () => ({
      glyphs: [{
        path: {
          commands: [
            { command: "moveTo", args: [0, 0] },
            { command: "quadraticCurveTo", args: [300, 600, 600, 0] },
            { command: "closePath", args: [] },
          ],
        },
      }],
      positions: [{ xAdvance: 600, xOffset: 0, yOffset: 0 }],
    }),
  };
  const segments = outlineOf(line("x", 1000), new Map([["Oswald", [font]]]));
  assert.deepEqual(segments, [
    ["M", 200, 200],
    ["C", 400, -200, 600, -200, 800, 200],
    ["Z"],
  ]);
});

Deno.test("outlineOf names the characters that the lettering does not have", () => {
  assert.throws(() => outline("A 你好 ☃"), (error) => {
    assert.ok(error instanceof MissingLettersError);
    assert.match(error.message, /the lettering Oswald has no 你 好 ☃\. Choose other words/);
    return true;
  });
  assert.throws(() => outlineOf(line("A"), new Map()), /has no A/);
});

Deno.test("parseRanges reads ranges as style sheets have them", () => {
  const holds = parseRanges("U+0000-00FF, U+0131, U+2000-206F");
  assert.deepEqual([0x41, 0xff, 0x100, 0x131, 0x2000, 0x2070].map(holds), [
    ...[true, true, false, true, true],
    false,
  ]);
  assert.ok(parseRanges("")(0x4f60), "Without ranges, all");
});
