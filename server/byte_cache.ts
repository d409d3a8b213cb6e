// Files in memory, up to so many bytes: what was asked for longest ago goes first.

/** Files by their keys. */
export interface ByteCache {
  /** The bytes held. */
  readonly size: number;
  get(key: string): Uint8Array<ArrayBuffer> | undefined;
  /** Takes the file in, and drops others until all fit; a file that is too large by itself is not held. */
  set(key: string, file: Uint8Array<ArrayBuffer>): void;
}

/** An empty cache. @param mostBytes what its files may have together */
export function createByteCache(mostBytes: number): ByteCache {
  /** The one asked for last at the end. */
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  let size = 0;
  const drop = (key: string) => {
    size -= files.get(key)?.length ?? 0;
    files.delete(key);
  };
  return {
    get size() {
      return size;
    },
    get(key) {
      const file = files.get(key);
      if (!file) return;
      files.delete(key);
      files.set(key, file);
      return file;
    },
    set(key, file) {
      drop(key);
      if (file.length > mostBytes) return;
      files.set(key, file);
      size += file.length;
      for (const oldest of files.keys()) {
        if (size <= mostBytes) break;
        drop(oldest);
      }
    },
  };
}
