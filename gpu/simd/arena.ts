// Working memory of kernels: one block of the heap, taken from the bottom up and given back in reverse order.

import type { Heap } from "./heap.ts";

/** Parts begin at the start of a line of the cache, and have room behind them for vectors that reach past their end. */
const ALIGNMENT = 64, SLACK_BYTES = 64;
/** The block at the start, and the largest that it grows to; what needs more is allocated for the one call. */
const FIRST_BYTES = 2 ** 20, MOST_BYTES = 64 * 2 ** 20;

/** A stack of working memory. */
export class Arena {
  readonly #heap: Heap;
  #address = 0;
  #bytes = 0;
  #usedBytes = 0;
  /** The most that was in use at a time, whether it fitted or not. */
  #wantedBytes = FIRST_BYTES;

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  /** Calls `use` with the address of so many bytes, a multiple of 64, which are its own until it returns. */
  with<T>(bytes: number, use: (address: number) => T): T {
    if (this.#usedBytes === 0) this.#grow();
    const size = Math.ceil((bytes + SLACK_BYTES) / ALIGNMENT) * ALIGNMENT;
    const start = this.#usedBytes, fits = start + size <= this.#bytes;
    this.#wantedBytes = Math.max(this.#wantedBytes, start + size);
    const address = fits ? this.#address + start : this.#heap.allocate(size);
    this.#usedBytes += size;
    try {
      return use(address);
    } finally {
      this.#usedBytes = start;
      if (!fits) this.#heap.free(address);
    }
  }

  /** While nothing is in use, the block can be exchanged for one that would have held what was wanted before. */
  #grow(): void {
    const wanted = Math.min(MOST_BYTES, this.#wantedBytes);
    if (wanted <= this.#bytes) return;
    if (this.#bytes > 0) this.#heap.free(this.#address);
    this.#bytes = 0;
    this.#address = this.#heap.allocate(wanted);
    this.#bytes = wanted;
  }
}
