// Prints how much faster the kernels of the `webgpu` device are than tfjs's own and compositions of them, by shape, as a table for
// docs/reports/webgpu_kernels.md. On an adapter that a processor plays it counts the processor's time, which other programs do not disturb.

import process from "node:process";
import { applyAdam, globalNorm, initAdam } from "../gpu/adam.ts";
import { startDevice } from "../gpu/device.ts";
import { updateEma } from "../gpu/ema.ts";
import "../gpu/gradients.ts";
import { instanceNorm } from "../gpu/norm.ts";
import { reflectPad } from "../gpu/resample.ts";
import * as tf from "../gpu/tf.ts";
import { toVariables } from "../gpu/tree.ts";
import { withdrawKernels } from "../gpu/webgpu/register.ts";

/** Something to measure: `run` makes tensors that the measurement disposes. */
interface Row {
  what: string;
  shape: string;
  run: () => tf.Tensor[];
}

/** Runs of a measurement, of which the fastest counts, and calls of each. */
const RUNS = 4, CALLS = 5;

const device = await startDevice("webgpu");
// As tfjs comes; where the device has no kernel of ours for it, it starts with the other.
tf.env().set("WEBGPU_USE_NAIVE_CONV2D_TRANSPOSE", true);
const rows = [...convolutionRows(), ...layerRows(), ...optimiserRows()];
const own = await measureAll();
withdrawKernels();
const stock = await measureAll();
console.log(`${device.description}, ${device.isSoftware ? "processor" : "wall"} time in ms\n`);
console.log("| what | shape | tfjs | ours | times faster |\n| --- | --- | ---: | ---: | ---: |");
rows.forEach(({ what, shape }, i) => {
  const cells = [stock[i].toFixed(2), own[i].toFixed(2), (stock[i] / own[i]).toFixed(1)];
  console.log(`| ${[what, shape, ...cells].join(" | ")} |`);
});
device.dispose();

async function measureAll(): Promise<number[]> {
  const times: number[] = [];
  for (const { run } of rows) {
    await timeOf(run);
    let best = Infinity;
    for (let i = 0; i < RUNS; i++) best = Math.min(best, await timeOf(run));
    times.push(best);
  }
  return times;
}

/** Milliseconds of one call. */
async function timeOf(run: Row["run"]): Promise<number> {
  const start = clock();
  const results = Array.from({ length: CALLS }, () => tf.tidy(run));
  await results[CALLS - 1][0].data();
  tf.dispose(results);
  return (clock() - start) / CALLS;
}

