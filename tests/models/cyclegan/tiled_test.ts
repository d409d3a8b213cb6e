// Tiles give the numbers of the whole picture: every kind of layer, at sizes that tiles do not divide.

import assert from "node:assert/strict";
import { normMemory, rememberedNorm } from "../../../gpu/norm_memory.ts";
import { randomStream } from "../../../gpu/random.ts";
import * as tf from "../../../gpu/tf.ts";
import { disposeTree, mapTree } from "../../../gpu/tree.ts";
import type { GeneratorConfig } from "../../../models/cyclegan/config.ts";
import { applyGenerator, initGenerator } from "../../../models/cyclegan/generator.ts";
import { applyTiled } from "../../../models/cyclegan/tiled.ts";
import { assertClose } from "../../_assert.ts";
import { forEachDevice } from "../../_gates.ts";
import { testOnCpu } from "../../_on_cpu.ts";

const configs: GeneratorConfig[] = [
  { width: 3, blocks: 2, upsample: "convt" },
  { width: 4, blocks: 1, upsample: "resize" },
  { width: 2, blocks: 0, upsample: "resize" },
];

forEachDevice("applyTiled() gives what applyGenerator() gives", async () => {
  for (const config of configs) {
    for (const [height, width, tile] of [[44, 76, 16], [32, 32, 16], [20, 48, 32], [16, 16, 64]]) {
      const fresh = initGenerator(config, randomStream(1, "tiled"));
      // Larger weights than new ones, so that every norm has something to do.
      const params = mapTree(fresh, (tensor) => tf.mul(tensor, 8));
      const values = randomStream(1, "image", height).normals(height * width * 3, 0, 0.5);
      const image = tf.tensor4d(values, [1, height, width, 3]);
      const whole = tf.tidy(() => applyGenerator(params, image, config));
      const shares: number[] = [];
      const tiled = await applyTiled(params, image, {
        ...{ config, tile },
        onTile: (share) => shares.push(share),
      });
      assert.deepEqual(tiled.shape, whole.shape);
      assertClose(await tiled.data(), await whole.data(), { absolute: 1e-3 });
      assert.equal(shares.at(-1), 1);
      tf.dispose([image, whole, tiled]);
      [fresh, params].forEach((tree) => disposeTree(tree));
    }
  }
});

forEachDevice("the frames of a film get the same norms in tiles and whole", async () => {
  const [config] = configs;
  const fresh = initGenerator(config, randomStream(1, "tiled"));
  const params = mapTree(fresh, (tensor) => tf.mul(tensor, 8));
  const [memory, tiledMemory] = [normMemory(0.7), normMemory(0.7)];
  for (const frame of [0, 1, 2]) {
    // Each frame brighter than the one before, so that averaged norms are not its own.
    const values = randomStream(1, "frame", frame).normals(32 * 48 * 3, 0.4 * frame, 0.3);
    const image = tf.tensor4d(values, [1, 32, 48, 3]);
    memory.begin();
    const whole = tf.tidy(() =>
      applyGenerator(params, image, config, (x, options) => rememberedNorm(memory, x, options))
    );
    const tiled = await applyTiled(params, image, { config, tile: 16, memory: tiledMemory });
    assertClose(await tiled.data(), await whole.data(), { absolute: 1e-3 });
    const alone = tf.tidy(() => applyGenerator(params, image, config));
    const apart = tf.tidy(() => tf.max(tf.abs(tf.sub(alone, whole))));
    const [difference] = await apart.data();
    assert.ok(frame === 0 ? difference < 1e-3 : difference > 0.05, `${frame}: ${difference}`);
    tf.dispose([image, whole, tiled, alone, apart]);
  }
  assertClose(await tiledMemory.read(), await memory.read(), { absolute: 1e-3, relative: 1e-3 });
  [memory, tiledMemory].forEach((kept) => kept.dispose());
  [fresh, params].forEach((tree) => disposeTree(tree));
});

testOnCpu("applyTiled() refuses tiles that do not fit the generator", async () => {
  const image = tf.zeros([1, 16, 16, 3]) as tf.Tensor4D;
  const params = initGenerator(configs[0], randomStream(1, "tiled"));
  for (const tile of [0, 12, 18, NaN]) {
    await assert.rejects(
      applyTiled(params, image, { config: configs[0], tile }),
      /expected a multiple of 4 of at least 16/,
    );
  }
  disposeTree(params);
  image.dispose();
});
