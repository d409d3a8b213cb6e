// Training with a big network in the discriminators: what moves and what stays, and that a run resumes to the bit.

import assert from "node:assert/strict";
import { randomStream } from "../../../gpu/random.ts";
import { sizeOf } from "../../../gpu/shape.ts";
import * as tf from "../../../gpu/tf.ts";
import {
  disposeTrainState,
  initTrainState,
  restoreState,
  startFromTrunk,
  stateTensors,
  type TrainState,
} from "../../../models/cyclegan/state.ts";
import { trainStep } from "../../../models/cyclegan/step.ts";
import type { TrainingConfig } from "../../../models/cyclegan/training_config.ts";
import { type LoadedTensor, stateCounters } from "../../../models/train_state.ts";
import { trunkShapes } from "../../../models/trunks/trunk.ts";
import { testOnSimd } from "../../_on_simd.ts";
import { tinyBatch, tinyConfig } from "./_tiny_training.ts";

/** The smallest run with the quickest of the big networks. */
function trunkConfig(freeze: boolean, change: Partial<TrainingConfig> = {}): TrainingConfig {
  const discriminator = { net: "resnet18", freeze, width: 2, score: "patch" } as const;
  return tinyConfig({ discriminator, size: [32, 32], ...change });
}

async function train(state: TrainState, config: TrainingConfig, steps: number): Promise<void> {
  for (let i = 0; i < steps; i++) {
    const batch = tinyBatch(config, state.imagesSeen);
    const random = randomStream(config.seed, "step", state.imagesSeen);
    const { finite, values } = await trainStep(state, [batch], { config, random });
    tf.dispose([batch.a, batch.b]);
    assert.ok(finite, JSON.stringify(values));
    assert.equal("penalty" in values, config.gan === "wgangp");
  }
}

/** A copy of the state's tensors, as a checkpoint has them. */
async function readState(state: TrainState): Promise<Map<string, LoadedTensor>> {
  const saved = new Map<string, LoadedTensor>();
  for (const [path, tensor] of stateTensors(state)) {
    saved.set(path, { shape: [...tensor.shape], values: (await tensor.data<"float32">()).slice() });
  }
  return saved;
}

/** The parts of a path that say what a tensor belongs to, such as `params.discA.head`, of all tensors that changed. */
function changedParts(before: Map<string, LoadedTensor>, after: Map<string, LoadedTensor>) {
  const isSame = (a: Float32Array, b: Float32Array | undefined) =>
    a.length === b?.length && a.every((value, i) => value === b[i]);
  const changed = [...after.keys()].filter((path) =>
    !isSame(after.get(path)?.values ?? new Float32Array(), before.get(path)?.values)
  );
  const parts = changed.map((path) => path.replace(/\.(stem|stage|\d).*/, ""));
  return [...new Set(parts)].filter((part) => /disc|trunk/.test(part)).sort();
}

testOnSimd("trainStep moves the heads on a frozen trunk, and not the trunk", async () => {
  for (const gan of ["lsgan", "hinge", "wgangp"]) {
    const config = trunkConfig(true, { gan }), state = initTrainState(config);
    const before = await readState(state);
    await train(state, config, 1);
    const tensors = tf.memory().numTensors;
    await train(state, config, 1);
    // The second image of each pool.
    assert.equal(tf.memory().numTensors, tensors + 2, gan);
    const after = await readState(state);
    const heads = ["discA.head", "discB.head"];
    assert.deepEqual(
      changedParts(before, after),
      ["adam.m", "adam.v", "params"].flatMap((tree) => heads.map((head) => `${tree}.${head}`)),
      gan,
    );
    // It is in the state once, and has no moments.
    const paths = Object.keys(trunkShapes("resnet18")).map((path) => `trunk.${path}`);
    assert.deepEqual([...after.keys()].filter((path) => path.includes("stage.3.1")), [
      ...paths.filter((path) => path.includes("stage.3.1")),
    ]);
    disposeTrainState(state);
  }
});

