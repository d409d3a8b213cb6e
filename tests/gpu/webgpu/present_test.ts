// Drawing from the GPU's memory: the same bytes as from a readback, wherever the line is, and a word when it cannot be.

import { strict as assert } from "node:assert";
import { startDevice } from "../../../gpu/device.ts";
import { tensorToPictures } from "../../../gpu/image.ts";
import { cropPicture, type Picture } from "../../../gpu/picture.ts";
import { randomStream } from "../../../gpu/random.ts";
import * as tf from "../../../gpu/tf.ts";
import type { GpuBackend } from "../../../gpu/webgpu/backend.ts";
import { createPainter, PresentError, type View } from "../../../gpu/webgpu/present.ts";
import { findSteps } from "../../../gpu/webgpu/present_shader.ts";
import { gatedTest, gpuGate } from "../../_gates.ts";

const gate = await gpuGate();

/** A test with the device's own GPU device; it has to leave as many tensors as it found. */
function testOnGpu(name: string, run: (gpu: GPUDevice) => Promise<void>) {
  gatedTest(gate, name, async () => {
    const device = await startDevice("webgpu", { drawsOnly: true });
    try {
      const before = tf.memory().numTensors;
      await run((tf.backend() as GpuBackend).device);
      assert.equal(tf.memory().numTensors, before);
    } finally {
      device.dispose();
    }
  });
}

/** What a painter draws on a texture of the picture's size. */
async function paint(
  gpu: GPUDevice,
  after: tf.Tensor4D,
  before: Picture,
  view: View,
): Promise<Uint8Array> {
  const { width, height } = before, bytesPerRow = Math.ceil(width * 4 / 256) * 256;
  const target = gpu.createTexture({
    size: [width, height],
    format: "rgba8unorm",
    usage: GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC,
  });
  const rows = gpu.createBuffer({
    size: bytesPerRow * height,
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  const painter = await createPainter("rgba8unorm");
  painter.take(after, before);
  await painter.paint(() => target, view);
  const encoder = gpu.createCommandEncoder();
  encoder.copyTextureToBuffer({ texture: target }, { buffer: rows, bytesPerRow }, [width, height]);
  gpu.queue.submit([encoder.finish()]);
  await rows.mapAsync(GPUMapMode.READ);
  const padded = new Uint8Array(rows.getMappedRange().slice(0));
  painter.dispose();
  [target, rows].forEach((resource) => resource.destroy());
  const bytes = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    bytes.set(padded.subarray(y * bytesPerRow, y * bytesPerRow + width * 4), y * width * 4);
  }
  return bytes;
}

/** What the page draws from bytes that were read back: the source left of the line, the mixture right of it. */
function compose(before: Picture, after: Picture, { split, strength }: View): Uint8Array {
  const out = Uint8Array.from(before.data);
  for (let i = 0; i < out.length; i++) {
    const x = Math.floor(i / 4) % before.width;
    if (i % 4 === 3 || (x + 0.5) / before.width < split / 100) continue;
    out[i] = Math.floor(
      (before.data[i] * (100 - strength) + after.data[i] * strength) / 100 + 0.5,
    );
  }
  return out;
}

/** Opaque noise. */
function noise(width: number, height: number): Picture {
  const random = randomStream(5, "source");
  const data = Uint8ClampedArray.from(
    { length: width * height * 4 },
    (_, i) => i % 4 === 3 ? 255 : random.integer(256),
  );
  return { width, height, data };
}

/** Values on both sides of every step between bytes, far outside, tiny ones, and what is no number. */
function hardValues(): number[] {
  const neighbours = (value: number) => {
    const bits = new Int32Array(new Float32Array([value]).buffer);
    return [-1, 0, 1].map((by) => new Float32Array(Int32Array.of(bits[0] + by).buffer)[0]);
  };
  const edges = [...findSteps()].flatMap(neighbours);
  return [
    ...edges,
    0,
    -0,
    1e-30,
    -1e-30,
    -(2 ** -54),
    -(2 ** -53),
    3,
    -3,
    Infinity,
    -Infinity,
    NaN,
  ];
}

/** A tensor [1, height, width, 3] that begins with these values and goes on with noise in [-1.2, 1.2]. */
function imageOf(values: readonly number[], height: number, width: number): tf.Tensor4D {
  const random = randomStream(6, "result");
  const all = Float32Array.from(
    { length: height * width * 3 },
    (_, i) => values[i] ?? random.uniform(-1.2, 1.2),
  );
  return tf.tensor4d(all, [1, height, width, 3]);
}

testOnGpu("A painter draws each value as the byte that reading back gives", async (gpu) => {
  const before = noise(37, 53), after = imageOf(hardValues(), 53, 37);
  const [expected] = await tensorToPictures(after);
  const found = await paint(gpu, after, before, { split: 0, strength: 100 });
  assert.deepEqual(found, Uint8Array.from(expected.data));
  after.dispose();
});

testOnGpu("A painter mixes and parts as the page does with bytes, at odd sizes", async (gpu) => {
  for (const [width, height] of [[37, 53], [1, 1], [64, 2], [101, 3]]) {
    const before = noise(width, height);
    // What the generator gives is larger where a side is no multiple of four.
    const after = imageOf([], height + 3, width + 3);
    const [whole] = await tensorToPictures(after);
    const cropped = cropPicture(whole, 0, 0, width, height);
    for (const split of [0, 1, 49, 50, 51, 99, 100]) {
      for (const strength of [0, 35, 50, 100]) {
        const view = { split, strength };
        const found = await paint(gpu, after, before, view);
        assert.deepEqual(
          found,
          compose(before, cropped, view),
          `${width}x${height} ${split}/${strength}`,
        );
      }
    }
    after.dispose();
  }
});

testOnGpu("A painter keeps a hard edge of black and white hard", async (gpu) => {
  const values = Array.from({ length: 8 * 8 * 3 }, (_, i) => Math.floor(i / 3) % 8 < 4 ? -1 : 1);
  const after = imageOf(values, 8, 8), before = noise(8, 8);
  const found = await paint(gpu, after, before, { split: 0, strength: 100 });
  const row = [0, 0, 0, 0, 255, 255, 255, 255].flatMap((byte) => [byte, byte, byte, 255]);
  assert.deepEqual([...found], Array.from({ length: 8 }, () => row).flat());
  after.dispose();
});

testOnGpu("A painter refuses what it cannot draw, and says why", async (gpu) => {
  const painter = await createPainter("rgba8unorm");
  const most = gpu.limits.maxTextureDimension2D;
  assert.throws(() => painter.assertFits({ width: most + 1, height: 1 }), (error: unknown) => {
    assert.ok(error instanceof PresentError);
    assert.match(error.message, new RegExp(`^${most + 1}x1 pixels are too large.*at most ${most}`));
    return true;
  });
  const small = imageOf([], 4, 4);
  assert.throws(
    () => painter.take(small, noise(5, 4)),
    /shape \[1,4,4,3\]; expected \[1, 4 or more, 5/,
  );
  // A texture that nothing may be drawn on.
  painter.take(small, noise(4, 4));
  const target = gpu.createTexture({
    size: [4, 4],
    format: "rgba8unorm",
    usage: GPUTextureUsage.COPY_DST,
  });
  await assert.rejects(painter.paint(() => target), PresentError);
  painter.dispose();
  target.destroy();
  small.dispose();
});
