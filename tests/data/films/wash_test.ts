// The watercolour wash: it keeps white paper white, black black, and wavers by little.

import assert from "node:assert/strict";
import { washPicture } from "../../../data/films/wash.ts";
import type { Picture } from "../../../gpu/picture.ts";
import { randomStream } from "../../../gpu/random.ts";

/** Opaque grey of one value, left of `edge` black. */
function grey(value: number, edge = 0, side = 64): Picture {
  const data = new Uint8Array(side * side * 4).fill(255);
  for (let i = 0; i < side * side; i++) data.fill(i % side < edge ? 0 : value, i * 4, i * 4 + 3);
  return { width: side, height: side, data };
}

Deno.test("washPicture leaves white and black as they are: no pigment, or all of it", () => {
  for (const value of [0, 255]) {
    const { data } = washPicture(grey(value), randomStream(1));
    assert.ok(data.every((byte, i) => i % 4 === 3 || byte === value));
  }
});

Deno.test("washPicture lays pigment of uneven thickness about the drawn value", () => {
  const { data } = washPicture(grey(128), randomStream(1));
  const values = [...data].filter((_, i) => i % 4 === 0);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  assert.ok(Math.abs(mean - 128) < 8, `${mean}`);
  assert.ok(new Set(values).size > 20);
  assert.ok(Math.min(...values) > 80 && Math.max(...values) < 180);
});

Deno.test("washPicture moves an edge by about a hundredth of the height at most", () => {
  const { data } = washPicture(grey(255, 32), randomStream(2));
  for (let i = 0; i < 64 * 64; i++) {
    const x = i % 64;
    if (x < 31) assert.equal(data[i * 4], 0);
    if (x > 33) assert.equal(data[i * 4], 255);
  }
});

Deno.test("washPicture gives the same bytes for the same stream, others for another", () => {
  const [one, same, other] = [3, 3, 4].map((seed) => washPicture(grey(128), randomStream(seed)));
  assert.deepEqual(one, same);
  assert.notDeepEqual(one, other);
});
