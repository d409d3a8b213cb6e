// The functions of gpu/ and of tfjs that training differentiates, each with its 64-bit reference, at awkward sizes.

import { blurred, downsampleBlurred, upsampleBlurred } from "../../gpu/blur.ts";
import { conv, convTransposeDouble } from "../../gpu/conv.ts";
import { batchNorm, instanceNorm, pixelNorm } from "../../gpu/norm.ts";
import { averagePool, maxPool } from "../../gpu/pool.ts";
import { randomStream } from "../../gpu/random.ts";
import { doubleNearest, reflectPad, resize } from "../../gpu/resample.ts";
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
  functions: Pick<GradientCase, "apply" | "reference" | "orders" | "elements">,
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
  ["maximum", tf.maximum, (a, b) => ref.zip(a, b, Math.max)],
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
  // Wide enough for the tiles of the GPU's kernels; the reference takes its time, so that few elements have to do.
  [[6, 7], 3, 33, 18, 1, 1],
];

/** Kernels of two sides, the image's size kept. */
const sameSized: [image: [number, number], kernel: [number, number]][] = [
  [[5, 4], [1, 7]],
  [[4, 6], [7, 1]],
  [[4, 5], [3, 1]],
  [[3, 4], [3, 3]],
];

function sameConvCases(): GradientCase[] {
  return sameSized.map(([[h, w], [kh, kw]]) =>
    caseAt(
      `gpu/conv.ts conv: ${h}x${w}, kernel ${kh}x${kw}, same size`,
      [[2, h, w, 3], [kh, kw, 3, 5], [5]],
      {
        apply: ([x, kernel, bias]) =>
          conv({ kernel: kernel as tf.Tensor4D, bias: bias as tf.Tensor1D }, x as tf.Tensor4D, {
            pad: "same",
          }),
        reference: ([x, kernel, bias]) => {
          const sides = (size: number): [number, number] => [(size - 1) / 2, (size - 1) / 2];
          const padded = ref.pad(x, [[0, 0], sides(kh), sides(kw), [0, 0]]);
          return ref.add(ref.conv2d(padded, kernel, 1, 0), bias);
        },
      },
    )
  );
}

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
        ...(cin > 16 && { elements: 2 }),
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
  const sizes: [[number, number], [number, number], "nearest" | "bilinear"][] = [
    [[3, 2], [7, 5], "nearest"],
    [[3, 2], [7, 5], "bilinear"],
    [[2, 4], [2, 9], "bilinear"],
    [[1, 1], [3, 2], "bilinear"],
  ];
  const resized = sizes.map(([[h, w], size, interpolation]) =>
    caseAt(
      `gpu/resample.ts resize: ${interpolation} ${h}x${w} to ${size.join("x")}`,
      [[2, h, w, 3]],
      {
        apply: ([x]) => resize(x as tf.Tensor4D, size, interpolation),
        reference: ([x]) => resized4(x, size, interpolation),
      },
    )
  );
  return [...padded, ...doubled, ...resized];
}

/** Each new pixel is the mean of the four old ones around its centre, weighted by how near they are; or the one under it. */
function resized4(x: Grid, [height, width]: [number, number], interpolation: string): Grid {
  const [n, h, w, c] = x.shape;
  const placed = (i: number, from: number, to: number, side: number) => {
    const at = Math.max(0, (i + 0.5) * from / to - 0.5);
    if (interpolation === "nearest") {
      return { index: Math.floor((i + 0.5) * from / to), weight: 1 - side };
    }
    const index = Math.floor(at) + side;
    return { index: Math.min(index, from - 1), weight: Math.max(0, 1 - Math.abs(at - index)) };
  };
  const corner = (down: number, right: number) => {
    const moved = ref.pick(
      x,
      [n, height, width, c],
      ([image, y, u, channel]) => [
        image,
        placed(y, h, height, down).index,
        placed(u, w, width, right).index,
        channel,
      ],
    );
    const weights = ref.grid([height, width, 1], (i) => {
      const [y, u] = [Math.floor(i / width), i % width];
      return placed(y, h, height, down).weight * placed(u, w, width, right).weight;
    });
    return ref.mul(moved, weights);
  };
  return ref.add(ref.add(corner(0, 0), corner(0, 1)), ref.add(corner(1, 0), corner(1, 1)));
}

/** `fold` of the values in each window of `size` pixels; those outside the border are left out. */
function pooled(
  x: Grid,
  { size, stride, pad }: { size: number; stride: number; pad: number },
  fold: (values: number[]) => number,
): Grid {
  const [n, h, w, c] = x.shape;
  const side = (length: number) => Math.floor((length + 2 * pad - size) / stride) + 1;
  const [height, width] = [side(h), side(w)];
  return ref.grid([n, height, width, c], (i) => {
    const channel = i % c, u = Math.floor(i / c) % width;
    const y = Math.floor(i / c / width) % height, image = Math.floor(i / c / width / height);
    const values: number[] = [];
    for (let row = y * stride - pad; row < y * stride - pad + size; row++) {
      for (let column = u * stride - pad; column < u * stride - pad + size; column++) {
        if (row < 0 || row >= h || column < 0 || column >= w) continue;
        values.push(x.data[((image * h + row) * w + column) * c + channel]);
      }
    }
    return fold(values);
  });
}

