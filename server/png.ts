// Writes pictures as PNG files.

import { PNG } from "pngjs";
import type { Picture } from "../gpu/picture.ts";

/** The file's kind of pixels: red, green and blue, no alpha. */
const TRUE_COLOUR = 2;

/** The filter that predicts a byte by its left, upper and upper left neighbours: half the bytes of none. */
const PAETH = 4;

/** An opaque picture as a PNG file; the same bytes for the same picture. */
export function encodePng({ width, height, data }: Picture): Uint8Array<ArrayBuffer> {
  const options = {
    ...{ colorType: TRUE_COLOUR, filterType: PAETH },
    // zlib's usual effort, and its strategy for filtered data.
    ...{ deflateLevel: 6, deflateStrategy: 1 },
  };
  // A copy, so that no larger pool of bytes hangs on to it.
  return Uint8Array.from(PNG.sync.write({ width, height, data }, options));
}
