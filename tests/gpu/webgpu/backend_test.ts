// The backend of the `webgpu` device: nothing that goes wrong on the GPU comes back as zeros, and what is shared is not changed in place.

import { strict as assert } from "node:assert";
import { startDevice } from "../../../gpu/device.ts";
import * as tf from "../../../gpu/tf.ts";
import { GpuBackend, GpuError } from "../../../gpu/webgpu/backend.ts";
import { assertClose } from "../../_assert.ts";
import { gatedTest, gpuGate } from "../../_gates.ts";

/** A test on the device, which gets its backend and has to leave as many tensors as it found. */
async function testOnBackend(name: string, run: (backend: GpuBackend) => void | Promise<void>) {
  gatedTest(await gpuGate(), name, async () => {
    const device = await startDevice("webgpu");
    try {
      const before = tf.memory().numTensors, backend = tf.backend();
      assert.ok(backend instanceof GpuBackend);
      await run(backend);
      assert.equal(tf.memory().numTensors, before);
    } finally {
      device.dispose();
    }
  });
}

/** A run that doubles x by a shader with the given body. */
function runBody(backend: GpuBackend, x: tf.Tensor, kernel: string, body: string): tf.Tensor {
  const y = backend.makeFloats(x.shape);
  backend.run({
    ...{ kernel, writes: { y }, reads: { x }, factors: { b: 2, a: 1 }, counts: { size: x.size } },
    ...{ workgroup: [64, 1, 1], grid: [Math.ceil(x.size / 64), 1, 1] },
    body: () => body,
  });
  return tf.engine().makeTensorFromTensorInfo(y);
}

const DOUBLE = "let i = group.x * 64u + index; if (i < u.size) { y[i] = u.b * x[i] * u.a; }";

await testOnBackend("run gives a shader its tensors and numbers by name", async (backend) => {
  const x = tf.tensor1d([1, -2, 0.5]);
  const y = runBody(backend, x, "Double", DOUBLE);
  assertClose(await y.data(), [2, -4, 1], { absolute: 0 });
  tf.dispose([x, y]);
});

await testOnBackend(
  "read fails where a shader is refused, and names its kernel",
  async (backend) => {
    const x = tf.tensor1d([1, 2]), other = tf.tensor1d([3, 4]);
    const y = runBody(backend, x, "Broken", "y[0] = nonsense;");
    // Whatever is read first: what was recorded together is lost together.
    const doubled = runBody(backend, other, "Double", DOUBLE), sum = tf.add(other, doubled);
    await assert.rejects(async () => await sum.data(), (error: unknown) => {
      assert.ok(error instanceof GpuError);
      assert.match(error.message, /^Cannot trust what the GPU computed: .*'Broken'/s);
      return true;
    });
    // Told once, it is over: the next step starts afresh.
    const again = runBody(backend, x, "Double", DOUBLE);
    assertClose(await again.data(), [2, 4], { absolute: 0 });
    tf.dispose([x, y, other, doubled, sum, again]);
  },
);

await testOnBackend(
  "read fails where a kernel of tfjs's is refused by the GPU",
  async (backend) => {
    // What a driver's error looks like: a group of bindings that is not valid, in the middle of a step.
    const x = tf.tensor1d(new Float32Array(2000).fill(1)), { device } = backend;
    const create = device.createBindGroup;
    device.createBindGroup = (descriptor) =>
      create.call(device, { ...descriptor, entries: [...descriptor.entries].slice(1) });
    const y = tf.relu(x);
    device.createBindGroup = create;
    await assert.rejects(async () => await y.data(), (error: unknown) => {
      assert.ok(error instanceof GpuError);
      assert.match(error.message, /^Cannot trust what the GPU computed: .*'unary'/s);
      return true;
    });
    tf.dispose([x, y]);
  },
);

await testOnBackend(
  "a tensor that the device cannot bind is refused with its kernel and size",
  (backend) => {
    const side = Math.ceil(Math.sqrt(backend.device.limits.maxStorageBufferBindingSize / 4)) + 1;
    const row = tf.tensor2d(new Float32Array(side), [1, side]);
    const column = tf.tensor2d(new Float32Array(side), [side, 1]);
    assert.throws(() => tf.tidy(() => tf.add(row, column)), (error: unknown) => {
      assert.ok(error instanceof GpuError);
      const bytes = 4 * side * side;
      assert.match(
        error.message,
        new RegExp(
          `^Cannot run kernel binary: a tensor of shape \\[${side},${side}\\] takes ${bytes} bytes, and`,
        ),
      );
      return true;
    });
    tf.dispose([row, column]);
  },
);

await testOnBackend(
  "AdamUpdate changes a parameter in place, unless its memory is shared",
  async (backend) => {
    const numbers = {
      ...{ beta1: 0, beta2: 0, fresh1: 1, fresh2: 1, rootCorrection: 1, step: 1, epsilon: 0 },
    };
    const update = (param: tf.Tensor) =>
      tf.engine().runKernel("AdamUpdate", {
        ...{ param0: param, gradient0: tf.tensor1d([2, -2]) },
        ...{ m0: tf.tensor1d([0, 0]), v0: tf.tensor1d([0, 0]) },
      }, numbers) as unknown as tf.Tensor[];
    const param = tf.tensor1d([5, 5]), shared = tf.clone(param);
    const [apart] = tf.tidy(() => update(param).slice(0, 1));
    assertClose(await apart.data(), [4, 6], { absolute: 1e-6 });
    assertClose(await shared.data(), [5, 5], { absolute: 0 });
    shared.dispose();
    // Read before: the numbers that were read must not outlive the update.
    await param.data();
    const [inPlace] = tf.tidy(() => update(param).slice(0, 1));
    assert.equal(inPlace.dataId, param.dataId);
    assert.equal(backend.refCount(param.dataId), 2);
    assertClose(await param.data(), [4, 6], { absolute: 1e-6 });
    tf.dispose([param, apart, inPlace]);
  },
);
