// Picture files to bytes and back: orientation applied, transparency over white, any colour space to sRGB.

import sharp from "sharp";
import type { Picture } from "../gpu/picture.ts";
import type { Size } from "./picture_list.ts";

/** What a picture file says about itself before it is decoded. */
export interface PictureHeader extends Size {
  format: "jpeg" | "png" | "webp";
}

const formats: readonly string[] = ["jpeg", "png", "webp"];

/** Damage stops the decoding; mere warnings (stray bytes, odd profiles) do not. */
const strictness = { failOn: "error" } as const;

/**
 * Format and sides, the orientation in EXIF applied, from a file's bytes or only their beginning.
 *
 * @throws {TypeError} if the bytes are no JPEG, PNG or WebP, whatever the file's name says.
 */
export async function readHeader(bytes: Uint8Array): Promise<PictureHeader> {
  if (bytes.length === 0) throw new TypeError("Cannot read the picture: the file is empty");
  const { format, width, height, autoOrient } = await sharp(bytes, strictness).metadata();
  if (!isFormat(format)) {
    throw new TypeError(`Cannot read the picture: it is ${format}; expected jpeg, png or webp`);
  }
  return { format, width: autoOrient?.width ?? width, height: autoOrient?.height ?? height };
}

/**
 * The picture in a file's bytes: opaque RGBA in sRGB, of an animation the first frame.
 *
 * With `cover` it is resized, its shape kept, so that it just covers that size: one side fits and the other is as long
 * or longer (the triangle filter of `resizePicture`, after whole-number reduction in the JPEG decoder).
 *
 * @throws {TypeError} if the bytes are no JPEG, PNG or WebP. @throws {Error} if they are damaged or cut short.
 */
export async function decodePicture(bytes: Uint8Array, cover?: Size): Promise<Picture> {
  const header = await readHeader(bytes);
  let image = sharp(bytes, strictness).autoOrient();
  if (cover) {
    const scale = Math.max(cover.width / header.width, cover.height / header.height);
    image = image.resize({
      width: Math.max(cover.width, Math.round(header.width * scale)),
      height: Math.max(cover.height, Math.round(header.height * scale)),
      fit: "fill",
      kernel: "linear",
    });
  }
  const { data, info } = await image.flatten({ background: "white" }).toColourspace("srgb")
    .ensureAlpha().raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

/** The picture as a PNG file's bytes, its alpha channel left out if it is opaque; the same bytes for the same pixels. */
export async function encodePng(picture: Picture): Promise<Uint8Array> {
  const { width, height, data } = picture;
  const image = sharp(data, { raw: { width, height, channels: 4 } });
  const opaque = data.every((value, i) => i % 4 !== 3 || value === 255);
  const png = (opaque ? image.removeAlpha() : image).png({ compressionLevel: 6 });
  return new Uint8Array(await png.toBuffer());
}

function isFormat(format: string): format is PictureHeader["format"] {
  return formats.includes(format);
}
