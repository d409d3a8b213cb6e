// What `deno task bench:gpu` counts: training steps and the inference of a generator, on the current device.

import { randomStream } from "../gpu/random.ts";
import { sizeOf } from "../gpu/shape.ts";
import * as tf from "../gpu/tf.ts";
import { disposeTree } from "../gpu/tree.ts";
import type { GeneratorConfig } from "../models/cyclegan/config.ts";
import { applyGenerator, initGenerator } from "../models/cyclegan/generator.ts";
import type { TrainingConfig } from "../models/cyclegan/training_config.ts";
import type { BenchCase } from "./_bench_case.ts";
import { cycleGanStepCase, publishedStep } from "./_bench_cases.ts";
import { posterStepCase } from "./_bench_posters.ts";

/** One thing to count. */
export type GpuCase = Pick<BenchCase, "name" | "prepare">;

/** Pixels per side, channels of the generators' stem and of the discriminators, residual blocks. */
export type StepSize = readonly [size: number, width: number, blocks: number];

/** The step that the tests run for real, on a software adapter too. */
export const TOY: StepSize = [32, 4, 1];

/** The published sizes for 256 and 128 pixels, the second at half the width. */
const STEPS: readonly StepSize[] = [[256, 64, 9], [128, 32, 6], TOY];

/** All cases, the largest first. */
export function gpuCases(): GpuCase[] {
  return [
    ...STEPS.map(gpuStepCase),
    gpuInferenceCase(STEPS[0]),
    // The penalty is left out: stock tfjs cannot differentiate the discriminator twice.
    posterStepCase("cgan", { penalty: "0", "penalty-every": "1" }),
  ];
}

/** An LSGAN step of the published settings. */
export function gpuStepCase([size, width, blocks]: StepSize): GpuCase {
  const name = `CycleGAN step, ${size} px, ngf ${width}, ${blocks} blocks`;
  return cycleGanStepCase(name, gpuStepConfig([size, width, blocks]));
}

/** Those settings. */
export function gpuStepConfig([size, width, blocks]: StepSize): TrainingConfig {
  return {
    ...publishedStep(size),
    generator: { width, blocks, upsample: "convt", bias: "needed" },
    discriminator: { net: "patch", width, layers: 3, score: "patch", bias: "needed" },
  };
}

/** One image through one generator, up to the point where its pixels can be read. */
export function gpuInferenceCase([size, width, blocks]: StepSize): GpuCase {
  return {
    name: `generator, ${size} px, ngf ${width}, ${blocks} blocks`,
    prepare() {
      const config: GeneratorConfig = { width, blocks, upsample: "convt", bias: "needed" };
      const params = initGenerator(config, randomStream(1, "generator"));
      const shape: [number, number, number, number] = [1, size, size, 3];
      const image = tf.tensor4d(randomStream(1, "image").normals(sizeOf(shape)), shape);
      return {
        async run() {
          const redrawn = tf.tidy(() => applyGenerator(params, image, config));
          await redrawn.data();
          redrawn.dispose();
        },
        dispose() {
          disposeTree(params);
          image.dispose();
        },
      };
    },
  };
}
