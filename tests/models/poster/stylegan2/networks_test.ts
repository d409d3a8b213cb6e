// StyleGAN2's networks: their sizes, every legal picture size, and what they are before the first step.

import assert from "node:assert/strict";
import { GENRES } from "../../../../data/posters.ts";
import { randomStream } from "../../../../gpu/random.ts";
import { sizeOf } from "../../../../gpu/shape.ts";
import * as tf from "../../../../gpu/tf.ts";
import { disposeTree, type ParamShapes, treeEntries } from "../../../../gpu/tree.ts";
import { planStages } from "../../../../models/poster/config.ts";
import { countStyles } from "../../../../models/poster/stylegan2/style_count.ts";
import {
  applyStyleGan2Discriminator,
  initStyleGan2Discriminator,
  styleGan2DiscriminatorShapes,
} from "../../../../models/poster/stylegan2/discriminator.ts";
import {
  applyStyleGan2Generator,
  initStyleGan2Generator,
  styleGan2GeneratorShapes,
  synthesise,
} from "../../../../models/poster/stylegan2/generator.ts";
import { applyMapping } from "../../../../models/poster/stylegan2/mapping.ts";
import { minibatchDeviation } from "../../../../models/poster/stylegan2/minibatch_deviation.ts";
import { mixStyles } from "../../../../models/poster/stylegan2/styles.ts";
import type { StyleGan2Config } from "../../../../models/poster/training_config.ts";
import { resolvePosterConfig } from "../../../../tasks/_poster_config.ts";
import { assertClose } from "../../../_assert.ts";
import { forEachDevice } from "../../../_gates.ts";
import { testOnSimd } from "../../../_on_simd.ts";
import { tinyStyleGan2 } from "../_tiny_posters.ts";

const MEBI = 2 ** 20;

function count(shapes: ParamShapes): number {
  return Object.values(shapes).reduce((sum, shape) => sum + sizeOf(shape), 0);
}

function presetOf(preset: string, width = 64, height = 96): StyleGan2Config {
  const set = { size: { width, height }, genres: [...GENRES] };
  const config = resolvePosterConfig({ model: "stylegan2", preset, images: 1000 }, set, {});
  assert(config.model === "stylegan2");
  return config;
}

Deno.test("stylegan2's generators weigh what a page can load: 4 MiB of f16 in full, 1 MiB in the preset toy", () => {
  const limits = { seed: 4 * MEBI, best: 4 * MEBI, toy: MEBI };
  for (const [preset, limit] of Object.entries(limits)) {
    const { generator, discriminator } = presetOf(preset);
    const exported = count(styleGan2GeneratorShapes(generator, "folded"));
    const judge = count(styleGan2DiscriminatorShapes(discriminator, generator));
    console.log(`${preset}: generator ${exported} parameters, discriminator ${judge}`);
    assert.ok(2 * exported <= limit, `${preset}: ${2 * exported} bytes`);
  }
});

forEachDevice("stylegan2 draws and judges pictures of every legal size", () => {
  for (const [width, height] of [[64, 96], [64, 128], [96, 144], [128, 192], [40, 24]]) {
    const { generator, discriminator } = tinyStyleGan2(), narrow = { width: 2, widest: 3 };
    const config = { ...generator, ...narrow, ...planStages(height, width) };
    const judge = { ...discriminator, ...narrow };
    const gen = initStyleGan2Generator(config, randomStream(1, "gen"));
    const disc = initStyleGan2Discriminator(judge, config, randomStream(1, "disc"));
    tf.tidy(() => {
      const images = applyStyleGan2Generator(gen, tf.ones([2, 4 + 2]), config);
      assert.deepEqual(images.shape, [2, height, width, 3]);
      const genres = tf.tensor2d([1, 0, 0, 1], [2, 2]);
      assert.deepEqual(applyStyleGan2Discriminator(disc, images, genres, judge).shape, [2, 1]);
    });
    disposeTree(gen);
    disposeTree(disc);
  }
});

