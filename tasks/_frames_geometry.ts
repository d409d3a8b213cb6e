// Which part of a frame becomes a picture, and at what size: crop boxes and the fitting of sizes, in whole pixels.

import type { Size } from "../data/picture_list.ts";
import { UsageError } from "./_cli.ts";

/** A part of a frame in pixels; `left` and `top` count from its top left corner. */
export interface Box extends Size {
  left: number;
  top: number;
}

/** How large pictures become: a short side that is not exceeded, or exact sides that are covered and cut to. */
export type SizeRule = { shortSide: number } | Size;

/** What to take of a frame, and the size that it is brought to. */
export interface Fitting extends Size {
  box: Box;
}

/** A box as it is typed and stored: width, height, then its left top corner, such as `640x272+0+44`. */
export function boxText({ width, height, left, top }: Box): string {
  return `${width}x${height}+${left}+${top}`;
}

/** The box in a text such as `640x272+0+44`, or undefined if it is none. */
export function findBox(text: string): Box | undefined {
  const numbers = /^(\d{1,5})x(\d{1,5})\+(\d{1,5})\+(\d{1,5})$/.exec(text)?.slice(1).map(Number);
  if (numbers === undefined) return undefined;
  const [width, height, left, top] = numbers;
  return width > 0 && height > 0 ? { width, height, left, top } : undefined;
}

/** Whether the box lies inside frames of that size. */
export function isInside({ width, height, left, top }: Box, frame: Size): boolean {
  return left + width <= frame.width && top + height <= frame.height;
}

/**
 * A size rule from `512` (the short side in pixels, at most) or `180x324` (height x width, exactly).
 *
 * @throws {UsageError} naming the flag; sides are 16 to 8192
 */
export function parseSizeRule(flag: string, text: string): SizeRule {
  const sides = /^(\d{1,5})(?:x(\d{1,5}))?$/.exec(text)?.slice(1).filter(Boolean).map(Number) ?? [];
  if (sides.length === 0 || sides.some((side) => side < 16 || side > 8192)) {
    throw new UsageError(
      `--${flag} is "${text}", expected a short side or height x width of 16 to 8192 pixels, such as 512 or 180x324`,
    );
  }
  const [first, width] = sides;
  return width === undefined ? { shortSide: first } : { height: first, width };
}

/**
 * What to take of a box of a frame, and its size with square pixels. By a short side the shape is kept and nothing is
 * enlarged; for exact sides the box is first cut, evenly, to their shape.
 *
 * @param pixelAspect width of the frame's pixels by their height
 */
export function fitBox(box: Box, pixelAspect: number, rule: SizeRule): Fitting {
  if ("shortSide" in rule) {
    const shown = Math.min(box.width * pixelAspect, box.height);
    const scale = Math.min(1, rule.shortSide / shown);
    return {
      box,
      width: Math.max(1, Math.round(box.width * pixelAspect * scale)),
      height: Math.max(1, Math.round(box.height * scale)),
    };
  }
  const shape = rule.width / rule.height / pixelAspect;
  const width = Math.max(1, Math.min(box.width, Math.round(box.height * shape)));
  const height = Math.max(1, Math.min(box.height, Math.round(box.width / shape)));
  return {
    box: {
      width,
      height,
      left: box.left + ((box.width - width) >> 1),
      top: box.top + ((box.height - height) >> 1),
    },
    ...rule,
  };
}
