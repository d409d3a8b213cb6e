// Runs real training steps of every kind and records which kernels they ask to be differentiated.

import { randomStream } from "../../../gpu/random.ts";
import * as tf from "../../../gpu/tf.ts";
import { disposeTrainState, initTrainState } from "../../../models/cyclegan/state.ts";
import { trainStep } from "../../../models/cyclegan/step.ts";
import type { TrainingConfig } from "../../../models/cyclegan/training_config.ts";
import { type TapedKernels, watchTape } from "../../gpu/_tape.ts";

const base: TrainingConfig = {
  kind: "cyclegan",
  generator: { width: 1, blocks: 1, upsample: "convt" },
  discriminator: { net: "patch", width: 1, layers: 1, score: "patch" },
  size: [16, 16],
  loadScale: 1,
  flip: false,
  batch: 2,
  gan: "lsgan",
  criticSteps: 1,
  cycle: "10",
  identity: "5",
  penalty: "10",
  clipGenerator: "1",
  clipDiscriminator: "1",
  learningRate: "0.0002",
  beta1: 0.5,
  beta2: 0.999,
  pool: 2,
  emaHalfLife: 1000,
  augment: ["color", "translation", "cutout"],
  seed: 1,
};

/** Heads on the quickest of the big networks, which enlarges the images first. */
const heads = { net: "resnet18", freeze: true, width: 2, score: "patch" } as const;

/** Each loss, each way of upsampling, each kind of score, each kind of discriminator at least once. */
const configs: TrainingConfig[] = [
  base,
  { ...base, gan: "hinge", generator: { ...base.generator, upsample: "resize" } },
  { ...base, gan: "wgangp", discriminator: { ...base.discriminator, score: "image" } },
  { ...base, gan: "wgangp", augment: [] },
  { ...base, gan: "wgangp", augment: [], batch: 1, discriminator: heads },
];

/** The kernels that training puts on the tape, and the order to which each is differentiated. */
export async function kernelsOfTraining(): Promise<TapedKernels> {
  const kernels: TapedKernels = new Map();
  for (const config of configs) {
    const state = initTrainState(config);
    const image = (name: string) =>
      tf.tensor4d(
        randomStream(1, name).normals(config.batch * 16 * 16 * 3, 0, 0.5),
        [config.batch, 16, 16, 3],
      );
    const batch = { a: image("a"), b: image("b") };
    const stop = watchTape(kernels);
    try {
      await trainStep(state, [batch], { config, random: randomStream(1, "step") });
    } finally {
      stop();
      disposeTrainState(state);
      tf.dispose([batch.a, batch.b]);
    }
  }
  return kernels;
}