function clock(): number {
  if (!device.isSoftware) return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Numbers on the GPU that do not repeat themselves. */
function filled(shape: number[]): tf.Tensor {
  const values = tf.tidy(() => tf.sin(tf.square(tf.range(0, tf.util.sizeFromShape(shape)))));
  const result = tf.reshape(values, shape);
  values.dispose();
  return result;
}

/** Convolutions of the networks: [n, h, w, cin] to cout, kernel, stride, zeros around. */
function convolutionRows(): Row[] {
  const layers: [number[], number, number, number, number][] = [
    [[1, 38, 38, 3], 16, 7, 1, 0],
    [[1, 38, 38, 16], 3, 7, 1, 0],
    [[1, 32, 32, 4], 8, 3, 2, 1],
    [[1, 32, 32, 16], 32, 3, 2, 1],
    [[1, 10, 10, 16], 16, 3, 1, 0],
    [[1, 34, 34, 16], 16, 3, 1, 0],
    [[1, 34, 34, 24], 24, 3, 1, 0],
    [[1, 34, 34, 32], 32, 3, 1, 0],
    [[1, 34, 34, 64], 64, 3, 1, 0],
    [[1, 34, 34, 128], 128, 3, 1, 0],
    [[2, 32, 32, 3], 8, 4, 2, 1],
    [[2, 32, 32, 3], 64, 4, 2, 1],
    [[2, 16, 16, 32], 64, 4, 2, 1],
    [[2, 8, 8, 64], 128, 4, 2, 1],
    [[2, 4, 4, 32], 32, 4, 1, 1],
    [[2, 7, 7, 128], 1, 4, 1, 1],
    [[1, 70, 70, 3], 64, 7, 1, 0],
    [[1, 70, 70, 64], 3, 7, 1, 0],
    [[1, 64, 64, 64], 128, 3, 2, 1],
  ];
  return layers.flatMap(([inputShape, cout, k, stride, pad]): Row[] => {
    const [n, h, w, cin] = inputShape, filterShape = [k, k, cin, cout];
    const out = (size: number) => Math.floor((size + 2 * pad - k) / stride) + 1;
    const x = filled(inputShape), filter = filled(filterShape), bias = filled([cout]);
    const dy = filled([n, out(h), out(w), cout]);
    const attrs = { strides: stride, pad, dataFormat: "NHWC" };
    const row = (
      what: string,
      kernel: string,
      inputs: Record<string, tf.Tensor>,
      more: object,
    ) => ({
      what,
      shape: `[${inputShape}] to ${cout}, kernel ${k}, stride ${stride}`,
      run: () => [
        tf.engine().runKernel(
          kernel,
          inputs,
          { ...attrs, ...more } as tf.NamedAttrMap,
        ) as tf.Tensor,
      ],
    });
    return [
      row("convolution", tf.FusedConv2D, { x, filter, bias }, {
        dilations: 1,
        activation: "linear",
      }),
      row("its filter gradient", tf.Conv2DBackpropFilter, { x, dy }, { filterShape }),
      row("its input gradient", tf.Conv2DBackpropInput, { dy, filter }, { inputShape }),
    ];
  });
}

function layerRows(): Row[] {
  const shapes = [[1, 32, 32, 4], [1, 64, 64, 16], [2, 16, 16, 64], [1, 64, 64, 64], [
    1,
    16,
    16,
    256,
  ]];
  return shapes.flatMap((shape): Row[] => {
    const x = filled(shape) as tf.Tensor4D, residual = filled(shape) as tf.Tensor4D;
    const row = (what: string, fn: (x: tf.Tensor4D) => tf.Tensor): Row => ({
      what,
      shape: `[${shape}]`,
      run: () => [tf.grad((y: tf.Tensor) => tf.sum(fn(y as tf.Tensor4D)))(x)],
    });
    return [
      row("norm and ReLU, with gradient", (y) => instanceNorm(y, { negativeSlope: 0 })),
      row("norm and sum, with gradient", (y) => instanceNorm(y, { residual })),
      row("reflected border, with gradient", (y) => reflectPad(y, 3)),
      row("leaky ReLU, with gradient", (y) => tf.leakyRelu(y, 0.2)),
      { what: "sum over pixels", shape: `[${shape}]`, run: () => [tf.sum(x, [0, 1, 2])] },
      { what: "times a number", shape: `[${shape}]`, run: () => [tf.mul(x, 0.5)] },
    ];
  });
}

function optimiserRows(): Row[] {
  return [4, 16].flatMap((width): Row[] => {
    const shapes = [[7, 7, 3, width], [3, 3, width, 2 * width], [3, 3, 4 * width, 4 * width], [
      width,
    ]];
    const named = () => Object.fromEntries(shapes.map((shape, i) => [`p${i}`, filled(shape)]));
    const gradients = named(), start = named();
    const what = `${shapes.length} tensors, width ${width}`;
    const row = (name: string, run: Row["run"]) => ({ what: name, shape: what, run });
    const params = toVariables(start), average = toVariables(start), state = initAdam(params);
    return [
      row("Adam", () => {
        applyAdam(params, state, gradients, { learningRate: 1e-4, beta1: 0.5, beta2: 0.9 });
        return [tf.clone(params.p3)];
      }),
      row("moving average", () => {
        updateEma(average, params, 0.9);
        return [tf.clone(average.p3)];
      }),
      row("norm of gradients", () => [globalNorm(gradients)]),
    ];
  });
}
