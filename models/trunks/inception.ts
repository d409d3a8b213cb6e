// The convolutions of Inception v3 (Szegedy et al. 2016, table 1 and figures 5 to 7) with their batch norms folded into them;
// modules, branches and layers are torchvision's.

import { conv, type ConvParams } from "../../gpu/conv.ts";
import { averagePool, maxPool } from "../../gpu/pool.ts";
import * as tf from "../../gpu/tf.ts";
import type { ParamShapes } from "../../gpu/tree.ts";

/** The stem's layers, and the modules' layers by name; the dotted paths are a file format. */
export type InceptionParams =
  & { stem: Record<string, ConvParams> }
  & { [module: string]: Record<string, ConvParams> };

/** A convolution with a ReLU: of stride 1 with its size kept, or of stride 2 without padding. */
interface Layer {
  name: string;
  cout: number;
  kernel: readonly [height: number, width: number];
  stride: 1 | 2;
}

/** A layer, a pooling, or layers side by side whose results are joined. */
type Step = Layer | "average" | "largest" | readonly Layer[];

/** A module: branches side by side, each a row of steps. */
type Module = readonly (readonly Step[])[];

function layer(
  name: string,
  cout: number,
  kernel: number | readonly [number, number] = 1,
  stride: Layer["stride"] = 1,
): Layer {
  return { name, cout, kernel: typeof kernel === "number" ? [kernel, kernel] : kernel, stride };
}

const ROW = [1, 7] as const, COLUMN = [7, 1] as const;

/** Figure 5. */
const moduleA = (pooled: number): Module => [
  [layer("branch1x1", 64)],
  [layer("branch5x5_1", 48), layer("branch5x5_2", 64, 5)],
  [layer("branch3x3dbl_1", 64), layer("branch3x3dbl_2", 96, 3), layer("branch3x3dbl_3", 96, 3)],
  ["average", layer("branch_pool", pooled)],
];

/** Figure 10, after modules A. */
const moduleB: Module = [
  [layer("branch3x3", 384, 3, 2)],
  [layer("branch3x3dbl_1", 64), layer("branch3x3dbl_2", 96, 3), layer("branch3x3dbl_3", 96, 3, 2)],
  ["largest"],
];

/** Figure 6. */
const moduleC = (inner: number): Module => [
  [layer("branch1x1", 192)],
  [
    layer("branch7x7_1", inner),
    layer("branch7x7_2", inner, ROW),
    layer("branch7x7_3", 192, COLUMN),
  ],
  [
    layer("branch7x7dbl_1", inner),
    layer("branch7x7dbl_2", inner, COLUMN),
    layer("branch7x7dbl_3", inner, ROW),
    layer("branch7x7dbl_4", inner, COLUMN),
    layer("branch7x7dbl_5", 192, ROW),
  ],
  ["average", layer("branch_pool", 192)],
];

/** Figure 10, after modules C. */
const moduleD: Module = [
  [layer("branch3x3_1", 192), layer("branch3x3_2", 320, 3, 2)],
  [
    layer("branch7x7x3_1", 192),
    layer("branch7x7x3_2", 192, ROW),
    layer("branch7x7x3_3", 192, COLUMN),
    layer("branch7x7x3_4", 192, 3, 2),
  ],
  ["largest"],
];

/** Figure 7. */
const moduleE: Module = [
  [layer("branch1x1", 320)],
  [
    layer("branch3x3_1", 384),
    [layer("branch3x3_2a", 384, [1, 3]), layer("branch3x3_2b", 384, [3, 1])],
  ],
  [
    layer("branch3x3dbl_1", 448),
    layer("branch3x3dbl_2", 384, 3),
    [layer("branch3x3dbl_3a", 384, [1, 3]), layer("branch3x3dbl_3b", 384, [3, 1])],
  ],
  ["average", layer("branch_pool", 192)],
];

