// Prints the time of a small training step on the device `webgpu` beside that of the same program on tfjs as it comes, and how far apart
// their losses are in the first step and in the fourth from the same weights: a table for docs/reports/webgpu_kernels.md.

import process from "node:process";
// Before our gradients are registered.
import { restoreStockGradients, startStockGpu } from "../tasks/_bench_gpu_stock.ts";
import { startDevice } from "../gpu/device.ts";
import { picturesToTensor } from "../gpu/image.ts";
import { randomStream } from "../gpu/random.ts";
import * as tf from "../gpu/tf.ts";
import { withdrawKernels } from "../gpu/webgpu/register.ts";
import type { StepSize } from "../tasks/_bench_gpu_cases.ts";

/** Steps from the same weights on; the last two are timed, and the faster counts. */
const STEPS = 4;

/** What some steps reported, and the fastest one's milliseconds. */
interface Steps {
  losses: Record<string, number>[];
  milliseconds: number;
}

const { gpuStepConfig, TOY } = await import("../tasks/_bench_gpu_cases.ts");
const { noisePictures } = await import("../tasks/_bench_pictures.ts");
const { disposeTrainState, initTrainState } = await import("../models/cyclegan/state.ts");
const { trainStep } = await import("../models/cyclegan/step.ts");

tf.enableProdMode();
const sizes: StepSize[] = [TOY, [32, 16, 1], [32, 32, 2]];
const naive = tf.env().get("WEBGPU_USE_NAIVE_CONV2D_TRANSPOSE");
const device = await startDevice("webgpu");
const own: Steps[] = [];
for (const size of sizes) own.push(await train(size));
device.dispose();
withdrawKernels();
restoreStockGradients();
await startStockGpu();
tf.env().set("WEBGPU_USE_NAIVE_CONV2D_TRANSPOSE", naive);
const stock: Steps[] = [];
for (const size of sizes) stock.push(await train(size));

console.log(`${device.description}, ${device.isSoftware ? "processor" : "wall"} time in ms\n`);
console.log("| step | tfjs | ours | times faster | first losses differ by | of four steps |");
console.log("| --- | ---: | ---: | ---: | ---: | ---: |");
sizes.forEach(([size, width, blocks], i) => {
  const [from, to] = [stock[i].milliseconds, own[i].milliseconds];
  const cells = [from.toFixed(0), to.toFixed(0), (from / to).toFixed(1)];
  const differences = [1, STEPS].map((steps) =>
    worstDifference(own[i].losses, stock[i].losses.slice(0, steps)).toExponential(1)
  );
  const name = `${size} px, ngf ${width}, ${blocks} blocks`;
  console.log(`| ${[name, ...cells, ...differences].join(" | ")} |`);
});

async function train(size: StepSize): Promise<Steps> {
  const config = gpuStepConfig(size), state = initTrainState(config);
  const losses: Record<string, number>[] = [];
  let milliseconds = Infinity;
  for (let step = 0; step < STEPS; step++) {
    const start = clock();
    const [a, b] = ["a", "b"].map((name) => picturesToTensor(noisePictures(name + step, config)));
    const random = randomStream(1, "step", step);
    losses.push((await trainStep(state, [{ a, b }], { config, random })).values);
    tf.dispose([a, b]);
    if (step >= STEPS / 2) milliseconds = Math.min(milliseconds, clock() - start);
  }
  disposeTrainState(state);
  return { losses, milliseconds };
}

function clock(): number {
  if (!device.isSoftware) return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The largest difference, relative to the loss where that is above 1. */
function worstDifference(found: Steps["losses"], expected: Steps["losses"]): number {
  return expected.reduce(
    (worst, report, step) =>
      Object.entries(report).reduce((most, [term, value]) => {
        const difference = Math.abs(found[step][term] - value);
        return Math.max(most, difference / Math.max(1, Math.abs(value)));
      }, worst),
    0,
  );
}
