// CycleGAN as the training loop sees it.

import * as tf from "../gpu/tf.ts";
import { picturesToTensor } from "../gpu/image.ts";
import { randomStream } from "../gpu/random.ts";
import type { UnpairedSource } from "../data/unpaired.ts";
import { restoreState, stateTensors, type TrainState } from "../models/cyclegan/state.ts";
import { type Batch, trainStep, weightsAt } from "../models/cyclegan/step.ts";
import type { TrainingConfig } from "../models/cyclegan/training_config.ts";
import { stateCounters } from "../models/train_state.ts";
import type { Trainer } from "./_training_run.ts";
import { drawSamples, type TestPictures } from "./_samples.ts";

/** Trains `state`, which stays the caller's, on the source's pictures; the sheets show the test pictures. */
export function cycleGanTrainer(
  state: TrainState,
  { config, source, test }: {
    config: TrainingConfig;
    source: UnpairedSource;
    test: TestPictures;
  },
): Trainer {
  return {
    config,
    dataHash: source.hash,
    state,
    headline: {
      generators: "lossGenerators",
      discriminators: "lossDiscriminators",
      cycle: "lossCycle",
    },
    async step(progress) {
      const batches: Batch[] = [];
      for (let i = 0; i < weightsAt(config, state.imagesSeen).criticSteps; i++) {
        const { a, b } = await source.batch(progress.dataPosition, config.batch);
        progress.dataPosition += config.batch;
        batches.push({ a: picturesToTensor(a), b: picturesToTensor(b) });
      }
      try {
        const random = randomStream(config.seed, "step", state.imagesSeen);
        return await trainStep(state, batches, { config, random });
      } finally {
        batches.forEach(({ a, b }) => tf.dispose([a, b]));
      }
    },
    settings() {
      const { gan, criticSteps: _, ...weights } = weightsAt(config, state.imagesSeen);
      // JSON has no infinity: a clip norm of none is left out.
      const finite = Object.entries(weights).filter(([, value]) => Number.isFinite(value));
      return { gan, weights: Object.fromEntries(finite) };
    },
    snapshot: () => ({ tensors: stateTensors(state), counters: stateCounters(state) }),
    restore: ({ tensors, counters }) => restoreState(state, tensors, counters),
    async drawSheet() {
      const { png, truth } = await drawSamples(state.ema, test, config.generator);
      return { png, ...(truth && { facts: { truth } }) };
    },
  };
}
