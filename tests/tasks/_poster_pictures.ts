// Pictures that stand for posters in tests: smooth patterns of which no two look alike.

import sharp from "sharp";
import { type Picture, resizePicture } from "../../gpu/picture.ts";
import { randomStream } from "../../gpu/random.ts";
import type { Size } from "../../data/picture_list.ts";

/** Pattern `number`: cells of random colours that run into each other. */
export function patternPicture(number: number, { width, height }: Size): Picture {
  const random = randomStream(1, "pattern", number), cells = { width: 12, height: 18 };
  const data = new Uint8Array(cells.width * cells.height * 4);
  for (let i = 0; i < data.length; i++) data[i] = i % 4 === 3 ? 255 : random.integer(256);
  return resizePicture({ ...cells, data }, width, height);
}

/** A picture as a file's bytes. */
export async function encodeFile(
  { data, width, height }: Picture,
  format: "jpeg" | "png" | "webp",
  quality = 85,
): Promise<Uint8Array> {
  const image = sharp(data, { raw: { width, height, channels: 4 } }).removeAlpha();
  const encoded = format === "png"
    ? image.png({ compressionLevel: 1 })
    : image.toFormat(format, { quality });
  return new Uint8Array(await encoded.toBuffer());
}

/** Pattern `number` as a file's bytes. */
export async function patternFile(
  number: number,
  size: Size = { width: 182, height: 268 },
  format: "jpeg" | "png" | "webp" = "jpeg",
): Promise<Uint8Array> {
  return await encodeFile(patternPicture(number, size), format);
}
