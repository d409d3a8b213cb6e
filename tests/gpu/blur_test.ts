// Doubling and halving through a low-pass filter, against PyTorch and by hand.

import assert from "node:assert/strict";
import { downsampleBlurred, upsampleBlurred } from "../../gpu/blur.ts";
import * as tf from "../../gpu/tf.ts";
import { assertClose } from "../_assert.ts";
import { forEachDevice } from "../_gates.ts";
import { findValues, imagesFromTorch, readGolden, toTensor } from "../golden/_golden.ts";
// Registers how gradients are taken.
import "../../gpu/gradients.ts";

const FILTER = [1, 3, 3, 1];
const functions = { up: upsampleBlurred, down: downsampleBlurred };

forEachDevice(
  "upsampleBlurred and downsampleBlurred are PyTorch's transposed and strided convolutions by the filter",
  async () => {
    const golden = await readGolden("blur");
    for (const [name, resample] of Object.entries(functions)) {
      const read = (key: string) => imagesFromTorch(findValues(golden, `${name}.${key}`));
      const [output, gradient] = tf.tidy(() => {
        const probe = toTensor(read("probe"));
        const run = (x: tf.Tensor) => resample(x as tf.Tensor4D, FILTER);
        const x = toTensor(read("x"));
        return [run(x), tf.grad((x) => tf.sum(tf.mul(run(x), probe)))(x)];
      });
      assertClose(await output.data(), read("output").data, { absolute: 1e-5 }, name);
      assertClose(await gradient.data(), read("gradient.x").data, { absolute: 1e-5 }, name);
      tf.dispose([output, gradient]);
    }
  },
);

forEachDevice("upsampleBlurred spreads a pixel by the filter's products", async () => {
  const found = tf.tidy(() => {
    const pixel = tf.pad(tf.fill([1, 1, 1, 1], 16), [[0, 0], [1, 1], [1, 1], [0, 0]]);
    return upsampleBlurred(pixel as tf.Tensor4D, FILTER);
  });
  assert.deepEqual(found.shape, [1, 6, 6, 1]);
  const row = [0, 1, 3, 3, 1, 0];
  assertClose(await found.data(), row.flatMap((a) => row.map((b) => a * b)), { absolute: 1e-5 });
  found.dispose();
});

forEachDevice("a flat picture stays flat away from the border, and darkens on it", async () => {
  const ones = tf.ones([1, 6, 8, 2]) as tf.Tensor4D;
  const up = tf.tidy(() => upsampleBlurred(ones, FILTER));
  const down = tf.tidy(() => downsampleBlurred(ones, FILTER));
  assert.deepEqual([up.shape, down.shape], [[1, 12, 16, 2], [1, 3, 4, 2]]);
  const at = async (x: tf.Tensor4D, y: number, column: number) =>
    (await x.array())[0][y][column][0];
  assertClose(await at(up, 5, 7), 1, { absolute: 1e-6 });
  assertClose(await at(up, 0, 7), 3 / 4, { absolute: 1e-6 });
  assertClose(await at(down, 1, 2), 1, { absolute: 1e-6 });
  assertClose(await at(down, 0, 0), (7 / 8) ** 2, { absolute: 1e-6 });
  tf.dispose([ones, up, down]);
});

forEachDevice(
  "downsampleBlurred refuses odd sides, and both a kernel that cannot be scaled",
  () => {
    tf.tidy(() => {
      assert.throws(() => downsampleBlurred(tf.zeros([1, 5, 4, 1]), FILTER), {
        name: "RangeError",
        message: "Cannot halve an image of 5x4 pixels: expected even sides",
      });
      for (const resample of Object.values(functions)) {
        assert.throws(() => resample(tf.zeros([1, 4, 4, 1]), [1, -1]), {
          name: "RangeError",
          message: "Cannot filter by [1, -1]: expected 2 to 64 numbers of a positive sum",
        });
      }
    });
  },
);
