// Directions: the factorisation by hand and by its definition, and what they are taken of in each architecture.

import assert from "node:assert/strict";
import { randomStream } from "../../../gpu/random.ts";
import { sizeOf } from "../../../gpu/shape.ts";
import * as tf from "../../../gpu/tf.ts";
import { type ParamTree, treeFromEntries } from "../../../gpu/tree.ts";
import { posterGenerator } from "../../../models/poster_generator.ts";
import type { GeneratorConfig } from "../../../models/poster/config.ts";
import { factorise, findDirections } from "../../../models/poster/directions.ts";
import type { GeneratorParams } from "../../../models/poster/generator.ts";
import type { R3ganGeneratorParams } from "../../../models/poster/r3gan/generator.ts";
import type { StyleGan2GeneratorParams } from "../../../models/poster/stylegan2/generator.ts";
import { posterArchitecture } from "../../../models/registry.ts";
import { assertClose } from "../../_assert.ts";
import { forEachDevice } from "../../_gates.ts";

const grid = {
  latent: 5,
  genres: 2,
  base: [2, 1] as [number, number],
  stages: 1,
  normalise: true as const,
};
const configs: GeneratorConfig[] = [
  { architecture: "dcgan", width: 3, ...grid },
  {
    ...{ architecture: "r3gan", embedding: 3, width: 3, widest: 4, narrowing: 1, blocks: 1 },
    ...grid,
  },
  {
    ...{ architecture: "stylegan2", style: 6, mapping: 2, width: 3, widest: 4, noise: false },
    ...grid,
  },
];

function randomGenerator(config: GeneratorConfig) {
  const random = randomStream(2, config.architecture);
  const entries = Object.entries(posterArchitecture(config).shapes(config)).map(([path, shape]) =>
    [path, tf.tensor(random.normals(sizeOf(shape)), [...shape])] as const
  );
  return posterGenerator(treeFromEntries<ParamTree>(entries), config);
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0);

/** x W, as long as a row of W. */
function times(x: ArrayLike<number>, rows: readonly ArrayLike<number>[]): number[] {
  return Array.from(rows[0], (_, k) => dot(x, rows.map((row) => row[k])));
}

Deno.test("factorise() by hand: rows at right angles are their own directions, the longest first", () => {
  const rows = [Float32Array.of(0, 1, 0), Float32Array.of(3, 0, 0), Float32Array.of(0, 0, -2)];
  const { vectors, shares } = factorise(rows, 3);
  assert.deepEqual(vectors.map((vector) => Array.from(vector)), [[0, 1, 0], [0, 0, 1], [1, 0, 0]]);
  assertClose(shares, [9 / 14, 4 / 14, 1 / 14], { absolute: 1e-12 });
  // Two equal rows: all that they do, they do together, and what they do against each other is nothing.
  const twins = factorise([Float32Array.of(1, 2), Float32Array.of(1, 2)], 2);
  assertClose(twins.vectors[0], [Math.SQRT1_2, Math.SQRT1_2], { absolute: 1e-7 });
  assertClose(twins.shares, [1, 0], { absolute: 1e-12 });
});

Deno.test("factorise() gives directions of length 1 at right angles whose images are at right angles too", () => {
  const random = randomStream(7, "rows");
  const rows = Array.from({ length: 9 }, () => random.normals(14));
  const { vectors, shares } = factorise(rows, 9), images = vectors.map((x) => times(x, rows));
  const gain = rows.reduce((sum, row) => sum + dot(row, row), 0);
  for (let i = 0; i < 9; i++) {
    for (let j = 0; j < 9; j++) {
      assert.ok(Math.abs(dot(vectors[i], vectors[j]) - (i === j ? 1 : 0)) < 1e-6);
      const expected = i === j ? shares[i] * gain : 0;
      assert.ok(Math.abs(dot(images[i], images[j]) - expected) < 1e-4 * gain);
    }
    assert.ok(i === 0 || shares[i] <= shares[i - 1]);
    const largest = Math.max(...vectors[i].map(Math.abs));
    assert.ok(vectors[i].includes(largest), "the largest number is positive");
  }
  assertClose([shares.reduce((sum, share) => sum + share)], [1], { absolute: 1e-9 });
});

