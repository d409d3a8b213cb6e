// What a run carries: fresh from a seed, whole through a checkpoint and back, and never half restored.

import assert from "node:assert/strict";
import { randomStream } from "../../../gpu/random.ts";
import * as tf from "../../../gpu/tf.ts";
import { treeEntries, treeVariables } from "../../../gpu/tree.ts";
import {
  disposeTrainState,
  initTrainState,
  restoreState,
  startFromGenerators,
  stateTensors,
  type TrainState,
} from "../../../models/cyclegan/state.ts";
import { type Counters, type LoadedTensor, stateCounters } from "../../../models/train_state.ts";
import { trainStep } from "../../../models/cyclegan/step.ts";
import { testOnSimd } from "../../_on_simd.ts";
import { tinyBatch, tinyConfig } from "./_tiny_training.ts";

const config = tinyConfig({ pool: 3 });

/** A copy of the state's tensors, as a checkpoint has them. */
async function readState(state: TrainState): Promise<Map<string, LoadedTensor>> {
  const saved = new Map<string, LoadedTensor>();
  for (const [path, tensor] of stateTensors(state)) {
    saved.set(path, { shape: [...tensor.shape], values: (await tensor.data<"float32">()).slice() });
  }
  return saved;
}

/** A state of which every tensor and counter has a value of its own. */
function scrambledState(): TrainState {
  const state = initTrainState(config);
  const random = randomStream(5, "scrambled");
  const noise = (shape: number[]) =>
    tf.tensor(random.normals(shape.reduce((all, size) => all * size, 1)), shape);
  for (
    const tree of [
      state.params,
      state.ema,
      ...Object.values(state.adam).flatMap(({ m, v }) => [m, v]),
    ]
  ) {
    for (const [, leaf] of treeVariables(tree)) tf.tidy(() => leaf.assign(noise(leaf.shape)));
  }
  state.pools.A.images = [1, 2, 3].map(() => noise([1, 16, 16, 3]) as tf.Tensor4D);
  state.pools.B.images = [noise([1, 16, 16, 3]) as tf.Tensor4D];
  Object.assign(state, { imagesSeen: 1234, skippedSteps: 5, skippedInARow: 2 });
  const networks = ["genAB", "genBA", "discA", "discB"] as const;
  networks.forEach((network, i) => state.adam[network].updates = 100 + i);
  return state;
}

testOnSimd(
  "initTrainState draws all networks from the seed, each from a stream of its own",
  async () => {
    const states = [1, 1, 2].map((seed) => initTrainState(tinyConfig({ seed })));
    const [first, again, other] = await Promise.all(states.map(readState));
    assert.deepEqual(again, first);
    const kernel = "stem.conv.kernel",
      values = (from: typeof first, path: string) => from.get(path)?.values;
    assert.notDeepEqual(
      values(other, `params.genAB.${kernel}`),
      values(first, `params.genAB.${kernel}`),
    );
    assert.notDeepEqual(
      values(first, `params.genBA.${kernel}`),
      values(first, `params.genAB.${kernel}`),
    );
    assert.notDeepEqual(
      values(first, "params.discB.score.conv.kernel"),
      values(first, "params.discA.score.conv.kernel"),
    );
    // The averages start as the weights, the moments and counters at zero, the pools empty.
    for (const [path, { values }] of first) {
      if (path.startsWith("ema.")) {
        assert.deepEqual(values, first.get(path.replace("ema", "params"))?.values, path);
      }
      if (path.startsWith("adam.")) assert.ok(values.every((value) => value === 0), path);
      assert.ok(!path.startsWith("pool."), path);
    }
    const updates = { genAB: 0, genBA: 0, discA: 0, discB: 0 };
    assert.deepEqual(stateCounters(states[0]), {
      imagesSeen: 0,
      skippedSteps: 0,
      skippedInARow: 0,
      updates,
    });
    states.forEach(disposeTrainState);
  },
);

testOnSimd("stateTensors holds parameters, averages, moments and pools, each path once", () => {
  const state = scrambledState(), paths = stateTensors(state).map(([path]) => path);
  assert.equal(new Set(paths).size, paths.length);
  const networks = treeEntries(state.params).length, generators = treeEntries(state.ema).length;
  assert.equal(paths.length, networks * 3 + generators + 3 + 1);
  for (
    const path of [
      "params.genAB.block.0.conv2.kernel",
      "ema.genBA.up.1.conv.bias",
      "adam.m.discA.layer.0.conv.kernel",
      "adam.v.discB.score.conv.bias",
      "pool.A.2",
      "pool.B.0",
    ]
  ) assert.ok(paths.includes(path), path);
  disposeTrainState(state);
});

testOnSimd(
  "restoreState gives a fresh state every tensor and counter of the saved one",
  async () => {
    const saved = scrambledState(), fresh = initTrainState({ ...config, seed: 77 });
    const tensors = await readState(saved), counters = stateCounters(saved);
    restoreState(fresh, tensors, counters);
    assert.deepEqual(await readState(fresh), tensors);
    assert.deepEqual(stateCounters(fresh), counters);
    // Again over what is there now: the pools are replaced and nothing leaks.
    restoreState(fresh, tensors, counters);
    assert.deepEqual(await readState(fresh), tensors);
    [saved, fresh].forEach(disposeTrainState);
  },
);

