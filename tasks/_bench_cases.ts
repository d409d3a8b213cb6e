// What `deno task bench` measures: single kernels, training steps, and what the exported models draw. The reference script in tests/reference/ knows the same names.

import * as tf from "../gpu/tf.ts";
import { picturesToTensor } from "../gpu/image.ts";
import { randomStream } from "../gpu/random.ts";
import { sizeOf } from "../gpu/shape.ts";
import type { SimdBackend } from "../gpu/simd/backend.ts";
import { disposeTrainState, initTrainState } from "../models/cyclegan/state.ts";
import { trainStep } from "../models/cyclegan/step.ts";
import type { TrainingConfig } from "../models/cyclegan/training_config.ts";
import { MODERN_MODELS, POSTER_MODELS } from "../models/poster/config.ts";
import { TRUNK_NETS } from "../models/trunks/config.ts";
import type { BenchCase } from "./_bench_case.ts";
import { modelCases } from "./_bench_models.ts";
import { noisePictures } from "./_bench_pictures.ts";
import { penaltyCases, posterStepCase } from "./_bench_posters.ts";
import { cycleGanPresets } from "./_cyclegan_presets.ts";

/** Sizes of the three steps that PyTorch is measured at: pixels per side, channels of the generators' stem, residual blocks. */
const STEPS: readonly [size: number, width: number, blocks: number][] = [
  [64, 32, 6],
  [128, 32, 6],
  [128, 64, 9],
];

/** A convolution: pixels per side of the image with its border, kernel side, channels in and out, stride. */
type Layer = [side: number, kernel: number, cin: number, cout: number, stride: number];

const LAYERS: readonly Layer[] = [
  [66, 3, 64, 64, 1],
  [34, 3, 128, 128, 1],
  [18, 3, 128, 128, 1],
  [70, 7, 3, 64, 1],
  [70, 7, 64, 3, 1],
  [66, 3, 64, 128, 2],
];

/** All cases, kernels first. */
export async function benchCases(): Promise<BenchCase[]> {
  return [
    product(512),
    convolution("forward", LAYERS[0], { direct: true }),
    ...LAYERS.map((layer) => convolution("forward", layer)),
    ...LAYERS.map((layer) => convolution("input gradient", layer)),
    ...LAYERS.map((layer) => convolution("filter gradient", layer)),
    ...STEPS.map(([size, width, blocks]) =>
      cycleGanStepCase(`step ${size}/ngf${width}/${blocks} blocks`, {
        ...publishedStep(size),
        generator: { width, blocks, upsample: "convt" },
        discriminator: { net: "patch", width, layers: 3, score: "patch" },
      })
    ),
    cycleGanStepCase("step of the toy preset", cycleGanPresets.toy.config(1000) as TrainingConfig),
    ...discriminatorSteps(),
    ...POSTER_MODELS.map((model) => posterStepCase(model)),
    ...MODERN_MODELS.flatMap(penaltyCases),
    ...await modelCases(),
  ];
}

function random(name: string, shape: number[]): tf.Tensor {
  return tf.tensor(randomStream(1, name).normals(sizeOf(shape)), shape);
}

async function finish(tensor: tf.Tensor): Promise<void> {
  // A GPU has computed it when a number of it can be read; a processor, when the call returns.
  if (tf.getBackend() === "webgpu") {
    await tf.tidy(() => tf.slice(tf.reshape(tensor, [-1]), 0, 1)).data();
  }
  tensor.dispose();
}

function product(size: number): BenchCase {
  return {
    name: `matrix product ${size}x${size}x${size}`,
    unit: "GFLOP/s",
    flop: 2 * size ** 3,
    isSlow: false,
    prepare() {
      const a = random("a", [size, size]), b = random("b", [size, size]);
      return {
        run: () => finish(tf.matMul(a, b)),
        dispose: () => tf.dispose([a, b]),
      };
    },
  };
}

const KERNELS = {
  "forward": "Conv2D",
  "input gradient": "Conv2DBackpropInput",
  "filter gradient": "Conv2DBackpropFilter",
} as const;

function convolution(
  pass: keyof typeof KERNELS,
  [side, k, cin, cout, stride]: Layer,
  { direct = false }: { direct?: boolean } = {},
): BenchCase {
  const out = Math.floor((side - k) / stride) + 1;
  return {
    name: `${pass} ${k}x${k} ${cin} to ${cout} at ${out}x${out}${
      stride > 1 ? ` stride ${stride}` : ""
    }${direct ? ", direct" : ""}`,
    unit: "GFLOP/s",
    flop: 2 * out ** 2 * k ** 2 * cin * cout,
    isSlow: false,
    prepare() {
      const x = random("x", [1, side, side, cin]), filter = random("filter", [k, k, cin, cout]);
      const dy = random("dy", [1, out, out, cout]);
      const attrs = { strides: stride, pad: 0, dataFormat: "NHWC", dilations: 1 };
      const inputs: tf.NamedTensorMap = {
        "forward": { x, filter } as tf.NamedTensorMap,
        "input gradient": { dy, filter },
        "filter gradient": { x, dy },
      }[pass];
      const shapes = { inputShape: x.shape, filterShape: filter.shape };
      return {
        async run() {
          const backend = tf.backend() as Partial<SimdBackend>;
          const { usesWinograd } = backend;
          if (usesWinograd) backend.usesWinograd = !direct;
          const output: tf.Tensor = tf.engine().runKernel(KERNELS[pass], inputs, {
            ...attrs,
            ...shapes,
          });
          backend.usesWinograd = usesWinograd;
          await finish(output);
        },
        dispose: () => tf.dispose([x, filter, dy]),
      };
    },
  };
}

/** The published LSGAN settings at a size, without what a single step does not show. */
export function publishedStep(size: number): TrainingConfig {
  const config = cycleGanPresets.paper.config(1000) as TrainingConfig;
  return { ...config, size: [size, size], pool: 0, learningRate: "0.0002" };
}

/** Steps at 128 pixels, ngf 32, 6 blocks, that differ in their discriminators alone; docs/reports/discriminator_costs.md has them. */
function discriminatorSteps(): BenchCase[] {
  const named = (name: string, discriminator: TrainingConfig["discriminator"]) =>
    cycleGanStepCase(`discriminator ${name}, 128`, {
      ...publishedStep(128),
      generator: { width: 32, blocks: 6, upsample: "convt" },
      discriminator,
    });
  const shared = { width: 64, score: "patch" } as const;
  return [
    named("patch70", { net: "patch", layers: 3, ...shared }),
    ...TRUNK_NETS.flatMap((net) => [
      named(`${net} frozen`, { net, freeze: true, ...shared }),
      named(`${net} fine-tuned`, { net, freeze: false, ...shared }),
    ]),
  ];
}

/** A training step of CycleGAN, from the pictures' bytes on. */
export function cycleGanStepCase(name: string, config: TrainingConfig): BenchCase {
  return {
    name,
    unit: "s",
    flop: 0,
    isSlow: true,
    prepare() {
      const state = initTrainState(config);
      const pictures = { a: noisePictures("a", config), b: noisePictures("b", config) };
      return {
        async run() {
          const batch = { a: picturesToTensor(pictures.a), b: picturesToTensor(pictures.b) };
          await trainStep(state, [batch], { config, random: randomStream(1, "step") });
          tf.dispose([batch.a, batch.b]);
        },
        dispose: () => disposeTrainState(state),
      };
    },
  };
}