Deno.test("factorise() refuses more directions than there are", () => {
  assert.throws(
    () => factorise([Float32Array.of(1)], 2),
    /Cannot find 2 directions: expected 1 to 1/,
  );
  assert.throws(() => factorise([Float32Array.of(1)], 0), /Cannot find 0 directions/);
});

/** The weights that a direction meets first, a row for each of its numbers, put together the plain way. */
async function firstWeights(params: ParamTree, config: GeneratorConfig): Promise<number[][]> {
  if (config.architecture === "dcgan") {
    return (await (params as GeneratorParams).stem.kernel.array()).slice(0, 5);
  }
  if (config.architecture === "r3gan") {
    const { stem, basis } = params as R3ganGeneratorParams, cells = (await basis.array()).flat();
    return (await stem.kernel.array()).slice(0, 5)
      .map((row) => cells.flatMap((cell) => row.map((weight, c) => weight * cell[c])));
  }
  const layers = await Promise.all(
    (params as StyleGan2GeneratorParams).conv.map(({ affine }) => affine.kernel.array()),
  );
  return layers[0].map((_, i) => layers.flatMap((layer) => layer[i]));
}

for (const config of configs) {
  forEachDevice(
    `findDirections() of ${config.architecture} are what its first weights make most of`,
    async () => {
      const generator = randomGenerator(config), { params } = generator;
      const weights = await firstWeights(params, config);
      const { of, vectors, shares } = await findDirections(params, config, 3);
      assert.equal(of, config.architecture === "stylegan2" ? "style" : "latent");
      const gain = weights.flat().reduce((sum, value) => sum + value ** 2, 0);
      vectors.forEach((vector, i) => {
        const length = Math.sqrt(dot(vector, vector)), image = times(vector, weights);
        assertClose([dot(image, image) / length ** 2 / gain], [shares[i]], { absolute: 1e-4 });
        if (of === "latent") assertClose([length], [1], { absolute: 1e-6 });
      });
      await assert.rejects(
        findDirections(params, config, 7),
        /Cannot find 7 directions: expected 1 to/,
      );
      generator.dispose();
    },
  );
}

forEachDevice(
  "findDirections() of a latent vector that becomes a style are those of the mapping's first layer",
  async () => {
    const config = configs[2], { params, dispose } = randomGenerator(config);
    const { kernel } = (params as StyleGan2GeneratorParams).mapping.layer[0];
    const rows = (await kernel.array()).slice(0, 5).map((row) => Float32Array.from(row));
    const found = await findDirections(params, config, 4, "latent");
    assert.deepEqual(found, { of: "latent", ...factorise(rows, 4) });
    dispose();
    const { params: plain, dispose: forget } = randomGenerator(configs[0]);
    await assert.rejects(findDirections(plain, configs[0], 1, "style"), /dcgan has none/);
    forget();
  },
);

forEachDevice("findDirections() of styles are as long as styles differ along them", async () => {
  const config = configs[2], generator = randomGenerator(config);
  const { vectors } = await findDirections(generator.params, config, 6);
  const random = randomStream(9, "other latents");
  const styles = await generator.styles?.of(
    Array.from({ length: 2000 }, () => ({ latent: random.normals(5), genres: [0, 0] })),
  );
  assert(styles);
  for (const vector of vectors) {
    const length = Math.sqrt(dot(vector, vector));
    const places = styles.map((style) => dot(vector, style.subarray(0, 6)) / length);
    const mean = places.reduce((sum, place) => sum + place, 0) / places.length;
    const spread = Math.sqrt(
      places.reduce((sum, place) => sum + (place - mean) ** 2, 0) / places.length,
    );
    assert.ok(Math.abs(spread / length - 1) < 0.15, `${spread} of ${length}`);
  }
  generator.dispose();
});
