// The discriminator's sizes: its parameters against the published count, its patches. Its numbers: parity_test.ts.

import assert from "node:assert/strict";
import { randomStream } from "../../../gpu/random.ts";
import { sizeOf } from "../../../gpu/shape.ts";
import * as tf from "../../../gpu/tf.ts";
import { disposeTree, treeEntries } from "../../../gpu/tree.ts";
import {
  applyDiscriminator,
  discriminatorShapes,
  initDiscriminator,
} from "../../../models/cyclegan/discriminator.ts";
import { assertClose } from "../../_assert.ts";
import { testOnSimd } from "../../_on_simd.ts";

Deno.test("discriminatorShapes has as many parameters as the published network", () => {
  const shapes = discriminatorShapes({ width: 64, layers: 3, score: "patch" });
  const count = Object.values(shapes).reduce((sum, shape) => sum + sizeOf(shape), 0);
  // As PyTorch counts the 70 x 70 PatchGAN at 64 channels, with instance norm.
  assert.equal(count, 2_764_737);
});

Deno.test("discriminatorShapes doubles the channels up to eight times the first", () => {
  const shapes = discriminatorShapes({ width: 2, layers: 5, score: "patch" });
  const channels = [0, 1, 2, 3, 4, 5].map((i) => shapes[`layer.${i}.conv.bias`][0]);
  assert.deepEqual(channels, [2, 4, 8, 16, 16, 16]);
  assert.deepEqual(shapes["score.conv.kernel"], [4, 4, 16, 1]);
});

testOnSimd("applyDiscriminator scores patches, one per pixel of the last map", () => {
  const config = { width: 1, layers: 2, score: "patch" } as const;
  const params = initDiscriminator(config, randomStream(1, "patches"));
  const found = Object.fromEntries(treeEntries(params).map(([path, { shape }]) => [path, shape]));
  assert.deepEqual(found, discriminatorShapes(config));
  // A side of s leaves s / 4 - 2 patches.
  const sizes: [h: number, w: number, patches: number][] = [[16, 16, 4], [16, 24, 8], [32, 12, 6]];
  for (const [h, w, patches] of sizes) {
    tf.tidy(() => {
      const scores = applyDiscriminator(params, tf.zeros([3, h, w, 3]), config);
      assert.deepEqual(scores.shape, [3, patches]);
    });
  }
  disposeTree(params);
});

testOnSimd("applyDiscriminator pooled per image is the mean of the image's patches", async () => {
  const params = initDiscriminator(
    { width: 2, layers: 1, score: "image" },
    randomStream(1, "pool"),
  );
  const [patches, pooled] = tf.tidy(() => {
    const images = tf.tensor4d(randomStream(2).normals(2 * 16 * 12 * 3), [2, 16, 12, 3]);
    return (["patch", "image"] as const).map((score) =>
      applyDiscriminator(params, images, { score })
    );
  });
  assert.deepEqual(pooled.shape, [2, 1]);
  const rows = await patches.array();
  const means = rows.map((row) => row.reduce((sum, score) => sum + score, 0) / row.length);
  assertClose(await pooled.data(), means, { absolute: 1e-6 });
  assert.ok(Math.abs(means[0] - means[1]) > 1e-5, "Each image has a score of its own");
  tf.dispose([patches, pooled]);
  disposeTree(params);
});

testOnSimd("applyDiscriminator refuses images without three channels", () => {
  const params = initDiscriminator({ width: 1, layers: 1, score: "patch" }, randomStream(1, "no"));
  const apply = () =>
    tf.tidy(() => {
      applyDiscriminator(params, tf.zeros([1, 8, 8, 1]), { score: "patch" });
    });
  assert.throws(apply, {
    name: "TypeError",
    message:
      "Cannot use discriminator input: its shape is [1, 8, 8, 1], expected [any, any, any, 3]",
  });
  disposeTree(params);
});
