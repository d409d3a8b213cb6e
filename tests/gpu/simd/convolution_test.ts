// The engine's convolutions against the cpu device's: whole outputs, odd widths, every stride and pad.

import assert from "node:assert/strict";
import fc from "fast-check";
import { randomStream } from "../../../gpu/random.ts";
import * as tf from "../../../gpu/tf.ts";
import { assertClose } from "../../_assert.ts";
import { type KernelCall, runOn } from "./_compare.ts";

const random = randomStream(1, "simd convolution");

function filled(shape: number[]) {
  const size = shape.reduce((product, side) => product * side, 1);
  return { shape, values: random.normals(size) };
}

/** The three kernels of a convolution of these sizes; none if the image is too small for it. */
function convolutionCalls(
  { x, kernel: [kh, kw], cout, strides, pad }: {
    x: number[];
    kernel: number[];
    cout: number;
    strides: [number, number];
    pad: number;
  },
): KernelCall[] {
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
  const image = filled(x), weights = filled(filter), dy = filled(info.outShape);
  return [
    { kernel: "Conv2D", inputs: { x: image, filter: weights }, attrs: { ...shared, dilations: 1 } },
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

const cases = fc.record({
  x: fc.tuple(
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 1, max: 11 }),
    fc.integer({ min: 1, max: 11 }),
    fc.integer({ min: 1, max: 21 }),
  ),
  kernel: fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 })),
  cout: fc.integer({ min: 1, max: 35 }),
  strides: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })) as fc.Arbitrary<
    [number, number]
  >,
  pad: fc.nat(3),
});

Deno.test("Conv2D and its gradients on simd equal cpu's over whole outputs", async () => {
  const calls = fc.sample(cases, { numRuns: 150, seed: 7 }).flatMap(convolutionCalls);
  assert.ok(calls.length > 200, `${calls.length} calls`);
  const expected = await runOn("cpu", calls), found = await runOn("simd", calls);
  calls.forEach(({ kernel, inputs, attrs }, i) => {
    const what = `${kernel} ${
      JSON.stringify({ ...attrs, shapes: Object.values(inputs).map(({ shape }) => shape) })
    }`;
    assert.deepEqual(found[i].shape, expected[i].shape, what);
    const scale = expected[i].values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    assertClose(found[i].values, expected[i].values, { absolute: 1e-5 * scale }, what);
  });
});

Deno.test("Conv2D on simd passes NaN and infinity on, and only to the pixels that see them", async () => {
  const [forward] = convolutionCalls({
    x: [1, 6, 9, 3],
    kernel: [3, 3],
    cout: 5,
    strides: [1, 1],
    pad: 1,
  });
  forward.inputs.x.values[0] = NaN;
  forward.inputs.x.values[forward.inputs.x.values.length - 1] = Infinity;
  const [[expected], [found]] = [await runOn("cpu", [forward]), await runOn("simd", [forward])];
  found.values.forEach((value, i) =>
    assert.equal(Number.isFinite(value), Number.isFinite(expected.values[i]), `${i}`)
  );
  assert.ok(Number.isNaN(found.values[0]));
});
