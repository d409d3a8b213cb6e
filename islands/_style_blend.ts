// How strong a result is: a mixture of a picture and what was made of it.

import type { Picture } from "../gpu/picture.ts";

/**
 * Two opaque pictures of one size, mixed in whole bytes, rounded to the nearest, halves up: exactly what the GPU's shader draws.
 *
 * @param strength how much of `after`, in whole percent
 */
export function blendPictures(before: Picture, after: Picture, strength: number): Picture {
  if (strength === 100) return after;
  const data = new Uint8ClampedArray(after.data.length);
  for (let i = 0; i < data.length; i++) {
    const hundredths = before.data[i] * (100 - strength) + after.data[i] * strength;
    data[i] = Math.floor((hundredths + 50) / 100);
  }
  return { ...after, data };
}
