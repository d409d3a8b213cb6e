// SVG text to a picture.

import sharp from "sharp";
import type { Picture } from "../gpu/picture.ts";

/** The document at its own size in pixels, transparent where nothing is drawn. */
export async function rasterize(svg: string): Promise<Picture> {
  const { data, info } = await sharp(new TextEncoder().encode(svg)).ensureAlpha().raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}
