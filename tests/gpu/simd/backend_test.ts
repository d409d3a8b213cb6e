// The simd backend as a whole: stock kernels see right data, memory comes back, results do not depend on history.

import assert from "node:assert/strict";
import { startDevice } from "../../../gpu/device.ts";
import { SimdBackend } from "../../../gpu/simd/backend.ts";
import * as tf from "../../../gpu/tf.ts";
import { assertClose } from "../../_assert.ts";

/** Functions that go through stock kernels, among them those that read values after disposing of them. */
const functions: Record<string, (x: tf.Tensor2D) => tf.Tensor> = {
  "fft": (x) => tf.real(tf.fft(tf.complex(x, tf.mul(x, 2)))),
  "irfft": (x) => tf.irfft(tf.rfft(x)),
  "slice of a slice": (x) => tf.add(tf.slice(tf.slice(x, [1, 0], [4, 8]), [1, 0], [2, 8]), 1),
  "reverse, pad, concat": (x) =>
    tf.concat([tf.reverse(x, 0), tf.pad(tf.relu(x), [[1, 0], [0, 0]])], 0),
  "softmax": (x) => tf.softmax(tf.mul(x, 3)),
  "matMul": (x) => tf.matMul(tf.square(x), x, false, true),
  "gather and unstack": (x) => tf.stack(tf.unstack(tf.gather(tf.abs(x), [3, 1, 3]), 1)),
  "cumsum, topk": (x) => tf.topk(tf.cumsum(tf.neg(x), 1), 3).values,
  "resize": (x) =>
    tf.image.resizeBilinear(tf.reshape(tf.add(x, 1), [1, 6, 8, 1]) as tf.Tensor4D, [5, 11]),
  "transpose, tile": (x) => tf.tile(tf.transpose(tf.sub(x, 1)), [2, 1]),
  "batch norm": (x) => tf.batchNorm(x, tf.mean(x, 0), tf.mean(tf.square(x), 0)),
  "tanh, clip, where": (x) => tf.where(tf.greater(x, 0), tf.tanh(x), tf.clipByValue(x, -0.5, 0.5)),
};

async function results(device: "cpu" | "simd"): Promise<Record<string, Float32Array>> {
  const started = await startDevice(device);
  const backend = tf.backend();
  if (backend instanceof SimdBackend) poisonFreedBlocks(backend);
  const usedBytes = () =>
    backend instanceof SimdBackend ? backend.engine.heap.usage().usedBytes : 0;
  const usedBefore = usedBytes();
  const values = Array.from({ length: 48 }, (_, i) => Math.sin(i * 1.7));
  const entries = Object.entries(functions).map(([name, run]) => {
    const before = tf.memory().numTensors;
    const found = tf.tidy(() =>
      run(tf.mul(tf.tensor2d(values, [6, 8]), 1)).dataSync<"float32">().slice()
    );
    assert.equal(tf.memory().numTensors, before, `${name} left tensors alive`);
    return [name, found] as const;
  });
  assert.equal(usedBytes(), usedBefore);
  started.dispose();
  return Object.fromEntries(entries);
}

/** Whatever is read from a block after it was given back is then not a number. */
function poisonFreedBlocks({ engine: { heap } }: SimdBackend): void {
  const { allocate, free } = heap, lengths = new Map<number, number>();
  heap.allocate = (bytes) => {
    const address = allocate(bytes);
    lengths.set(address, Math.ceil(bytes / 4));
    return address;
  };
  heap.free = (address) => {
    heap.floats(address, lengths.get(address) ?? 0).fill(NaN);
    free(address);
  };
}

Deno.test("SimdBackend gives stock kernels right data while freed blocks are poisoned, and frees all of them", async () => {
  const expected = await results("cpu"), found = await results("simd");
  for (const name of Object.keys(functions)) {
    assertClose(found[name], expected[name], { absolute: 1e-5, relative: 1e-5 }, name);
  }
});

Deno.test("SimdBackend hands out copies: what was read stays as it was", async () => {
  const device = await startDevice("simd");
  const x = tf.mul(tf.tensor1d([1, 2, 3]), 2);
  const read = await x.data();
  x.dispose();
  const other = tf.mul(tf.tensor1d([7, 8, 9]), 2);
  assert.deepEqual([...read], [2, 4, 6]);
  assert.ok(!(read.buffer instanceof SharedArrayBuffer));
  other.dispose();
  device.dispose();
});

Deno.test("SimdBackend's memory stays flat over training steps", async () => {
  const device = await startDevice("simd");
  const { heap } = (tf.backend() as SimdBackend).engine;
  const { lossAndGradients } = await import("../../../gpu/gradients.ts");
  const kernel = tf.variable(tf.tidy(() => tf.mul(tf.ones([3, 3, 4, 4]), 0.1)) as tf.Tensor4D);
  const images = tf.ones([1, 9, 9, 4]) as tf.Tensor4D;
  const usage: number[] = [];
  for (let i = 0; i < 30; i++) {
    const { loss, gradients } = lossAndGradients({ kernel }, () => ({
      loss: tf.mean(tf.square(tf.conv2d(images, kernel, 1, 1))),
      kept: {},
    }));
    tf.tidy(() => kernel.assign(tf.sub(kernel, tf.mul(gradients.kernel, 0.01))));
    tf.dispose([loss, gradients]);
    usage.push(heap.usage().usedBytes);
  }
  assert.equal(usage[29], usage[5], usage.join());
  tf.dispose([kernel, images]);
  device.dispose();
});
