// Tensors above a device's limits are told of before anything runs, with the batch, size or tile that fits. The limits are artificial.

import assert from "node:assert/strict";
import { startDevice } from "../../gpu/device.ts";
import { randomStream } from "../../gpu/random.ts";
import { sizeOf } from "../../gpu/shape.ts";
import * as tf from "../../gpu/tf.ts";
import { disposeTrainState, initTrainState } from "../../models/cyclegan/state.ts";
import { trainStep } from "../../models/cyclegan/step.ts";
import type { TrainingConfig } from "../../models/cyclegan/training_config.ts";
import type { AnyTrainingConfig } from "../../tasks/_checkpoint.ts";
import { countedBackend, watchKernels } from "../../tasks/_gpu_backend.ts";
import { assertTrainingFits, type FitDevice, tileCheck } from "../../tasks/_gpu_fit.ts";
import { resolvePosterConfig } from "../../tasks/_poster_config.ts";
import { gatedTest, gpuGate } from "../_gates.ts";
import { tinyBatch, tinyConfig } from "../models/cyclegan/_tiny_training.ts";

const gate = await gpuGate();

/** A GPU that takes tensors of so many floats. */
function deviceOf(floats: number): FitDevice {
  const bytes = 4 * floats;
  return {
    name: "webgpu",
    description: "a small GPU",
    limits: { maxBufferSize: 2 * bytes, maxStorageBufferBindingSize: bytes },
  };
}

const style = tinyConfig({
  size: [64, 64],
  batch: 4,
  generator: { width: 4, blocks: 1, upsample: "convt" },
});

/** The head's input with borders of 3, of the fake and of the identity image. */
const PER_IMAGE = 2 * 70 * 70 * 4;

/** The largest tensor of a training step, of which the refusal of a device that takes next to nothing tells. */
async function largestOf(config: AnyTrainingConfig): Promise<number[]> {
  const refusal = await assertTrainingFits(deviceOf(16), config).catch(({ message }) => message);
  const [, shape] = /its largest tensor, \[([\d,]+)\]/.exec(String(refusal)) ?? [];
  return shape.split(",").map(Number);
}

gatedTest(
  gate,
  "assertTrainingFits() names the largest tensor and the batch that fits",
  async () => {
    await assertTrainingFits(deviceOf(4 * PER_IMAGE), style);
    await assert.rejects(assertTrainingFits(deviceOf(4 * PER_IMAGE - 1), style), {
      name: "TaskError",
      message:
        "Cannot train on a small GPU: its largest tensor, [8,70,70,4] in MirrorPad, has 0.6 MB, " +
        "and this device takes 0.6 MB at once; --batch 3 fits",
    });
  },
);

gatedTest(gate, "assertTrainingFits() names the size that fits where no batch does", async () => {
  const large: TrainingConfig = { ...style, size: [128, 192] };
  // Half the size with borders of 3, twice.
  const device = deviceOf(2 * (64 + 6) * (96 + 6) * 4);
  const refusal = await assertTrainingFits(device, large).catch(({ message }) => message);
  const [, height, width] = /--batch 1 --size (\d+)x(\d+) fits$/.exec(String(refusal)) ?? [];
  const size: [number, number] = [Number(height), Number(width)];
  assert.ok(size[0] <= 64 && size[0] >= 48 && Math.abs(size[1] - 1.5 * size[0]) <= 4, String(size));
  await assertTrainingFits(device, { ...large, batch: 1, size });
});

gatedTest(gate, "assertTrainingFits() says so where the weights alone are too many", async () => {
  // The residual block has kernels of 3 x 3 x 16 x 16.
  await assert.rejects(
    assertTrainingFits(deviceOf(2303), { ...style, batch: 1 }),
    /a narrower network is needed/,
  );
});

gatedTest(gate, "assertTrainingFits() looks at every loss that the run goes through", async () => {
  // An adversarial loss of wgangp does not change the largest tensor, but it needs more batches.
  const switched = { ...style, batch: 1, gan: "lsgan,wgangp@10", criticSteps: 2 };
  assert.deepEqual(await largestOf(switched), [2, 70, 70, 4]);
});

gatedTest(gate, "assertTrainingFits() names the batch of posters that fits", async () => {
  const set = { size: { width: 64, height: 96 }, genres: ["noir", "comedy"] };
  const config = resolvePosterConfig({ model: "cgan", preset: "toy", images: 10 }, set, {
    width: "2",
    "disc-width": "2",
  });
  const [batch, ...rest] = await largestOf(config);
  assert.equal(batch, config.batch);
  const perPoster = rest.reduce((product, side) => product * side, 1);
  await assertTrainingFits(deviceOf(batch * perPoster), config);
  await assert.rejects(assertTrainingFits(deviceOf(5 * perPoster), config), /--batch 5 fits$/);
});

gatedTest(gate, "the largest tensor of a trace is that of a step that really runs", async () => {
  const device = await startDevice("webgpu"), config = tinyConfig(), state = initTrainState(config);
  let floats = 0;
  const unwatch = watchKernels(countedBackend(), ({ reads, writes }) => {
    for (const { shape } of [...reads, ...writes]) floats = Math.max(floats, sizeOf(shape));
  });
  const batch = tinyBatch(config);
  await trainStep(state, [batch], { config, random: randomStream(1, "step") });
  unwatch();
  tf.dispose([batch.a, batch.b]);
  disposeTrainState(state);
  device.dispose();
  await assertTrainingFits(deviceOf(floats), config);
  await assert.rejects(assertTrainingFits(deviceOf(floats - 1), config));
});

gatedTest(
  gate,
  "tileCheck() names the tile that fits, and asks for none of small pictures",
  async () => {
    const { generator } = style, large = { width: 400, height: 300 };
    // The head's input with borders of 3.
    const check = tileCheck(deviceOf(102 * 102 * 4), generator);
    await check(large, 96);
    await check({ width: 90, height: 20 }, 768);
    await assert.rejects(check(large, 128), {
      name: "TaskError",
      message: /^Cannot redraw on a small GPU: its largest tensor, .*; --tile 96 fits$/,
    });
  },
);

Deno.test("assertTrainingFits() and tileCheck() have nothing to say of other devices", async () => {
  const device: FitDevice = { name: "simd", description: "", limits: {} };
  await assertTrainingFits(device, style);
  await tileCheck(device, style.generator)({ width: 9999, height: 9999 }, 9999);
});
