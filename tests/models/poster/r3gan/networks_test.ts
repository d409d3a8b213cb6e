// R3GAN's networks: their sizes, every legal picture size, and what they are before the first step.

import assert from "node:assert/strict";
import { GENRES } from "../../../../data/posters.ts";
import { randomStream } from "../../../../gpu/random.ts";
import { sizeOf } from "../../../../gpu/shape.ts";
import * as tf from "../../../../gpu/tf.ts";
import { disposeTree, type ParamShapes, treeEntries } from "../../../../gpu/tree.ts";
import { pictureSize, planStages } from "../../../../models/poster/config.ts";
import type { R3ganGeneratorConfig } from "../../../../models/poster/r3gan/config.ts";
import { stageWidths } from "../../../../models/poster/stage_widths.ts";
import {
  applyR3ganDiscriminator,
  initR3ganDiscriminator,
} from "../../../../models/poster/r3gan/discriminator.ts";
import {
  applyR3ganGenerator,
  initR3ganGenerator,
  r3ganGeneratorShapes,
} from "../../../../models/poster/r3gan/generator.ts";
import { resolvePosterConfig } from "../../../../tasks/_poster_config.ts";
import { assertClose } from "../../../_assert.ts";
import { forEachDevice } from "../../../_gates.ts";
import { testOnSimd } from "../../../_on_simd.ts";
import { tinyR3gan } from "../_tiny_posters.ts";

const MEBI = 2 ** 20;

function count(shapes: ParamShapes): number {
  return Object.values(shapes).reduce((sum, shape) => sum + sizeOf(shape), 0);
}

function generatorOf(preset: string, flags: Record<string, string> = {}): R3ganGeneratorConfig {
  const set = { size: { width: 64, height: 96 }, genres: [...GENRES] };
  const config = resolvePosterConfig({ model: "r3gan", preset, images: 1000 }, set, flags);
  assert(config.model === "r3gan");
  return config.generator;
}

Deno.test("r3gan's generators weigh what a page can load: 4 MiB of f16 in full, 1 MiB in the preset toy", () => {
  assert.ok(2 * count(r3ganGeneratorShapes(generatorOf("best"))) <= 4 * MEBI);
  assert.ok(2 * count(r3ganGeneratorShapes(generatorOf("toy"))) <= MEBI);
});

Deno.test("r3gan's stages have twice the channels after each halving, up to the widest", () => {
  const stages = { width: 16, widest: 100, narrowing: 1, blocks: 1, stages: 4 };
  assert.deepEqual(stageWidths(stages), [100, 100, 64, 32, 16]);
});

Deno.test("r3gan's low stages have the same shapes at twice the size and half the width", () => {
  const base = generatorOf("best");
  const small = r3ganGeneratorShapes(base);
  const large = r3ganGeneratorShapes({ ...base, width: base.width / 2, stages: base.stages + 1 });
  for (let i = 0; i <= base.stages; i++) {
    const paths = Object.keys(small).filter((path) => path.startsWith(`stage.${i}.block`));
    assert.ok(paths.length > 0);
    for (const path of paths) assert.deepEqual(large[path], small[path], path);
  }
});

forEachDevice("r3gan draws and judges pictures of every legal size", () => {
  for (const [width, height] of [[64, 96], [64, 128], [96, 144], [128, 192], [40, 24]]) {
    const { generator, discriminator } = tinyR3gan();
    const config = { ...generator, width: 2, widest: 3, ...planStages(height, width) };
    const gen = initR3ganGenerator(config, randomStream(1, "gen"));
    const disc = initR3ganDiscriminator(discriminator, config, randomStream(1, "disc"));
    tf.tidy(() => {
      const images = applyR3ganGenerator(gen, tf.ones([2, 4 + 2]), config);
      assert.deepEqual(images.shape, [2, height, width, 3]);
      assert.deepEqual(pictureSize(config), [height, width]);
      const genres = tf.tensor2d([1, 0, 0, 1], [2, 2]);
      assert.deepEqual(applyR3ganDiscriminator(disc, images, genres).shape, [2, 1]);
    });
    disposeTree(gen);
    disposeTree(disc);
  }
});

forEachDevice("r3gan's blocks start as the identity", async () => {
  const { generator } = tinyR3gan();
  const params = initR3ganGenerator(generator, randomStream(1, "gen"));
  const blockless = {
    ...params,
    stage: params.stage.map(({ change }) => ({ block: [], ...(change && { change }) })),
  };
  const inputs = tf.tensor2d(randomStream(2, "z").normals(3 * 6), [3, 6]);
  const [whole, without] = [params, blockless].map((tree) =>
    tf.tidy(() => applyR3ganGenerator(tree, inputs, generator))
  );
  assertClose(await whole.data(), await without.data(), { absolute: 1e-6 });
  tf.dispose([inputs, whole, without]);
  disposeTree(params);
});

testOnSimd("r3gan's weights have the deviations of their initialisation", async () => {
  const config = { ...generatorOf("best"), width: 32, widest: 128 };
  const gen = initR3ganGenerator(config, randomStream(1, "gen"));
  const blocks = config.blocks * (config.stages + 1);
  for (const [path, leaf] of treeEntries(gen)) {
    const values = await leaf.data<"float32">(), size = leaf.size;
    const square = values.reduce((sum, value) => sum + value * value, 0) / size;
    const fanIn = sizeOf(leaf.shape.slice(0, -1));
    const gain = Math.sqrt(2 / 1.04) * blocks ** -0.25;
    const deviation = path.endsWith(".bias") || path.endsWith("back.kernel")
      ? 0
      : path === "basis" || path === "embed.kernel"
      ? 1 / Math.sqrt(leaf.shape[leaf.shape.length - 1])
      : (/expand|mix/.test(path) ? gain : 1) / Math.sqrt(fanIn);
    // The square of a normal draw has the deviation sqrt(2).
    const doubt = 5 * Math.sqrt(2 / size);
    assert.ok(
      Math.abs(square - deviation ** 2) <= doubt * deviation ** 2,
      `${path}: ${square}, expected ${deviation ** 2}`,
    );
  }
  disposeTree(gen);
});

forEachDevice("r3gan's discriminator judges each picture by itself and its genres", async () => {
  const { generator, discriminator } = tinyR3gan();
  const disc = initR3ganDiscriminator(discriminator, generator, randomStream(1, "disc"));
  const pictures = tf.tensor4d(randomStream(2, "x").normals(2 * 16 * 8 * 3), [2, 16, 8, 3]);
  const judge = (x: tf.Tensor4D, genres: number[][]) =>
    tf.tidy(() => applyR3ganDiscriminator(disc, x, tf.tensor2d(genres)));
  const second = tf.tidy(() => tf.slice(pictures, 1, 1) as tf.Tensor4D);
  const [both, alone, other, hidden] = [
    judge(pictures, [[1, 0], [0, 1]]),
    judge(second, [[0, 1]]),
    judge(second, [[1, 0]]),
    judge(second, [[0, 0]]),
  ];
  const [[, beside], [byItself], [otherwise], [unknown]] = await Promise.all(
    [both, alone, other, hidden].map((scores) => scores.data()),
  );
  assertClose(beside, byItself, { absolute: 1e-5 });
  assert.ok(Math.abs(byItself - otherwise) > 1e-3);
  assert.ok(Math.abs(byItself - unknown) > 1e-3);
  assert.throws(() => tf.tidy(() => applyR3ganDiscriminator(disc, second)), /needs their genres/);
  tf.dispose([pictures, second, both, alone, other, hidden]);
  disposeTree(disc);
});
