// Styles: their averages, truncation towards them, mixing; and the exported form, in which they are used.

import assert from "node:assert/strict";
import { randomStream } from "../../../../gpu/random.ts";
import { encodeSafetensors, storeFloats } from "../../../../gpu/safetensors.ts";
import * as tf from "../../../../gpu/tf.ts";
import { disposeTree, treeEntries } from "../../../../gpu/tree.ts";
import {
  loadPosterGenerator,
  posterGenerator,
  requestBetween,
  requestOf,
} from "../../../../models/poster_generator.ts";
import type { StyleGan2GeneratorConfig } from "../../../../models/poster/stylegan2/config.ts";
import {
  applyStyleGan2Generator,
  foldStyleGan2Generator,
  initStyleGan2Generator,
  type StyleGan2GeneratorParams,
  styleGan2GeneratorShapes,
  synthesise,
} from "../../../../models/poster/stylegan2/generator.ts";
import { applyMapping } from "../../../../models/poster/stylegan2/mapping.ts";
import {
  averageStyles,
  mixStyles,
  truncateStyles,
} from "../../../../models/poster/stylegan2/styles.ts";
import { sha256Hex } from "../../../../models/weights_file.ts";
import { assertClose } from "../../../_assert.ts";
import { forEachDevice } from "../../../_gates.ts";
import { posterManifest } from "../../_exported_poster.ts";

const config: StyleGan2GeneratorConfig = {
  ...{ architecture: "stylegan2", latent: 4, genres: 3, normalise: true, style: 5, mapping: 2 },
  ...{ width: 3, widest: 6, noise: true, base: [3, 2], stages: 2 },
};
const LAYERS = 6;

/** A generator whose noise is strong, in both forms. */
function bothForms(): { params: StyleGan2GeneratorParams; folded: StyleGan2GeneratorParams } {
  const fresh = initStyleGan2Generator(config, randomStream(1, "gen"));
  const conv = fresh.conv.map((layer) => ({ ...layer, strength: tf.scalar(0.5) }));
  fresh.conv.forEach(({ strength }) => strength?.dispose());
  const params = { ...fresh, conv }, over = drawsOf(32);
  const folded = foldStyleGan2Generator(params, over, config);
  tf.dispose([over.latents, over.conditions]);
  return { params, folded };
}

function drawsOf(m: number) {
  const latents = tf.tensor2d(randomStream(2, "latents").normals(m * 4), [m, 4]);
  return { latents, conditions: tf.tensor2d([[1, 0, 0], [0, 0.6, 0.8]]) };
}

async function numbersOf(compute: () => tf.Tensor): Promise<number[]> {
  const tensor = tf.tidy(compute);
  const values = await tensor.data();
  tensor.dispose();
  return Array.from(values);
}

forEachDevice(
  "averageStyles are means of styles: of each genre alone, and of the conditions in turn",
  async () => {
    const params = initStyleGan2Generator(config, randomStream(1, "gen"));
    const { latents, conditions } = drawsOf(6);
    const { all, genres } = averageStyles(params.mapping, { latents, conditions }, config);
    const z = await latents.array();
    const meanOf = (condition: (i: number) => number[]) =>
      numbersOf(() => {
        const rows = z.map((row, i) => [...row, ...condition(i)]);
        return tf.mean(applyMapping(params.mapping, tf.tensor2d(rows), config), 0);
      });
    assertClose(await meanOf((i) => i % 2 ? [0, 0.6, 0.8] : [1, 0, 0]), await all.data(), {
      absolute: 1e-5,
    });
    const ofGenres = await (genres as tf.Tensor2D).array();
    assertClose(await meanOf(() => [0, 1, 0]), ofGenres[1], { absolute: 1e-5 });
    assertClose(await meanOf(() => [0, 0, 1]), ofGenres[2], { absolute: 1e-5 });
    tf.dispose([latents, conditions, all, genres as tf.Tensor2D]);
    disposeTree(params);
  },
);

forEachDevice("truncateStyles draws towards the average of the genres, by hand", async () => {
  const found = await numbersOf(() =>
    truncateStyles(tf.tensor2d([[10, 0], [10, 0], [10, 0], [10, 0], [10, 0]]), {
      all: tf.tensor2d([[2, 2]]),
      genres: tf.tensor2d([[4, 0], [0, 8]]),
    }, {
      // The first genre; both; none; a quarter of the first; and the first as it is.
      condition: tf.tensor2d([[1, 0], [Math.SQRT1_2, Math.SQRT1_2], [0, 0], [0.5, 0], [1, 0]]),
      truncation: tf.tensor2d([[0.5], [0], [0], [0], [1]]),
    })
  );
  assertClose(found, [7, 0, 2, 4, 2, 2, 2.5, 1.5, 10, 0], { absolute: 1e-5 });
  const without = await numbersOf(() =>
    truncateStyles(tf.tensor2d([[10, 0]]), { all: tf.tensor2d([[2, 2]]) }, {
      truncation: tf.tensor2d([[0.5]]),
    })
  );
  assertClose(without, [6, 1], { absolute: 1e-5 });
});

