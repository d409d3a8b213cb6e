// Colours against known values of OKLCH.

import assert from "node:assert/strict";
import { hex, mix, shift } from "../../../data/films/color.ts";

Deno.test("hex gives the known sRGB of OKLCH colours", () => {
  assert.equal(hex([1, 0, 0]), "#ffffff");
  assert.equal(hex([0, 0, 0]), "#000000");
  assert.equal(hex([0.62796, 0.25768, 29.234]), "#ff0000");
  assert.equal(hex([0.86644, 0.29483, 142.495]), "#00ff00");
  assert.equal(hex([0.45201, 0.31321, 264.052]), "#0000ff");
});

Deno.test("hex clips what sRGB cannot show", () => {
  assert.match(hex([0.7, 0.37, 150]), /^#00[0-9a-f]{4}$/);
});

Deno.test("mix goes straight through OKLab: opposite hues of equal chroma meet in grey", () => {
  const [lightness, chroma] = mix([0.4, 0.1, 20], [0.8, 0.1, 200], 0.5);
  assert.ok(Math.abs(lightness - 0.6) < 1e-9 && chroma < 1e-9);
  assert.equal(hex(mix([0.3, 0.1, 20], [0.8, 0.1, 90], 0)), hex([0.3, 0.1, 20]));
});

Deno.test("shift moves lightness within 0 to 1 and scales chroma", () => {
  assert.deepEqual(shift([0.9, 0.1, 50], 0.3, 2), [1, 0.2, 50]);
  assert.deepEqual(shift([0.1, 0.1, 50], -0.3), [0, 0.1, 50]);
});
