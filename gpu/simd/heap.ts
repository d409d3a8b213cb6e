// The engine's memory: blocks of one growable shared WebAssembly memory, by two-level segregated fit (Masmano et al. 2004): free
// neighbours are joined at once, and a block that is large enough is found by size without a search.

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
      const address = free.take(size) ?? extend(size);
      sizes.set(address, size);
      usedBytes += size;
      return address;
    },
    free(address) {
      const size = sizes.get(address);
      if (size === undefined) throw new RangeError(`Cannot free ${address}: it is not allocated`);
      sizes.delete(address);
      usedBytes -= size;
      end = free.add(address, size, end);
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

/** Sizes are rounded up to the least size of a bin, an eighth of a power of two: every block of a bin then holds what the bin is for. */
function blockSize(bytes: number): number {
  const needed = Math.max(bytes, 1) + SLACK_BYTES;
  const step = Math.max(ALIGNMENT, 2 ** (Math.floor(Math.log2(needed)) - 3));
  return Math.ceil(needed / step) * step;
}

/** Bins per power of two, and powers of two. */
const FINE = 8, COARSE = 33;

/** The bin of a block: those of one power of two differ by their next three bits. */
function binOf(size: number): number {
  const coarse = 31 - Math.clz32(size / ALIGNMENT), fine = size / ALIGNMENT * FINE / 2 ** coarse;
  return coarse * FINE + Math.floor(fine) - FINE;
}

/** Free blocks, none beside another. */
class FreeBlocks {
  /** Starts of the blocks of each bin, the newest last. */
  readonly #bins = Array.from({ length: COARSE * FINE }, (): number[] => []);
  /** By a block's start: its size, and its place in its bin. */
  readonly #blocks = new Map<number, { size: number; place: number }>();
  /** By a block's end, its start. */
  readonly #starts = new Map<number, number>();

  /** Takes a block in, joined with its neighbours; one that reaches `end` goes back to the rest, whose new start is returned. */
  add(address: number, size: number, end: number): number {
    const before = this.#starts.get(address);
    if (before !== undefined) {
      size += this.#remove(before);
      address = before;
    }
    const after = address + size;
    if (this.#blocks.has(after)) size += this.#remove(after);
    if (address + size === end) return address;
    const bin = this.#bins[binOf(size)];
    this.#blocks.set(address, { size, place: bin.push(address) - 1 });
    this.#starts.set(address + size, address);
    return end;
  }

  /** The start of a block of that size, cut off a larger one if need be. */
  take(size: number): number | undefined {
    for (let bin = binOf(size); bin < this.#bins.length; bin++) {
      const address = this.#bins[bin].at(-1);
      if (address === undefined) continue;
      const whole = this.#remove(address);
      if (whole > size) this.add(address + size, whole - size, Infinity);
      return address;
    }
    return undefined;
  }

  /** Forgets a block; gives its size. */
  #remove(address: number): number {
    const block = this.#blocks.get(address);
    if (!block) throw new RangeError(`Cannot use block ${address}: it is not free`);
    const bin = this.#bins[binOf(block.size)], last = bin.pop();
    if (last !== undefined && last !== address) {
      bin[block.place] = last;
      const moved = this.#blocks.get(last);
      if (moved) moved.place = block.place;
    }
    this.#blocks.delete(address);
    this.#starts.delete(address + block.size);
    return block.size;
  }
}