forEachDevice("stylegan2 draws and judges without genres", () => {
  const { generator, discriminator } = tinyStyleGan2(), config = { ...generator, genres: 0 };
  const gen = initStyleGan2Generator(config, randomStream(1, "gen"));
  const disc = initStyleGan2Discriminator(discriminator, config, randomStream(1, "disc"));
  assert.ok(!("embed" in gen.mapping) && !("embed" in disc));
  tf.tidy(() => {
    const images = applyStyleGan2Generator(gen, tf.ones([2, 4]), config);
    const scores = applyStyleGan2Discriminator(disc, images, tf.zeros([2, 0]), discriminator);
    assert.deepEqual([images.shape, scores.shape], [[2, 16, 8, 3], [2, 1]]);
  });
  disposeTree(gen);
  disposeTree(disc);
});

testOnSimd("stylegan2's weights start from N(0, 1), styles at 1, and no noise", async () => {
  const { generator, discriminator } = presetOf("toy"), config = { ...generator, noise: true };
  const gen = initStyleGan2Generator(config, randomStream(1, "gen"));
  const disc = initStyleGan2Discriminator(discriminator, config, randomStream(1, "disc"));
  for (const [path, leaf] of treeEntries({ gen, disc })) {
    const values = await leaf.data<"float32">();
    if (/\.(bias|strength)$/.test(path)) {
      const start = path.endsWith("affine.bias") ? 1 : 0;
      assert.ok(values.every((value) => value === start), path);
      continue;
    }
    // The mapping network's are large, since it makes little of them.
    const deviation = path.startsWith("gen.mapping.layer") ? 100 : 1;
    const square = values.reduce((sum, value) => sum + (value / deviation) ** 2, 0) / leaf.size;
    // The square of a normal draw has the deviation sqrt(2).
    assert.ok(Math.abs(square - 1) <= 5 * Math.sqrt(2 / leaf.size), `${path}: ${square}`);
  }
  disposeTree({ gen, disc });
});

testOnSimd("stylegan2's signals keep their size through both networks", async () => {
  const { generator, discriminator } = presetOf("best");
  const gen = initStyleGan2Generator(generator, randomStream(1, "gen"));
  const disc = initStyleGan2Discriminator(discriminator, generator, randomStream(1, "disc"));
  const found = tf.tidy(() => {
    const n = 8, { latent, genres, stages } = generator;
    const z = tf.tensor2d(randomStream(2, "z").normals(n * latent), [n, latent]);
    const one = tf.oneHot(tf.range(0, n, 1, "int32"), genres) as tf.Tensor2D;
    const styles = applyMapping(gen.mapping, tf.concat([z, one], 1), generator);
    const images = synthesise(gen, new Array(countStyles({ stages })).fill(styles));
    const noise = tf.tensor4d(randomStream(3, "x").normals(images.size), images.shape);
    const scores = applyStyleGan2Discriminator(disc, noise, one, discriminator);
    return tf.stack([styles, images, scores].map((x) => tf.sqrt(tf.mean(tf.square(x)))));
  });
  const [styles, images, scores] = await found.data();
  for (const size of [styles, images, scores]) {
    assert.ok(size > 0.2 && size < 5, `styles ${styles}, pictures ${images}, scores ${scores}`);
  }
  found.dispose();
  disposeTree({ gen, disc });
});

forEachDevice("noise is added where it is asked for, and then by its strength alone", async () => {
  const config = { ...tinyStyleGan2().generator, noise: true };
  const gen = initStyleGan2Generator(config, randomStream(1, "gen"));
  const inputs = tf.tensor2d(randomStream(2, "z").normals(6), [1, 6]);
  const draw = async (strength: number, seed?: number) => {
    const images = tf.tidy(() => {
      const conv = gen.conv.map((layer) => ({ ...layer, strength: tf.scalar(strength) }));
      const styles = applyMapping(gen.mapping, inputs, config);
      const noise = seed === undefined ? undefined : randomStream(seed, "noise");
      return synthesise({ ...gen, conv }, mixStyles(styles, styles, 0, config), noise);
    });
    const values = await images.data();
    images.dispose();
    return values;
  };
  const still = await draw(0.5);
  assert.deepEqual(await draw(0.5), still);
  assert.deepEqual(await draw(0.5, 1), await draw(0.5, 1));
  assert.notDeepEqual(await draw(0.5, 1), await draw(0.5, 2));
  assertClose(await draw(0, 1), still, { absolute: 1e-5 });
  inputs.dispose();
  disposeTree(gen);
});

