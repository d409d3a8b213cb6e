// Reads numbers at any place of a blob through one small window, so that a header is read without the whole file.

import { PictureError } from "./_picture_file.ts";

const WINDOW_BYTES = 64 * 1024;

/** Random access to the bytes of a blob. */
export interface BlobReader {
  /** The blob's length in bytes. */
  readonly size: number;
  /**
   * The bytes [start, start + length), at most `WINDOW_BYTES` of them.
   *
   * @throws {PictureError} `damaged` if the file ends before, `unreadable` if the system refuses to read it
   */
  bytes(start: number, length: number): Promise<DataView>;
}

/** A reader that keeps the last 64 KiB it has read. */
export function readBlob(blob: Blob): BlobReader {
  let windowStart = 0, window = new Uint8Array(0);
  const bytes = async (start: number, length: number) => {
    if (start + length > blob.size) {
      throw new PictureError(
        "damaged",
        "This picture is damaged: the file ends in the middle of its header.",
      );
    }
    if (start < windowStart || start + length > windowStart + window.length) {
      window = await readWindow(blob, start);
      windowStart = start;
    }
    return new DataView(window.buffer, window.byteOffset + start - windowStart, length);
  };
  return { size: blob.size, bytes };
}

async function readWindow(blob: Blob, start: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await blob.slice(start, start + WINDOW_BYTES).arrayBuffer());
  } catch (cause) {
    throw new PictureError(
      "unreadable",
      "This file could not be read. It may have been moved or deleted: choose it again.",
      { cause },
    );
  }
}

/** The four ASCII characters at a place, as PNG, RIFF and ISO files name their parts. */
export function fourCharacters(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));
}