function poolCases(): GradientCase[] {
  const rows: [image: [number, number], size: 2 | 3, pad: 0 | 1][] = [
    [[4, 6], 2, 0],
    [[5, 3], 2, 0],
    [[5, 7], 3, 0],
    [[6, 4], 3, 0],
    [[4, 6], 3, 1],
    [[5, 3], 3, 1],
    [[1, 2], 3, 1],
  ];
  const largest = rows.map(([[h, w], size, pad]) =>
    caseAt(`gpu/pool.ts maxPool: ${h}x${w}, windows of ${size}, pad ${pad}`, [[2, h, w, 3]], {
      apply: ([x]) => maxPool(x as tf.Tensor4D, { size, pad }),
      reference: ([x]) => pooled(x, { size, stride: 2, pad }, (values) => Math.max(...values)),
    })
  );
  const average = [[4, 3], [1, 2]].map(([h, w]) =>
    caseAt(`gpu/pool.ts averagePool: ${h}x${w}`, [[2, h, w, 3]], {
      apply: ([x]) => averagePool(x as tf.Tensor4D),
      reference: ([x]) =>
        pooled(
          x,
          { size: 3, stride: 1, pad: 1 },
          (values) => values.reduce((sum, value) => sum + value, 0) / 9,
        ),
    })
  );
  return [...largest, ...average];
}

/** Filters of even and of odd length, and one that tells its ends apart. */
const FILTERS = [[1, 3, 3, 1], [1, 2, 1], [4, 1, 2, 1]];

function blurCases(): GradientCase[] {
  const square = (kernel: readonly number[], gain: number) => {
    const sum = kernel.reduce((total, value) => total + value);
    return kernel.map((a) => kernel.map((b) => a * b * gain / sum / sum));
  };
  const floor = (length: number) => Math.floor(length / 2);
  return FILTERS.flatMap((kernel) => {
    const k = kernel.length;
    return [
      caseAt(`gpu/blur.ts upsampleBlurred: ${kernel}`, [[2, 3, 5, 3]], {
        apply: ([x]) => upsampleBlurred(x as tf.Tensor4D, kernel),
        reference: ([x]) =>
          ref.filterPixels(x, square(kernel, 4), {
            ...{ up: 2, down: 1, pad: [floor(k + 1), floor(k - 2)] },
          }),
      }),
      caseAt(`gpu/blur.ts blurred: ${kernel}`, [[2, 4, 5, 3]], {
        apply: ([x]) => blurred(x as tf.Tensor4D, kernel, { pad: [2, 1], sum: 2 }),
        reference: ([x]) => ref.filterPixels(x, square(kernel, 4), { up: 1, down: 1, pad: [2, 1] }),
      }),
      caseAt(`gpu/blur.ts downsampleBlurred: ${kernel}`, [[2, 6, 4, 3]], {
        apply: ([x]) => downsampleBlurred(x as tf.Tensor4D, kernel),
        reference: ([x]) =>
          ref.filterPixels(x, square(kernel, 1), {
            ...{ up: 1, down: 2, pad: [floor(k - 1), floor(k - 2)] },
          }),
      }),
    ];
  });
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
  const pixels = caseAt("gpu/norm.ts pixelNorm", [[2, 3, 2, 5]], {
    apply: ([x]) => pixelNorm(x as tf.Tensor4D),
    reference: ([x]) => {
      const size = ref.mean(ref.map(x, (v) => v * v), [3]);
      return ref.mul(x, ref.map(size, (v) => 1 / Math.sqrt(v + 1e-8)));
    },
  });
  const added = caseAt("gpu/norm.ts instanceNorm: 4x3, 5 channels, with a residual", [
    [2, 4, 3, 5],
    [2, 4, 3, 5],
  ], {
    apply: ([x, residual]) => instanceNorm(x as tf.Tensor4D, { residual: residual as tf.Tensor4D }),
    reference: ([x, residual]) => ref.add(ref.instanceNorm(x, 1e-5), residual),
  });
  return [...single, added, ...batched, pixels];
}

/** Every case of gpu/, and of the tfjs operations that models/ calls by themselves. */
export function gpuGradientCases(): GradientCase[] {
  return [
    ...elementary(),
    ...convCases(),
    ...sameConvCases(),
    ...transposedCases(),
    ...resampleCases(),
    ...poolCases(),
    ...blurCases(),
    ...normCases(),
  ];
}
