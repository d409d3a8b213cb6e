// The product of matrices that a filter gradient is: a row for each weight of a filter (tap and channel in), a column for each filter
// (channel out), and a sum over the output's pixels.

import type { TensorInfo } from "../../tf.ts";
import type { ConvSizes } from "./conv_sizes.ts";

/** A product whose pixels are split into parts. */
export interface FilterProduct {
  /** The convolution's input, and the gradient of its output. */
  x: TensorInfo;
  dy: TensorInfo;
  sizes: ConvSizes;
  /** Weights of a filter, and pixels of all outputs. */
  rows: number;
  pixels: number;
}

/** How many parts there are, of how many pixels each. */
export interface Parts {
  parts: number;
  partPixels: number;
}

/** Splits pixels into so many parts, or into fewer where they would be shorter than `least`. */
export function splitPixels(pixels: number, wanted: number, least: number): Parts {
  const partPixels = Math.max(least, Math.ceil(pixels / wanted));
  return { parts: Math.ceil(pixels / partPixels), partPixels };
}

/**
 * What the shaders know of the product: `seenBy` a row, `pixelAt` a number, `advance` to a later pixel, and `readX`, the value that the row
 * multiplies with there. Divisions are slow, so that none is needed in a loop. `X` and `X_WIDTH` are declared before.
 */
export const SEE = `
struct Seen { isIn: bool, y: i32, x: i32, channel: u32 };
fn seenBy(row: u32) -> Seen {
  let tap = row / u.cin;
  let y = i32(tap / u.kernelWidth) - i32(u.padTop);
  let x = i32(tap % u.kernelWidth) - i32(u.padLeft);
  return Seen(row < u.rows, y, x, row % u.cin);
}
struct Pixel { number: u32, image: u32, y: u32, x: u32 };
fn pixelAt(number: u32) -> Pixel {
  let line = number / u.outWidth;
  return Pixel(number, line / u.outHeight, line % u.outHeight, number % u.outWidth);
}
fn advance(pixel: Pixel, by: u32) -> Pixel {
  var next = pixel;
  next.number += by;
  next.x += by;
  while (next.x >= u.outWidth) {
    next.x -= u.outWidth;
    next.y += 1u;
    if (next.y == u.outHeight) {
      next.y = 0u;
      next.image += 1u;
    }
  }
  return next;
}
fn readX(pixel: Pixel, seen: Seen, end: u32) -> X {
  let y = i32(pixel.y * u.strideY) + seen.y;
  let x = i32(pixel.x * u.strideX) + seen.x;
  let isInside = y >= 0 && x >= 0 && y < i32(u.height) && x < i32(u.width);
  if (!(isInside && seen.isIn && pixel.number < end)) { return X(0.0); }
  let place = (pixel.image * u.height + u32(y)) * u.width + u32(x);
  return images[(place * u.cin + seen.channel) / X_WIDTH];
}`;
