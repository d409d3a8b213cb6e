// The generator's sizes: its parameters against the published counts, its images in and out. Its numbers: parity_test.ts.

import assert from "node:assert/strict";
import { randomStream } from "../../../gpu/random.ts";
import { sizeOf } from "../../../gpu/shape.ts";
import * as tf from "../../../gpu/tf.ts";
import { disposeTree, treeEntries } from "../../../gpu/tree.ts";
import type { GeneratorConfig } from "../../../models/cyclegan/config.ts";
import {
  applyGenerator,
  generatorShapes,
  initGenerator,
} from "../../../models/cyclegan/generator.ts";
import { testOnSimd } from "../../_on_simd.ts";

const count = (config: GeneratorConfig) =>
  Object.values(generatorShapes(config)).reduce((sum, shape) => sum + sizeOf(shape), 0);

Deno.test("generatorShapes has as many parameters as the published networks", () => {
  // As PyTorch counts resnet_9blocks and resnet_6blocks at 64 channels.
  assert.equal(count({ width: 64, blocks: 9, upsample: "convt" }), 11_378_179);
  assert.equal(count({ width: 64, blocks: 6, upsample: "convt" }), 7_837_699);
  assert.equal(count({ width: 64, blocks: 6, upsample: "resize" }), 7_837_699);
  // Of the 5,251 biases only the three of the last layer are not taken away again by a norm.
  const biases = 64 + 128 + 256 + 18 * 256 + 128 + 64;
  assert.equal(
    count({ width: 64, blocks: 9, upsample: "convt", bias: "needed" }),
    11_378_179 - biases,
  );
});

Deno.test("generatorShapes has transposed kernels where it doubles by transposed convolution", () => {
  const shapes = (upsample: "convt" | "resize") =>
    generatorShapes({ width: 2, blocks: 1, upsample });
  assert.deepEqual(shapes("convt")["up.0.conv.kernel"], [3, 3, 4, 8]);
  assert.deepEqual(shapes("resize")["up.0.conv.kernel"], [3, 3, 8, 4]);
  assert.deepEqual(shapes("convt")["up.1.conv.bias"], [2]);
});

testOnSimd(
  "initGenerator makes what generatorShapes lists, repeatable by its random stream",
  async () => {
    const config: GeneratorConfig = { width: 2, blocks: 2, upsample: "convt" };
    const [params, again] = [1, 1].map((seed) => initGenerator(config, randomStream(seed, "init")));
    const found = Object.fromEntries(treeEntries(params).map(([path, { shape }]) => [path, shape]));
    assert.deepEqual(found, generatorShapes(config));
    const kernel = await params.head.conv.kernel.data();
    assert.deepEqual(await again.head.conv.kernel.data(), kernel);
    assert.notDeepEqual(kernel, new Float32Array(kernel.length));
    [params, again].forEach(disposeTree);
  },
);

testOnSimd("applyGenerator keeps the size, square or not, and stays within [-1, 1]", async () => {
  for (const upsample of ["convt", "resize"] as const) {
    for (const blocks of [0, 2]) {
      const params = initGenerator({ width: 1, blocks, upsample }, randomStream(1, upsample));
      for (const shape of [[1, 8, 8, 3], [2, 12, 20, 3], [1, 32, 8, 3]] as const) {
        const output = tf.tidy(() => {
          const images = tf.tensor4d(randomStream(2).normals(sizeOf(shape), 0, 9), [...shape]);
          return applyGenerator(params, images, { upsample });
        });
        assert.deepEqual(output.shape, shape);
        const values = await output.data<"float32">();
        assert.ok(values.every((value) => Math.abs(value) <= 1));
        assert.ok(new Set(values).size > 10, "The image is not a flat one");
        output.dispose();
      }
      disposeTree(params);
    }
  }
});

testOnSimd("applyGenerator redraws each image of a batch as if it were alone", async () => {
  const config = { width: 1, blocks: 1, upsample: "convt" } as const;
  const params = initGenerator(config, randomStream(1, "batch"));
  const values = randomStream(2).normals(3 * 8 * 8 * 3);
  const [whole, last] = tf.tidy(() => {
    const images = tf.tensor4d(values, [3, 8, 8, 3]);
    const alone = tf.slice(images, [2, 0, 0, 0], [1, 8, 8, 3]);
    return [applyGenerator(params, images, config), applyGenerator(params, alone, config)];
  });
  assert.deepEqual((await whole.data()).slice(2 * 192), await last.data());
  tf.dispose([whole, last]);
  disposeTree(params);
});

testOnSimd(
  "applyGenerator refuses images without three channels, and sides that are no multiple of 4",
  () => {
    const params = initGenerator(
      { width: 1, blocks: 1, upsample: "convt" },
      randomStream(1, "refuse"),
    );
    const apply = (...shape: [number, number, number, number]) => () =>
      tf.tidy(() => {
        applyGenerator(params, tf.zeros(shape), { upsample: "convt" });
      });
    assert.throws(apply(1, 8, 8, 4), {
      name: "TypeError",
      message: "Cannot use generator input: its shape is [1, 8, 8, 4], expected [any, any, any, 3]",
    });
    for (const [h, w] of [[10, 8], [8, 9]]) {
      assert.throws(apply(1, h, w, 3), {
        name: "RangeError",
        message:
          `Cannot run generator: the image is ${h}x${w}, expected sides that are multiples of 4`,
      });
    }
    disposeTree(params);
  },
);
