// The functions of gpu/ and of tfjs that training differentiates, each with its 64-bit reference, at awkward sizes.

import { conv, convTransposeDouble } from "../../gpu/conv.ts";
import { batchNorm, instanceNorm } from "../../gpu/norm.ts";
import { randomStream } from "../../gpu/random.ts";
import { doubleNearest, reflectPad } from "../../gpu/resample.ts";
import * as tf from "../../gpu/tf.ts";
import { exactValues, type GradientCase } from "./_differences.ts";
import * as ref from "./_reference.ts";
import type { Grid } from "./_reference.ts";

/** Where values of inputs may lie: +-[least, most], or [least, most] if `positive`. */
interface Domain {
  least?: number;
  most?: number;
  positive?: boolean;
}

/** A case at random inputs of some shapes; the values follow from the name. */
export function caseAt(
  name: string,
  shapes: readonly (readonly number[])[],
  functions: Pick<GradientCase, "apply" | "reference" | "orders">,
  domain: Domain = {},
): GradientCase {
  const random = randomStream(11, name);
  const inputs = shapes.map((shape) => {
    const values = exactValues(random, shape, domain);
    return domain.positive ? ref.map(values, Math.abs) : values;
  });
  return { name, inputs, ...functions };
}

type Unary = [string, (x: tf.Tensor) => tf.Tensor, (x: Grid) => Grid, Domain?];
type Binary = [string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, (a: Grid, b: Grid) => Grid];

const images = (shape: readonly number[]) => shape as [number, number, number, number];
const IMAGE = images([2, 5, 3, 3]);
const each = (fn: (value: number) => number) => (x: Grid) => ref.map(x, fn);

/** Functions of one [2, 5, 3, 3] batch. */
const unaries: Unary[] = [
  ["square", tf.square, each((v) => v * v)],
  ["sqrt", tf.sqrt, each(Math.sqrt), { least: 0.2, positive: true }],
  ["rsqrt", tf.rsqrt, each((v) => 1 / Math.sqrt(v)), { least: 0.2, positive: true }],
  ["abs", tf.abs, each(Math.abs)],
  ["neg", tf.neg, each((v) => -v)],
  ["tanh", tf.tanh, each(Math.tanh), { most: 2.5 }],
  ["relu", tf.relu, each((v) => Math.max(v, 0))],
  ["leakyRelu", (x) => tf.leakyRelu(x, 0.2), (x) => ref.leakyRelu(x, 0.2)],
  ["sum of all", (x) => tf.sum(x), (x) => ref.reshape(ref.sum(x), [])],
  ["sum per image", (x) => tf.sum(x, [1, 2, 3]), (x) => ref.reshape(ref.sum(x, [1, 2, 3]), [2])],
  ["mean of all", (x) => tf.mean(x), (x) => ref.reshape(ref.mean(x), [])],
  ["mean over pixels", (x) => tf.mean(x, [1, 2], true), (x) => ref.mean(x, [1, 2])],
  ["mean over channels", (x) => tf.mean(x, 3), (x) => ref.reshape(ref.mean(x, [3]), [2, 5, 3])],
  ["reshape", (x) => tf.reshape(x, [6, 15]), (x) => ref.reshape(x, [6, 15])],
  [
    "slice",
    (x) => tf.slice(x, [1, 2, 0, 1], [1, 3, 2, 2]),
    (x) => ref.slice(x, [1, 2, 0, 1], [1, 3, 2, 2]),
  ],
  [
    "pad",
    (x) => tf.pad(x, [[0, 0], [2, 1], [0, 3], [0, 0]]),
    (x) => ref.pad(x, [[0, 0], [2, 1], [0, 3], [0, 0]]),
  ],
  [
    "reverse",
    (x) => tf.reverse(x, 2),
    (x) => ref.pick(x, IMAGE, ([n, y, w, c]) => [n, y, 2 - w, c]),
  ],
  [
    "transpose",
    (x) => tf.transpose(x, [0, 3, 1, 2]),
    (x) => ref.pick(x, [2, 3, 5, 3], ([n, c, y, w]) => [n, y, w, c]),
  ],
];

/** Functions of a [2, 5, 3, 3] batch and a second operand of some shape, which is at least 0.05 from 0. */
const binaries: Binary[] = [
  ["add", tf.add, ref.add],
  ["sub", tf.sub, ref.sub],
  ["mul", tf.mul, ref.mul],
];

const operands: [what: string, shape: readonly number[]][] = [
  ["same shape", IMAGE],
  ["one per channel", [3]],
  ["one per image", [2, 1, 1, 1]],
  ["a scalar", []],
];

function elementary(): GradientCase[] {
  const one = unaries.map(([name, apply, reference, domain]) =>
    caseAt(`tf.${name}`, [IMAGE], {
      apply: ([x]) => apply(x),
      reference: ([x]) => reference(x),
    }, domain)
  );
  const two = binaries.flatMap(([name, apply, reference]) =>
    operands.map(([what, shape]) =>
      caseAt(`tf.${name}: ${what}`, [IMAGE, shape], {
        apply: ([a, b]) => apply(a, b),
        reference: ([a, b]) => reference(a, b),
      })
    )
  );
  const divisions = operands.map(([what, shape]) =>
    caseAt(`tf.div: ${what}`, [IMAGE, shape], {
      apply: ([a, b]) => tf.div(a, b),
      reference: ([a, b]) => ref.div(a, b),
    }, { least: 0.4 })
  );
  const joins = [0, 3].map((axis) =>
    caseAt(`tf.concat: axis ${axis}`, [IMAGE, IMAGE], {
      apply: (parts) => tf.concat(parts, axis),
      reference: (parts) => ref.concat(parts, axis),
    })
  );
  const sum = caseAt("tf.addN: three", [IMAGE, IMAGE, IMAGE], {
    apply: (parts) => tf.addN(parts),
    reference: ([a, b, c]) => ref.add(ref.add(a, b), c),
  });
  const swapped = caseAt("tf.sub: from a smaller one", [[3], IMAGE], {
    apply: ([a, b]) => tf.sub(a, b),
    reference: ([a, b]) => ref.sub(a, b),
  });
  return [...one, ...two, sum, swapped, ...divisions, ...joins];
}

