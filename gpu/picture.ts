// Pictures as plain RGBA bytes: resize, crop, flip and contact sheets, with the same result in Deno and in browsers.

import { resampleRgba } from "./_triangle_filter.ts";

/** A picture in bytes: red, green, blue, alpha (not premultiplied), row by row from the top left. */
export interface Picture {
  /** Pixels in a row, at least 1. */
  width: number;
  /** Rows, at least 1. */
  height: number;
  /** `width * height * 4` bytes. */
  data: Uint8Array | Uint8ClampedArray;
}

/** @throws {RangeError} if the sides are not positive integers or the bytes are not four a pixel. */
export function assertPicture(picture: Picture, name = "picture"): void {
  assertSide(picture.width, `${name} width`);
  assertSide(picture.height, `${name} height`);
  const expected = picture.width * picture.height * 4;
  if (picture.data.length !== expected) {
    throw new RangeError(
      `Cannot use ${name}: ${picture.data.length} bytes for ${picture.width}x${picture.height}; expected ${expected}`,
    );
  }
}

/**
 * The picture at another size, its shape not kept: a separable triangle filter, widened by the scale when
 * shrinking (antialiased, as Pillow's BILINEAR) and plain bilinear when enlarging; pixel centres at one half.
 *
 * Colours are averaged premultiplied by alpha, so what is transparent does not bleed into its surroundings.
 * Float32 between the two passes, rounded once at the end: the same bytes on each engine.
 *
 * @throws {RangeError} if a side is not a positive integer or the picture's bytes do not fit its sides.
 */
export function resizePicture(picture: Picture, width: number, height: number): Picture {
  assertPicture(picture);
  assertSide(width, "resized width");
  assertSide(height, "resized height");
  if (width === picture.width && height === picture.height) {
    return { width, height, data: Uint8ClampedArray.from(picture.data) };
  }
  const premultiplied = !isOpaque(picture.data);
  const source = premultiplied ? premultiply(picture.data) : picture.data;
  const sums = resampleRgba(source, picture, { width, height });
  return { width, height, data: premultiplied ? unpremultiply(sums) : round(sums) };
}

/**
 * The picture shrunk so that its longer side is at most `longSide` pixels; it is never enlarged beyond the next
 * `multiple`. Both sides are rounded to the nearest `multiple` (at least one of it), which may bend the shape slightly.
 *
 * @throws {RangeError} if `longSide` or `multiple` is not a positive integer, or `longSide` is below `multiple`.
 */
export function fitWithin(picture: Picture, longSide: number, multiple = 1): Picture {
  assertPicture(picture);
  assertSide(longSide, "long side");
  assertSide(multiple, "multiple");
  if (longSide < multiple) {
    throw new RangeError(
      `Cannot fit the picture: long side is ${longSide}; expected at least the multiple ${multiple}`,
    );
  }
  const scale = Math.min(1, longSide / Math.max(picture.width, picture.height));
  const largest = Math.floor(longSide / multiple) * multiple;
  const fit = (side: number) =>
    Math.min(largest, Math.max(multiple, Math.round((side * scale) / multiple) * multiple));
  return resizePicture(picture, fit(picture.width), fit(picture.height));
}

/**
 * The `width` x `height` pixels of the picture whose top left corner is at (`left`, `top`), as a copy.
 *
 * @throws {RangeError} if that rectangle is empty or reaches outside the picture.
 */
export function cropPicture(
  picture: Picture,
  left: number,
  top: number,
  width: number,
  height: number,
): Picture {
  assertPicture(picture);
  assertSide(width, "crop width");
  assertSide(height, "crop height");
  const inside = Number.isInteger(left) && Number.isInteger(top) && left >= 0 && top >= 0 &&
    left + width <= picture.width && top + height <= picture.height;
  if (!inside) {
    throw new RangeError(
      `Cannot crop ${width}x${height} at (${left}, ${top}): the picture is ${picture.width}x${picture.height}`,
    );
  }
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * picture.width + left) * 4;
    data.set(picture.data.subarray(from, from + width * 4), y * width * 4);
  }
  return { width, height, data };
}

/** The middle of the picture, scaled so that it just covers the size. */
export function coverPicture(
  picture: Picture,
  { width, height }: Pick<Picture, "width" | "height">,
): Picture {
  const scale = Math.max(width / picture.width, height / picture.height);
  const [w, h] = [
    Math.max(width, Math.round(picture.width * scale)),
    Math.max(height, Math.round(picture.height * scale)),
  ];
  const left = Math.floor((w - width) / 2), top = Math.floor((h - height) / 2);
  return cropPicture(resizePicture(picture, w, h), left, top, width, height);
}

