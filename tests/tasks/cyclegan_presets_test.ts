// Presets of training: each one's step runs on the engine's own kernels alone, and long runs do not grow.

import assert from "node:assert/strict";
import { startDevice } from "../../gpu/device.ts";
import { randomStream } from "../../gpu/random.ts";
import { SimdBackend } from "../../gpu/simd/backend.ts";
import * as tf from "../../gpu/tf.ts";
import { disposeTrainState, initTrainState } from "../../models/cyclegan/state.ts";
import { trainStep, weightsAt } from "../../models/cyclegan/step.ts";
import type { TrainingConfig } from "../../models/cyclegan/training_config.ts";
import { cycleGanPresets } from "../../tasks/_cyclegan_presets.ts";

/** A preset as it is, but narrow, short and small. */
function shrunk(config: TrainingConfig): TrainingConfig {
  return {
    ...config,
    generator: { ...config.generator, width: 4, blocks: 1 },
    discriminator: { ...config.discriminator, width: 4 },
    size: [32, 28],
    pool: 2,
  };
}

/** Runs with a training state and a function that makes one step on random images. */
async function withTraining(
  config: TrainingConfig,
  run: (step: (i: number) => Promise<void>, backend: SimdBackend) => Promise<void>,
): Promise<void> {
  const device = await startDevice("simd", { threads: 2 });
  const backend = tf.backend();
  assert.ok(backend instanceof SimdBackend);
  const state = initTrainState(config), [h, w] = config.size;
  const image = (name: string, i: number) =>
    tf.tensor4d(randomStream(1, name, i).normals(h * w * 3, 0, 0.5), [1, h, w, 3]);
  try {
    await run(async (i) => {
      const { criticSteps } = weightsAt(config, state.imagesSeen);
      const batches = Array.from({ length: criticSteps }, (_, k) => ({
        a: image("a", i + k),
        b: image("b", i + k),
      }));
      const { finite } = await trainStep(state, batches, {
        config,
        random: randomStream(1, "s", i),
      });
      assert.ok(finite);
      batches.forEach(({ a, b }) => tf.dispose([a, b]));
    }, backend);
  } finally {
    disposeTrainState(state);
    device.dispose();
  }
}

const variants: Record<string, TrainingConfig> = {
  ...Object.fromEntries(
    Object.entries(cycleGanPresets).map(([name, preset]) => [
      name,
      preset.config(preset.images) as TrainingConfig,
    ]),
  ),
  "toy with hinge loss and augmentation": {
    ...cycleGanPresets.toy.config(1000) as TrainingConfig,
    gan: "hinge",
    augment: ["color", "translation", "cutout"],
  },
  "toy with heads on resnet18": {
    ...cycleGanPresets.toy.config(1000) as TrainingConfig,
    gan: "wgangp",
    discriminator: { net: "resnet18", freeze: true, width: 24, score: "patch" },
  },
};

for (const [name, config] of Object.entries(variants)) {
  Deno.test(`a training step of ${name} leaves nothing to stock kernels on simd`, async () => {
    await withTraining(shrunk(config), async (step, backend) => {
      // Initialisation may; from the first step on nothing.
      backend.fallbacks.clear();
      await step(0);
      await step(1);
      assert.deepEqual([...backend.fallbacks], []);
    });
  });
}

Deno.test("2,000 training steps on simd leave the number of tensors and the heap as they were", async () => {
  const config = { ...shrunk(variants.toy), size: [16, 16] as [number, number] };
  const tiny = { ...config, discriminator: { ...config.discriminator, layers: 1 } };
  await withTraining(tiny, async (step, backend) => {
    const { heap } = backend.engine;
    // The pool of past images fills first, and every size of block has been met.
    for (let i = 0; i < 20; i++) await step(i);
    const tensors = tf.memory().numTensors, { usedBytes, totalBytes } = heap.usage();
    for (let i = 20; i < 2000; i++) await step(i);
    assert.equal(tf.memory().numTensors, tensors);
    assert.deepEqual(heap.usage(), { usedBytes, totalBytes });
  });
});
