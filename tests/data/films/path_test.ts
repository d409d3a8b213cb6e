// SVG path strings against hand-written ones.

import assert from "node:assert/strict";
import { blob, curve, ellipse, polygon, polyline, rectangle } from "../../../data/films/path.ts";
import { randomStream } from "../../../gpu/random.ts";

Deno.test("polygon closes, polyline does not, numbers keep two decimals", () => {
  assert.equal(polygon([[0, 1.006], [2, 3], [4, 5]]), "M0 1.01L2 3L4 5Z");
  assert.equal(polyline([[0, 1], [2, 3]]), "M0 1L2 3");
});

Deno.test("rectangle and ellipse start at their left side and close", () => {
  assert.equal(rectangle(1, 2, 3, 4), "M1 2h3v4h-3Z");
  assert.equal(ellipse(5, 5, 2, 1), "M3 5a2 1 0 1 1 4 0a2 1 0 1 1 -4 0Z");
});

Deno.test("curve goes through each point with Catmull and Rom's tangents", () => {
  assert.equal(curve([[0, 0], [6, 0], [12, 6]], false), "M0 0C1 0 4 -1 6 0C8 1 11 5 12 6");
  assert.match(curve([[0, 0], [6, 0], [6, 6]], true), /^M0 0C.* 6 0C.* 6 6C.* 0 0Z$/);
});

Deno.test("blob stays within its wobble", () => {
  const path = blob(randomStream(1, "blob"), 50, 50, 10, 10, 0.1);
  const ends = [...path.matchAll(/ (\S+) (\S+)(?=C|Z)/g)].map(([, x, y]) => [Number(x), Number(y)]);
  assert.equal(ends.length, 7);
  for (const [x, y] of ends) {
    const reach = Math.hypot(x - 50, y - 50);
    assert.ok(reach > 8.8 && reach < 11.2, `${reach}`);
  }
});
