// The engine's convolutions against the cpu device's: whole outputs, odd widths, every stride and pad, narrow and wide.

import assert from "node:assert/strict";
import fc from "fast-check";
import * as tf from "../../../gpu/tf.ts";
import {
  assertSame,
  filled,
  type KernelCall,
  operandStream,
  relativeToLargest,
  runOnEngine,
} from "./_compare.ts";

const random = operandStream("convolution");

/** Sizes of a convolution. */
interface Sizes {
  x: number[];
  kernel: number[];
  cout: number;
  strides: [number, number];
  pad: number;
}

/** The kernels of a convolution of these sizes, with and without bias; none if the image is too small for it. */
function convolutionCalls({ x, kernel: [kh, kw], cout, strides, pad }: Sizes): KernelCall[] {
  const filter = [kh, kw, x[3], cout];
  if (x[1] + 2 * pad < kh || x[2] + 2 * pad < kw) return [];
  // Pads per side: with one number tfjs takes the kernel and the stride for square.
  const pads = [[0, 0], [pad, pad], [pad, pad], [0, 0]] as [number, number][];
  const info = tf.backend_util.computeConv2DInfo(
    ...[x, filter, strides, 1, pads] as unknown as Parameters<
      typeof tf.backend_util.computeConv2DInfo
    >,
  );
  const shared = { strides, pad: pads, dataFormat: "NHWC" };
  const image = filled(random, x), weights = filled(random, filter);
  const dy = filled(random, info.outShape), bias = filled(random, [cout]);
  const forward = { ...shared, dilations: 1 };
  return [
    { kernel: "Conv2D", inputs: { x: image, filter: weights }, attrs: forward },
    {
      kernel: "FusedConv2D",
      inputs: { x: image, filter: weights, bias },
      attrs: { ...forward, activation: "linear" },
    },
    {
      kernel: "Conv2DBackpropInput",
      inputs: { dy, filter: weights },
      attrs: { ...shared, inputShape: x },
    },
    {
      kernel: "Conv2DBackpropFilter",
      inputs: { x: image, dy },
      attrs: { ...shared, filterShape: filter },
    },
  ];
}

const side = fc.integer({ min: 1, max: 11 });
const stride = fc.integer({ min: 1, max: 4 });
const tap = fc.integer({ min: 1, max: 7 });

const anySizes = fc.record({
  x: fc.tuple(fc.integer({ min: 1, max: 3 }), side, side, fc.integer({ min: 1, max: 21 })),
  kernel: fc.tuple(tap, tap),
  cout: fc.integer({ min: 1, max: 35 }),
  strides: fc.tuple(stride, stride),
  pad: fc.nat(3),
});

Deno.test("Conv2D, FusedConv2D and their gradients on simd equal cpu's over whole outputs", async () => {
  const calls = fc.sample(anySizes, { numRuns: 120, seed: 7 }).flatMap(convolutionCalls);
  assert.ok(calls.length > 250, `${calls.length} calls`);
  await assertSame(calls, relativeToLargest(1e-5));
});

Deno.test("Conv2D and its gradients on simd equal cpu's at the sizes of the networks", async () => {
  const sizes: [x: number[], kernel: number, cout: number, stride: number, pad: number][] = [
    [[2, 22, 23, 3], 7, 32, 1, 0],
    [[1, 22, 23, 33], 7, 3, 1, 0],
    [[2, 21, 18, 24], 3, 48, 2, 1],
    [[1, 15, 17, 20], 4, 40, 2, 1],
    [[2, 9, 8, 64], 4, 1, 1, 1],
    [[1, 40, 41, 5], 3, 100, 1, 1],
  ];
  const calls = sizes.flatMap(([x, k, cout, stride, pad]) =>
    convolutionCalls({ x, kernel: [k, k], cout, strides: [stride, stride], pad })
  );
  await assertSame(calls, relativeToLargest(1e-5));
});

Deno.test("Conv2D through Winograd's transform on simd is within 1e-4 of direct, and its gradients", async () => {
  const channels = fc.integer({ min: 4, max: 12 }).map((quarter) => quarter * 4);
  const sizes = fc.sample(
    fc.record({
      x: fc.tuple(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 9, max: 22 }),
        fc.integer({ min: 11, max: 21 }),
        channels,
      ),
      kernel: fc.constant([3, 3] as number[]),
      cout: channels,
      strides: fc.constant([1, 1] as [number, number]),
      pad: fc.nat(2),
    }),
    { numRuns: 25, seed: 5 },
  );
  const calls = sizes.flatMap(convolutionCalls);
  await assertSame(calls, relativeToLargest(1e-4));
  // That it was the transform which was measured: without it the bits are others.
  const [{ results: quick }, { results: direct }] = [
    await runOnEngine(calls, { threads: 1 }),
    await runOnEngine(calls, { threads: 1, usesWinograd: false }),
  ];
  const differing = calls.filter((_, i) =>
    [...Array(quick[i][0].values.length).keys()].some((at) =>
      quick[i][0].values[at] !== direct[i][0].values[at]
    )
  );
  assert.equal(differing.length, calls.length);
});

Deno.test("Conv2D on simd passes NaN and infinity on, and only to the pixels that see them", async () => {
  const sizes = [
    { x: [1, 6, 9, 3], cout: 5 },
    { x: [1, 12, 9, 5], cout: 3 },
    { x: [1, 7, 8, 3], cout: 20 },
  ];
  const calls = sizes.map(({ x, cout }) => {
    const [forward] = convolutionCalls({ x, kernel: [3, 3], cout, strides: [1, 1], pad: 1 });
    const { values } = forward.inputs.x;
    values[0] = NaN;
    values[values.length - 1] = Infinity;
    return forward;
  });
  await assertSame(calls, relativeToLargest(1e-5));
});

Deno.test("Conv2D on simd keeps a flat image flat, to the last bit, directly and through Winograd's transform", async () => {
  const calls = [[3, 32], [3, 12], [7, 3], [4, 16]].map(([k, cout]): KernelCall => {
    const x = { shape: [1, 19, 23, 16], values: new Float32Array(19 * 23 * 16).fill(0.3) };
    const attrs = { strides: 1, pad: 0, dataFormat: "NHWC", dilations: 1 };
    return { kernel: "Conv2D", inputs: { x, filter: filled(random, [k, k, 16, cout]) }, attrs };
  });
  const { results } = await runOnEngine(calls, { threads: 2 });
  for (const [{ shape, values }] of results) {
    const channels = shape[3];
    for (let i = channels; i < values.length; i++) {
      assert.equal(
        values[i],
        values[i % channels],
        `pixel ${Math.floor(i / channels)} of [${shape}]`,
      );
    }
  }
});
