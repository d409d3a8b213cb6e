// What the kernels for training are tried at.

import { type KernelCase, series } from "./case.ts";
import { type ConvCase, convNumbers, convolutions, moreConvolutions } from "./conv_numbers.ts";
import { convCases } from "./drawing_cases.ts";
import { normNumbers } from "./norm_numbers.ts";
import { type PadCase, paddings, padNumbers } from "./pad_numbers.ts";

/** The cases; each kernel has at least one. */
export function trainingCases(): KernelCase[] {
  return [
    normCase([2, 5, 7, 5], 0.2),
    normCase([2, 9, 9, 8], 0),
    ...paddings.map(padCase),
    slopeCase(15),
    slopeCase(16),
    ...reduceCases([3, 2, 5], 1),
    ...reduceCases([150, 8], 0),
    ...reduceCases([8200, 2], 0),
    ...optimiserCases([5, 8]),
    ...[...convolutions, ...moreConvolutions].map(filterCase),
    ...moreConvolutions.flatMap(convCases),
  ];
}

function normCase(shape: readonly number[], negativeSlope: number): KernelCase {
  const { attrs, x, dy, dx } = normNumbers(shape, negativeSlope);
  return { kernel: "InstanceNormGrad", inputs: { x, dy }, attrs, expected: [dx] };
}

function padCase(given: PadCase): KernelCase {
  const { attrs, dy, folded } = padNumbers(given);
  return { kernel: "MirrorPadGrad", inputs: { dy }, attrs, expected: [folded] };
}

function slopeCase(size: number): KernelCase {
  const x = series([size], 6), dy = series([size], 7), alpha = 0.2;
  const expected = dy.values.map((slope, i) => x.values[i] > 0 ? slope : slope * alpha);
  return { kernel: "LeakyReluGrad", inputs: { x, dy }, attrs: { alpha }, expected: [expected] };
}

function reduceCases(shape: readonly number[], axis: number): KernelCase[] {
  const x = series(shape, 8), count = shape[axis];
  const columns = shape.slice(axis + 1).reduce((product, side) => product * side, 1);
  const sums = new Array<number>(x.values.length / count).fill(0);
  x.values.forEach((value, i) =>
    sums[Math.floor(i / (count * columns)) * columns + i % columns] += value
  );
  const attrs = { axis, keepDims: false };
  return [
    { kernel: "Sum", inputs: { x }, attrs, expected: [sums] },
    { kernel: "Mean", inputs: { x }, attrs, expected: [sums.map((sum) => sum / count)] },
  ];
}

function optimiserCases(sizes: readonly number[]): KernelCase[] {
  const names = ["param", "gradient", "m", "v"];
  const all = sizes.map((size, i) => names.map((_, j) => series([size], 9 + i * 4 + j)));
  all.forEach(([, , , v]) => v.values.forEach((value, i) => v.values[i] = value ** 2));
  const pick = (wanted: readonly string[]) =>
    Object.fromEntries(
      all.flatMap((tensors, i) =>
        names.flatMap((name, j) => wanted.includes(name) ? [[name + i, tensors[j]]] : [])
      ),
    );
  const numbers = {
    ...{ beta1: 0.5, beta2: 0.75, fresh1: 0.4, fresh2: 0.2, rootCorrection: 2, step: 0.1 },
    epsilon: 1e-8,
  };
  const updated = all.flatMap(([param, gradient, m, v]) => {
    const g = [...gradient.values];
    const first = g.map((each, i) => numbers.beta1 * m.values[i] + numbers.fresh1 * each);
    const second = g.map((each, i) => numbers.beta2 * v.values[i] + numbers.fresh2 * each ** 2);
    const moved = first.map((each, i) =>
      param.values[i] -
      numbers.step * each / (numbers.rootCorrection * Math.sqrt(second[i]) + numbers.epsilon)
    );
    return [moved, first, second];
  });
  const averages = Object.fromEntries(all.map(([, , m], i) => [`average${i}`, m]));
  const decay = 0.9;
  const squares = all.flatMap(([, gradient]) => [...gradient.values].map((g) => g * g));
  return [
    { kernel: "AdamUpdate", inputs: pick(names), attrs: numbers, expected: updated },
    {
      ...{ kernel: "EmaUpdate", inputs: { ...averages, ...pick(["param"]) }, attrs: { decay } },
      expected: all.map(([param, , m]) =>
        param.values.map((p, i) => p + (m.values[i] - p) * decay)
      ),
    },
    {
      ...{ kernel: "GlobalNorm", inputs: pick(["gradient"]), attrs: {} },
      expected: [[Math.sqrt(squares.reduce((sum, square) => sum + square, 0))]],
    },
  ];
}

function filterCase(given: ConvCase): KernelCase {
  const { attrs, x, filter, dy, dw } = convNumbers(given);
  return {
    ...{ kernel: "Conv2DBackpropFilter", inputs: { x, dy } },
    ...{ attrs: { ...attrs, filterShape: filter.shape }, expected: [dw] },
  };
}
