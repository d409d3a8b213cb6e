// The titles' letters: all there, inside their box, and cut differently by each style.

import assert from "node:assert/strict";
import { findGlyph } from "../../../data/posters/glyphs.ts";
import { setTitle } from "../../../data/posters/lettering.ts";
import { LOOKS } from "../../../data/posters/looks.ts";
import { randomStream } from "../../../gpu/random.ts";

const box = { x: 5, y: 10, width: 50, height: 20 };
const colors = { ink: [1, 0, 0], shadow: [0, 0, 0] } as const;

Deno.test("findGlyph knows every letter and digit, on the grid, no two alike", () => {
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ123456789"];
  const drawn = letters.map((letter) => {
    const glyph = findGlyph(letter);
    assert.ok(glyph, letter);
    for (const [x, y] of glyph.strokes.flat()) {
      assert.ok(x >= 0 && x <= glyph.width && y >= 0 && y <= 6, letter);
    }
    return JSON.stringify(glyph.strokes);
  });
  assert.equal(new Set(drawn).size, letters.length);
  assert.equal(findGlyph(" "), undefined);
});

Deno.test("setTitle fits every word of every genre into its box", () => {
  for (const { first, last, letters } of Object.values(LOOKS)) {
    for (const word of [...first, ...last]) {
      for (const style of letters) {
        const svg = setTitle([word], style, box, colors, randomStream(1, word));
        const [, left, top, wide, tall] = (
          svg.match(/translate\(([\d.]+) ([\d.]+)\) scale\(([\d.]+) ([\d.]+)\)/) ?? []
        ).map(Number);
        const xs = [...svg.matchAll(/[ML]([\d.-]+) ([\d.-]+)/g)].map((match) => Number(match[1]));
        assert.ok(
          left >= box.x - 1 && left + Math.max(...xs) * wide <= box.x + box.width + 1,
          word,
        );
        assert.ok(top >= box.y - 1 && top + 6 * tall <= box.y + box.height + 1, word);
      }
    }
  }
});

Deno.test("setTitle cuts the same word differently in each style", () => {
  const styles = [
    "block",
    "slab",
    "thin",
    "italic",
    "stencil",
    "blobby",
    "shaky",
    "saloon",
  ] as const;
  const set = styles.map((style) => setTitle(["FUSE"], style, box, colors, randomStream(1, "cut")));
  assert.equal(new Set(set).size, styles.length);
});
