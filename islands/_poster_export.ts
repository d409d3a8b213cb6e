// Draws a poster into a canvas at a multiple of its size, with its words or without, for the file that is saved.

import type { Picture } from "../gpu/picture.ts";
import { paintPicture } from "./_picture_canvas.tsx";
import { fontOf } from "./_poster_fonts.ts";
import { castShadow, paintScrim } from "./_poster_scrim.ts";
import { LAYOUT_WIDTH, type TypeBlock, type Typesetting } from "./_poster_type.ts";

/** What is exported. */
export interface PosterPrint {
  picture: Picture;
  /** Undefined for the picture alone. */
  typesetting: Typesetting | undefined;
  scale: number;
  /** Whether pixels are smoothed when the picture is enlarged. */
  smooth: boolean;
}

/** A canvas with the poster. */
export function printPoster(
  { picture, typesetting, scale, smooth }: PosterPrint,
): HTMLCanvasElement {
  const original = document.createElement("canvas");
  paintPicture(original, picture);
  const canvas = document.createElement("canvas");
  canvas.width = picture.width * scale;
  canvas.height = picture.height * scale;
  const context = canvas.getContext("2d");
  if (!context) return original;
  context.imageSmoothingEnabled = smooth;
  context.imageSmoothingQuality = "high";
  context.drawImage(original, 0, 0, canvas.width, canvas.height);
  const unit = canvas.width / LAYOUT_WIDTH;
  context.scale(unit, unit);
  for (const block of typesetting?.blocks ?? []) {
    printBlock(context, block, typesetting?.height ?? 0, unit);
  }
  return canvas;
}

function printBlock(
  context: CanvasRenderingContext2D,
  block: TypeBlock,
  height: number,
  unit: number,
): void {
  const { ink, lines } = block;
  context.save();
  paintScrim(context, block, height);
  context.fillStyle = ink.colour;
  context.textAlign = "center";
  castShadow(context, block, unit);
  for (const { text, family, size, y } of lines) {
    context.font = fontOf(family, size);
    context.fillText(text, LAYOUT_WIDTH / 2, y);
  }
  context.restore();
}
