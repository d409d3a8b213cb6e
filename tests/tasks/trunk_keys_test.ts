// torchvision's names are found in its own state dicts, every tensor that does not fit is listed, and norms are folded by their formula.

import assert from "node:assert/strict";
import { TRUNK_NETS } from "../../models/trunks/config.ts";
import { trunkShapes } from "../../models/trunks/trunk.ts";
import { rowStrides, type StateTensor } from "../../tasks/_state_tensor.ts";
import { findTrunk, publishedLayers } from "../../tasks/_trunk_keys.ts";
import { trunkTensors } from "../../tasks/_trunk_weights.ts";
import { assertClose } from "../_assert.ts";
import { readGolden } from "../golden/_golden.ts";

type Shapes = Map<string, { shape: readonly number[] }>;

/** The names and shapes of a network's state dict as torchvision has them, by the golden file. */
async function torchvisionState(net: string, prefix = ""): Promise<Shapes> {
  const { metadata } = await readGolden(`trunk_${net}`);
  const shapes: Record<string, number[]> = JSON.parse(metadata.state);
  return new Map(Object.entries(shapes).map(([name, shape]) => [prefix + name, { shape }]));
}

Deno.test("findTrunk takes torchvision's own state dicts and leaves the classifier out", async () => {
  const dropped = { vgg16: 6, vgg19: 6, resnet18: 22, resnet34: 38, inception: 110 };
  const convolutions = { vgg16: 13, vgg19: 16, resnet18: 20, resnet34: 36, inception: 94 };
  for (const net of TRUNK_NETS) {
    for (const prefix of ["", "module."]) {
      const found = findTrunk(net, await torchvisionState(net, prefix));
      assert.equal(found.layers.length, convolutions[net], net);
      assert.equal(found.dropped.length, dropped[net], net);
      assert.ok(found.layers.every(({ conv }) => conv.startsWith(prefix)));
      const kernels = found.layers.map(({ path }) => `${path}.kernel`);
      const wanted = Object.keys(trunkShapes(net)).filter((path) => path.endsWith(".kernel"));
      assert.deepEqual(kernels, wanted);
    }
  }
});

Deno.test("publishedLayers gives the places that torchvision's code states", () => {
  const placed = (net: typeof TRUNK_NETS[number], path: string) => {
    const { conv, norm } = publishedLayers(net).find((layer) => layer.path === path) ?? {};
    return [conv, norm];
  };
  assert.deepEqual(placed("vgg16", "stage.4.2"), ["features.28", undefined]);
  assert.deepEqual(placed("vgg19", "stage.4.3"), ["features.34", undefined]);
  assert.deepEqual(placed("resnet34", "stage.2.5.conv2"), ["layer3.5.conv2", "layer3.5.bn2"]);
  assert.deepEqual(placed("resnet18", "stage.1.0.shortcut"), [
    "layer2.0.downsample.0",
    "layer2.0.downsample.1",
  ]);
  assert.deepEqual(placed("inception", "stem.3b"), ["Conv2d_3b_1x1.conv", "Conv2d_3b_1x1.bn"]);
  assert.deepEqual(placed("inception", "mixed_7c.branch3x3_2a"), [
    "Mixed_7c.branch3x3_2a.conv",
    "Mixed_7c.branch3x3_2a.bn",
  ]);
});

Deno.test("findTrunk lists every tensor that is missing, surplus or misshapen", async () => {
  const state = await torchvisionState("resnet18");
  state.delete("layer1.0.bn1.running_var");
  state.set("layer5.0.conv1.weight", { shape: [1, 2] });
  state.set("bn1.weight", { shape: [32] });
  assert.throws(() => findTrunk("resnet18", state), {
    name: "TypeError",
    message: [
      "Cannot read it as torchvision's resnet18: it would need other tensors:",
      '  missing: "layer1.0.bn1.running_var" [64]',
      '  surplus: "layer5.0.conv1.weight" [1,2]',
      '  misshapen: "bn1.weight" is [32], expected [64]',
    ].join("\n"),
  });
});

Deno.test("findTrunk names the network that it was given instead", async () => {
  const guess = (net: typeof TRUNK_NETS[number], state: Shapes, what: RegExp) =>
    assert.throws(() => findTrunk(net, state), what);
  guess("vgg16", await torchvisionState("vgg19"), /\nIt looks like vgg19$/);
  guess("resnet34", await torchvisionState("resnet18"), /\nIt looks like resnet18$/);
  const normed: Shapes = new Map([["features.1.running_mean", { shape: [64] }]]);
  guess("vgg16", normed, /\nIt looks like a VGG with batch norms/);
  const deep: Shapes = new Map([["layer1.0.conv3.weight", { shape: [256, 64, 1, 1] }]]);
  guess("resnet34", deep, /\nIt looks like a ResNet of 50 layers or more/);
  guess("inception", new Map(), /missing: "Conv2d_1a_3x3\.conv\.weight" \[32,3,3,3\][^]*more$/);
});

Deno.test("trunkTensors folds a norm into its convolution, channel by channel", async () => {
  const state = await torchvisionState("resnet18");
  const given: Record<string, number[]> = {
    "bn1.weight": [2, -1],
    "bn1.bias": [0.5, 3],
    "bn1.running_mean": [4, -2],
    "bn1.running_var": [0.25, 9],
  };
  const tensors = new Map([...state].map(([name, { shape }]): [string, StateTensor] => {
    const size = shape.reduce((all, side) => all * side, 1);
    // Of each tensor the first numbers are given; the kernels are 1 everywhere.
    const values = new Float32Array(size).fill(1);
    values.set(given[name] ?? []);
    const bytes = new Uint8Array(values.buffer);
    return [name, { dtype: "float32", shape, strides: rowStrides(shape), offset: 0, bytes }];
  }));
  const folded = trunkTensors("resnet18", tensors, findTrunk("resnet18", tensors));
  assert.equal(folded.size, 40);
  const kernel = folded.get("stem.kernel"), bias = folded.get("stem.bias");
  assert.deepEqual(kernel?.shape, [7, 7, 3, 64]);
  // 2 / sqrt(0.25 + 1e-5) and -1 / sqrt(9 + 1e-5).
  assertClose(kernel?.values.subarray(0, 2) ?? [], [3.99992, -0.33333315], { relative: 1e-6 });
  assertClose(bias?.values.subarray(0, 2) ?? [], [0.5 - 4 * 3.99992, 3 - 2 * 0.33333315], {
    relative: 1e-6,
  });
});
