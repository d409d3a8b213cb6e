// The engine's memory: blocks of one growable WebAssembly memory, reused by size.

/** Where the first block lies; below are the module's own scratch tiles. */
const HEAP_START = 64 * 1024;
const PAGE_BYTES = 64 * 1024, MAX_PAGES = 65536;
/** Memory grows by at least this, so that it grows seldom. */
const GROWTH_PAGES = 256;
/** Behind every block, for kernels that load whole vectors past its end; they never store there. */
const SLACK_BYTES = 64;

/** A heap over one shared memory. Addresses are bytes from its start. */
export interface Heap {
  readonly memory: WebAssembly.Memory;
  /** Address of a block of at least that many bytes, a multiple of 64. @throws {RangeError} if 4 GiB are not enough. */
  allocate(bytes: number): number;
  /** Gives a block back; its contents may be overwritten from now on. @throws {RangeError} if it is not allocated. */
  free(address: number): void;
  /** A view of floats in the heap; stays valid when the memory grows. */
  floats(address: number, length: number): Float32Array;
  /** Whether a view lies in the heap. */
  owns(values: ArrayBufferView): boolean;
  /** Bytes in blocks that are allocated, and bytes that the memory has grown to. */
  usage(): { usedBytes: number; totalBytes: number };
}

/** An empty heap. */
export function createHeap(): Heap {
  const memory = new WebAssembly.Memory({ initial: 16, maximum: MAX_PAGES, shared: true });
  const free = new Map<number, number[]>(), sizes = new Map<number, number>();
  const buffers = new WeakSet<ArrayBufferLike>([memory.buffer]);
  let end = HEAP_START, usedBytes = 0;

  const reserve = (size: number): number => {
    const missing = end + size - memory.buffer.byteLength;
    if (missing > 0) {
      const pages = Math.max(Math.ceil(missing / PAGE_BYTES), GROWTH_PAGES);
      grow(Math.min(pages, MAX_PAGES - memory.buffer.byteLength / PAGE_BYTES), size);
    }
    const address = end;
    end += size;
    return address;
  };
  const grow = (pages: number, size: number): void => {
    try {
      if (end + size > memory.buffer.byteLength + pages * PAGE_BYTES) {
        throw new RangeError("Too large");
      }
      memory.grow(pages);
      buffers.add(memory.buffer);
    } catch {
      throw new RangeError(
        `Cannot allocate ${size} bytes: the engine holds ${usedBytes} bytes, expected at most 4 GiB in all`,
      );
    }
  };

  return {
    memory,
    allocate(bytes) {
      const size = blockSize(bytes);
      const address = free.get(size)?.pop() ?? reserve(size);
      sizes.set(address, size);
      usedBytes += size;
      return address;
    },
    free(address) {
      const size = sizes.get(address);
      if (size === undefined) throw new RangeError(`Cannot free ${address}: it is not allocated`);
      sizes.delete(address);
      usedBytes -= size;
      const blocks = free.get(size);
      if (blocks) blocks.push(address);
      else free.set(size, [address]);
    },
    floats: (address, length) => new Float32Array(memory.buffer, address, length),
    owns: (values) => buffers.has(values.buffer),
    usage: () => ({ usedBytes, totalBytes: memory.buffer.byteLength }),
  };
}

/** Sizes are rounded to an eighth of a power of two, so that freed blocks are found again: at most 12.5 % is wasted. */
function blockSize(bytes: number): number {
  const needed = Math.max(bytes, 1) + SLACK_BYTES;
  const step = Math.max(64, 2 ** (Math.floor(Math.log2(needed)) - 3));
  return Math.ceil(needed / step) * step;
}
