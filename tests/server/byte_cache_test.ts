// The cache of files in memory: its bound, and what goes first.

import assert from "node:assert/strict";
import { createByteCache } from "../../server/byte_cache.ts";
import { fileOf } from "./_fake_drawers.ts";

Deno.test("createByteCache() drops what was asked for longest ago, until all fits", () => {
  const cache = createByteCache(100);
  cache.set("a", fileOf(40));
  cache.set("b", fileOf(40));
  assert.deepEqual(cache.get("a"), fileOf(40));
  cache.set("c", fileOf(30));
  assert.equal(cache.get("b"), undefined);
  assert.deepEqual([cache.get("a"), cache.get("c")], [fileOf(40), fileOf(30)]);
  assert.equal(cache.size, 70);
  cache.set("d", fileOf(100));
  assert.deepEqual([cache.get("a"), cache.get("c"), cache.size], [undefined, undefined, 100]);
});

Deno.test("createByteCache() holds no file that is too large by itself, and keeps the others", () => {
  const cache = createByteCache(100);
  cache.set("a", fileOf(60));
  cache.set("b", fileOf(101));
  assert.deepEqual([cache.get("a"), cache.get("b"), cache.size], [fileOf(60), undefined, 60]);
});

Deno.test("createByteCache() counts a file that takes another's place once", () => {
  const cache = createByteCache(100);
  cache.set("a", fileOf(60, 1));
  cache.set("a", fileOf(50, 2));
  assert.deepEqual([cache.get("a"), cache.size], [fileOf(50, 2), 50]);
  cache.set("a", fileOf(101, 3));
  assert.deepEqual([cache.get("a"), cache.size], [undefined, 0]);
});
