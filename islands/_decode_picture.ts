// Decodes a picture file to bytes and shrinks it to the working size, with the filter that the command line uses.

import { fitWithin, type Picture } from "../gpu/picture.ts";
import { PictureError } from "./_picture_file.ts";

/** Pixels read from the canvas at once: some phones refuse a canvas above 16 megapixels. */
const STRIP_PIXELS = 2 ** 21;

/** A picture at the working size, and what it was. */
export interface DecodedPicture {
  picture: Picture;
  /** Sides of the file's picture in pixels, the right way up. */
  originalWidth: number;
  originalHeight: number;
}

/**
 * The first frame of a picture file, or a frame of what moves, the right way up, in sRGB, on white where it is transparent,
 * its longer side at most `longSide` pixels.
 *
 * @throws {PictureError} `damaged` if the browser cannot decode it
 */
export async function decodePicture(
  file: Blob | ImageBitmap,
  longSide: number,
): Promise<DecodedPicture> {
  const bitmap = file instanceof Blob ? await decodeBitmap(file) : file;
  const { width: originalWidth, height: originalHeight } = bitmap;
  const whole = readPixels(bitmap);
  bitmap.close();
  const picture = fitWithin(whole, longSide);
  return { picture, originalWidth, originalHeight };
}

async function decodeBitmap(blob: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(blob, { imageOrientation: "from-image" });
  } catch (cause) {
    throw new PictureError(
      "damaged",
      "This picture could not be decoded: it is damaged, or this browser does not know its format.",
      { cause },
    );
  }
}

function readPixels(bitmap: ImageBitmap): Picture {
  const { width, height } = bitmap;
  const rows = Math.min(height, Math.max(1, Math.floor(STRIP_PIXELS / width)));
  const canvas = new OffscreenCanvas(width, rows);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("Cannot read the picture: this browser gives no 2D canvas");
  const data = new Uint8ClampedArray(width * height * 4);
  context.fillStyle = "white";
  context.imageSmoothingEnabled = false;
  for (let top = 0; top < height; top += rows) {
    const count = Math.min(rows, height - top);
    context.fillRect(0, 0, width, rows);
    context.drawImage(bitmap, 0, top, width, count, 0, 0, width, count);
    data.set(context.getImageData(0, 0, width, count).data, top * width * 4);
  }
  return { width, height, data };
}