testOnSimd("restoreState takes the tensors in any order", async () => {
  const saved = scrambledState(), fresh = initTrainState(config);
  const tensors = await readState(saved);
  restoreState(
    fresh,
    new Map([...tensors].sort(([a], [b]) => a < b ? -1 : 1)),
    stateCounters(saved),
  );
  assert.deepEqual(await readState(fresh), tensors);
  [saved, fresh].forEach(disposeTrainState);
});

testOnSimd(
  "restoreState refuses what does not fit, naming the tensor, and changes nothing",
  async () => {
    const saved = scrambledState(), state = initTrainState(config);
    const tensors = await readState(saved), before = await readState(state);
    const counters = stateCounters(saved), zeros = stateCounters(state);
    disposeTrainState(saved);
    const bias = "adam.v.discB.score.conv.bias",
      image: LoadedTensor = {
        shape: [1, 16, 16, 3],
        values: new Float32Array(768),
      };
    const cases: [change: (map: typeof tensors) => void, message: string][] = [
      [(map) => map.delete(bias), `Cannot fill checkpoint: parameter "${bias}" is missing`],
      [
        (map) =>
          map.set("params.genAB.stem.conv.bias", { shape: [3], values: new Float32Array(3) }),
        'Cannot fill checkpoint: parameter "params.genAB.stem.conv.bias" has shape [3], expected [2]',
      ],
      [
        (map) => map.set("ema.discA.score.conv.bias", { shape: [1], values: new Float32Array(1) }),
        'Cannot fill checkpoint: parameter "ema.discA.score.conv.bias" is not part of the network',
      ],
      [
        (map) => map.set("pool.A.1", { shape: [2, 16, 16, 3], values: new Float32Array(2 * 768) }),
        'Cannot use checkpoint image "pool.A.1": its shape is [2, 16, 16, 3], expected [1, any, any, 3]',
      ],
      [
        (map) => map.set("pool.A.3", image),
        'Cannot fill checkpoint: image "pool.A.3" has no place in the pools',
      ],
      [
        (map) => map.set("pool.B.2", image),
        'Cannot fill checkpoint: image "pool.B.2" has no place in the pools',
      ],
      [
        (map) => map.set("pool.C.0", image),
        'Cannot fill checkpoint: image "pool.C.0" has no place in the pools',
      ],
    ];
    for (const [change, message] of cases) {
      const changed = new Map(tensors);
      change(changed);
      assert.throws(() => restoreState(state, changed, counters), { name: "TypeError", message });
      assert.deepEqual(await readState(state), before, message);
      assert.deepEqual(stateCounters(state), zeros);
    }
    disposeTrainState(state);
  },
);

testOnSimd(
  "restoreState lets a run go on to the same bits as one that was not stopped",
  async () => {
    const run = async (state: TrainState, steps: number) => {
      for (let i = 0; i < steps; i++) {
        const batch = tinyBatch(config, state.imagesSeen);
        const random = randomStream(config.seed, "step", state.imagesSeen);
        await trainStep(state, [batch], { config, random });
        tf.dispose([batch.a, batch.b]);
      }
    };
    const whole = initTrainState(config), stopped = initTrainState(config);
    await run(whole, 5);
    await run(stopped, 3);
    const [tensors, counters]: [Map<string, LoadedTensor>, Counters] = [
      await readState(stopped),
      stateCounters(stopped),
    ];
    const resumed = initTrainState({ ...config, seed: 9 });
    restoreState(resumed, tensors, counters);
    await run(resumed, 2);
    assert.deepEqual(await readState(resumed), await readState(whole));
    assert.deepEqual(stateCounters(resumed), stateCounters(whole));
    [whole, stopped, resumed].forEach(disposeTrainState);
  },
);

testOnSimd(
  "startFromGenerators fills generators and averages and leaves the rest fresh",
  async () => {
    const given = scrambledState(), state = initTrainState(config);
    const before = await readState(state), scrambled = await readState(given);
    const pair = new Map(
      [...scrambled].filter(([path]) => path.startsWith("ema."))
        .map(([path, tensor]) => [path.slice("ema.".length), tensor]),
    );
    startFromGenerators(state, pair);
    for (const [path, { values }] of await readState(state)) {
      const [tree, network] = path.split(".");
      const isFilled = (tree === "params" || tree === "ema") && network.startsWith("gen");
      const source = isFilled ? pair.get(path.slice(tree.length + 1)) : before.get(path);
      assert.deepEqual(values, source?.values, path);
    }
    pair.delete("genBA.head.conv.bias");
    assert.throws(() => startFromGenerators(state, pair), {
      name: "TypeError",
      message: 'Cannot fill generators: parameter "genBA.head.conv.bias" is missing',
    });
    [given, state].forEach(disposeTrainState);
  },
);

testOnSimd("disposeTrainState frees every tensor of a state", () => {
  const before = tf.memory().numTensors, state = scrambledState();
  assert.equal(tf.memory().numTensors, before + stateTensors(state).length);
  disposeTrainState(state);
  assert.equal(tf.memory().numTensors, before);
});