forEachDevice("the folded form has no noise, and its styles' averages", async () => {
  const { params, folded } = bothForms();
  const shapes = Object.fromEntries(treeEntries(folded).map(([path, { shape }]) => [path, shape]));
  assert.deepEqual(shapes, { ...styleGan2GeneratorShapes(config, "folded") });
  const inputs = tf.tensor2d(randomStream(3, "inputs").normals(2 * 7), [2, 7]);
  const plain = await numbersOf(() => applyStyleGan2Generator(params, inputs, config));
  assertClose(await numbersOf(() => applyStyleGan2Generator(folded, inputs, config)), plain, {
    absolute: 1e-5,
  });
  assert.throws(
    () => tf.tidy(() => applyStyleGan2Generator(params, inputs, config, tf.ones([2, 1]))),
    /Cannot truncate styles: the generator has no averages; is it folded\?/,
  );
  inputs.dispose();
  disposeTree({ params, folded });
});

forEachDevice(
  "mixStyles takes the first layers from one poster and the others from another",
  async () => {
    const { params, folded } = bothForms();
    const inputs = tf.tensor2d(randomStream(3, "inputs").normals(2 * 7), [2, 7]);
    const draw = (crossover: number) =>
      numbersOf(() => {
        const styles = applyMapping(params.mapping, inputs, config);
        const [a, b] = tf.split(styles, 2) as [tf.Tensor2D, tf.Tensor2D];
        const mixed = mixStyles(a, b, crossover, config);
        assert.deepEqual([mixed.length, mixed.filter((style) => style === a).length], [
          LAYERS,
          crossover,
        ]);
        return synthesise(params, mixed);
      });
    const alone = await numbersOf(() => applyStyleGan2Generator(params, inputs, config));
    const half = alone.length / 2;
    assertClose(await draw(LAYERS), alone.slice(0, half), { absolute: 1e-5 });
    assertClose(await draw(0), alone.slice(half), { absolute: 1e-5 });
    // The last style is that of the finest colours alone: it changes less than the first does.
    const away = (a: number[], b: number[]) => Math.hypot(...a.map((value, i) => value - b[i]));
    const first = alone.slice(0, half), fine = await draw(LAYERS - 1), coarse = await draw(1);
    assert.ok(away(first, fine) > 0 && away(first, fine) < away(first, coarse));
    inputs.dispose();
    disposeTree({ params, folded });
  },
);

forEachDevice(
  "an exported stylegan2 draws what the trained one does, and truncates by the recipe",
  async () => {
    const { params, folded } = bothForms();
    const tensors = await Promise.all(
      treeEntries(folded).map(async ([path, leaf]) =>
        [path, storeFloats(await leaf.data<"float32">(), leaf.shape, "F16")] as const
      ),
    );
    const weights = encodeSafetensors(new Map(tensors));
    const facts = { bytes: weights.length, sha256: await sha256Hex(weights) };
    const manifest = posterManifest({ model: "stylegan2", config: { ...config } }, facts);
    const exported = await loadPosterGenerator({ ...manifest, dtype: "f16" }, weights);
    const trained = posterGenerator(folded, config);
    const recipes = [1, 2].map((seed) => ({ seed, genres: [1, 0, 0], truncation: 0.7 }));
    const request = (recipe: typeof recipes[number]) => requestOf(recipe, config);
    const expected = await trained.draw(recipes.map(request));
    (await exported.draw(recipes.map(request))).forEach(({ data }, i) =>
      assertClose(data, expected[i].data, { absolute: 3 })
    );
    // At truncation 0 all posters of a genre are one.
    const [a, b, other] = await trained.draw([
      { seed: 1, genres: [1, 0, 0], truncation: 0 },
      { seed: 2, genres: [1, 0, 0], truncation: 0 },
      { seed: 1, genres: [0, 1, 0], truncation: 0 },
    ].map(request));
    assertClose(a.data, b.data, { absolute: 1 });
    assert.notDeepEqual(a.data, other.data);
    exported.dispose();
    trained.dispose();
    disposeTree(params);
  },
);

Deno.test("requestOf() leaves a stylegan2's latent vector as it is, and requestBetween() its truncation on a line", () => {
  const whole = requestOf({ seed: 4, genres: [1, 0, 0], truncation: 1 }, config);
  const half = requestOf({ seed: 4, genres: [1, 0, 0], truncation: 0.5 }, config);
  assert.deepEqual(half, { ...whole, truncation: 0.5 });
  assert.equal(requestBetween(whole, half, 0.5).truncation, 0.75);
});
