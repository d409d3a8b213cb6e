// A training step with the kernels of the `webgpu` device is the same step without them.

import { strict as assert } from "node:assert";
import { startDevice } from "../../../gpu/device.ts";
import { randomStream } from "../../../gpu/random.ts";
import * as tf from "../../../gpu/tf.ts";
import { withdrawKernels } from "../../../gpu/webgpu/register.ts";
import { disposeTrainState, initTrainState } from "../../../models/cyclegan/state.ts";
import { trainStep } from "../../../models/cyclegan/step.ts";
import type { TrainingConfig } from "../../../models/cyclegan/training_config.ts";
import { gatedTest, gpuGate } from "../../_gates.ts";
import { tinyBatch, tinyConfig } from "./_tiny_training.ts";

/** What each step reports, from the same start on the same images. */
async function train(config: TrainingConfig, steps: number): Promise<Record<string, number>[]> {
  const state = initTrainState(config), reports: Record<string, number>[] = [];
  for (let step = 0; step < steps; step++) {
    const batch = tinyBatch(config, step), random = randomStream(1, "step", step);
    const { finite, values } = await trainStep(state, [batch], { config, random });
    assert.ok(finite);
    reports.push(values);
    tf.dispose([batch.a, batch.b]);
  }
  disposeTrainState(state);
  return reports;
}

const configs: Record<string, [steps: number, TrainingConfig]> = {
  "LSGAN at 32 pixels": [
    4,
    tinyConfig({
      size: [32, 32],
      generator: { width: 4, blocks: 1, upsample: "convt" },
      discriminator: { net: "patch", width: 4, layers: 3, score: "patch" },
    }),
  ],
  "WGAN with a gradient penalty": [
    2,
    tinyConfig({
      gan: "wgangp",
      batch: 2,
      generator: { width: 5, blocks: 1, upsample: "resize" },
      discriminator: { net: "patch", width: 3, layers: 2, score: "image" },
    }),
  ],
};

for (const [name, [steps, config]] of Object.entries(configs)) {
  gatedTest(
    await gpuGate(),
    `trainStep is the same with the kernels of webgpu as without: ${name}`,
    async () => {
      const device = await startDevice("webgpu");
      try {
        const own = await train(config, steps);
        withdrawKernels();
        const composed = await train(config, steps);
        composed.forEach((report, step) => {
          for (const [term, expected] of Object.entries(report)) {
            const error = Math.abs(own[step][term] - expected) / Math.max(1, Math.abs(expected));
            assert.ok(
              error <= 1e-4,
              `Step ${step}: ${term} is ${own[step][term]}, not ${expected}`,
            );
          }
        });
        assert.equal(tf.memory().numTensors, 0);
      } finally {
        device.dispose();
      }
    },
  );
}