forEachDevice(
  "genres come in gradually: a fader at 0 is any genre, and above a sum of 1 nothing changes",
  async () => {
    const { generator } = tinyStyleGan2();
    const gen = initStyleGan2Generator(generator, randomStream(1, "gen"));
    const latent = [...randomStream(2, "z").normals(4)];
    // Conditions of the first genre at 0, 0.01, 1 and, as it would be of more than one genre, 2.
    const weights = [0, 0.01, 1, 2];
    const styles = tf.tidy(() =>
      applyMapping(
        gen.mapping,
        tf.tensor2d(weights.map((weight) => [...latent, Math.sqrt(weight), 0])),
        generator,
      )
    );
    const [none, little, one, two] = await styles.array();
    const away = (a: number[], b: number[]) => Math.hypot(...a.map((value, i) => value - b[i]));
    assert.ok(away(none, little) < 0.05 * away(none, one), `${away(none, little)}`);
    assertClose(two, one, { absolute: 1e-5 });
    assert.ok(away(none, one) > 0.1);
    styles.dispose();
    disposeTree(gen);
  },
);

forEachDevice(
  "stylegan2's discriminator judges by the genres, and by the others of a group alone",
  async () => {
    const { generator, discriminator } = tinyStyleGan2();
    const disc = initStyleGan2Discriminator(discriminator, generator, randomStream(1, "disc"));
    const values = randomStream(2, "x").normals(4 * 16 * 8 * 3);
    const judge = async (pictures: Float32Array, genres: number[][]) => {
      const scores = tf.tidy(() => {
        const images = tf.tensor4d(pictures, [4, 16, 8, 3]);
        return applyStyleGan2Discriminator(disc, images, tf.tensor2d(genres), discriminator);
      });
      const found = await scores.data();
      scores.dispose();
      return found;
    };
    const hidden = [0, 1, 2, 3].map(() => [0, 0]);
    const plain = await judge(values, hidden);
    const [told] = await judge(values, [[1, 0], ...hidden.slice(1)]);
    const [other] = await judge(values, [[0, 1], ...hidden.slice(1)]);
    assert.ok(
      [plain[0] - told, told - other, other - plain[0]].every((gap) => Math.abs(gap) > 1e-3),
    );
    // Of four pictures in groups of two, the first and the third are compared.
    const changed = values.slice().fill(0, 2 * 16 * 8 * 3, 3 * 16 * 8 * 3);
    const after = await judge(changed, hidden);
    assert.ok(Math.abs(after[0] - plain[0]) > 1e-4);
    assertClose([after[1], after[3]], [plain[1], plain[3]], { absolute: 1e-5 });
    disposeTree(disc);
  },
);

forEachDevice(
  "minibatchDeviation by hand: half the distance of two pictures, 0 of equal ones",
  async () => {
    const maps = tf.tensor4d([1, 2, 5, 6, 7, 10, 5, 6], [4, 1, 1, 2]);
    const found = tf.tidy(() => minibatchDeviation(maps, 2));
    assert.deepEqual(found.shape, [4, 1, 1, 1]);
    // Pictures 1 and 3: deviations 3 and 4. Pictures 2 and 4 are equal; what is left is the root of the epsilon.
    assertClose(await found.data(), [3.5, 1e-4, 3.5, 1e-4], { absolute: 1e-5 });
    assert.throws(() => tf.tidy(() => minibatchDeviation(maps, 3)), {
      name: "RangeError",
      message: "Cannot compare 4 pictures in groups of 3: expected a multiple, or fewer",
    });
    tf.dispose([maps, found]);
  },
);
