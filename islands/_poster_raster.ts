// A print's pixels, a strip of rows at a time: the enlarged picture, and over it what canvases draw.

import type { Box, Sheet } from "./_poster_paper.ts";
import { partOn, toPixels } from "./_poster_paper.ts";
import { enlargeRows, type Master } from "./_poster_master.ts";

/** Rows of a strip: enough that little is done twice, few enough that a strip of the widest sheet takes 12 MB. */
const STRIP_ROWS = 256;

/** What is to be seen, in which part of the sheet, how finely. */
export interface RasterOrder {
  master: Master;
  sheet: Sheet;
  /** The part of the sheet that is drawn: all of it, or what the picture covers. */
  area: Box;
  dpi: number;
  /** Draws over the picture, in millimetres of the sheet. Called once for each strip. */
  overlay(context: OffscreenCanvasRenderingContext2D, pixelsPerMm: number): void;
}

/** Strips of pixels, each `width * 3` bytes a row. */
export interface Raster {
  width: number;
  height: number;
  strips(): Generator<Uint8Array<ArrayBuffer>>;
}

/** The raster of an area of the sheet; outside of the bleed it is white. */
export function rasterOf({ master, sheet: { bleed }, area, dpi, overlay }: RasterOrder): Raster {
  const width = toPixels(area.width, dpi), height = toPixels(area.height, dpi);
  const perMm = width / area.width;
  // What of the area is outside of the picture is cut off at whole pixels.
  const left = Math.round((bleed.x - area.x) * perMm), top = Math.round((bleed.y - area.y) * perMm);
  const columns = width - 2 * left, rows = height - 2 * top;
  const part = partOn(bleed, bleed, master);
  const reader = enlargeRows(master, { width: columns, left: part.left, right: part.right });
  const down = { height: rows, top: part.top, bottom: part.bottom };
  const readStrip = (from: number, to: number) => {
    const bytes = new Uint8Array((to - from) * width * 3).fill(255);
    const first = Math.max(from, top), last = Math.min(to, top + rows);
    if (last <= first) return bytes;
    const rgb = new Float32Array((last - first) * columns * 3);
    reader.read(down, first - top, last - top, rgb);
    for (let y = first; y < last; y++) {
      const source = (y - first) * columns * 3, target = ((y - from) * width + left) * 3;
      for (let i = 0; i < columns * 3; i++) bytes[target + i] = Math.round(rgb[source + i]);
    }
    return bytes;
  };
  return {
    width,
    height,
    *strips() {
      const context = new OffscreenCanvas(width, STRIP_ROWS).getContext("2d", {
        willReadFrequently: true,
      });
      if (!context) throw new Error(`Cannot print: the browser gives no canvas ${width} wide`);
      for (let from = 0; from < height; from += STRIP_ROWS) {
        const to = Math.min(height, from + STRIP_ROWS);
        const bytes = readStrip(from, to);
        context.resetTransform();
        context.clearRect(0, 0, width, STRIP_ROWS);
        context.setTransform(perMm, 0, 0, perMm, -area.x * perMm, -area.y * perMm - from);
        overlay(context, perMm);
        layOver(bytes, context.getImageData(0, 0, width, to - from).data);
        yield bytes;
      }
    },
  };
}

/** Lays pixels with alpha over pixels without. */
function layOver(bytes: Uint8Array, over: Uint8ClampedArray): void {
  for (let i = 0, j = 0; i < bytes.length; i += 3, j += 4) {
    const alpha = over[j + 3];
    if (alpha === 0) continue;
    for (let c = 0; c < 3; c++) {
      bytes[i + c] = Math.round((over[j + c] * alpha + bytes[i + c] * (255 - alpha)) / 255);
    }
  }
}