/** Image size, kernel side, channels in and out, stride, zeros around. */
type ConvRow = [
  image: [number, number],
  k: number,
  cin: number,
  cout: number,
  stride: number,
  pad: number,
];

// The network's own: stem and head 7, down 3 stride 2, block 3, discriminator 4 stride 2 and 1; odd sizes among them.
const convolutions: ConvRow[] = [
  [[9, 7], 7, 3, 5, 1, 0],
  [[5, 6], 3, 5, 3, 1, 0],
  [[5, 6], 3, 3, 5, 1, 1],
  [[7, 6], 3, 3, 5, 2, 1],
  [[8, 6], 3, 5, 3, 2, 1],
  [[8, 7], 4, 3, 5, 2, 1],
  [[5, 4], 4, 5, 1, 1, 1],
];

function convCases(): GradientCase[] {
  return convolutions.map(([[h, w], k, cin, cout, stride, pad]) =>
    caseAt(
      `gpu/conv.ts conv: ${h}x${w}, kernel ${k}, ${cin} to ${cout}, stride ${stride}, pad ${pad}`,
      [[2, h, w, cin], [k, k, cin, cout], [cout]],
      {
        apply: ([x, kernel, bias]) =>
          conv({ kernel: kernel as tf.Tensor4D, bias: bias as tf.Tensor1D }, x as tf.Tensor4D, {
            stride,
            pad,
          }),
        reference: ([x, kernel, bias]) => ref.add(ref.conv2d(x, kernel, stride, pad), bias),
      },
    )
  );
}

function transposedCases(): GradientCase[] {
  return [[3, 4, 3, 5], [4, 3, 5, 3]].map(([h, w, cin, cout]) =>
    caseAt(
      `gpu/conv.ts convTransposeDouble: ${h}x${w}, ${cin} to ${cout}`,
      [[2, h, w, cin], [3, 3, cout, cin], [cout]],
      {
        apply: ([x, kernel, bias]) =>
          convTransposeDouble(
            { kernel: kernel as tf.Tensor4D, bias: bias as tf.Tensor1D },
            x as tf.Tensor4D,
          ),
        reference: ([x, kernel, bias]) =>
          ref.add(ref.conv2dTranspose(x, kernel, [2 * h, 2 * w], 2, 1), bias),
      },
    )
  );
}

function resampleCases(): GradientCase[] {
  const paddings: [number, number, number][] = [[3, 5, 1], [2, 4, 1], [5, 4, 3], [7, 9, 3]];
  const padded = paddings.map(([h, w, width]) =>
    caseAt(`gpu/resample.ts reflectPad: ${h}x${w} by ${width}`, [[2, h, w, 3]], {
      apply: ([x]) => reflectPad(x as tf.Tensor4D, width),
      reference: ([x]) => ref.reflectPad(x, width),
    })
  );
  const doubled = [[3, 5, 3], [4, 1, 5]].map(([h, w, c]) =>
    caseAt(`gpu/resample.ts doubleNearest: ${h}x${w}, ${c} channels`, [[2, h, w, c]], {
      apply: ([x]) => doubleNearest(x as tf.Tensor4D),
      reference: ([x]) => ref.repeatPixels(x, 2),
    })
  );
  return [...padded, ...doubled];
}

function normCases(): GradientCase[] {
  const sizes = [[5, 3, 3, 1], [3, 7, 5, 1], [2, 2, 3, 1], [4, 3, 5, 0], [3, 5, 17, 0.2]];
  const batched = [[3, 2, 5, 3], [2, 4, 3, 5]].map(([n, h, w, c]) =>
    caseAt(`gpu/norm.ts batchNorm: ${n}x${h}x${w}, ${c} channels`, [[n, h, w, c], [c], [c]], {
      apply: ([x, scale, offset]) =>
        batchNorm({ scale: scale as tf.Tensor1D, offset: offset as tf.Tensor1D }, x as tf.Tensor4D),
      reference: ([x, scale, offset]) => {
        const centred = ref.sub(x, ref.mean(x, [0, 1, 2]));
        const variance = ref.mean(ref.map(centred, (v) => v * v), [0, 1, 2]);
        const normal = ref.mul(centred, ref.map(variance, (v) => 1 / Math.sqrt(v + 1e-5)));
        return ref.add(ref.mul(normal, scale), offset);
      },
    })
  );
  const single = sizes.map(([h, w, c, negativeSlope]) =>
    caseAt(`gpu/norm.ts instanceNorm: ${h}x${w}, ${c} channels, slope ${negativeSlope}`, [[
      ...[2, h, w, c],
    ]], {
      apply: ([x]) => instanceNorm(x as tf.Tensor4D, { negativeSlope }),
      reference: ([x]) => ref.leakyRelu(ref.instanceNorm(x, 1e-5), negativeSlope),
    })
  );
  return [...single, ...batched];
}

/** Every case of gpu/, and of the tfjs operations that models/ calls by themselves. */
export function gpuGradientCases(): GradientCase[] {
  return [
    ...elementary(),
    ...convCases(),
    ...transposedCases(),
    ...resampleCases(),
    ...normCases(),
  ];
}
