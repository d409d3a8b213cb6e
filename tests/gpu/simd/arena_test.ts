// Working memory: parts do not overlap, the same memory comes back, and too much of it is allocated for the one call.

import assert from "node:assert/strict";
import { Arena } from "../../../gpu/simd/arena.ts";
import { createHeap } from "../../../gpu/simd/heap.ts";

Deno.test("Arena gives the same memory in every call, and parts that do not overlap", () => {
  const heap = createHeap(), arena = new Arena(heap);
  const use = () =>
    arena.with(1000, (a) =>
      arena.with(500, (b) => {
        assert.ok(a % 64 === 0 && b % 64 === 0 && b >= a + 1000 + 64, `${a} ${b}`);
        return [a, b];
      }));
  assert.deepEqual(use(), use());
});

Deno.test("Arena grows to what was wanted once nothing is in use, and holds no more than that", () => {
  const heap = createHeap(), arena = new Arena(heap), bytes = 3 * 2 ** 20;
  arena.with(10, () => arena.with(bytes, (address) => heap.floats(address, bytes / 4).fill(1)));
  arena.with(10, () => {});
  const { usedBytes } = heap.usage();
  assert.ok(usedBytes > bytes && usedBytes < 1.2 * bytes, `${usedBytes}`);
  arena.with(10, () => arena.with(bytes, () => assert.equal(heap.usage().usedBytes, usedBytes)));
});

Deno.test("Arena gives back what it had to allocate, also when a kernel throws", () => {
  const heap = createHeap(), arena = new Arena(heap), huge = 100 * 2 ** 20;
  arena.with(10, () => {});
  assert.throws(() =>
    arena.with(huge, () => {
      throw new Error("Broken");
    }), /Broken/);
  arena.with(10, () => {});
  assert.ok(heap.usage().usedBytes < 80 * 2 ** 20, `${heap.usage().usedBytes}`);
  const first = arena.with(10, (address) => address);
  assert.equal(arena.with(10, (address) => address), first);
});
