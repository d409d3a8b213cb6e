// The poster generator: its published shape, what it gives, and its folded form.

import assert from "node:assert/strict";
import { randomStream } from "../../../gpu/random.ts";
import { sizeOf } from "../../../gpu/shape.ts";
import * as tf from "../../../gpu/tf.ts";
import { disposeTree, treeEntries } from "../../../gpu/tree.ts";
import { type DcganConfig, pictureSize, planStages } from "../../../models/poster/config.ts";
import { generatorInput } from "../../../models/poster/condition.ts";
import { latentOf } from "../../../models/poster/latent.ts";
import {
  applyGenerator,
  foldGenerator,
  generatorShapes,
  initGenerator,
} from "../../../models/poster/generator.ts";
import { assertClose } from "../../_assert.ts";
import { forEachDevice } from "../../_gates.ts";

function configOf(change: Partial<DcganConfig>): DcganConfig {
  return {
    ...{ architecture: "dcgan", latent: 100, genres: 0, normalise: false, width: 64 },
    ...planStages(64, 64),
    ...change,
  };
}

const tiny = configOf({ latent: 5, genres: 3, width: 2, ...planStages(24, 16) });

function tinyInputs(count: number): tf.Tensor2D {
  const latents = tf.tensor2d(randomStream(1, "z").normals(count * 5), [count, 5]);
  const genres = tf.tensor2d(Array.from({ length: count * 3 }, (_, i) => i % 2), [count, 3]);
  return generatorInput(latents, genres, tiny);
}

Deno.test("generatorShapes has the published DCGAN's parameters, and three biases of the last layer", () => {
  const parameters = (config: DcganConfig) =>
    Object.values(generatorShapes(config, "training")).reduce((n, shape) => n + sizeOf(shape), 0);
  // 100 x 512 x 4 x 4 + 2 x 512, then 512-256-128-64-3 with kernels 4 x 4 and norms: 3,576,704 in the authors' PyTorch form.
  assert.equal(parameters(configOf({})), 3_576_704 + 3);
  // 64 x 128 starts from twice the grid; 20 genres make 120 inputs of 100.
  const source = planStages(128, 64);
  assert.equal(parameters(configOf(source)), 3_576_704 + 3 + 100 * 512 * 16);
  const conditional = generatorShapes(configOf({ ...source, genres: 20 }), "training");
  assert.deepEqual(conditional["stem.kernel"], [120, 8 * 4 * 512]);
  assert.deepEqual(
    [0, 1, 2, 3].map((i) => conditional[`up.${i}.kernel`]),
    [[4, 4, 256, 512], [4, 4, 128, 256], [4, 4, 64, 128], [4, 4, 3, 64]],
  );
});

Deno.test("planStages finds the grid of a size, and names the nearest sizes of one that has none", () => {
  assert.deepEqual(planStages(96, 64), { base: [6, 4], stages: 4 });
  assert.deepEqual(planStages(128, 64), { base: [8, 4], stages: 4 });
  assert.deepEqual(planStages(144, 96), { base: [9, 6], stages: 4 });
  assert.deepEqual(planStages(192, 128), { base: [6, 4], stages: 5 });
  for (const [h, w] of [[96, 64], [24, 16], [144, 96]]) {
    assert.deepEqual(pictureSize(planStages(h, w)), [h, w]);
  }
  assert.throws(() => planStages(100, 64), /64x100.*multiples of 16.*64x96, 64x112/);
  assert.throws(() => planStages(64, 7), /7x64: expected sides of at least 8/);
  assert.throws(() => planStages(NaN, 64), /expected sides of at least 8/);
  assert.throws(() => planStages(512, 64), /longer side may have at most 256/);
  // Whatever size is named as the nearest can be made.
  for (let width = 8; width <= 160; width += 3) {
    for (let height = width; height <= 2 * width; height += 5) {
      try {
        assert.deepEqual(pictureSize(planStages(height, width)), [height, width]);
      } catch (error) {
        const named = String(error).split("such as ")[1].split(", ");
        assert.ok(named.length >= 1);
        for (const size of named) {
          const [w, h] = size.split("x").map(Number);
          assert.deepEqual(pictureSize(planStages(h, w)), [h, w], size);
        }
      }
    }
  }
});

forEachDevice("applyGenerator gives pictures of the configured size within [-1, 1]", async () => {
  const random = randomStream(1, "init");
  const params = initGenerator(tiny, random);
  const images = tf.tidy(() => applyGenerator(params, tinyInputs(4), tiny));
  assert.deepEqual(images.shape, [4, 24, 16, 3]);
  const values = await images.data();
  assert.ok(values.every((value) => Math.abs(value) <= 1) && values.some((value) => value !== 0));
  images.dispose();
  assert.throws(() => tf.tidy(() => applyGenerator(params, tf.zeros([1, 5]), tiny)), /\[any, 8\]/);
  disposeTree(params);
});

forEachDevice(
  "foldGenerator gives the same pictures on the inputs that it was folded by",
  async () => {
    const params = initGenerator(tiny, randomStream(1, "init"));
    const inputs = tf.tidy(() => tinyInputs(6));
    const folded = foldGenerator(params, inputs, tiny);
    assert.deepEqual(
      Object.fromEntries(treeEntries(folded).map(([path, { shape }]) => [path, shape])),
      generatorShapes(tiny, "folded"),
    );
    const [before, after, single] = tf.tidy(() => [
      applyGenerator(params, inputs, tiny),
      applyGenerator(folded, inputs, tiny),
      applyGenerator(folded, tf.slice(inputs, [2, 0], [1, -1]), tiny),
    ]);
    assertClose(await after.data(), [...await before.data()], { absolute: 1e-4 }, "folded");
    // Alone or in a batch: a folded generator's picture is the same.
    const third = (await after.data()).slice(2 * single.size, 3 * single.size);
    assertClose(await single.data(), [...third], { absolute: 1e-5 }, "single");
    assert.throws(() => foldGenerator(folded, inputs, tiny), /no norm; is it folded/);
    tf.dispose([inputs, before, after, single]);
    disposeTree(params);
    disposeTree(folded);
  },
);

forEachDevice(
  "generatorInput divides several genres by the root of their number if told so",
  async () => {
    const config = { ...tiny, normalise: true };
    const joined = tf.tidy(() =>
      generatorInput(tf.zeros([3, 5]), tf.tensor2d([[1, 0, 0], [1, 1, 0], [0, 0, 0]]), config)
    );
    const half = Math.SQRT1_2;
    const rows = [[1, 0, 0], [half, half, 0], [0, 0, 0]].flatMap((row) => [0, 0, 0, 0, 0, ...row]);
    assertClose(await joined.data(), rows, { absolute: 1e-6 }, "input");
    joined.dispose();
  },
);

Deno.test("latentOf gives the same vector for a seed, and another for the next", () => {
  assert.deepEqual(latentOf(7, tiny), latentOf(7, tiny));
  assert.notDeepEqual(latentOf(7, tiny), latentOf(8, tiny));
  assert.equal(latentOf(7, tiny).length, 5);
});
