// A CycleGAN small enough to train in a test, and batches of random images for it.

import { randomStream } from "../../../gpu/random.ts";
import * as tf from "../../../gpu/tf.ts";
import type { Batch } from "../../../models/cyclegan/step.ts";
import type { TrainingConfig } from "../../../models/cyclegan/training_config.ts";

/** The smallest networks at 16 x 16 pixels; everything in it can be changed. */
export function tinyConfig(change: Partial<TrainingConfig> = {}): TrainingConfig {
  return {
    kind: "cyclegan",
    generator: { width: 2, blocks: 1, upsample: "convt" },
    discriminator: { net: "patch", width: 2, layers: 1, score: "patch" },
    size: [16, 16],
    loadScale: 1,
    flip: false,
    batch: 1,
    gan: "lsgan",
    criticSteps: 1,
    cycle: "10",
    identity: "5",
    penalty: "10",
    clipGenerator: "none",
    clipDiscriminator: "none",
    learningRate: "0.001",
    beta1: 0.5,
    beta2: 0.999,
    pool: 2,
    emaHalfLife: 1000,
    augment: [],
    seed: 1,
    ...change,
  };
}

/** Two batches of random images in [-1, 1] for a configuration; the caller owns them. */
export function tinyBatch({ batch, size }: TrainingConfig, ...names: (string | number)[]): Batch {
  const images = (domain: string) => {
    const random = randomStream(1, "tiny batch", domain, ...names);
    const count = batch * size[0] * size[1] * 3;
    const values = Float32Array.from({ length: count }, () => random.uniform(-1, 1));
    return tf.tensor4d(values, [batch, ...size, 3]);
  };
  return { a: images("A"), b: images("B") };
}
