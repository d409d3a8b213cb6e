// Convolutions against plain loops in 64 bits, and against numbers worked out by hand.

import assert from "node:assert/strict";
import {
  conv,
  type ConvParams,
  convShapes,
  convTransposeDouble,
  initConvs,
} from "../../gpu/conv.ts";
import { randomStream } from "../../gpu/random.ts";
import * as tf from "../../gpu/tf.ts";
import { disposeTree, treeEntries } from "../../gpu/tree.ts";
import { assertClose } from "../_assert.ts";
import { forEachDevice } from "../_gates.ts";
import { exactValues } from "./_differences.ts";
import * as ref from "./_reference.ts";

const random = randomStream(5, "conv_test");
const toTensor = ({ data, shape }: ref.Grid) => tf.tensor(Float32Array.from(data), [...shape]);

interface ConvCase {
  image: [n: number, h: number, w: number, cin: number];
  kernel: [size: number, cout: number];
  stride: number;
  pad: number;
  out: [h: number, w: number];
}

// The layers that the networks have, at odd sizes; h' = floor((h + 2 pad - k) / stride) + 1.
const cases: ConvCase[] = [
  { image: [1, 5, 7, 3], kernel: [3, 4], stride: 1, pad: 1, out: [5, 7] },
  { image: [2, 7, 5, 3], kernel: [3, 5], stride: 2, pad: 1, out: [4, 3] },
  { image: [2, 9, 11, 2], kernel: [7, 3], stride: 1, pad: 0, out: [3, 5] },
  { image: [3, 8, 6, 1], kernel: [4, 2], stride: 2, pad: 1, out: [4, 3] },
  { image: [1, 5, 4, 4], kernel: [4, 1], stride: 1, pad: 1, out: [4, 3] },
  { image: [2, 3, 3, 3], kernel: [1, 2], stride: 1, pad: 0, out: [3, 3] },
  { image: [1, 6, 9, 2], kernel: [3, 2], stride: 3, pad: 2, out: [3, 4] },
];

forEachDevice(
  "conv equals plain loops for the strides, paddings and odd sizes of the networks",
  async () => {
    for (const { image, kernel: [k, cout], stride, pad, out } of cases) {
      const [x, kernel] = [exactValues(random, image), exactValues(random, [k, k, image[3], cout])];
      const bias = exactValues(random, [cout]);
      const expected = ref.add(ref.conv2d(x, kernel, stride, pad), bias);
      const found = tf.tidy(() => {
        const params = { kernel: toTensor(kernel), bias: toTensor(bias) } as ConvParams;
        return conv(params, toTensor(x) as tf.Tensor4D, { stride, pad });
      });
      assert.deepEqual(found.shape, [image[0], ...out, cout]);
      const what = `${image} by ${k}x${k}, stride ${stride}, pad ${pad}`;
      assertClose(await found.data(), expected.data, { absolute: 2e-5 }, what);
      found.dispose();
    }
  },
);

forEachDevice(
  "conv sees zeros outside the border, has no bias unless given, and defaults to stride 1, pad 0",
  async () => {
    const [padded, plain] = tf.tidy(() => {
      const images = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
      const params: ConvParams = { kernel: tf.ones([2, 2, 1, 1]) };
      return [conv(params, images, { pad: 1 }), conv(params, images)];
    });
    assert.deepEqual(padded.shape, [1, 3, 3, 1]);
    assertClose(await padded.data(), [1, 3, 2, 4, 10, 6, 3, 7, 4], { absolute: 1e-6 });
    assertClose(await plain.data(), [10], { absolute: 1e-6 });
    tf.dispose([padded, plain]);
  },
);

forEachDevice("conv does not turn its kernel round", async () => {
  const found = tf.tidy(() =>
    conv(
      { kernel: tf.tensor4d([1, 10, 100, 1000], [2, 2, 1, 1]) },
      tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]),
    )
  );
  assertClose(await found.data(), [1 + 20 + 300 + 4000], { absolute: 1e-3 });
  found.dispose();
});

forEachDevice("convTransposeDouble equals scattering every pixel times the kernel", async () => {
  const sizes = [[1, 4, 4, 2, 3, 3], [2, 3, 5, 4, 2, 3], [1, 1, 1, 2, 1, 3], [3, 2, 7, 1, 5, 3]];
  const even = sizes.map((size) => [...size.slice(0, 5), 4]);
  for (const [n, h, w, cin, cout, k] of [...sizes, ...even]) {
    const [x, kernel] = [
      exactValues(random, [n, h, w, cin]),
      exactValues(random, [k, k, cout, cin]),
    ];
    const bias = exactValues(random, [cout]);
    const expected = ref.add(ref.conv2dTranspose(x, kernel, [2 * h, 2 * w], 2, 1), bias);
    const found = tf.tidy(() => {
      const params = { kernel: toTensor(kernel), bias: toTensor(bias) } as ConvParams;
      return convTransposeDouble(params, toTensor(x) as tf.Tensor4D);
    });
    assert.deepEqual(found.shape, [n, 2 * h, 2 * w, cout]);
    assertClose(await found.data(), expected.data, { absolute: 2e-5 }, `${[n, h, w, cin, k]}`);
    found.dispose();
  }
});

forEachDevice("convTransposeDouble puts the kernel's centre on the even pixels", async () => {
  const found = tf.tidy(() =>
    convTransposeDouble(
      { kernel: tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [3, 3, 1, 1]) },
      tf.tensor4d([10, 1], [1, 1, 2, 1]),
    )
  );
  // Rows 0 and 1 are the kernel's middle and bottom row; its columns come from each pixel in turn.
  const expected = [50, 60 + 4, 5, 6, 80, 90 + 7, 8, 9];
  assertClose(await found.data(), expected, { absolute: 1e-4 });
  found.dispose();
});

Deno.test("convShapes names kernel and bias and keeps the kernel's own order of channels", () => {
  assert.deepEqual(convShapes("up.0.conv", 3, [8, 16], 8), [
    ["up.0.conv.kernel", [3, 3, 8, 16]],
    ["up.0.conv.bias", [8]],
  ]);
});

forEachDevice(
  "initConvs draws kernels from N(0, 0.02), repeatable, and leaves biases at 0",
  async () => {
    const shapes = {
      "a.conv.kernel": [5, 5, 16, 16],
      "a.conv.bias": [16],
      "b.kernel": [3, 3, 2, 4],
    };
    const [params, again] = [1, 1].map((seed) =>
      initConvs<Record<string, tf.Tensor>>(shapes, randomStream(seed, "init"))
    );
    const leaves = new Map(treeEntries(params));
    assert.deepEqual([...leaves.keys()], Object.keys(shapes));
    for (const [path, leaf] of leaves) assert.deepEqual(leaf.shape, Reflect.get(shapes, path));
    const [kernel, bias, second] = await Promise.all(
      [...leaves.values()].map((leaf) => leaf.data<"float32">()),
    );
    assert.ok(bias.every((value) => value === 0));
    const mean = kernel.reduce((sum, value) => sum + value, 0) / kernel.length;
    const square = kernel.reduce((sum, value) => sum + value * value, 0) / kernel.length;
    assertClose(mean, 0, { absolute: 0.001 });
    assertClose(Math.sqrt(square), 0.02, { absolute: 0.0007 });
    assert.notDeepEqual([...second], [...kernel.slice(0, second.length)]);
    const [, , same] = treeEntries(again);
    assert.deepEqual(await same[1].data(), second);
    [params, again].forEach(disposeTree);
  },
);
