// The one test that proves that the system learns: warm stripes and cold checkers, eight pictures, a minute at most.

import assert from "node:assert/strict";
import { type Random, randomStream } from "../../../gpu/random.ts";
import * as tf from "../../../gpu/tf.ts";
import { applyGenerator } from "../../../models/cyclegan/generator.ts";
import {
  disposeTrainState,
  type Generators,
  initTrainState,
} from "../../../models/cyclegan/state.ts";
import { type Batch, trainStep } from "../../../models/cyclegan/step.ts";
import { assertClose } from "../../_assert.ts";
import { testOnSimd } from "../../_on_simd.ts";
import { COUNT, learningSet, SIDE } from "./_learning_set.ts";
import { tinyConfig } from "./_tiny_training.ts";

const STEPS = 300;

const config = tinyConfig({
  generator: { width: 4, blocks: 1, upsample: "resize" },
  discriminator: { net: "patch", width: 4, layers: 1, score: "patch" },
  learningRate: "0.004",
  identity: "0",
  pool: 8,
  emaHalfLife: 20,
});

/** One random picture of each domain; the caller owns the two. */
function drawPair({ a, b }: Batch, random: Random): Batch {
  const one = (images: tf.Tensor4D) =>
    tf.slice(images, [random.integer(COUNT), 0, 0, 0], [1, SIDE, SIDE, 3]);
  return { a: one(a), b: one(b) };
}

/** What tells the domains apart: the mean colour, and how much a pixel differs from the one above it. */
async function look(images: tf.Tensor4D): Promise<{ colour: number[]; roughness: number }> {
  const { colour, roughness } = tf.tidy(() => {
    const rows = (from: number) => tf.slice(images, [0, from, 0, 0], [COUNT, SIDE - 1, SIDE, 3]);
    return {
      colour: tf.mean(images, [0, 1, 2]),
      roughness: tf.mean(tf.abs(tf.sub(rows(1), rows(0)))),
    };
  });
  const numbers = { colour: [...await colour.data()], roughness: (await roughness.data())[0] };
  tf.dispose([colour, roughness]);
  return numbers;
}

/** How the whole set looks in the other domain's style. */
async function lookOfFakes({ genAB, genBA }: Generators, { a, b }: Batch) {
  const fakes = tf.tidy(() => ({
    b: applyGenerator(genAB, a, config.generator),
    a: applyGenerator(genBA, b, config.generator),
  }));
  const looks = { a: await look(fakes.a), b: await look(fakes.b) };
  tf.dispose([fakes.a, fakes.b]);
  return looks;
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const distance = (left: number[], right: number[]) =>
  Math.max(...left.map((value, i) => Math.abs(value - right[i])));

testOnSimd(
  "trainStep learns to change stripes into checkers and warm into cold, and back",
  async () => {
    const state = initTrainState(config), set = learningSet();
    const [stripes, checkers] = [await look(set.a), await look(set.b)];
    const untrained = await lookOfFakes(state.ema, set);
    const lossCycle: number[] = [];
    for (let step = 0; step < STEPS; step++) {
      const random = randomStream(config.seed, "learning", state.imagesSeen);
      const pair = drawPair(set, random);
      const { finite, values } = await trainStep(state, [pair], { config, random });
      tf.dispose([pair.a, pair.b]);
      assert.ok(finite, `Step ${step} is not finite`);
      lossCycle.push(values.lossCycle);
    }
    const trained = await lookOfFakes(state.ema, set);

    // There and back again: from a distance of about 1 to less than half of it.
    assert.ok(lossCycle[0] > 1, `${lossCycle[0]}`);
    assert.ok(mean(lossCycle.slice(-20)) < 0.45, `${lossCycle.slice(-20)}`);
    // The colours go over: at first far from the other domain's, then close.
    for (const [fake, real] of [["a", stripes], ["b", checkers]] as const) {
      assert.ok(distance(untrained[fake].colour, real.colour) > 0.5, `${untrained[fake].colour}`);
      assertClose(trained[fake].colour, real.colour, { absolute: 0.25 }, `colour of fake ${fake}`);
    }
    // So does the pattern: stripes have no edges across, checkers do.
    assert.equal(stripes.roughness, 0);
    assertClose(checkers.roughness, 0.125, { absolute: 0.01 });
    assert.ok(trained.b.roughness > 0.5 * checkers.roughness, `${trained.b.roughness}`);
    assert.ok(trained.a.roughness < 0.35 * checkers.roughness, `${trained.a.roughness}`);
    tf.dispose([set.a, set.b]);
    disposeTrainState(state);
  },
);
