// Guards the engine's memory: what has not been written, what has been given back and what lies behind a block is NaN, and what lies
// behind a block must stay so.

import { strict as assert } from "node:assert";
import { Arena } from "../../../gpu/simd/arena.ts";
import type { SimdBackend } from "../../../gpu/simd/backend.ts";

/** Bytes behind every block that kernels may read, and may not write: as in gpu/simd/heap.ts and arena.ts. */
const SLACK_BYTES = 64;
/** A NaN that no computation gives. */
const MARK = 0x7fc0beef;

/** The guard of one backend. */
export interface Guard {
  /** Asserts that nothing was written behind any block that is still allocated. */
  check(): void;
  /** Takes the guard away; blocks that it knows may then be freed as before. */
  remove(): void;
}

/** Guards the heap and the working memory of a backend from now on. */
export function guardMemory({ engine: { heap } }: SimdBackend): Guard {
  const { allocate, free } = heap, { with: takeWith } = Arena.prototype;
  const sizes = new Map<number, number>();
  const words = (address: number, bytes: number) =>
    new Int32Array(heap.memory.buffer, address, Math.ceil(bytes / 4));
  /** Where the words begin that lie wholly behind a block of so many bytes. */
  const behind = (address: number, bytes: number) => {
    const start = address + Math.ceil(bytes / 4) * 4;
    return words(start, address + bytes + SLACK_BYTES - start);
  };
  const assertIntact = (address: number, bytes: number, what: string) => {
    const found = behind(address, bytes).findIndex((word) => word !== MARK);
    assert.equal(found, -1, `Written behind ${what} of ${bytes} bytes, ${found * 4} bytes past it`);
  };
  const mark = (address: number, bytes: number) => {
    words(address, bytes).fill(MARK);
    behind(address, bytes).fill(MARK);
  };
  heap.allocate = (bytes) => {
    const address = allocate(bytes);
    mark(address, bytes);
    sizes.set(address, bytes);
    return address;
  };
  heap.free = (address) => {
    const bytes = sizes.get(address);
    if (bytes !== undefined) {
      assertIntact(address, bytes, "a block");
      words(address, bytes).fill(MARK);
      sizes.delete(address);
    }
    free(address);
  };
  Arena.prototype.with = function <T>(bytes: number, use: (address: number) => T): T {
    return takeWith.call(this, bytes, (address) => {
      mark(address, bytes);
      const result = use(address) as T;
      assertIntact(address, bytes, "working memory");
      return result;
    }) as T;
  };
  return {
    check: () => sizes.forEach((bytes, address) => assertIntact(address, bytes, "a block")),
    remove: () => {
      Object.assign(heap, { allocate, free });
      Arena.prototype.with = takeWith;
    },
  };
}
