// Brings a poster's file to the size of the set, and tells pictures that are of no use.

import { decodePicture, readHeader } from "../data/decode.ts";
import type { Size } from "../data/picture_list.ts";
import { coverPicture, type Picture, resizePicture } from "../gpu/picture.ts";

/** How a picture of another shape is brought to size. */
export const FITS = ["cover", "contain", "blurpad", "stretch"] as const;

/** `cover` cuts, `contain` leaves black bars, `blurpad` fills them with the picture blurred, `stretch` bends. */
export type Fit = typeof FITS[number];

/** A picture that was turned down, and why. */
export class UnusablePicture extends Error {
  override name = "UnusablePicture";
  constructor(readonly reason: "unreadable" | "tiny" | "blank", detail: string) {
    super(detail);
  }
}

/** The deviation of the colours from their mean, in steps of 255, below which a picture is nearly one colour. */
const BLANK_DEVIATION = 3;

/** The background of `blurpad` has this many cells a side, between which colours run into each other. */
const BLUR_CELLS = 6;

/** What became of a file. */
export interface FittedPicture {
  /** Of the set's size. */
  picture: Picture;
  /** The whole of it, small and in its own shape: what near duplicates are known by, however they were fitted. */
  whole: Picture;
}

/**
 * The picture in a file's bytes, brought to size.
 *
 * @throws {UnusablePicture} if it is damaged, its shorter side is below `minSide`, or it is nearly of one colour
 */
export async function fitPoster(
  bytes: Uint8Array,
  size: Size,
  fit: Fit,
  minSide: number,
): Promise<FittedPicture> {
  const whole = await decodeWhole(bytes, size, minSide);
  assertNotBlank(whole);
  return { picture: fitPicture(whole, size, fit), whole };
}

async function decodeWhole(bytes: Uint8Array, size: Size, minSide: number): Promise<Picture> {
  try {
    const { width, height } = await readHeader(bytes);
    if (Math.min(width, height) < minSide) {
      throw new UnusablePicture(
        "tiny",
        `${width}x${height}, expected sides of at least ${minSide}`,
      );
    }
    return await decodePicture(bytes, size);
  } catch (error) {
    if (error instanceof UnusablePicture) throw error;
    const [line] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new UnusablePicture("unreadable", line);
  }
}

/** @throws {UnusablePicture} if the picture is nearly of one colour */
export function assertNotBlank(picture: Picture): void {
  const { data } = picture, pixels = data.length / 4;
  let variance = 0;
  for (let c = 0; c < 3; c++) {
    let sum = 0, squares = 0;
    for (let i = c; i < data.length; i += 4) {
      sum += data[i];
      squares += data[i] ** 2;
    }
    variance = Math.max(variance, squares / pixels - (sum / pixels) ** 2);
  }
  const deviation = Math.sqrt(Math.max(0, variance));
  if (deviation >= BLANK_DEVIATION) return;
  throw new UnusablePicture(
    "blank",
    `its colours deviate by ${deviation.toFixed(1)} of 255, expected at least ${BLANK_DEVIATION}`,
  );
}

/** A picture at a size, by one of the ways to fit. */
export function fitPicture(picture: Picture, size: Size, fit: Fit): Picture {
  const { width, height } = size;
  if (fit === "stretch") return resizePicture(picture, width, height);
  if (fit === "cover") return coverPicture(picture, size);
  const scale = Math.min(width / picture.width, height / picture.height);
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  const inside = resizePicture(picture, side(picture.width), side(picture.height));
  const page = fit === "blurpad" ? blur(coverPicture(picture, size)) : blackPicture(size);
  return centreOn(page, inside);
}

/** A few cells, enlarged smoothly, and darkened so that the picture stands out. */
function blur(picture: Picture): Picture {
  const cells = resizePicture(picture, BLUR_CELLS, BLUR_CELLS);
  const data = cells.data.map((value, i) => i % 4 === 3 ? 255 : value * 0.7);
  return resizePicture({ ...cells, data }, picture.width, picture.height);
}

function blackPicture({ width, height }: Size): Picture {
  const data = new Uint8Array(width * height * 4);
  for (let i = 3; i < data.length; i += 4) data[i] = 255;
  return { width, height, data };
}

function centreOn(page: Picture, inside: Picture): Picture {
  const data = Uint8Array.from(page.data);
  const left = Math.floor((page.width - inside.width) / 2);
  const top = Math.floor((page.height - inside.height) / 2);
  for (let y = 0; y < inside.height; y++) {
    const row = inside.data.subarray(y * inside.width * 4, (y + 1) * inside.width * 4);
    data.set(row, ((top + y) * page.width + left) * 4);
  }
  return { ...page, data };
}
