// The simd backend as a whole: stock kernels see right data, memory comes back, results do not depend on history.

import assert from "node:assert/strict";
import { lossAndGradients } from "../../../gpu/gradients.ts";
import { startDevice } from "../../../gpu/device.ts";
import { SimdBackend } from "../../../gpu/simd/backend.ts";
import { nativeKernels } from "../../../gpu/simd/kernels/native_kernels.ts";
import * as tf from "../../../gpu/tf.ts";
import { assertClose } from "../../_assert.ts";
import { type FallbackCase, fallbackCases, notHere } from "./_fallback_cases.ts";
import { guardMemory } from "./_guard.ts";

/** Functions in which stock and native kernels hand each other data, among them those that read values after disposing of them. */
const mixtures: Record<string, () => tf.Tensor> = Object.fromEntries(
  Object.entries<(x: tf.Tensor2D) => tf.Tensor>({
    "fft": (x) => tf.real(tf.fft(tf.complex(x, tf.mul(x, 2)))),
    "irfft": (x) => tf.irfft(tf.rfft(x)),
    "slice of a slice": (x) => tf.add(tf.slice(tf.slice(x, [1, 0], [4, 8]), [1, 0], [2, 8]), 1),
    "reverse, pad, concat": (x) =>
      tf.concat([tf.reverse(x, 0), tf.pad(tf.relu(x), [[1, 0], [0, 0]])], 0),
    "integers": (x) => tf.add(tf.cast(tf.mul(x, 9), "int32"), tf.cast(tf.argMax(x, 0), "int32")),
    "gather and unstack": (x) => tf.stack(tf.unstack(tf.gather(tf.abs(x), [3, 1, 3]), 1)),
    "cumsum, topk": (x) => tf.topk(tf.cumsum(tf.neg(x), 1), 3).values,
    "batch norm": (x) => tf.batchNorm(x, tf.mean(x, 0), tf.mean(tf.square(x), 0)),
    "where": (x) =>
      tf.where(tf.logicalAnd(tf.greater(x, 0), tf.less(x, 1)), tf.tanh(x), tf.prod(x)),
  }).map(([name, run]) => {
    const values = Array.from({ length: 48 }, (_, i) => Math.sin(i * 1.7));
    return [name, () => run(tf.mul(tf.tensor2d(values, [6, 8]), 1))];
  }),
);

type Numbers = ArrayLike<number> | string[];

/** The results of each case. On the engine its memory is guarded, and each case leaves as much of it as it found. */
async function resultsOn(
  device: "cpu" | "simd",
  cases: Readonly<Record<string, FallbackCase>>,
): Promise<Record<string, Numbers[]>> {
  const started = await startDevice(device, { threads: 2 });
  const backend = tf.backend();
  const guard = backend instanceof SimdBackend ? guardMemory(backend) : undefined;
  const usedBytes = () =>
    backend instanceof SimdBackend ? backend.engine.heap.usage().usedBytes : 0;
  // The working memory is taken at the first need.
  tf.tidy(() => tf.sum(tf.ones([3])));
  try {
    const entries = Object.entries(cases).map(([name, run]) => {
      const tensors = tf.memory().numTensors, bytes = usedBytes();
      if (backend instanceof SimdBackend) backend.fallbacks.clear();
      let found: Numbers[] = [];
      tf.tidy(() => {
        found = [run()].flat().map((tensor) => tensor.dataSync().slice() as Numbers);
      });
      assert.equal(tf.memory().numTensors, tensors, `${name} left tensors alive`);
      assert.equal(usedBytes(), bytes, `${name} left memory allocated`);
      if (backend instanceof SimdBackend && name in fallbackCases) {
        assert.ok(backend.fallbacks.has(name), `${name} was not left to the stock kernel`);
      }
      return [name, found] as const;
    });
    guard?.check();
    return Object.fromEntries(entries);
  } finally {
    guard?.remove();
    started.dispose();
  }
}

Deno.test("SimdBackend gives every stock kernel right data while freed memory is poisoned, and frees all of it", async () => {
  const cases = { ...fallbackCases, ...mixtures };
  const expected = await resultsOn("cpu", cases), found = await resultsOn("simd", cases);
  for (const name of Object.keys(cases)) {
    expected[name].forEach((values, i) => {
      if (typeof values[0] === "string") assert.deepEqual(found[name][i], values, name);
      else {
        const tolerance = { absolute: 1e-5, relative: 1e-5 };
        assertClose(found[name][i] as number[], values as number[], tolerance, name);
      }
    });
  }
});

Deno.test("SimdBackend's kernels are native or have a case of how they are left to the stock one", async () => {
  const device = await startDevice("simd");
  const left = tf.getKernelsForBackend("simd").map(({ kernelName }) => kernelName)
    .filter((name) => !Object.hasOwn(nativeKernels, name) && !notHere.includes(name));
  device.dispose();
  assert.deepEqual(left.sort(), Object.keys(fallbackCases).sort());
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

Deno.test("SimdBackend tells what is in its memory, to the last tensor", async () => {
  const device = await startDevice("simd");
  const before = tf.memory() as tf.MemoryInfo & { numBytesInHeap: number };
  assert.equal(before.unreliable, false);
  const x = tf.relu(tf.ones([1000]));
  const during = tf.memory() as typeof before;
  // Two tensors of 4,000 bytes, one of which is made in the heap and one that has moved there.
  assert.equal(during.numBytes - before.numBytes, 8000);
  assert.ok(during.numBytesInHeap - before.numBytesInHeap >= 8000);
  tf.disposeVariables();
  tf.engine().startScope();
  x.dispose();
  tf.engine().endScope();
  device.dispose();
});

Deno.test("SimdBackend prepares weights once for each tensor, and forgets them with it", async () => {
  const device = await startDevice("simd");
  const backend = tf.backend() as SimdBackend, { heap, kernels } = backend.engine;
  let packed = 0;
  Object.assign(backend.engine, {
    kernels: {
      ...kernels,
      packPanels: (...args: number[]) => (packed++, kernels.packPanels(...args)),
    },
  });
  const images = tf.ones([1, 6, 6, 8]) as tf.Tensor4D;
  tf.dispose(tf.relu(images));
  const before = heap.usage().usedBytes;
  const weights = tf.variable(tf.ones([3, 3, 8, 8]) as tf.Tensor4D);
  const use = () => tf.dispose(tf.conv2d(images, weights, 1, "same"));
  [use, use, use].forEach((each) => each());
  assert.equal(packed, 1);
  tf.tidy(() => weights.assign(tf.mul(weights, 2)));
  use();
  assert.equal(packed, 2, "New weights are packed anew");
  weights.dispose();
  // One megabyte is the working memory that the first convolution took.
  assert.ok(
    heap.usage().usedBytes - before <= 1.2 * 2 ** 20,
    "Packed weights outlive their tensor",
  );
  images.dispose();
  device.dispose();
});

Deno.test("SimdBackend's memory stays flat over training steps", async () => {
  const device = await startDevice("simd");
  const { heap } = (tf.backend() as SimdBackend).engine;
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
