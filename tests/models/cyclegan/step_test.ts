// The training step: what it moves and what it leaves, what it counts, and that it leaves nothing behind.

import assert from "node:assert/strict";
import { randomStream } from "../../../gpu/random.ts";
import * as tf from "../../../gpu/tf.ts";
import {
  disposeTrainState,
  initTrainState,
  stateTensors,
  type TrainState,
} from "../../../models/cyclegan/state.ts";
import { type Batch, trainStep, weightsAt } from "../../../models/cyclegan/step.ts";
import type { StepMetrics } from "../../../models/update.ts";
import type { TrainingConfig } from "../../../models/cyclegan/training_config.ts";
import { assertClose } from "../../_assert.ts";
import { forEachDevice } from "../../_gates.ts";
import { testOnSimd } from "../../_on_simd.ts";
import { tinyBatch, tinyConfig } from "./_tiny_training.ts";

type Numbers = Map<string, Float32Array>;

async function readTensors(state: TrainState): Promise<Numbers> {
  const numbers: Numbers = new Map();
  for (const [path, tensor] of stateTensors(state)) {
    numbers.set(path, (await tensor.data<"float32">()).slice());
  }
  return numbers;
}

/** Trains some steps on random batches; every step's metrics. */
async function train(
  state: TrainState,
  config: TrainingConfig,
  steps = 1,
  spoil: (batches: Batch[], step: number) => Batch[] = (batches) => batches,
): Promise<StepMetrics[]> {
  const metrics: StepMetrics[] = [];
  for (let step = 0; step < steps; step++) {
    const { criticSteps } = weightsAt(config, state.imagesSeen);
    const random = randomStream(config.seed, "step", state.imagesSeen);
    const given = Array.from(
      { length: criticSteps },
      (_, i) => tinyBatch(config, state.imagesSeen, i),
    );
    const batches = spoil([...given], step);
    metrics.push(await trainStep(state, batches, { config, random }));
    tf.dispose([...given, ...batches].flatMap(({ a, b }) => [a, b]));
  }
  return metrics;
}

/** A copy of a batch in which one value of the first domain is not a number. */
function poisoned({ a, b }: Batch): Batch {
  const mask = tf.buffer(a.shape);
  mask.set(NaN, 0, 3, 5, 1);
  return { a: tf.tidy(() => tf.add(a, mask.toTensor()) as tf.Tensor4D), b: tf.clone(b) };
}

/** The paths under some prefixes whose numbers differ. */
function changedPaths(before: Numbers, after: Numbers, ...prefixes: string[]): string[] {
  return [...after.keys()].filter((path) =>
    prefixes.some((prefix) => path.startsWith(prefix)) &&
    before.get(path)?.join() !== after.get(path)?.join()
  );
}

const pathsUnder = (numbers: Numbers, ...prefixes: string[]) =>
  [...numbers.keys()].filter((path) => prefixes.some((prefix) => path.startsWith(prefix)));

/** Both halves of what is trained: weights and moments. */
const generators = ["params.gen", "adam.m.gen", "adam.v.gen"];
const discriminators = ["params.disc", "adam.m.disc", "adam.v.disc"];

testOnSimd("trainStep sends a gradient to every parameter", async () => {
  for (const upsample of ["convt", "resize"] as const) {
    const config = tinyConfig({ generator: { width: 2, blocks: 1, upsample } });
    const state = initTrainState(config);
    await train(state, config);
    const numbers = await readTensors(state);
    // A bias before an instance norm is without effect; its gradient is 0 but for rounding.
    const isNormed = (path: string) =>
      path.endsWith(".bias") && !/head|score|disc.*layer\.0/.test(path);
    for (const path of pathsUnder(numbers, "adam.m.")) {
      const largest = Math.max(...(numbers.get(path) ?? []).map(Math.abs));
      if (isNormed(path)) assert.ok(largest < 1e-5, `${path}: ${largest}`);
      else assert.ok(largest > 1e-5, `${path}: ${largest}`);
    }
    assert.equal(pathsUnder(numbers, "adam.m.").length, pathsUnder(numbers, "params.").length);
    disposeTrainState(state);
  }
});