const MODULES: readonly (readonly [name: string, module: Module])[] = [
  ["mixed_5b", moduleA(32)],
  ["mixed_5c", moduleA(64)],
  ["mixed_5d", moduleA(64)],
  ["mixed_6a", moduleB],
  ["mixed_6b", moduleC(128)],
  ["mixed_6c", moduleC(160)],
  ["mixed_6d", moduleC(160)],
  ["mixed_6e", moduleC(192)],
  ["mixed_7a", moduleD],
  ["mixed_7b", moduleE],
  ["mixed_7c", moduleE],
];

/** The stem's convolutions: name, side of the kernel, channels in and out. */
const STEM: readonly [name: string, kernel: number, cin: number, cout: number][] = [
  ["1a", 3, 3, 32],
  ["2a", 3, 32, 32],
  ["2b", 3, 32, 64],
  ["3b", 1, 64, 80],
  ["4a", 3, 80, 192],
];

/** The modules after which features are taken; the stem's are the first level. */
const LEVELS = new Set(["mixed_5d", "mixed_6e", "mixed_7c"]);

/** Channels of the four levels of features. */
export const INCEPTION_CHANNELS: readonly number[] = [192, 288, 768, 2048];

/** Every parameter's path and shape. */
export function inceptionShapes(): ParamShapes {
  const shapes: [path: string, shape: number[]][] = STEM.flatMap(([name, k, cin, cout]) =>
    shapesOf(`stem.${name}`, [k, k], cin, cout)
  );
  let cin = INCEPTION_CHANNELS[0];
  for (const [name, module] of MODULES) {
    const input = cin;
    cin = 0;
    for (const branch of module) {
      let channels = input;
      for (const step of branch) {
        if (typeof step === "string") continue;
        const layers = [step].flat();
        for (const { name: own, kernel, cout } of layers) {
          shapes.push(...shapesOf(`${name}.${own}`, kernel, channels, cout));
        }
        channels = layers.reduce((sum, { cout }) => sum + cout, 0);
      }
      cin += channels;
    }
  }
  return Object.fromEntries(shapes);
}

function shapesOf(
  path: string,
  [height, width]: readonly [number, number],
  cin: number,
  cout: number,
): [path: string, shape: number[]][] {
  return [[`${path}.kernel`, [height, width, cin, cout]], [`${path}.bias`, [cout]]];
}

/** Features of images [n, h, w, 3] in [-1, 1], both sides at least 75: after the stem, and after the last of each kind of module. */
export function applyInception(params: InceptionParams, images: tf.Tensor4D): tf.Tensor4D[] {
  const stem = applyStem(params.stem, images), levels = [stem];
  let x = maxPool(stem, { size: 3 });
  for (const [name, module] of MODULES) {
    x = tf.concat(module.map((branch) => applyBranch(params[name], branch, x)), 3);
    if (LEVELS.has(name)) levels.push(x);
  }
  return levels;
}

function applyStem(stem: InceptionParams["stem"], images: tf.Tensor4D): tf.Tensor4D {
  let x = tf.relu(conv(stem["1a"], images, { stride: 2 }));
  x = tf.relu(conv(stem["2a"], x));
  x = tf.relu(conv(stem["2b"], x, { pad: "same" }));
  x = tf.relu(conv(stem["3b"], maxPool(x, { size: 3 })));
  return tf.relu(conv(stem["4a"], x));
}

function applyBranch(
  params: Record<string, ConvParams>,
  branch: readonly Step[],
  input: tf.Tensor4D,
): tf.Tensor4D {
  const apply = ({ name, stride }: Layer, x: tf.Tensor4D) =>
    tf.relu(conv(params[name], x, { stride, pad: stride === 1 ? "same" : 0 }));
  return branch.reduce((x: tf.Tensor4D, step) => {
    if (step === "average") return averagePool(x);
    if (step === "largest") return maxPool(x, { size: 3 });
    return "name" in step ? apply(step, x) : tf.concat(step.map((each) => apply(each, x)), 3);
  }, input);
}
