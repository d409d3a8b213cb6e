// Peak signal-to-noise ratio: how near a picture is to the true answer, pixel by pixel.

import type { Picture } from "../../gpu/picture.ts";
import { assertPair } from "./_picture_pair.ts";

/** The largest value of a byte. */
const PEAK = 255;

/**
 * PSNR in decibels, 10 log10(255^2 / mean squared difference of the bytes of red, green and blue); infinite for equal pictures,
 * higher is nearer. Alpha is ignored.
 *
 * @throws {RangeError} if the sizes differ
 */
export function psnr(picture: Picture, truth: Picture): number {
  assertPair(picture, truth);
  let squares = 0;
  for (let i = 0; i < truth.data.length; i++) {
    if (i % 4 !== 3) squares += (picture.data[i] - truth.data[i]) ** 2;
  }
  return 10 * Math.log10(PEAK ** 2 * truth.width * truth.height * 3 / squares);
}
