// What is done to latent vectors and styles, by hand.

import assert from "node:assert/strict";
import { truncateLatent } from "../../../models/poster/latent.ts";
import { mixLayers, moveAlong } from "../../../models/poster/latent_edit.ts";

const directions = { vectors: [Float32Array.of(1, 0.5), Float32Array.of(-2, 4)] };

Deno.test("moveAlong() adds each direction as often as it says, to a vector and to every layer", () => {
  const vector = Float32Array.of(10, 20);
  assert.deepEqual(moveAlong(vector, directions, [2, -0.5]), Float32Array.of(13, 19));
  assert.deepEqual(moveAlong(vector, directions, [0, 1]), Float32Array.of(8, 24));
  assert.deepEqual(moveAlong(vector, directions, [3]), Float32Array.of(13, 21.5));
  const layers = moveAlong(Float32Array.of(0, 0, 1, 1), directions, [1]);
  assert.deepEqual(layers, Float32Array.of(1, 0.5, 2, 1.5));
  assert.deepEqual(vector, Float32Array.of(10, 20), "what is given stays what it is");
});

Deno.test("moveAlong() refuses amounts without a direction, and lengths that do not fit", () => {
  const vector = new Float32Array(2);
  assert.throws(
    () => moveAlong(vector, directions, [1, 1, 1]),
    /along 3 directions: expected at most 2/,
  );
  assert.throws(
    () => moveAlong(new Float32Array(3), directions, [1]),
    /3 numbers along a direction of 2/,
  );
});

Deno.test("mixLayers() takes the first poster's layers before the split, the second's from there on", () => {
  const first = Float32Array.of(1, 2, 3, 4, 5, 6), second = Float32Array.of(-1, -2, -3, -4, -5, -6);
  const mixed = (from: number) => mixLayers(first, second, { from, layers: 3 });
  assert.deepEqual(mixed(0), second);
  assert.deepEqual(mixed(1), Float32Array.of(1, 2, -3, -4, -5, -6));
  assert.deepEqual(mixed(3), first);
  assert.throws(() => mixed(4), /from layer 4: expected 0 to 3/);
  assert.throws(() => mixed(1.5), /from layer 1.5/);
  assert.throws(
    () => mixLayers(first, second.subarray(2), { from: 1, layers: 3 }),
    /styles of 6 and 4 numbers: expected as many of both, a multiple of 3/,
  );
});

Deno.test("truncateLatent() brings a vector nearer to the mean", () => {
  assert.deepEqual(truncateLatent(Float32Array.of(2, -4), 0.5), Float32Array.of(1, -2));
  assert.deepEqual(truncateLatent(Float32Array.of(2, -4), 0), Float32Array.of(0, -0));
});
