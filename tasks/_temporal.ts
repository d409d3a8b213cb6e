// Steadies redrawn frames in time: where the film stands still, the frame before shines through.

import type { Picture } from "../gpu/picture.ts";

/** Where the film changes by this much, 0 to 255, averaged over colours and neighbours, nothing is kept of the frame before. */
const MOVING = 20;

/** The last steadied frame: red, green, blue of each pixel, 0 to 255, not rounded. */
export type HeldFrame = Float32Array;

/**
 * A redrawn frame blended with the steadied one before: y = w held + (1 - w) redrawn, where w is `share` if the film's pixel did
 * not change, and falls to 0 in a straight line where it did. No optical flow is used.
 *
 * @param share 0 (nothing is kept) up to below 1
 * @returns floats, for rounding at each step would hold back changes that are smaller than a level
 */
export function steady(
  redrawn: Picture,
  { held, before, now, share }: { held: HeldFrame; before: Picture; now: Picture; share: number },
): HeldFrame {
  const change = blurredChange(before, now), next = new Float32Array(held.length);
  for (let i = 0; i < change.length; i++) {
    const keep = share * Math.max(0, 1 - change[i] / MOVING);
    for (let c = 0; c < 3; c++) {
      const fresh = redrawn.data[4 * i + c];
      next[3 * i + c] = fresh + keep * (held[3 * i + c] - fresh);
    }
  }
  return next;
}

/** A redrawn frame as it is held: the beginning of a shot. */
export function hold({ width, height, data }: Picture): HeldFrame {
  const held = new Float32Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) held[3 * i + c] = data[4 * i + c];
  }
  return held;
}

/** The held frame as an opaque picture. */
export function showHeld(held: HeldFrame, width: number, height: number): Picture {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) data[4 * i + c] = held[3 * i + c];
    data[4 * i + 3] = 255;
  }
  return { width, height, data };
}

/** Mean change of the colours of each pixel and its neighbours (3 x 3), 0 to 255: single grains of film do not count as motion. */
function blurredChange(before: Picture, { width, height, data }: Picture): Float32Array {
  const rows = new Float32Array(width * height), change = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    let left = 0, centre = changeAt(before.data, data, y * width);
    for (let x = 0; x < width; x++) {
      const right = x + 1 < width ? changeAt(before.data, data, y * width + x + 1) : centre;
      rows[y * width + x] = ((x === 0 ? centre : left) + centre + right) / 3;
      [left, centre] = [centre, right];
    }
  }
  for (let y = 0; y < height; y++) {
    const above = Math.max(0, y - 1) * width, below = Math.min(height - 1, y + 1) * width;
    for (let x = 0; x < width; x++) {
      change[y * width + x] = (rows[above + x] + rows[y * width + x] + rows[below + x]) / 3;
    }
  }
  return change;
}

function changeAt(a: Picture["data"], b: Picture["data"], pixel: number): number {
  const i = 4 * pixel;
  return (Math.abs(a[i] - b[i]) + Math.abs(a[i + 1] - b[i + 1]) + Math.abs(a[i + 2] - b[i + 2])) /
    3;
}
