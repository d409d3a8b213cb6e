// A device that is lost ends a task with one line, and what was saved before is there to go on from.

import assert from "node:assert/strict";
import { startDevice } from "../../gpu/device.ts";
import { randomStream } from "../../gpu/random.ts";
import * as tf from "../../gpu/tf.ts";
import {
  disposeTrainState,
  initTrainState,
  restoreState,
  stateTensors,
} from "../../models/cyclegan/state.ts";
import { trainStep } from "../../models/cyclegan/step.ts";
import { stateCounters } from "../../models/train_state.ts";
import { loadLatestCheckpoint } from "../../tasks/_checkpoint.ts";
import { countedBackend } from "../../tasks/_gpu_backend.ts";
import { NEW_GUARD } from "../../tasks/_guard.ts";
import { train } from "../../tasks/_loop.ts";
import { DeviceLostError, guardAgainstLoss } from "../../tasks/_lost_device.ts";
import { openRunDir } from "../../tasks/_run_dir.ts";
import type { Trainer, TrainingRun } from "../../tasks/_training_run.ts";
import { gatedTest, gpuGate } from "../_gates.ts";
import { tinyBatch, tinyConfig } from "../models/cyclegan/_tiny_training.ts";

const gate = await gpuGate(), config = tinyConfig({ pool: 0 });

/** A tiny run on the GPU that saves every second image; `onStep` is called while a step runs. */
async function tinyRun(path: string, onStep: (images: number) => void) {
  const device = await startDevice("webgpu"), state = initTrainState(config);
  const trainer: Trainer = {
    ...{ config, state, dataHash: "none", headline: {} },
    async step() {
      const batch = tinyBatch(config, state.imagesSeen);
      const random = randomStream(1, "step", state.imagesSeen);
      const step = trainStep(state, [batch], { config, random });
      onStep(state.imagesSeen);
      const metrics = await step;
      tf.dispose([batch.a, batch.b]);
      return metrics;
    },
    settings: () => ({}),
    snapshot: () => ({ tensors: stateTensors(state), counters: stateCounters(state) }),
    restore: ({ tensors, counters }) => restoreState(state, tensors, counters),
    drawSheet: () => Promise.resolve({ png: new Uint8Array() }),
  };
  const checkpoint = await loadLatestCheckpoint(path, assert.fail);
  if (checkpoint) trainer.restore(checkpoint);
  const runDir = await openRunDir(path);
  const run: TrainingRun = {
    ...{ runDir, trainer, device },
    until: { images: 5, seconds: Infinity },
    every: { sample: 0, save: 2, log: 0 },
    progress: { dataPosition: 0, seconds: 0, guard: { ...NEW_GUARD } },
    status: { update() {}, note() {}, end() {} },
    stop: new AbortController().signal,
  };
  return { run, state, from: checkpoint?.counters.imagesSeen };
}

gatedTest(
  gate,
  "train() ends with one line when its GPU is lost, and the run goes on from its checkpoint",
  async () => {
    const path = await Deno.makeTempDir();
    const first = await tinyRun(path, (images) => {
      if (images === 3) countedBackend().device.destroy();
    });
    await assert.rejects(train(first.run), (error) => {
      assert.ok(error instanceof DeviceLostError);
      assert.match(
        error.message,
        /^Cannot go on: the webgpu device was lost \(.+\); it had seen 3 images; the same command again goes on from the checkpoint of 2 in /,
      );
      return !error.message.includes("\n");
    });
    first.run.runDir.close();
    const second = await tinyRun(path, () => {});
    assert.equal(second.from, 2);
    assert.equal(await train(second.run), "finished");
    assert.deepEqual([second.state.imagesSeen, second.state.skippedSteps], [5, 0]);
    second.run.runDir.close();
    disposeTrainState(second.state);
    second.run.device.dispose();
    await Deno.remove(path, { recursive: true });
  },
);

/** A device that is lost when told to. */
function fakeDevice() {
  const { promise: lost, resolve: lose } = Promise.withResolvers<string>();
  return { device: { name: "webgpu", lost } as const, lose };
}

Deno.test("guardAgainstLoss() tells of the loss, whichever of the read and the device fails first", async () => {
  for (const isReadFirst of [true, false]) {
    const { device, lose } = fakeDevice(), read = Promise.withResolvers<number>();
    const guarded = guardAgainstLoss(device, () => "begin again");
    const failReading = () => read.reject(new DOMException("No such buffer", "OperationError"));
    const [first, second] = isReadFirst
      ? [failReading, () => lose("unplugged")]
      : [() => lose("unplugged"), failReading];
    setTimeout(first, 0);
    setTimeout(second, 10);
    await assert.rejects(guarded(read.promise), {
      name: "DeviceLostError",
      message: "Cannot go on: the webgpu device was lost (unplugged); begin again",
    });
    // What is begun afterwards fails too.
    await assert.rejects(guarded(Promise.withResolvers<number>().promise), DeviceLostError);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
});

Deno.test("guardAgainstLoss() gives what the work gives, and its own errors as they are", async () => {
  const guarded = guardAgainstLoss(fakeDevice().device, () => "begin again");
  assert.equal(await guarded(Promise.resolve(3)), 3);
  await assert.rejects(guarded(Promise.reject(new RangeError("Too much"))), { name: "RangeError" });
});
