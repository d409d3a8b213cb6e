// The genre classifier: what it gives, true gradients, and training that learns, repeats itself and leaks nothing.

import assert from "node:assert/strict";
import * as v from "valibot";
import { randomStream } from "../../../gpu/random.ts";
import * as tf from "../../../gpu/tf.ts";
import { disposeTree, treeEntries, treeFromEntries } from "../../../gpu/tree.ts";
import {
  applyClassifier,
  type ClassifierParams,
  classifierShapes,
  initClassifier,
} from "../../../models/classifier/classifier.ts";
import {
  type ClassifierConfig,
  classifierSchema,
  layerChannels,
  mapSize,
} from "../../../models/classifier/config.ts";
import {
  type ClassifierBatch,
  classifierStep,
  genreCrossEntropy,
  startClassifier,
} from "../../../models/classifier/step.ts";
import { disposeState } from "../../../models/train_state.ts";
import { assertClose } from "../../_assert.ts";
import { forEachDevice } from "../../_gates.ts";
import { testOnSimd } from "../../_on_simd.ts";
import { checkCase, exactValues, GRADIENT_TOLERANCE } from "../../gpu/_differences.ts";
import * as ref from "../../gpu/_reference.ts";
import type { Grid } from "../../gpu/_reference.ts";

function tinyConfig(change: Partial<ClassifierConfig> = {}): ClassifierConfig {
  return {
    ...{ kind: "genre-classifier", size: [16, 20], genres: 3, width: 4, features: 8 },
    ...{ batch: 16, images: 1600, learningRate: "0.005", seed: 1 },
    ...change,
  };
}

/** Noise with a bright stripe for each genre that a picture has, at a height of the genre's own; the caller owns it. */
function stripes(
  { batch, size: [h, w], genres: g }: ClassifierConfig,
  name: number,
): ClassifierBatch {
  const random = randomStream(1, "stripes", name);
  const genres = Array.from(
    { length: batch },
    (_, i) =>
      Array.from({ length: g }, (_, genre) => genre === i % g || random.integer(4) === 0 ? 1 : 0),
  );
  const values = Float32Array.from({ length: batch * h * w * 3 }, (_, at) => {
    const y = Math.floor(at / (w * 3)) % h, i = Math.floor(at / (h * w * 3)), c = at % 3;
    // Stripes move by two pixels at most, less than lies between two of them.
    const isOn = genres[i].some((has, genre) =>
      has === 1 && Math.floor(y / 5) === genre && c === genre
    );
    return (isOn ? 0.7 : -0.3) + random.uniform(-0.3, 0.3);
  });
  return {
    images: tf.tensor4d(values, [batch, h, w, 3]),
    genres: tf.tensor2d(genres.flat(), [batch, g]),
  };
}

Deno.test("classifierSchema gives a configuration back as it is, and refuses what is out of range", () => {
  assert.deepEqual(v.parse(classifierSchema, tinyConfig()), tinyConfig());
  for (const change of [{ genres: 0 }, { size: [7, 20] }, { learningRate: "fast" }, { more: 1 }]) {
    const { success } = v.safeParse(classifierSchema, { ...tinyConfig(), ...change });
    assert.ok(!success, JSON.stringify(change));
  }
});

Deno.test("layerChannels and mapSize leave 4 to 7 cells along the shorter side", () => {
  assert.deepEqual(layerChannels({ size: [96, 64], width: 24 }), [24, 48, 96, 192]);
  assert.deepEqual(mapSize({ size: [96, 64], width: 24 }), [6, 4]);
  for (let side = 8; side < 300; side++) {
    const [height, width] = mapSize({ size: [2 * side, side], width: 1 });
    assert.ok(width >= 4 && width <= 7 && height >= 8, `${side}: ${height} x ${width}`);
  }
});

forEachDevice("applyClassifier judges each picture by itself, at any size", async () => {
  for (const size of [[16, 20], [23, 17]] as [number, number][]) {
    const config = tinyConfig({ size }), params = initClassifier(config, randomStream(1, "init"));
    assert.deepEqual(
      Object.fromEntries(treeEntries(params).map(([path, { shape }]) => [path, shape])),
      classifierShapes(config),
    );
    const { images, genres } = stripes(config, 0);
    const [all, features, second] = tf.tidy(() => {
      const { logits, features } = applyClassifier(params, images, config);
      const alone = applyClassifier(
        params,
        tf.slice(images, [1, 0, 0, 0], [1, -1, -1, -1]),
        config,
      );
      return [logits, features, alone.logits];
    });
    assert.deepEqual([all.shape, features.shape], [[16, 3], [16, 8]]);
    assertClose(await second.data(), (await all.data()).slice(3, 6), { absolute: 1e-5 });
    const small = tf.slice(images, [0, 1, 0, 0]);
    assert.throws(() => applyClassifier(params, small, config), /classifier picture/);
    tf.dispose([images, genres, all, features, second, small]);
    disposeTree(params);
  }
});

