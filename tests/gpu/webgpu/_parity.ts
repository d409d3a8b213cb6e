// The kernels of the `webgpu` device against the same functions composed of tfjs's operations on the processor: whole values and gradients,
// at sizes that fit no tile.

import { applyAdam, disposeAdam, globalNorm, initAdam } from "../../../gpu/adam.ts";
import { conv, type ConvParams, convTransposeDouble } from "../../../gpu/conv.ts";
import { startDevice } from "../../../gpu/device.ts";
import { updateEma } from "../../../gpu/ema.ts";
import "../../../gpu/gradients.ts";
import { picturesToTensor } from "../../../gpu/image.ts";
import { instanceNorm } from "../../../gpu/norm.ts";
import { randomStream } from "../../../gpu/random.ts";
import { reflectPad } from "../../../gpu/resample.ts";
import { sizeOf } from "../../../gpu/shape.ts";
import * as tf from "../../../gpu/tf.ts";
import { disposeTree, toVariables } from "../../../gpu/tree.ts";
import { GpuBackend } from "../../../gpu/webgpu/backend.ts";

/** A computation that has to give the same numbers with and without our kernels. */
export interface ParityCase {
  name: string;
  /** The shaders of ours that it has to run, by the names on their pipelines. */
  shaders: readonly string[];
  shapes: readonly (readonly number[])[];
  compute: (...inputs: tf.Tensor[]) => tf.Tensor[];
}

/** What one case showed. */
export interface Parity {
  given: ParityCase;
  /** The largest difference, relative to the largest number of its tensor. */
  difference: number;
  /** The shaders of ours that ran. */
  shaders: ReadonlySet<string>;
}

/** Runs all cases on the processor and on the GPU. */
export async function measureParity(): Promise<Parity[]> {
  const cases = parityCases();
  const cpu = await startDevice("cpu");
  const expected = await runAll(cases).finally(() => cpu.dispose());
  const device = await startDevice("webgpu");
  try {
    const backend = tf.backend();
    if (!(backend instanceof GpuBackend)) throw new Error("The device webgpu has another backend");
    const found: Parity[] = [];
    for (const [i, given] of cases.entries()) {
      const shaders = new Set<string>(), record = backend.run;
      backend.run = (run) => {
        shaders.add(run.kernel);
        record.call(backend, run);
      };
      const [numbers] = await runAll([given]).finally(() => backend.run = record);
      found.push({ given, difference: worstDifference(numbers, expected[i]), shaders });
    }
    return found;
  } finally {
    device.dispose();
  }
}

async function runAll(cases: readonly ParityCase[]): Promise<ArrayLike<number>[][]> {
  const all: ArrayLike<number>[][] = [];
  for (const { name, shapes, compute } of cases) {
    const random = randomStream(13, name);
    const outputs = tf.tidy(() =>
      compute(...shapes.map((shape) => tf.tensor(random.normals(sizeOf(shape)), [...shape])))
    );
    all.push(await Promise.all(outputs.map((output) => output.data())));
    tf.dispose(outputs);
  }
  return all;
}

function worstDifference(found: ArrayLike<number>[], expected: ArrayLike<number>[]): number {
  return expected.reduce((worst, values, at) => {
    const all = Array.from(values);
    const size = all.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    // NaN must win: Math.max gives NaN as soon as one difference is NaN.
    return all.reduce((w, value, i) => Math.max(w, Math.abs(found[at][i] - value) / size), worst);
  }, 0);
}

/** Other numbers for every element: a plain sum of squares of normalised values is constant, and its gradient nothing but rounding. */
function weightsOf(value: tf.Tensor): tf.Tensor {
  return tf.cos(tf.reshape(tf.range(0, value.size), value.shape));
}

/** A function's value, and the gradients of a weighted sum of it. */
function withGradients(fn: (...xs: tf.Tensor[]) => tf.Tensor) {
  return (...xs: tf.Tensor[]): tf.Tensor[] => {
    const value = fn(...xs), weights = weightsOf(value);
    const slopes = tf.grads((...inner: tf.Tensor[]) => tf.sum(tf.mul(fn(...inner), weights)));
    return [value, ...slopes(xs)];
  };
}

