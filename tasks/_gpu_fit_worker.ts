// Finds the largest tensor that a program makes on the GPU: traces it in a worker of its own, where the device computes nothing and
// nothing of the trace is left to the program itself.

import { startDevice } from "../gpu/device.ts";
import { randomStream } from "../gpu/random.ts";
import { sizeOf } from "../gpu/shape.ts";
import * as tf from "../gpu/tf.ts";
import { type GeneratorConfig, SIZE_MULTIPLE } from "../models/cyclegan/config.ts";
import { applyGenerator, initGenerator } from "../models/cyclegan/generator.ts";
import { initTrainState } from "../models/cyclegan/state.ts";
import { trainStep, weightsAt } from "../models/cyclegan/step.ts";
import { applyTiled } from "../models/cyclegan/tiled.ts";
import { type TrainingConfig, trainingSchedules } from "../models/cyclegan/training_config.ts";
import { initPosterState } from "../models/poster/state.ts";
import { posterStep } from "../models/poster/step.ts";
import type { PosterTrainingConfig } from "../models/poster/training_config.ts";
import type { AnyTrainingConfig } from "./_checkpoint.ts";
import { countedBackend, watchKernels } from "./_gpu_backend.ts";
import { stubGpu } from "./_gpu_trace.ts";

/** A style generator that redraws pictures in tiles of that side. */
export interface TiledProgram {
  kind: "tiled";
  config: GeneratorConfig;
  tile: number;
}

/** What is to be traced: training steps, or inference in tiles. */
export type GpuProgram = AnyTrainingConfig | TiledProgram;

/** A tensor that a kernel reads or writes. */
export interface LargestTensor {
  kernel: string;
  shape: readonly number[];
  bytes: number;
}

/** What the worker answers. */
export type FitReply = { largest: LargestTensor } | { problem: string };

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<GpuProgram>) => void) | null;
  postMessage(reply: FitReply): void;
};

scope.onmessage = ({ data }) => {
  findLargest(data).then(
    (largest) => scope.postMessage({ largest }),
    (error) => scope.postMessage({ problem: String(error) }),
  );
};

async function findLargest(program: GpuProgram): Promise<LargestTensor> {
  tf.enableProdMode();
  await startDevice("webgpu");
  const backend = countedBackend();
  stubGpu(backend);
  let largest: LargestTensor = { kernel: "", shape: [0], bytes: 0 };
  watchKernels(backend, ({ kernel, reads, writes }) => {
    for (const { shape } of [...reads, ...writes]) {
      const bytes = 4 * sizeOf(shape);
      if (bytes > largest.bytes) largest = { kernel, shape: [...shape], bytes };
    }
  });
  switch (program.kind) {
    case "cyclegan":
      await trainStyle(program);
      break;
    case "poster":
      await trainPosters(program);
      break;
    case "tiled":
      await redrawInTiles(program);
  }
  return largest;
}

/** A step under each of the losses that the run goes through. */
async function trainStyle(config: TrainingConfig): Promise<void> {
  const state = initTrainState(config),
    image = (): tf.Tensor4D => tf.zeros([config.batch, ...config.size, 3]);
  for (const { fromImages } of trainingSchedules(config).gan) {
    state.imagesSeen = fromImages;
    const { criticSteps } = weightsAt(config, fromImages);
    const batches = Array.from({ length: criticSteps }, () => ({ a: image(), b: image() }));
    await trainStep(state, batches, { config, random: randomStream(1, "fit") });
  }
}

/** The first step, which is one that takes the penalty, if there is one. */
async function trainPosters(config: PosterTrainingConfig): Promise<void> {
  const { batch, size, generator: { genres } } = config;
  const state = initPosterState(config, [new Uint8Array(genres)]);
  const posters = {
    images: tf.zeros([batch, ...size, 3]) as tf.Tensor4D,
    genres: tf.zeros([batch, genres]) as tf.Tensor2D,
  };
  await posterStep(state, posters, { config, random: randomStream(1, "fit") });
}

/** A picture that is redrawn whole, and one that is a little larger. */
async function redrawInTiles({ config, tile }: TiledProgram): Promise<void> {
  const params = initGenerator(config, randomStream(1, "fit"));
  const square = (side: number): tf.Tensor4D => tf.zeros([1, side, side, 3]);
  tf.tidy(() => applyGenerator(params, square(tile), config));
  await applyTiled(params, square(tile + SIZE_MULTIPLE), { config, tile });
}
