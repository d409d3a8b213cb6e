// PNG files: another decoder finds the same pixels.

import assert from "node:assert/strict";
import sharp from "sharp";
import { randomStream } from "../../gpu/random.ts";
import type { Picture } from "../../gpu/picture.ts";
import { encodePng } from "../../server/png.ts";

/** Noise on a slope, so that all kinds of differences between neighbours occur. */
function paint(width: number, height: number): Picture {
  const random = randomStream(3, "png", width, height);
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) data[4 * i + c] = i * (c + 1) / 3 % 256 + random.normal(0, 40);
  }
  return { width, height, data };
}

for (const [width, height] of [[1, 1], [1, 7], [13, 1], [64, 96], [255, 31]]) {
  Deno.test(`encodePng() loses nothing of ${width}x${height} pixels`, async () => {
    const picture = paint(width, height);
    const png = encodePng(picture);
    const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
    assert.deepEqual([info.width, info.height, info.channels], [width, height, 3]);
    const colours = picture.data.filter((_, i) => i % 4 < 3);
    assert.deepEqual([...data], [...colours]);
    assert.deepEqual(encodePng(picture), png);
  });
}
