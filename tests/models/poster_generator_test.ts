// Poster generators: what a recipe stands for, and that a poster depends on its own recipe alone.

import assert from "node:assert/strict";
import fc from "fast-check";
import { randomStream } from "../../gpu/random.ts";
import { sizeOf } from "../../gpu/shape.ts";
import * as tf from "../../gpu/tf.ts";
import { type ParamTree, treeFromEntries } from "../../gpu/tree.ts";
import { posterGenerator, requestBetween, requestOf } from "../../models/poster_generator.ts";
import type { GeneratorConfig } from "../../models/poster/config.ts";
import { latentBetween, latentOf, variedLatent } from "../../models/poster/latent.ts";
import { posterArchitecture } from "../../models/registry.ts";
import { assertClose } from "../_assert.ts";
import { forEachDevice } from "../_gates.ts";

const config: GeneratorConfig = {
  ...{ architecture: "dcgan", latent: 6, genres: 3, normalise: true },
  ...{ width: 2, base: [3, 2], stages: 2 },
};

function randomGenerator() {
  const random = randomStream(1, "generator");
  const entries = Object.entries(posterArchitecture(config).shapes(config)).map(([path, shape]) =>
    [path, tf.tensor(random.normals(sizeOf(shape), 0, 0.3), [...shape])] as const
  );
  return posterGenerator(treeFromEntries<ParamTree>(entries), config);
}

const length = (vector: Float32Array) =>
  Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));

forEachDevice(
  "a poster generator draws each request as if it were alone, in their order",
  async () => {
    const before = tf.memory().numTensors, generator = randomGenerator();
    // More than fit one batch.
    const requests = Array.from(
      { length: 70 },
      (_, seed) => requestOf({ seed, genres: [seed % 2, 0.5, 0], truncation: 1 }, config),
    );
    const together = await generator.draw(requests);
    for (const i of [0, 1, 69]) {
      const [alone] = await generator.draw([requests[i]]);
      assert.deepEqual([alone.width, alone.height], [8, 12]);
      assertClose(together[i].data, alone.data, { absolute: 1 });
    }
    assert.notDeepEqual(together[0], together[1]);
    generator.dispose();
    assert.equal(tf.memory().numTensors, before);
  },
);

forEachDevice("a poster generator refuses requests that do not fit it", async () => {
  const generator = randomGenerator(), latent = new Float32Array(6);
  await assert.rejects(generator.draw([]), /there is no request, expected at least one/);
  await assert.rejects(
    generator.draw([{ latent: new Float32Array(5), genres: [0, 0, 0] }]),
    /latent 0 has 5 numbers, expected 6/,
  );
  await assert.rejects(
    generator.draw([{ latent, genres: [0, 0, 0] }, { latent, genres: [1] }]),
    /request 1 has 1 genres, expected 3/,
  );
  generator.dispose();
});

Deno.test("requestOf() scales by the truncation after it has turned to the variation", () => {
  const genres = [1, 0, 0], recipe = { seed: 4, genres, truncation: 1 };
  const plain = requestOf(recipe, config).latent;
  assert.deepEqual(plain, latentOf(4, config));
  assertClose(requestOf({ ...recipe, truncation: 0.5 }, config).latent, plain.map((v) => v / 2), {
    absolute: 1e-6,
  });
  const varied = requestOf({ ...recipe, variation: { seed: 9, amount: 1 } }, config).latent;
  assert.deepEqual(varied, latentOf(9, config));
});

Deno.test("requestBetween() goes from one poster to the other, its genres along a line", () => {
  const a = requestOf({ seed: 1, genres: [1, 0, 0], truncation: 1 }, config);
  const b = requestOf({ seed: 2, genres: [0, 0, 0.5], truncation: 1 }, config);
  assert.deepEqual(requestBetween(a, b, 0), { latent: a.latent, genres: [1, 0, 0] });
  assert.deepEqual(requestBetween(a, b, 1), { latent: b.latent, genres: [0, 0, 0.5] });
  assert.deepEqual(requestBetween(a, b, 0.25).genres, [0.75, 0, 0.125]);
});

Deno.test("latentBetween() keeps to the circle: vectors of one length stay of that length", () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (p, q, t) => {
      const a = latentOf(p, config), b = latentOf(q, config), scale = length(a) / length(b);
      const between = latentBetween(a, b.map((value) => value * scale), t);
      assert.ok(Math.abs(length(between) - length(a)) < 1e-4 * length(a));
    }),
  );
});

Deno.test("latentBetween() by hand: a right angle, and vectors along one line", () => {
  const half = latentBetween(Float32Array.of(1, 0), Float32Array.of(0, 1), 0.5);
  assertClose(half, [Math.SQRT1_2, Math.SQRT1_2], { absolute: 1e-6 });
  const along = latentBetween(Float32Array.of(1, 0), Float32Array.of(3, 0), 0.5);
  assertClose(along, [2, 0], { absolute: 1e-6 });
  const zero = latentBetween(Float32Array.of(0, 0), Float32Array.of(0, 2), 0.5);
  assert.ok(zero.every(Number.isFinite));
});

Deno.test("variedLatent() is the seed's own at 0, another's at 1, and nearer to its own before the middle", () => {
  const own = latentOf(3, config), other = latentOf(8, config);
  assert.deepEqual(variedLatent(own, { seed: 8, amount: 0 }), own);
  assert.deepEqual(variedLatent(own, { seed: 8, amount: 1 }), other);
  const near = variedLatent(own, { seed: 8, amount: 0.2 });
  const away = (from: Float32Array) => length(near.map((value, i) => value - from[i]));
  assert.ok(away(own) < away(other));
});
