// Steadying of redrawn frames, and the flicker figure, on pictures worked out by hand.

import assert from "node:assert/strict";
import type { Picture } from "../../gpu/picture.ts";
import { flickerOf } from "../../tasks/_flicker.ts";
import { hold, showHeld, steady } from "../../tasks/_temporal.ts";

/** An opaque grey picture one pixel high. */
function greys(...levels: number[]): Picture {
  const data = Uint8Array.from(levels.flatMap((level) => [level, level, level, 255]));
  return { width: levels.length, height: 1, data };
}

/** The levels of a picture's red. */
function levels({ data }: Picture): number[] {
  return [...data].filter((_, i) => i % 4 === 0);
}

Deno.test("steady keeps its share where the film stands still, and nothing where it moves", () => {
  const before = greys(50, 50, 50, 50, 50, 50), now = greys(50, 50, 50, 50, 200, 200);
  const held = hold(greys(100, 100, 100, 100, 100, 100));
  const redrawn = greys(120, 120, 120, 120, 120, 120);
  const next = steady(redrawn, { held, before, now, share: 0.75 });
  assert.deepEqual(levels(showHeld(next, 6, 1)), [105, 105, 105, 120, 120, 120]);
});

Deno.test("steady keeps less the more the film changes", () => {
  const held = hold(greys(100, 100)), redrawn = greys(140, 140);
  const next = steady(redrawn, { held, before: greys(50, 50), now: greys(60, 60), share: 0.5 });
  // A change of 10 of 20 halves the share: 140 - 0.25 * 40.
  assert.deepEqual([...next], Array(6).fill(130));
});

Deno.test("steady reaches a standing frame, for it does not round", () => {
  const film = greys(10), redrawn = greys(103);
  let held = hold(greys(100));
  for (let i = 0; i < 100; i++) {
    held = steady(redrawn, { held, before: film, now: film, share: 0.9 });
  }
  assert.deepEqual(levels(showHeld(held, 1, 1)), [103]);
});

Deno.test("flickerOf counts what changes beyond the film's own change, pixel by pixel", () => {
  const film = { before: greys(10, 10, 10), now: greys(10, 14, 40) };
  // 6 beyond 0, 10 beyond 4, and 5 within 30: (6 + 6 + 0) / 3.
  assert.equal(flickerOf(film, { before: greys(60, 60, 60), now: greys(54, 70, 65) }), 4);
  assert.equal(flickerOf(film, film), 0);
});
