// Tests of the assertions that the other tests lean on.

import assert from "node:assert/strict";
import { assertClose } from "./_assert.ts";

Deno.test("assertClose() returns the worst absolute difference when all are within the tolerance", () => {
  assert.equal(assertClose([1, 2.5, 3], [1, 2, 3.25], { absolute: 0.5 }), 0.5);
  assert.equal(assertClose(7, 7, {}), 0);
});

Deno.test("assertClose() names the worst index and both values", () => {
  assert.throws(
    () => assertClose([1, 2.5, 4], [1, 2, 3], { absolute: 0.1 }, "losses"),
    /losses differ at index 2 of 3: 4; expected 3 within 0.1; difference 1/,
  );
});

Deno.test("assertClose() takes whichever of the two bounds is wider, for each element", () => {
  assertClose([1000.5, 0.001], [1000, 0], { absolute: 0.01, relative: 0.001 });
  assert.throws(
    () => assertClose([1000.5, 0.02], [1000, 0], { absolute: 0.01, relative: 0.001 }),
    /index 1/,
  );
});

Deno.test("assertClose() refuses a NaN or an infinity that is not expected, wherever it stands", () => {
  for (const stray of [NaN, Infinity, -Infinity]) {
    assert.throws(() => assertClose([0, stray], [0, 0], { absolute: 1e9 }), /index 1/);
    assert.throws(() => assertClose([0, 0], [0, stray], { absolute: 1, relative: 1 }), /index 1/);
  }
  assertClose([NaN, Infinity], [NaN, Infinity], {});
});

Deno.test("assertClose() refuses arrays of different lengths", () => {
  assert.throws(() => assertClose([1, 2], [1], { absolute: 9 }), /2 elements; expected 1/);
});
