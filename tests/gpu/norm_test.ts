// Instance and batch normalisation by their definitions.

import { batchNorm, frozenNorm, instanceNorm } from "../../gpu/norm.ts";
import { randomStream } from "../../gpu/random.ts";
import { sizeOf } from "../../gpu/shape.ts";
import * as tf from "../../gpu/tf.ts";
import { assertClose } from "../_assert.ts";
import { forEachDevice } from "../_gates.ts";

/** The values of each channel of each image of a [n, h, w, c] batch. */
function channelsOf(data: ArrayLike<number>, [n, h, w, c]: readonly number[]): number[][] {
  return Array.from({ length: n * c }, (_, i) => {
    const image = Math.floor(i / c), channel = i % c;
    return Array.from({ length: h * w }, (_, p) => data[(image * h * w + p) * c + channel]);
  });
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values: number[]) => {
  const centre = mean(values);
  return mean(values.map((value) => (value - centre) ** 2));
};

forEachDevice(
  "instanceNorm is (x - mean) / sqrt(var + 1e-5) for each channel of each image",
  async () => {
    const random = randomStream(3, "norm_test");
    for (const shape of [[2, 5, 7, 3], [1, 8, 4, 4], [3, 1, 2, 1]] as const) {
      const [, , , c] = shape, size = sizeOf(shape);
      // Channels of different centre and spread, or a norm over the wrong axes would not show.
      const values = random.normals(size).map((value, i) => value * (i % c + 0.5) + 10 * (i % c));
      const found = tf.tidy(() => instanceNorm(tf.tensor4d(values, [...shape])));
      const inputs = channelsOf(values, shape), outputs = channelsOf(await found.data(), shape);
      inputs.forEach((channel, i) => {
        const [centre, scale] = [mean(channel), 1 / Math.sqrt(variance(channel) + 1e-5)];
        const expected = channel.map((value) => (value - centre) * scale);
        assertClose(outputs[i], expected, { absolute: 2e-5 }, `channel ${i} of [${shape}]`);
      });
      found.dispose();
    }
  },
);

forEachDevice("instanceNorm stays exact far from zero", async () => {
  const values = Float32Array.from({ length: 64 }, (_, i) => 1000 + (i % 2 ? 1 : -1));
  const found = tf.tidy(() => instanceNorm(tf.tensor(values, [1, 8, 8, 1])));
  const expected = Array.from(values, (value) => Math.sign(value - 1000));
  assertClose(await found.data(), expected, { absolute: 1e-4 });
  found.dispose();
});

forEachDevice(
  "instanceNorm gives 0, not NaN, for a channel of one value and for a single pixel",
  async () => {
    const [flat, pixel] = tf.tidy(() => [
      instanceNorm(tf.fill([1, 3, 3, 2], 0.75)),
      instanceNorm(tf.tensor4d([5, -5], [1, 1, 1, 2])),
    ]);
    assertClose(await flat.data(), new Float32Array(18), { absolute: 1e-6 });
    assertClose(await pixel.data(), [0, 0], { absolute: 1e-6 });
    tf.dispose([flat, pixel]);
  },
);

/** A batch [n, h, w, c] whose channels differ in centre and spread, and what batch norm makes of it by its definition. */
function batchCase() {
  const shape = [3, 4, 5, 3] as const, c = 3;
  const values = randomStream(5, "batch norm").normals(sizeOf(shape))
    .map((value, i) => value * (i % c + 0.5) + 4 * (i % c));
  const scale = [1.5, -0.5, 1], offset = [0, 2, -1];
  const channels = Array.from({ length: c }, (_, k) => [...values.filter((_, i) => i % c === k)]);
  const expected = values.map((value, i) => {
    const k = i % c;
    const deviation = Math.sqrt(variance(channels[k]) + 1e-5);
    return (value - mean(channels[k])) / deviation * scale[k] + offset[k];
  });
  const tensors = () => ({
    images: tf.tensor4d(values, [...shape]),
    norm: { scale: tf.tensor1d(scale), offset: tf.tensor1d(offset) },
  });
  return { expected, tensors };
}

forEachDevice(
  "batchNorm takes mean and variance over all images, then scale and offset",
  async () => {
    const { expected, tensors } = batchCase();
    const found = tf.tidy(() => {
      const { images, norm } = tensors();
      return batchNorm(norm, images);
    });
    assertClose(await found.data(), expected, { absolute: 5e-5 }, "batch norm");
    found.dispose();
  },
);

forEachDevice("frozenNorm gives the line that batchNorm is on those images", async () => {
  const { expected, tensors } = batchCase();
  const found = tf.tidy(() => {
    const { images, norm } = tensors();
    const { factor, bias } = frozenNorm(norm, images);
    return tf.add(tf.mul(images, factor), bias);
  });
  assertClose(await found.data(), expected, { absolute: 5e-5 }, "frozen norm");
  found.dispose();
});
