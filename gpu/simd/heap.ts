// The engine's memory: blocks of one growable shared WebAssembly memory, reused by size and merged when they run short.

/** Where the first block lies; below are the module's own words. */
const HEAP_START = 64 * 1024;
const PAGE_BYTES = 64 * 1024, MAX_PAGES = 65536;
/** Memory grows by at least this, so that it grows seldom. */
const GROWTH_PAGES = 256;
/** Behind every block, for kernels that load whole vectors past its end; they never store there. */
const SLACK_BYTES = 64;
/** Blocks begin at the start of a line of the cache. */
const ALIGNMENT = 64;

/** A heap over one shared memory. Addresses are bytes from its start. */
export interface Heap {
  readonly memory: WebAssembly.Memory;
  /** Address of a block of at least that many bytes, a multiple of 64. @throws {RangeError} if the memory's limit is reached */
  allocate(bytes: number): number;
  /** Gives a block back; its contents may be overwritten from now on. @throws {RangeError} if it is not allocated */
  free(address: number): void;
  /** A view of floats in the heap; stays valid when the memory grows. */
  floats(address: number, length: number): Float32Array;
  /** Whether a view lies in the heap. */
  owns(values: ArrayBufferView): boolean;
  /** Bytes in blocks that are allocated, and bytes that the memory has grown to. */
  usage(): { usedBytes: number; totalBytes: number };
}

/** An empty heap that may grow to 4 GiB, or to what the runtime is willing to reserve. */
export function createHeap(): Heap {
  const { memory, maxBytes } = reserveMemory();
  const sizes = new Map<number, number>();
  const free = new FreeBlocks();
  const buffers = new WeakSet<ArrayBufferLike>([memory.buffer]);
  let end = HEAP_START, usedBytes = 0;

  const extend = (size: number): number => {
    if (end + size > maxBytes) {
      throw new RangeError(
        `Cannot allocate ${size} bytes: the engine holds ${usedBytes} bytes, expected at most ${maxBytes} in all`,
      );
    }
    const missing = Math.ceil((end + size - memory.buffer.byteLength) / PAGE_BYTES);
    if (missing > 0) {
      const room = maxBytes / PAGE_BYTES - memory.buffer.byteLength / PAGE_BYTES;
      growBy(memory, Math.min(Math.max(missing, GROWTH_PAGES), room), size);
      buffers.add(memory.buffer);
    }
    const address = end;
    end += size;
    return address;
  };

  return {
    memory,
    allocate(bytes) {
      const size = blockSize(bytes);
      let address = free.take(size);
      if (address === undefined && free.bytes >= size) {
        // Blocks of other sizes lie idle: what can be merged may hold this one.
        end = free.merge(end);
        address = free.carve(size);
      }
      address ??= extend(size);
      sizes.set(address, size);
      usedBytes += size;
      return address;
    },
    free(address) {
      const size = sizes.get(address);
      if (size === undefined) throw new RangeError(`Cannot free ${address}: it is not allocated`);
      sizes.delete(address);
      usedBytes -= size;
      free.add(address, size);
    },
    floats: (address, length) => new Float32Array(memory.buffer, address, length),
    owns: (values) => buffers.has(values.buffer),
    usage: () => ({ usedBytes, totalBytes: memory.buffer.byteLength }),
  };
}

/** Phones refuse to reserve addresses for 4 GiB. */
function reserveMemory(): { memory: WebAssembly.Memory; maxBytes: number } {
  for (let maximum = MAX_PAGES;; maximum /= 2) {
    try {
      const memory = new WebAssembly.Memory({ initial: 16, maximum, shared: true });
      return { memory, maxBytes: maximum * PAGE_BYTES };
    } catch (error) {
      if (maximum <= MAX_PAGES / 16) throw error;
    }
  }
}

function growBy(memory: WebAssembly.Memory, pages: number, size: number): void {
  try {
    memory.grow(pages);
  } catch {
    throw new RangeError(
      `Cannot allocate ${size} bytes: this machine has no more memory than the ${memory.buffer.byteLength} bytes that the engine has`,
    );
  }
}

/** Sizes are rounded to an eighth of a power of two, so that freed blocks are found again: at most 12.5 % is wasted. */
function blockSize(bytes: number): number {
  const needed = Math.max(bytes, 1) + SLACK_BYTES;
  const step = Math.max(ALIGNMENT, 2 ** (Math.floor(Math.log2(needed)) - 3));
  return Math.ceil(needed / step) * step;
}

/** Free blocks by size. */
class FreeBlocks {
  #bySize = new Map<number, number[]>();
  /** Bytes in all of them. */
  bytes = 0;

  add(address: number, size: number): void {
    const blocks = this.#bySize.get(size);
    if (blocks) blocks.push(address);
    else this.#bySize.set(size, [address]);
    this.bytes += size;
  }

  /** A block of just that size. */
  take(size: number): number | undefined {
    const address = this.#bySize.get(size)?.pop();
    if (address !== undefined) this.bytes -= size;
    return address;
  }

  /** Joins neighbours; a last block that reaches `end` goes back to the rest of the memory, whose new start is returned. */
  merge(end: number): number {
    const blocks = [...this.#bySize].flatMap(([size, addresses]) =>
      addresses.map((address) => ({ address, size }))
    ).sort((a, b) => a.address - b.address);
    this.#bySize.clear();
    this.bytes = 0;
    let last: { address: number; size: number } | undefined;
    for (const block of blocks) {
      if (last && last.address + last.size === block.address) {
        last.size += block.size;
        continue;
      }
      if (last) this.add(last.address, last.size);
      last = block;
    }
    if (last && last.address + last.size === end) return last.address;
    if (last) this.add(last.address, last.size);
    return end;
  }

  /** The start of the smallest block that is large enough; the rest of it stays free. */
  carve(size: number): number | undefined {
    let best = Infinity;
    for (const [candidate, blocks] of this.#bySize) {
      if (candidate >= size && candidate < best && blocks.length > 0) best = candidate;
    }
    if (best === Infinity) return undefined;
    const address = this.take(best);
    if (address !== undefined && best > size) this.add(address + size, best - size);
    return address;
  }
}