testOnSimd(
  "trainStep updates the generators without touching the discriminators, and the reverse",
  async () => {
    const base = tinyConfig(), start = initTrainState(base), before = await readTensors(start);
    disposeTrainState(start);
    const after = async (change: Partial<TrainingConfig>) => {
      const state = initTrainState(base);
      await train(state, { ...base, ...change });
      const numbers = await readTensors(state);
      disposeTrainState(state);
      return numbers;
    };
    // Clipped to nothing, a network's own update does not move it; so whatever moves it would be the other's.
    const both = await after({});
    const generatorsOnly = await after({ clipDiscriminator: "0" });
    const discriminatorsOnly = await after({ clipGenerator: "0" });
    assert.deepEqual(changedPaths(before, generatorsOnly, ...discriminators), []);
    assert.deepEqual(changedPaths(before, discriminatorsOnly, ...generators), []);
    assert.deepEqual(changedPaths(both, generatorsOnly, ...generators), []);
    // The first discriminator update sees the fakes of before the generators' update.
    assert.deepEqual(changedPaths(both, discriminatorsOnly, ...discriminators), []);
    const moved = (numbers: Numbers, prefix: string) =>
      changedPaths(before, numbers, prefix).length;
    assert.ok(moved(both, "params.genAB") > 5 && moved(both, "params.genBA") > 5);
    assert.ok(moved(both, "params.discA") > 3 && moved(both, "params.discB") > 3);
  },
);

testOnSimd(
  "trainStep repeats itself bit for bit from the same state, batch and random",
  async () => {
    const config = tinyConfig({ augment: ["color", "translation", "cutout"], gan: "wgangp" });
    const runs: Numbers[] = [];
    for (let run = 0; run < 2; run++) {
      const state = initTrainState(config);
      await train(state, config, 2);
      runs.push(await readTensors(state));
      disposeTrainState(state);
    }
    assert.deepEqual(runs[1], runs[0]);
  },
);

forEachDevice("trainStep holds the same number of tensors once the pools are full", async () => {
  const config = tinyConfig({ pool: 1, gan: "lsgan,wgangp@2", criticSteps: 2 });
  const state = initTrainState(config);
  await train(state, config, 2);
  const full = tf.memory().numTensors;
  await train(state, config, 2);
  assert.equal(tf.memory().numTensors, full);
  assert.equal(state.imagesSeen, 4);
  disposeTrainState(state);
});

testOnSimd(
  "trainStep refuses another number of batches than its discriminator updates",
  async () => {
    const config = tinyConfig({ gan: "wgangp", criticSteps: 3 }), state = initTrainState(config);
    const batch = tinyBatch(config), before = await readTensors(state);
    for (const batches of [[batch], [batch, batch, batch, batch], []]) {
      await assert.rejects(
        trainStep(state, batches, { config, random: randomStream(1) }),
        {
          name: "RangeError",
          message:
            `Cannot train a step: it got ${batches.length} batches, expected 3 (one per discriminator update)`,
        },
      );
    }
    assert.deepEqual(await readTensors(state), before);
    tf.dispose([batch.a, batch.b]);
    disposeTrainState(state);
  },
);

testOnSimd(
  "trainStep leaves a step with a value that is not finite out and counts it",
  async () => {
    const config = tinyConfig(), state = initTrainState(config);
    await train(state, config, 3);
    const before = await readTensors(state);
    const spoilAll = (batches: Batch[]) => batches.map(poisoned);
    const metrics = await train(state, config, 2, spoilAll);
    assert.deepEqual(metrics.map(({ finite }) => finite), [false, false]);
    assert.ok(Number.isNaN(metrics[0].values.lossGenerators));
    assert.deepEqual(await readTensors(state), before);
    assert.deepEqual(
      [state.imagesSeen, state.skippedSteps, state.skippedInARow, state.adam.genAB.updates],
      [5, 2, 2, 3],
    );
    const [good] = await train(state, config);
    assert.equal(good.finite, true);
    assert.deepEqual([state.skippedSteps, state.skippedInARow], [2, 0]);
    assert.ok(changedPaths(before, await readTensors(state), "params.").length > 0);
    disposeTrainState(state);
  },
);

