// The trunks' levels, what they do with small images, and their weights at the start.

import assert from "node:assert/strict";
import { randomStream } from "../../../gpu/random.ts";
import * as tf from "../../../gpu/tf.ts";
import { disposeTree, treeEntries } from "../../../gpu/tree.ts";
import type { TrunkNet } from "../../../models/trunks/config.ts";
import { applyTrunk, initTrunk, trunkChannels, trunkShapes } from "../../../models/trunks/trunk.ts";
import { assertClose } from "../../_assert.ts";
import { testOnSimd } from "../../_on_simd.ts";

const noise = (...[h, w]: [number, number]) => {
  const random = randomStream(3, "images", h, w);
  const values = Float32Array.from({ length: h * w * 3 }, () => random.uniform(-1, 1));
  return tf.tensor4d(values, [1, h, w, 3]);
};

/** Heights and widths of the four levels. */
const sizes: [TrunkNet, [number, number], string][] = [
  ["vgg16", [64, 48], "32x24 16x12 8x6 4x3"],
  ["vgg16", [33, 47], "16x23 8x11 4x5 2x2"],
  ["resnet18", [64, 48], "16x12 8x6 4x3 2x2"],
  ["inception", [128, 75], "28x15 13x7 6x3 2x1"],
  // Enlarged until the shorter side is what the network needs, in proportion.
  ["resnet18", [16, 24], "8x12 4x6 2x3 1x2"],
  ["inception", [25, 25], "15x15 7x7 3x3 1x1"],
];

testOnSimd("applyTrunk gives four levels of the sizes and channels that torchvision's have", () => {
  const nets = new Map<TrunkNet, ReturnType<typeof initTrunk>>();
  for (const [net, size, expected] of sizes) {
    const params = nets.get(net) ?? initTrunk(net, randomStream(1, net));
    nets.set(net, params);
    tf.tidy(() => {
      const levels = applyTrunk(net, params, noise(...size));
      const found = levels.map(({ shape: [, h, w] }) => `${h}x${w}`).join(" ");
      assert.equal(found, expected, `${net} at ${size}`);
      assert.deepEqual(levels.map(({ shape }) => shape[3]), trunkChannels(net));
    });
  }
  nets.forEach(disposeTree);
});

testOnSimd("applyTrunk refuses images without three channels", () => {
  const params = initTrunk("resnet18", randomStream(1, "no"));
  tf.tidy(() => {
    assert.throws(
      () => applyTrunk("resnet18", params, tf.zeros([1, 32, 32, 1])),
      /resnet18 input/,
    );
  });
  disposeTree(params);
});

testOnSimd("initTrunk draws weights under which features neither fade nor grow", async () => {
  for (const net of ["vgg19", "resnet34", "inception"] as const) {
    const params = initTrunk(net, randomStream(2, net));
    const found = treeEntries(params).map(([path, { shape }]) => [path, shape]);
    assert.deepEqual(Object.fromEntries(found), trunkShapes(net));
    const sizes = tf.tidy(() =>
      tf.stack(
        applyTrunk(net, params, noise(80, 80)).map((x) => tf.sqrt(tf.mean(tf.square(x)))),
      )
    );
    for (const [level, size] of (await sizes.data()).entries()) {
      assert.ok(size > 0.05 && size < 10, `${net}, level ${level}: ${size}`);
    }
    sizes.dispose();
    disposeTree(params);
  }
});

testOnSimd(
  "initTrunk gives kernels the variance 2 / fan in, and the same for the same stream",
  async () => {
    const [first, again] = [1, 1].map((seed) => initTrunk("resnet18", randomStream(seed, "he")));
    const read = async (params: typeof first, path: string) =>
      await new Map(treeEntries(params)).get(path)?.data() ?? [];
    const path = "stage.2.1.conv1.kernel", values = await read(first, path);
    assert.deepEqual(await read(again, path), values);
    const squares = Array.from(values).reduce((sum, value) => sum + value * value, 0);
    assertClose(squares / values.length, 2 / (9 * 256), { relative: 0.01 });
    assert.ok(Array.from(await read(first, "stem.bias")).every((value) => value === 0));
    [first, again].forEach(disposeTree);
  },
);
