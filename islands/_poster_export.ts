// Draws a poster into a canvas at a multiple of its size, with its words or without, for the file that is saved.

import type { Picture } from "../gpu/picture.ts";
import { paintPicture } from "./_picture_canvas.tsx";
import { fontOf } from "./_poster_fonts.ts";
import { LAYOUT_WIDTH, scrimOf, type TypeBlock, type Typesetting } from "./_poster_type.ts";

/** How many pixels of the file there may be to one of the picture's. */
export const SCALES: readonly number[] = [1, 4, 8];

/** The blur around words, in units of the layout; as wide as that of the page's style sheet. */
const SHADOW = 6;

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
  const ground = ink.colour === "#ffffff" ? "0, 0, 0" : "255, 255, 255";
  context.save();
  if (ink.scrim > 0) {
    const { y, height: tall, fade, edge } = scrimOf(block, height);
    const [from, to] = edge === "top" ? [y, y + tall] : [y + tall, y];
    const gradient = context.createLinearGradient(0, from, 0, to);
    gradient.addColorStop(1 - fade / tall, `rgba(${ground}, ${ink.scrim})`);
    gradient.addColorStop(1, `rgba(${ground}, 0)`);
    context.fillStyle = gradient;
    context.fillRect(0, y, LAYOUT_WIDTH, tall);
  }
  context.fillStyle = ink.colour;
  context.textAlign = "center";
  context.shadowColor = `rgba(${ground}, 0.6)`;
  // Blurs are told in the canvas's own pixels, and twice as wide as in style sheets.
  context.shadowBlur = 2 * SHADOW * unit;
  for (const { text, family, size, y } of lines) {
    context.font = fontOf(family, size);
    context.fillText(text, LAYOUT_WIDTH / 2, y);
  }
  context.restore();
}
