// Tests that the pool's threads work in memory that has grown just before: V8 tells them of it late.

import { strict as assert } from "node:assert";
import * as tf from "../../../gpu/tf.ts";
import type { SimdBackend } from "../../../gpu/simd/backend.ts";
import { testOnSimd } from "../../_on_simd.ts";

/** More than the heap takes at a time. */
const GROWTH_BYTES = 20 * 2 ** 20;

testOnSimd("Threads compute in memory that has grown right before the job", () => {
  const { heap, kernels } = (tf.backend() as SimdBackend).engine;
  const side = 128, channels = 4, size = side * side * channels;
  const held: number[] = [];
  for (let i = 1; i <= 40; i++) {
    const before = heap.usage().totalBytes, address = heap.allocate(GROWTH_BYTES);
    held.push(address);
    assert.ok(heap.usage().totalBytes > before, "The memory has not grown");
    // At the end of what is new: the tables, which a thread reads first, the image, and its copy.
    const tables = address + GROWTH_BYTES - 2 ** 16,
      image = tables - 4 * size,
      out = image - 4 * size;
    const view = new DataView(heap.memory.buffer, tables, 2 * side * 12);
    for (let entry = 0; entry < 2 * side; entry++) {
      view.setInt32(entry * 12, entry % side, true);
      view.setInt32(entry * 12 + 4, entry % side, true);
    }
    heap.floats(image, size).fill(i);
    const shape = [1, side, side, channels, side, side];
    kernels.resize(image, out, ...shape, tables, tables + side * 12);
    assert.ok(heap.floats(out, size).every((value) => value === i), `Round ${i} is wrong`);
  }
  held.forEach((address) => heap.free(address));
});