testOnSimd("trainStep lets no image that is not finite stay in the pools", async () => {
  const config = tinyConfig({ gan: "wgangp", criticSteps: 2, pool: 2 });
  const state = initTrainState(config);
  // The generators' own update is finite: only the second discriminator update meets the bad batch.
  const spoilSecond = ([first, second]: Batch[]) => [first, poisoned(second)];
  const [bad] = await train(state, config, 1, spoilSecond);
  assert.deepEqual([bad.finite, state.skippedSteps], [false, 1]);
  for (const [path, values] of await readTensors(state)) {
    assert.ok(values.every(Number.isFinite), path);
  }
  const later = await train(state, config, 4);
  assert.deepEqual(later.map(({ finite }) => finite), [true, true, true, true]);
  disposeTrainState(state);
});

const kinds: [what: string, change: Partial<TrainingConfig>, hasPenalty: boolean][] = [
  ["lsgan", {}, false],
  ["hinge with every augmentation", {
    gan: "hinge",
    augment: ["color", "translation", "cutout"],
  }, false],
  ["wgangp with several critic steps", { gan: "wgangp", criticSteps: 2, batch: 2 }, true],
  ["wgangp without penalty", { gan: "wgangp", penalty: "0" }, false],
  ["one score per image, not square", {
    size: [16, 24],
    discriminator: { net: "patch", width: 2, layers: 2, score: "image" },
  }, false],
  ["no identity, no pool, no blocks", {
    identity: "0",
    pool: 0,
    generator: { width: 2, blocks: 0, upsample: "resize" },
  }, false],
];

for (const [what, change, hasPenalty] of kinds) {
  testOnSimd(`trainStep trains with ${what}`, async () => {
    const config = tinyConfig(change), state = initTrainState(config);
    const [{ finite, values }] = await train(state, config);
    assert.equal(finite, true);
    const expected = [
      "lossAdvAB",
      "lossAdvBA",
      "lossCycle",
      ...(config.identity === "0" ? [] : ["lossIdentity"]),
      "lossGenerators",
      "norm.genAB",
      "norm.genBA",
      "lossDiscA",
      "lossDiscB",
      ...(hasPenalty ? ["penalty"] : []),
      "lossDiscriminators",
      "norm.discA",
      "norm.discB",
    ];
    assert.deepEqual(Object.keys(values), expected);
    assert.ok(Object.values(values).every(Number.isFinite));
    // The totals are the weighted terms, which are reported unweighted.
    const { lossAdvAB, lossAdvBA, lossCycle, lossIdentity = 0, penalty = 0 } = values;
    assertClose(
      values.lossGenerators,
      lossAdvAB + lossAdvBA + 10 * lossCycle + 5 * lossIdentity,
      { relative: 1e-5 },
    );
    assertClose(values.lossDiscriminators, values.lossDiscA + values.lossDiscB + 10 * penalty, {
      relative: 1e-5,
    });
    assert.equal(state.imagesSeen, config.batch);
    const critics = config.gan === "wgangp" ? config.criticSteps : 1;
    assert.deepEqual([state.adam.genAB.updates, state.adam.discB.updates], [1, critics]);
    disposeTrainState(state);
  });
}

testOnSimd("trainStep clips each network's gradient by its own norm", async () => {
  const norms = (numbers: Numbers, network: string) => {
    const squares = pathsUnder(numbers, `adam.m.${network}.`)
      .flatMap((path) => [...numbers.get(path) ?? []]).map((value) => value * value);
    // The first moment after one update is half of the gradient that Adam was given.
    return 2 * Math.sqrt(squares.reduce((sum, value) => sum + value, 0));
  };
  const config = tinyConfig({ clipGenerator: "0.01", clipDiscriminator: "1e6" });
  const state = initTrainState(config);
  const [{ values }] = await train(state, config);
  const numbers = await readTensors(state);
  for (const network of ["genAB", "genBA"]) {
    assert.ok(values[`norm.${network}`] > 0.1, "The norm is told as it was before clipping");
    assertClose(norms(numbers, network), 0.01, { relative: 1e-4 }, network);
  }
  for (const network of ["discA", "discB"]) {
    assertClose(norms(numbers, network), values[`norm.${network}`], { relative: 1e-4 }, network);
  }
  disposeTrainState(state);
});