/** The picture mirrored left to right, as a copy. @throws {RangeError} if its bytes do not fit its sides. */
export function flipPicture(picture: Picture): Picture {
  assertPicture(picture);
  const { width, height } = picture;
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * 4;
      const to = (y * width + width - 1 - x) * 4;
      for (let c = 0; c < 4; c++) data[to + c] = picture.data[from + c];
    }
  }
  return { width, height, data };
}

/**
 * Two opaque pictures of one size mixed byte by byte: `share` 0 gives the first, 1 the second.
 *
 * @throws {RangeError} if their sizes differ
 */
export function mixPictures(first: Picture, second: Picture, share: number): Picture {
  assertPicture(first);
  assertPicture(second);
  const { width, height } = first;
  if (width !== second.width || height !== second.height) {
    throw new RangeError(
      `Cannot mix pictures: they are ${width}x${height} and ${second.width}x${second.height}`,
    );
  }
  const data = new Uint8ClampedArray(first.data.length);
  for (let i = 0; i < data.length; i++) {
    data[i] = first.data[i] + share * (second.data[i] - first.data[i]);
  }
  return { width, height, data };
}

/** Pictures in rows of so many, the last one perhaps shorter: what `sheet` takes. */
export function inRows(pictures: readonly Picture[], columns: number): Picture[][] {
  return Array.from(
    { length: Math.ceil(pictures.length / columns) },
    (_, row) => pictures.slice(row * columns, (row + 1) * columns),
  );
}

/**
 * A contact sheet: the pictures in a grid on opaque white, `gap` pixels between and around them.
 *
 * A column is as wide as its widest picture and a row as high as its highest; each picture sits at the top left of
 * its cell. Rows may have different lengths.
 *
 * @throws {RangeError} if there is no picture at all or `gap` is not an integer from 0.
 */
export function sheet(rows: Picture[][], gap = 2): Picture {
  if (!Number.isInteger(gap) || gap < 0) {
    throw new RangeError(`Cannot lay out the sheet: gap is ${gap}; expected an integer from 0`);
  }
  rows.flat().forEach((picture) => assertPicture(picture, "sheet picture"));
  const columns = Math.max(0, ...rows.map((row) => row.length));
  if (columns === 0) {
    throw new RangeError("Cannot lay out the sheet: no picture; expected at least one");
  }
  const largest = (sides: number[]) => Math.max(0, ...sides);
  const widths = Array.from(
    { length: columns },
    (_, x) => largest(rows.flatMap((row) => (x < row.length ? [row[x].width] : []))),
  );
  const heights = rows.map((row) => largest(row.map((picture) => picture.height)));
  const total = (sides: number[]) => sides.reduce((sum, side) => sum + side + gap, gap);
  const page = { width: total(widths), height: total(heights) };
  const data = new Uint8ClampedArray(page.width * page.height * 4).fill(255);
  rows.forEach((row, y) => {
    const top = total(heights.slice(0, y));
    row.forEach((picture, x) => paste(data, page.width, picture, total(widths.slice(0, x)), top));
  });
  return { ...page, data };
}

/** Copies the picture's bytes, alpha too, into a page of `pageWidth` pixels. */
function paste(
  page: Uint8ClampedArray,
  pageWidth: number,
  picture: Picture,
  left: number,
  top: number,
): void {
  const rowBytes = picture.width * 4;
  for (let y = 0; y < picture.height; y++) {
    const row = picture.data.subarray(y * rowBytes, (y + 1) * rowBytes);
    page.set(row, ((top + y) * pageWidth + left) * 4);
  }
}

function isOpaque(data: ArrayLike<number>): boolean {
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 255) return false;
  return true;
}

function premultiply(data: ArrayLike<number>): Float32Array {
  const out = new Float32Array(data.length);
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3] / 255;
    for (let c = 0; c < 3; c++) out[i + c] = data[i + c] * alpha;
    out[i + 3] = data[i + 3];
  }
  return out;
}

function unpremultiply(sums: Float32Array): Uint8ClampedArray {
  const data = round(sums);
  for (let i = 0; i < sums.length; i += 4) {
    const alpha = sums[i + 3] / 255;
    for (let c = 0; c < 3; c++) {
      data[i + c] = alpha > 0 ? Math.floor(sums[i + c] / alpha + 0.5) : 0;
    }
  }
  return data;
}

/** Halves go up, where a clamped array alone would round them to even. */
function round(sums: Float32Array): Uint8ClampedArray {
  const data = new Uint8ClampedArray(sums.length);
  for (let i = 0; i < sums.length; i++) data[i] = Math.floor(sums[i] + 0.5);
  return data;
}

function assertSide(side: number, name: string): void {
  if (!Number.isInteger(side) || side < 1) {
    throw new RangeError(`Cannot use ${name}: ${side}; expected a positive integer`);
  }
}