testOnSimd("trainStep moves trunk and heads of each discriminator in fine-tuning", async () => {
  const config = trunkConfig(false, { pool: 0 }), state = initTrainState(config);
  const before = await readState(state);
  const kernel = "trunk.stage.1.0.shortcut.kernel";
  // Both start from one trunk.
  assert.deepEqual(before.get(`params.discA.${kernel}`), before.get(`params.discB.${kernel}`));
  await train(state, config, 1);
  const after = await readState(state);
  const parts = ["discA.head", "discA.trunk", "discB.head", "discB.trunk"];
  assert.deepEqual(
    changedParts(before, after),
    ["adam.m", "adam.v", "params"].flatMap((tree) => parts.map((part) => `${tree}.${part}`)),
  );
  assert.notDeepEqual(after.get(`params.discA.${kernel}`), after.get(`params.discB.${kernel}`));
  // Every kernel has had a gradient.
  for (const [path, { values }] of after) {
    if (!path.startsWith("adam.v.disc") || !path.endsWith(".kernel")) continue;
    assert.ok(values.some((value) => value > 0), path);
  }
  disposeTrainState(state);
});

testOnSimd(
  "trainStep fine-tunes a trunk with the gradient penalty, one score per image",
  async () => {
    const discriminator = { net: "resnet18", freeze: false, width: 2, score: "image" } as const;
    const config = trunkConfig(false, { gan: "wgangp", pool: 0, discriminator });
    const state = initTrainState(config);
    await train(state, config, 1);
    disposeTrainState(state);
  },
);

testOnSimd("restoreState lets a run with a frozen trunk go on to the same bits", async () => {
  const config = trunkConfig(true, { gan: "wgangp" });
  const whole = initTrainState(config), stopped = initTrainState(config);
  await train(whole, config, 3);
  await train(stopped, config, 2);
  const tensors = await readState(stopped), counters = stateCounters(stopped);
  // Another seed has another trunk, which the saved one replaces.
  const resumed = initTrainState({ ...config, seed: 9 });
  restoreState(resumed, tensors, counters);
  await train(resumed, config, 1);
  assert.deepEqual(await readState(resumed), await readState(whole));
  const path = "trunk.stage.0.1.conv2.bias", before = await readState(resumed);
  tensors.delete(path);
  assert.throws(() => restoreState(resumed, tensors, counters), {
    name: "TypeError",
    message: `Cannot fill checkpoint: parameter "${path}" is missing`,
  });
  assert.deepEqual(await readState(resumed), before);
  [whole, stopped, resumed].forEach(disposeTrainState);
});

testOnSimd("startFromTrunk fills the shared trunk, or each discriminator's own", async () => {
  const shapes = Object.entries(trunkShapes("resnet18"));
  const saved = new Map(shapes.map(([path, shape], i): [string, LoadedTensor] => {
    return [path, { shape, values: new Float32Array(sizeOf(shape)).fill(i) }];
  }));
  for (const [freeze, prefixes] of [[true, ["trunk"]], [false, ["discA.trunk", "discB.trunk"]]]) {
    const state = initTrainState(trunkConfig(freeze as boolean));
    startFromTrunk(state, saved);
    const tensors = new Map(stateTensors(state));
    for (const [i, [path]] of shapes.entries()) {
      for (const prefix of prefixes as string[]) {
        const filled = tensors.get(freeze ? `${prefix}.${path}` : `params.${prefix}.${path}`);
        const values = await filled?.data() ?? [];
        assert.equal(values[0], i, `${prefix}.${path}`);
        assert.equal(values[values.length - 1], i, `${prefix}.${path}`);
      }
    }
    const less = new Map(saved);
    less.delete("stem.bias");
    assert.throws(() => startFromTrunk(state, less), {
      message: 'Cannot fill trunk: parameter "stem.bias" is missing',
    });
    disposeTrainState(state);
  }
});
