// Kernels of the `webgpu` device are tried before they are used: one that computes wrongly is left out and named, and the rest goes on.

import { strict as assert } from "node:assert";
import { startDevice } from "../../../gpu/device.ts";
import { instanceNorm } from "../../../gpu/norm.ts";
import * as tf from "../../../gpu/tf.ts";
import { forDrawing } from "../../../gpu/webgpu/for_drawing.ts";
import { forTraining } from "../../../gpu/webgpu/for_training.ts";
import { assertClose } from "../../_assert.ts";
import { gatedTest, gpuGate } from "../../_gates.ts";
import { changingShader, withOtherGpu } from "./_other_gpu.ts";

const gpu = await gpuGate();

/** Those of our kernels that are on the device; tfjs has some of the same name. */
function ownNames(): string[] {
  return Object.keys(forTraining.kernels).filter((name) => tf.getKernel(name, "webgpu")).sort();
}

gatedTest(gpu, "startDevice registers all kernels of webgpu, and leaves none out", async () => {
  const device = await startDevice("webgpu");
  assert.deepEqual(device.refusedKernels, {});
  assert.deepEqual(ownNames(), Object.keys(forTraining.kernels).sort());
  assert.doesNotMatch(device.description, /without/);
  device.dispose();
});

gatedTest(
  gpu,
  "startDevice names a kernel that computes wrongly, and does without it",
  async () => {
    // The deviation is a little off: 2e-3 of the result.
    const change = changingShader(
      "InstanceNorm",
      (code) => code.replace("u.epsilon)", "u.epsilon) * 1.002"),
    );
    await withOtherGpu("wrong norm", change, async () => {
      const device = await startDevice("webgpu");
      assert.deepEqual(Object.keys(device.refusedKernels), ["InstanceNorm"]);
      assert.match(
        device.refusedKernels.InstanceNorm,
        /^its error is 0\.00\d+, expected at most 0\.0001$/,
      );
      assert.equal(device.description, "WebGPU: wrong norm, without InstanceNorm");
      assert.equal(tf.getKernel("InstanceNorm", "webgpu"), undefined);
      assert.ok(tf.getKernel("InstanceNormGrad", "webgpu"));
      // Composed, the norm is right all the same.
      const normal = tf.tidy(() => instanceNorm(tf.tensor4d([1, 3, 1, 3], [1, 2, 2, 1])));
      assertClose(await normal.data(), [-1, 1, -1, 1], { absolute: 1e-4 });
      normal.dispose();
      device.dispose();
    });
    // The next device is another one, and has it again.
    const device = await startDevice("webgpu");
    assert.deepEqual(ownNames(), Object.keys(forTraining.kernels).sort());
    device.dispose();
  },
);

gatedTest(
  gpu,
  "startDevice names a kernel whose shader is refused, and tfjs's own takes its place",
  async () => {
    const change = changingShader("MirrorPad", (code) => code.replace("reflect1(y", "reflect2(y"));
    await withOtherGpu("no pad", change, async () => {
      const device = await startDevice("webgpu");
      assert.deepEqual(Object.keys(device.refusedKernels), ["MirrorPad"]);
      assert.match(
        device.refusedKernels.MirrorPad,
        /^Cannot trust what the GPU computed: .*reflect2/s,
      );
      const padded = tf.tidy(() =>
        tf.mirrorPad(tf.tensor2d([[1, 2, 3]]), [[0, 0], [1, 1]], "reflect")
      );
      assertClose(await padded.data(), [2, 1, 2, 3, 2], { absolute: 0 });
      padded.dispose();
      device.dispose();
    });
  },
);

gatedTest(gpu, "startDevice tries fewer kernels where nothing is trained", async () => {
  const device = await startDevice("webgpu", { drawsOnly: true });
  const names = Object.keys(forDrawing.kernels);
  assert.ok(names.length > 0 && names.every((name) => tf.getKernel(name, "webgpu")));
  assert.equal(tf.getKernel("AdamUpdate", "webgpu"), undefined);
  device.dispose();
});

Deno.test("every kernel of webgpu is tried at one case or more", () => {
  for (const { kernels, cases } of [forDrawing, forTraining]) {
    const tried = new Set(cases().map(({ kernel }) => kernel));
    assert.deepEqual([...tried].sort(), Object.keys(kernels).sort());
  }
});
