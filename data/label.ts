// A word on a plain ground, as a picture: what names the rows of a sheet.

import type { Picture } from "../gpu/picture.ts";
import { randomStream } from "../gpu/random.ts";
import type { Size } from "./picture_list.ts";
import { setTitle } from "./posters/lettering.ts";
import { rasterize } from "./rasterize.ts";

/** OKLCH: near black, on white. */
const COLORS = { ink: [0.2, 0, 0], shadow: [1, 0, 0] } as const;
/** How high the letters are at most, in pixels. */
const LETTER_HEIGHT = 9;

/** The words, dark on white, centred, each on a line of its own, in letters of our own: no font is needed. */
export async function labelPicture(text: string, { width, height }: Size): Promise<Picture> {
  const lines = text.toUpperCase().split(/[ \n]+/);
  const high = Math.min(height, lines.length * LETTER_HEIGHT * 1.3);
  const box = { x: 2, y: (height - high) / 2, width: width - 4, height: high };
  const title = setTitle(lines, "thin", box, COLORS, randomStream(0, "label"));
  return await rasterize(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
      `<rect width="${width}" height="${height}" fill="#fff"/>${title}</svg>`,
  );
}