/** The same, and the gradient of half the squared gradient with respect to the first input, as a penalty takes it. */
function withPenalty(fn: (...xs: tf.Tensor[]) => tf.Tensor) {
  return (...xs: tf.Tensor[]): tf.Tensor[] => {
    const penalty = (...inner: tf.Tensor[]): tf.Scalar => {
      const [x, ...others] = inner;
      const slope = tf.grad((y: tf.Tensor) => {
        const value = fn(y, ...others);
        return tf.sum(tf.mul(tf.square(value), weightsOf(value)));
      })(x);
      return tf.sum(tf.mul(tf.square(slope), 0.5));
    };
    return [...withGradients(fn)(...xs), ...tf.grads(penalty)(xs)];
  };
}

const IMAGES = [
  [1, 7, 5, 3],
  [2, 9, 8, 5],
  [3, 5, 7, 17],
  [1, 13, 11, 64],
  [2, 6, 5, 130],
  [1, 4, 3, 256],
];

function parityCases(): ParityCase[] {
  return [
    ...normCases(),
    ...padCases(),
    ...convolutionCases(),
    ...elementwiseCases(),
    ...reduceCases(),
    ...optimiserCases(),
    ...pictureCases(),
  ];
}

function normCases(): ParityCase[] {
  const gradient = ["InstanceNorm measures", "InstanceNormGrad sums", "InstanceNormGrad"];
  return IMAGES.flatMap((shape): ParityCase[] => [
    ...[1, 0, 0.2].map((negativeSlope): ParityCase => ({
      name: `InstanceNorm: [${shape}], slope ${negativeSlope}`,
      shaders: ["InstanceNorm", ...gradient],
      shapes: [shape],
      compute: withPenalty((x) => instanceNorm(x as tf.Tensor4D, { negativeSlope })),
    })),
    {
      name: `InstanceNormAdd: [${shape}]`,
      shaders: ["InstanceNormAdd", ...gradient],
      shapes: [shape, shape],
      compute: withPenalty((x, residual) =>
        instanceNorm(x as tf.Tensor4D, { residual: residual as tf.Tensor4D })
      ),
    },
  ]);
}

function padCases(): ParityCase[] {
  return IMAGES.map((shape, i) => ({
    name: `MirrorPad: [${shape}], by ${1 + i % 2}`,
    shaders: ["MirrorPad", "MirrorPadGrad"],
    shapes: [shape],
    compute: withPenalty((x) => reflectPad(x as tf.Tensor4D, 1 + i % 2)),
  }));
}

/** Image [n, h, w], kernel side, channels in and out, stride, zeros around. */
const CONVOLUTIONS: [number[], number, number, number, number, number][] = [
  [[1, 9, 7], 7, 3, 5, 1, 0],
  [[3, 5, 6], 3, 5, 16, 1, 1],
  [[2, 9, 7], 3, 17, 20, 2, 1],
  [[1, 19, 17], 4, 33, 34, 2, 1],
  [[2, 11, 13], 3, 64, 72, 1, 1],
  [[1, 3, 4], 3, 130, 65, 1, 1],
  [[2, 8, 9], 4, 40, 1, 1, 1],
  [[1, 12, 14], 3, 24, 32, 1, 0],
];

