// What lies between a picture and its words where they are drawn on a canvas: the veil, and the soft shadow of the letters.

import { LAYOUT_WIDTH, scrimOf, type TypeBlock } from "./_poster_type.ts";

/** The blur around words, in units of the layout; as wide as that of the page's style sheet. */
const SHADOW = 6;

/** A canvas of the page's or of a worker's. */
type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/**
 * Paints the veil behind a block's words, if it has one.
 *
 * @param context in units of the layout
 * @param beyond how far it reaches over the layout's edges, in those units
 */
export function paintScrim(context: Context, block: TypeBlock, height: number, beyond = 0): void {
  if (block.ink.scrim === 0) return;
  const { y, height: tall, fade, edge } = scrimOf(block, height);
  const [from, to] = edge === "top" ? [y, y + tall] : [y + tall, y];
  const gradient = context.createLinearGradient(0, from, 0, to);
  gradient.addColorStop(1 - fade / tall, `rgba(${groundOf(block)}, ${block.ink.scrim})`);
  gradient.addColorStop(1, `rgba(${groundOf(block)}, 0)`);
  context.fillStyle = gradient;
  const top = edge === "top" ? y - beyond : y;
  context.fillRect(-beyond, top, LAYOUT_WIDTH + 2 * beyond, tall + beyond);
}

/** Has what is drawn from now on cast the shadow of a block's letters. @param unit pixels to a unit of the layout */
export function castShadow(context: Context, block: TypeBlock, unit: number): void {
  context.shadowColor = `rgba(${groundOf(block)}, 0.6)`;
  // Blurs are told in the canvas's own pixels, and twice as wide as in style sheets.
  context.shadowBlur = 2 * SHADOW * unit;
}

/** The colour that the ink stands out from. */
function groundOf({ ink }: TypeBlock): string {
  return ink.colour === "#ffffff" ? "0, 0, 0" : "255, 255, 255";
}
