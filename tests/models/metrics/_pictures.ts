// Pictures that the metrics' tests compare: drawn posters, and what blur and noise make of them.

import { drawnPosters } from "../../../data/drawn_posters.ts";
import type { Picture } from "../../../gpu/picture.ts";
import { randomStream } from "../../../gpu/random.ts";

/** Drawn posters of 32x48 pixels, from number `first` on. */
export async function posters(first: number, count: number): Promise<Picture[]> {
  const set = await drawnPosters({ size: { width: 32, height: 48 }, count: first + count });
  return await Promise.all(Array.from({ length: count }, (_, i) => set.load(first + i)));
}

/** The picture with each pixel replaced by the mean of its 3x3 neighbours, so many times. */
export function blurred(picture: Picture, times: number): Picture {
  const { width, height } = picture;
  let data = Uint8ClampedArray.from(picture.data);
  for (let turn = 0; turn < times; turn++) {
    const from = data;
    data = Uint8ClampedArray.from(from, (value, i) => {
      if (i % 4 === 3) return value;
      const x = Math.floor(i / 4) % width, y = Math.floor(i / 4 / width);
      let sum = 0, count = 0;
      for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++, count++) {
          sum += from[(v * width + u) * 4 + i % 4];
        }
      }
      return sum / count;
    });
  }
  return { width, height, data };
}

/** The picture with normal noise of that deviation, in bytes, on each colour. */
export function noisy(picture: Picture, deviation: number, seed: number): Picture {
  const random = randomStream(1, "noise", seed);
  const data = Uint8ClampedArray.from(
    picture.data,
    (value, i) => i % 4 === 3 ? value : value + random.normal(0, deviation),
  );
  return { ...picture, data };
}
