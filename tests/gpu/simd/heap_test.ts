// The engine's heap: blocks do not overlap, are used again, and stay readable when the memory grows.

import assert from "node:assert/strict";
import fc from "fast-check";
import { createHeap } from "../../../gpu/simd/heap.ts";

Deno.test("Heap gives blocks that hold their bytes and do not overlap, whatever is freed between", () => {
  const commands = fc.array(fc.tuple(fc.boolean(), fc.nat(5000)), { maxLength: 60 });
  fc.assert(fc.property(commands, (steps) => {
    const heap = createHeap(), alive: { address: number; length: number; mark: number }[] = [];
    steps.forEach(([isFree, number], mark) => {
      if (isFree && alive.length > 0) {
        const [block] = alive.splice(number % alive.length, 1);
        heap.free(block.address);
      } else {
        const address = heap.allocate(number * 4);
        assert.equal(address % 64, 0);
        heap.floats(address, number).fill(mark);
        alive.push({ address, length: number, mark });
      }
    });
    for (const { address, length, mark } of alive) {
      assert.ok(heap.floats(address, length).every((value) => value === mark));
    }
  }));
});

Deno.test("Heap uses freed blocks again and counts what is used", () => {
  const heap = createHeap();
  const first = heap.allocate(1000), used = heap.usage().usedBytes;
  assert.ok(used >= 1000 && used <= 1000 * 1.2 + 128, `${used}`);
  heap.free(first);
  assert.equal(heap.usage().usedBytes, 0);
  assert.equal(heap.allocate(1001), first);
});

Deno.test("Heap views stay valid when the memory grows, and are known as its own", () => {
  const heap = createHeap();
  const view = heap.floats(heap.allocate(400), 100).fill(7);
  const grown = heap.floats(heap.allocate(80e6), 20e6);
  grown[grown.length - 1] = 1;
  assert.ok(view.every((value) => value === 7));
  assert.ok(heap.owns(view) && heap.owns(grown) && !heap.owns(new Float32Array(1)));
});

Deno.test("Heap refuses what 4 GiB cannot hold, and stays usable", () => {
  const heap = createHeap();
  assert.throws(() => heap.allocate(5 * 2 ** 30), {
    name: "RangeError",
    message: /^Cannot allocate \d+ bytes/,
  });
  heap.floats(heap.allocate(40), 10).fill(1);
});

Deno.test("Heap merges freed neighbours when a larger block is asked for, instead of growing", () => {
  const heap = createHeap();
  const blocks = Array.from({ length: 32 }, () => heap.allocate(2 ** 20));
  const { totalBytes } = heap.usage();
  blocks.forEach((address) => heap.free(address));
  const large = heap.allocate(20 * 2 ** 20);
  assert.equal(large, blocks[0]);
  // What is left of the merged blocks serves small ones.
  const rest = Array.from({ length: 9 }, () => heap.allocate(2 ** 20));
  assert.equal(heap.usage().totalBytes, totalBytes);
  heap.floats(large, 5 * 2 ** 20).fill(1);
  rest.forEach((address) => heap.floats(address, 2 ** 18).fill(2));
  assert.ok(heap.floats(large, 5 * 2 ** 20).every((value) => value === 1));
});

Deno.test("Heap does not grow over many blocks of ever other sizes", () => {
  const heap = createHeap();
  let most = 0;
  for (let i = 0; i < 3000; i++) {
    const addresses = [1, 2, 3].map((k) => heap.allocate(1000 + (i * 7919 * k) % 2_000_000));
    addresses.forEach((address) => heap.free(address));
    if (i === 1000) most = heap.usage().totalBytes;
  }
  assert.equal(heap.usage().totalBytes, most);
  assert.ok(most < 64 * 2 ** 20, `${most}`);
});

Deno.test("Heap refuses to free a block twice", () => {
  const heap = createHeap(), address = heap.allocate(10);
  heap.free(address);
  assert.throws(() => heap.free(address), {
    message: `Cannot free ${address}: it is not allocated`,
  });
});
