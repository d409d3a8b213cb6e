// Reflection padding and doubling by index arithmetic.

import assert from "node:assert/strict";
import { doubleNearest, reflectPad } from "../../gpu/resample.ts";
import * as tf from "../../gpu/tf.ts";
import { forEachDevice } from "../_gates.ts";

/** The flat position of a value in a [n, h, w, c] batch; the batches of these tests hold their own positions. */
function positionIn([, h, w, c]: readonly number[]) {
  return (i: number, y: number, x: number, channel: number) => ((i * h + y) * w + x) * c + channel;
}

/** The flat values of a [n, h, w, c] batch, each given by its place. */
function buildImages(
  [n, h, w, c]: readonly number[],
  value: (i: number, y: number, x: number, channel: number) => number,
): number[] {
  const values: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < w; x++) {
        for (let channel = 0; channel < c; channel++) values.push(value(i, y, x, channel));
      }
    }
  }
  return values;
}

forEachDevice("reflectPad mirrors the border without repeating the edge pixel", async () => {
  const sizes: [shape: [number, number, number, number], pad: number][] = [
    [[1, 4, 5, 3], 3],
    [[2, 5, 3, 2], 1],
    [[1, 2, 2, 1], 1],
    [[3, 7, 4, 1], 2],
  ];
  for (const [shape, pad] of sizes) {
    const [n, h, w, c] = shape, at = positionIn(shape), data = buildImages(shape, at);
    const mirror = (index: number, size: number) => {
      const inside = index - pad;
      return inside < 0 ? -inside : inside < size ? inside : 2 * size - 2 - inside;
    };
    const out = [n, h + 2 * pad, w + 2 * pad, c];
    const expected = buildImages(
      out,
      (i, y, x, channel) => at(i, mirror(y, h), mirror(x, w), channel),
    );
    const found = tf.tidy(() => reflectPad(tf.tensor4d(data, shape), pad));
    assert.deepEqual(found.shape, out);
    assert.deepEqual([...await found.data()], expected, `[${shape}] by ${pad}`);
    found.dispose();
  }
});

forEachDevice("reflectPad of a row reads 3 2 1 2 3 2 1", async () => {
  const found = tf.tidy(() =>
    reflectPad(tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]), 2)
  );
  const values = [...await found.data()];
  assert.deepEqual(values.slice(14, 21), [3, 2, 1, 2, 3, 2, 1]);
  assert.deepEqual([0, 7, 14, 21, 28, 35, 42].map((i) => values[i]), [9, 6, 3, 6, 9, 6, 3]);
  found.dispose();
});

forEachDevice("reflectPad refuses a side that is not longer than the padding", () => {
  const sizes: [h: number, w: number, pad: number][] = [[3, 8, 3], [8, 3, 3], [1, 1, 1], [2, 9, 5]];
  for (const [h, w, pad] of sizes) {
    tf.tidy(() => {
      assert.throws(() => reflectPad(tf.zeros([1, h, w, 1]), pad), {
        name: "RangeError",
        message:
          `Cannot reflect the border: the image is ${h}x${w} pixels, expected both sides above ${pad}`,
      });
    });
  }
  // One pixel more is enough.
  tf.tidy(() => assert.deepEqual(reflectPad(tf.zeros([1, 4, 4, 1]), 3).shape, [1, 10, 10, 1]));
});

forEachDevice("doubleNearest repeats each pixel 2 x 2", async () => {
  for (const shape of [[2, 3, 2, 2], [1, 1, 5, 3], [1, 4, 1, 1]] as const) {
    const [n, h, w, c] = shape, at = positionIn(shape), data = buildImages(shape, at);
    const out = [n, 2 * h, 2 * w, c];
    const expected = buildImages(
      out,
      (i, y, x, channel) => at(i, Math.floor(y / 2), Math.floor(x / 2), channel),
    );
    const found = tf.tidy(() => doubleNearest(tf.tensor4d(data, [...shape])));
    assert.deepEqual(found.shape, out);
    assert.deepEqual([...await found.data()], expected, `[${shape}]`);
    found.dispose();
  }
});