testOnSimd("trainStep moves the averages by the half-life, and not a skipped step's", async () => {
  const config = tinyConfig({ emaHalfLife: 10, batch: 2 }), state = initTrainState(config);
  const path = "genAB.head.conv.kernel";
  await train(state, config, 1);
  const before = await readTensors(state);
  await train(state, config, 1);
  const after = await readTensors(state);
  // 4 images seen: the ramp-up's half-life is 0.2 images, and a batch has 2.
  const decay = 0.5 ** (2 / 0.2);
  const expected = (before.get(`ema.${path}`) ?? new Float32Array()).map((average, i) => {
    const weight = after.get(`params.${path}`)?.[i] ?? NaN;
    return weight + (average - weight) * decay;
  });
  assertClose(after.get(`ema.${path}`) ?? [], expected, { absolute: 1e-7 });
  assert.deepEqual(changedPaths(before, after, "ema.").length > 5, true);
  disposeTrainState(state);
});

testOnSimd("trainStep goes over to another loss where the configuration says", async () => {
  const config = tinyConfig({ gan: "lsgan,wgangp@2,hinge@4", criticSteps: 2 });
  const state = initTrainState(config);
  const metrics = await train(state, config, 5);
  assert.deepEqual(metrics.map(({ values }) => "penalty" in values), [
    false,
    false,
    true,
    true,
    false,
  ]);
  assert.equal(state.adam.discA.updates, 1 + 1 + 2 + 2 + 1);
  assert.equal(state.adam.genAB.updates, 5);
  disposeTrainState(state);
});

forEachDevice("trainStep has the same losses with and without biases before norms", async () => {
  const config = tinyConfig();
  const lean = {
    ...config,
    generator: { ...config.generator, bias: "needed" },
    discriminator: { ...config.discriminator, bias: "needed" },
  } as TrainingConfig;
  const results: { metrics: StepMetrics[]; numbers: Numbers }[] = [];
  for (const each of [config, lean]) {
    const state = initTrainState(each);
    results.push({ metrics: await train(state, each, 3), numbers: await readTensors(state) });
    disposeTrainState(state);
  }
  const [every, needed] = results;
  every.metrics.forEach(({ values }, step) => {
    for (const [name, value] of Object.entries(values)) {
      // Adam's first steps have the size of the step wherever a gradient is not 0, rounding or not: the later gradients are not the same.
      if (step > 0 && name.startsWith("norm.")) continue;
      const found = needed.metrics[step].values[name];
      assertClose(found, value, { relative: 1e-4 }, `${name} of step ${step}`);
    }
  });
  const biases = (numbers: Numbers) =>
    pathsUnder(numbers, "params.").filter((path) => path.endsWith(".bias"));
  // Those of each network's last layer, and of the discriminators' first, which has no norm.
  assert.deepEqual(biases(needed.numbers), [
    "params.genAB.head.conv.bias",
    "params.genBA.head.conv.bias",
    "params.discA.layer.0.conv.bias",
    "params.discA.score.conv.bias",
    "params.discB.layer.0.conv.bias",
    "params.discB.score.conv.bias",
  ]);
  assert.equal(biases(every.numbers).length, 2 * 8 + 2 * 3);
});

Deno.test("weightsAt gives what the schedules say, and critic steps only to WGAN", () => {
  const config = tinyConfig({
    gan: "lsgan,wgangp@100",
    criticSteps: 5,
    cycle: "10->5@0..200",
    identity: "5->0@100..200",
    penalty: "50",
    clipGenerator: "none",
    clipDiscriminator: "10->1@0..100",
    learningRate: "0.001->0@100..200",
  });
  assert.deepEqual(weightsAt(config, 0), {
    gan: "lsgan",
    criticSteps: 1,
    cycle: 10,
    identity: 5,
    penalty: 50,
    clipGenerator: Infinity,
    clipDiscriminator: 10,
    learningRate: 0.001,
  });
  assert.deepEqual(weightsAt(config, 99).gan, "lsgan");
  assert.deepEqual(weightsAt(config, 100), {
    gan: "wgangp",
    criticSteps: 5,
    cycle: 7.5,
    identity: 5,
    penalty: 50,
    clipGenerator: Infinity,
    clipDiscriminator: 1,
    learningRate: 0.001,
  });
  assert.deepEqual(weightsAt(config, 1e9).learningRate, 0);
});