const leaky = (x: Grid) => ref.leakyRelu(x, 0.2);

/** Vectors [n, a] by a kernel [a, b] and a bias. */
function dense(x: Grid, kernel: Grid, bias: Grid): Grid {
  const [n, a] = x.shape, b = kernel.shape[1];
  const products = ref.mul(ref.reshape(x, [n, a, 1]), ref.reshape(kernel, [1, a, b]));
  return ref.add(ref.reshape(ref.sum(products, [1]), [n, b]), bias);
}

forEachDevice("the classifier's loss has true gradients", async () => {
  const config = tinyConfig({ size: [16, 17], width: 2, features: 5 });
  const shapes = classifierShapes(config), paths = Object.keys(shapes);
  const random = randomStream(3, "gradients");
  const labels = [[1, 0, 1], [0, 1, 0]];
  const inputs = [
    exactValues(random, [2, 16, 17, 3]),
    ...paths.map((path) => {
      const fan = ref.sizeOf(shapes[path]) / (shapes[path].at(-1) ?? 1);
      return exactValues(random, shapes[path], { least: 0, most: 1.7 / Math.sqrt(fan) });
    }),
  ];
  const { first } = await checkCase({
    name: "models/classifier: loss",
    orders: 1,
    elements: 6,
    inputs,
    apply([images, ...leaves]) {
      const params = treeFromEntries<ClassifierParams>(paths.map((path, i) => [path, leaves[i]]));
      const { logits } = applyClassifier(params, images as tf.Tensor4D, config);
      return genreCrossEntropy(logits, tf.tensor2d(labels));
    },
    reference([images, ...leaves]) {
      const leaf = (path: string) => leaves[paths.indexOf(path)];
      const layer = (x: Grid, i: number) => {
        const y = ref.conv2d(x, leaf(`layer.${i}.conv.kernel`), 2, 1);
        return leaky(ref.add(y, leaf(`layer.${i}.conv.bias`)));
      };
      const map = [0, 1].reduce(layer, images);
      const flat = ref.reshape(map, [2, ref.sizeOf(map.shape) / 2]);
      const features = leaky(dense(flat, leaf("features.kernel"), leaf("features.bias")));
      const logits = dense(features, leaf("genres.kernel"), leaf("genres.bias"));
      const truth = ref.grid([2, 3], (at) => labels.flat()[at]);
      const entropy = ref.zip(logits, truth, (x, y) => -Math.log(1 / (1 + Math.exp(y ? -x : x))));
      return ref.reshape(ref.div(ref.sum(entropy), ref.grid([], () => 2)), []);
    },
  });
  assert.ok(first <= GRADIENT_TOLERANCE, `off by ${first}`);
});

/** Trains a fresh classifier on stripes; gives its logits on others and the first and last loss. */
async function train(config: ClassifierConfig) {
  const state = startClassifier(config);
  const losses: number[] = [];
  while (state.imagesSeen < config.images) {
    const batch = stripes(config, state.imagesSeen), { numTensors } = tf.memory();
    const random = randomStream(config.seed, "step", state.imagesSeen);
    const { values } = await classifierStep(state, batch, { config, random });
    assert.equal(tf.memory().numTensors, numTensors, "a step leaks nothing");
    losses.push(values.lossGenres);
    tf.dispose([batch.images, batch.genres]);
  }
  const { images, genres } = stripes(config, -1);
  const logits = tf.tidy(() => applyClassifier(state.params.classifier, images, config).logits);
  const found = { logits: await logits.data(), labels: await genres.data(), losses };
  tf.dispose([images, genres, logits]);
  disposeState(state);
  return found;
}

testOnSimd("classifierStep learns several genres at once, and repeats itself", async () => {
  const { logits, labels, losses } = await train(tinyConfig());
  const right = logits.filter((logit, i) => (logit > 0) === (labels[i] === 1)).length;
  assert.ok(right / logits.length > 0.95, `${right} of ${logits.length} are right`);
  assert.ok((losses.at(-1) ?? NaN) < losses[0] / 3, `from ${losses[0]} to ${losses.at(-1)}`);
  assert.deepEqual((await train(tinyConfig())).logits, logits);
});

testOnSimd("classifierStep leaves a batch that is not finite out", async () => {
  const config = tinyConfig(), state = startClassifier(config);
  const batch = stripes(config, 0);
  const broken = { ...batch, images: tf.tidy(() => tf.mul(batch.images, NaN)) as tf.Tensor4D };
  const before = (await state.params.classifier.genres.kernel.data()).slice();
  const { finite } = await classifierStep(state, broken, {
    config,
    random: randomStream(1, "step"),
  });
  assert.deepEqual([finite, state.skippedSteps, state.imagesSeen], [false, 1, 16]);
  assert.deepEqual(await state.params.classifier.genres.kernel.data(), before);
  tf.dispose([batch.images, batch.genres, broken.images]);
  disposeState(state);
});
