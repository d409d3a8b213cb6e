// What the kernels for drawing are tried at.

import { type KernelCase, type Numbers, series } from "./case.ts";
import { type ConvCase, convNumbers, convolutions } from "./conv_numbers.ts";
import { normNumbers } from "./norm_numbers.ts";
import { type PadCase, paddings, padNumbers } from "./pad_numbers.ts";

/** The cases; each kernel has at least one. */
export function drawingCases(): KernelCase[] {
  return [
    ...normCases([2, 5, 7, 5], 0.2),
    ...normCases([2, 9, 9, 8], 0),
    ...paddings.map(padCase),
    ...numberCases(),
    ...convolutions.flatMap(convCases),
    bytesCase(),
  ];
}

function normCases(shape: readonly number[], negativeSlope: number): KernelCase[] {
  const { attrs, x, dy: residual, y } = normNumbers(shape, negativeSlope);
  return [
    { kernel: "InstanceNorm", inputs: { x }, attrs, expected: [y] },
    {
      ...{ kernel: "InstanceNormAdd", inputs: { x, residual }, attrs },
      expected: [y.map((value, i) => value + residual.values[i])],
    },
  ];
}

function padCase(given: PadCase): KernelCase {
  const { attrs, x, moved } = padNumbers(given);
  return { kernel: "MirrorPad", inputs: { x }, attrs, expected: [moved] };
}

/** One by one with the number on the right, in fours with it on the left. */
function numberCases(): KernelCase[] {
  const number: Numbers = { shape: [], values: Float32Array.of(0.75) };
  const operations: Record<string, (a: number, b: number) => number> = {
    Add: (a, b) => a + b,
    Sub: (a, b) => a - b,
    Multiply: (a, b) => a * b,
    RealDiv: (a, b) => a / b,
  };
  const [ones, fours] = [15, 16].map((size) => series([size], 5));
  // Away from 0, where a quotient has no digits left to compare.
  for (const { values } of [ones, fours]) {
    values.forEach((value, i) => values[i] = value + 3 * Math.sign(value));
  }
  return Object.entries(operations).flatMap(([kernel, operation]): KernelCase[] => [
    {
      ...{ kernel, inputs: { a: ones, b: number }, attrs: {} },
      expected: [ones.values.map((value) => operation(value, 0.75))],
    },
    {
      ...{ kernel, inputs: { a: number, b: fours }, attrs: {} },
      expected: [fours.values.map((value) => operation(0.75, value))],
    },
  ]);
}

/** A convolution and its input gradient; without a bias the first of several alone. */
export function convCases(given: ConvCase, at: number): KernelCase[] {
  const { attrs, x, filter, dy, y, dx } = convNumbers(given);
  const cout = given.channels[1], bias = series([cout], 24);
  const plain: KernelCase = { kernel: "Conv2D", inputs: { x, filter }, attrs, expected: [y] };
  return [
    // With a bias it is the same shader, and a sum.
    ...(at === 0 ? [plain] : []),
    {
      ...{ kernel: "FusedConv2D", inputs: { x, filter, bias } },
      attrs: { ...attrs, activation: "linear" },
      expected: [y.map((value, i) => value + bias.values[i % cout])],
    },
    {
      ...{ kernel: "Conv2DBackpropInput", inputs: { dy, filter } },
      ...{ attrs: { ...attrs, inputShape: x.shape }, expected: [dx] },
    },
  ];
}

/** Every byte there is, and three more, so that a word is not full. */
function bytesCase(): KernelCase {
  const bytes = Uint8Array.from({ length: 260 }, (_, i) => i * 37 + 5), shape = [1, 7, 37, 1];
  return {
    kernel: "UnpackBytes",
    inputs: { words: { shape: [65], values: new Int32Array(bytes.buffer) } },
    attrs: { shape },
    expected: [Array.from(bytes.subarray(0, 7 * 37), (byte) => byte / 127.5 - 1)],
  };
}
