// Pictures of noise for the steps that are measured: bytes, as training gets them.

import type { Picture } from "../gpu/picture.ts";
import { randomStream } from "../gpu/random.ts";

/** As many pictures of that height and width as a batch has; another name gives others. */
export function noisePictures(
  name: string,
  { batch, size: [height, width] }: { batch: number; size: readonly [number, number] },
): Picture[] {
  return Array.from({ length: batch }, (_, i) => {
    const random = randomStream(1, name, i);
    const data = Uint8Array.from({ length: height * width * 4 }, () => random.integer(256));
    return { width, height, data };
  });
}