function convolutionCases(): ParityCase[] {
  const plain = CONVOLUTIONS.map(([[n, h, w], k, cin, cout, stride, pad]): ParityCase => {
    const few = (channels: number) => channels <= 16;
    return {
      name: `conv: [${[n, h, w, cin]}], kernel ${k}, to ${cout}, stride ${stride}, pad ${pad}`,
      shaders: [few(cout) ? "Conv2DBackpropFilter of few" : "Conv2DBackpropFilter"],
      shapes: [[n, h, w, cin], [k, k, cin, cout], [cout]],
      compute: withPenalty((x, kernel, bias) =>
        conv({ kernel, bias } as ConvParams, x as tf.Tensor4D, { stride, pad })
      ),
    };
  });
  const doubled = [[3, 5], [33, 20], [20, 40], [64, 3]].map(([cin, cout]): ParityCase => ({
    name: `convTransposeDouble: [1, 12, 11, ${cin}] to ${cout}`,
    shaders: [cout <= 16 ? "Conv2DBackpropInput of few" : "Conv2DBackpropInput"],
    shapes: [[1, 12, 11, cin], [3, 3, cout, cin], [cout]],
    compute: withPenalty((x, kernel, bias) =>
      convTransposeDouble({ kernel, bias } as ConvParams, x as tf.Tensor4D)
    ),
  }));
  return [...plain, ...doubled];
}

function elementwiseCases(): ParityCase[] {
  return IMAGES.map((shape) => ({
    name: `arithmetic with numbers, and leaky ReLU: [${shape}]`,
    // The others stay on the processor where the images are small.
    shaders: ["Sub", "Multiply", "LeakyReluGrad"],
    shapes: [shape],
    compute: withPenalty((x) => {
      const moved = tf.sub(0.3, tf.div(tf.mul(tf.add(x, 0.25), 3), 7));
      return tf.mul(tf.leakyRelu(moved, 0.2), moved);
    }),
  }));
}

function reduceCases(): ParityCase[] {
  const shapes = [[2, 5, 7, 3], [1, 40, 31, 5], [3, 9, 8, 64], [2, 70, 3], [33, 130], [1, 3, 256]];
  return shapes.map((shape) => ({
    name: `sum and mean: [${shape}]`,
    shaders: [sizeOf(shape.slice(0, -1)) > 32 ? "Sum of slices" : "Sum"],
    shapes: [shape],
    compute: withPenalty((x) => {
      const axes = shape.slice(0, -1).map((_, i) => i);
      return tf.add(tf.sum(x, axes), tf.mean(tf.square(x), axes));
    }),
  }));
}

function optimiserCases(): ParityCase[] {
  const lists = [
    [[3]],
    [[5], [2, 3]],
    [[7, 1, 3], [4], [65]],
    Array.from({ length: 20 }, (_, i) => [
      i + 1,
      3,
    ]),
    [[4097]],
    [[64, 33], [1]],
  ];
  return lists.map((shapes, at): ParityCase => ({
    name: `Adam, average, norm: ${shapes.length} tensors, list ${at}`,
    shaders: ["AdamUpdate", "EmaUpdate", "GlobalNorm squares", "GlobalNorm"],
    shapes: [...shapes, ...shapes],
    compute: (...tensors) => {
      const named = (some: tf.Tensor[]) =>
        Object.fromEntries(some.map((tensor, i) => [`p${i}`, tensor]));
      const params = toVariables(named(tensors.slice(0, shapes.length)));
      const gradients = named(tensors.slice(shapes.length));
      const average = toVariables(params), state = initAdam(params);
      for (const learningRate of [0.1, 0.01]) {
        applyAdam(params, state, gradients, { learningRate, beta1: 0.5, beta2: 0.9 });
        updateEma(average, params, 0.9);
      }
      const results = [params, average, state.m, state.v].flatMap((tree) =>
        Object.values(tree as Record<string, tf.Tensor>).map((leaf) => tf.clone(leaf))
      );
      [params, average].forEach(disposeTree);
      disposeAdam(state);
      return [...results, globalNorm(gradients)];
    },
  }));
}

function pictureCases(): ParityCase[] {
  // The second one's bytes fill no whole number of words.
  return [[1, 16, 16], [3, 7, 5]].map(([n, height, width]) => ({
    name: `pictures of bytes: ${n} of ${width}x${height}`,
    shaders: ["UnpackBytes"],
    shapes: [],
    compute: () => {
      const random = randomStream(13, "pictures", n);
      const bytes = () =>
        Uint8Array.from({ length: height * width * 4 }, () => random.integer(256));
      return [
        picturesToTensor(Array.from({ length: n }, () => ({ width, height, data: bytes() }))),
      ];
    },
  }));
}
