// A picture taken apart by fineness: what each halving loses, and what is left (Burt and Adelson 1983).

import type { Picture } from "../../gpu/picture.ts";

/** Height and width in pixels. */
export type Sides = readonly [height: number, width: number];

/** A picture's colours, or one level of it: [h, w, 3] as bytes' values, which may be below 0. */
export interface ColorMap {
  sides: Sides;
  values: Float32Array;
}

/** The binomial filter of five taps, 1 4 6 4 1 over 16. */
const TAPS = [1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16];
/** A picture is halved as long as the shorter side stays at this or above. */
const SMALLEST_SIDE = 16;

/** The sides of each level of a picture's pyramid, the finest first; at least one. */
export function pyramidSides(picture: Sides): Sides[] {
  const levels = [picture];
  for (;;) {
    const [h, w] = levels[levels.length - 1], half = [Math.ceil(h / 2), Math.ceil(w / 2)] as const;
    if (Math.min(...half) < SMALLEST_SIDE) return levels;
    levels.push(half);
  }
}

/**
 * The levels of a picture, the finest first: each the difference between the picture at that size and its next coarser size
 * blown up again; the last one is the coarsest picture itself. Borders are mirrored without repeating the edge.
 */
export function laplacianPyramid({ width, height, data }: Picture): ColorMap[] {
  const values = new Float32Array(height * width * 3);
  for (let i = 0; i < values.length; i++) values[i] = data[Math.floor(i / 3) * 4 + i % 3];
  const levels: ColorMap[] = [{ sides: [height, width], values }];
  for (const sides of pyramidSides([height, width]).slice(1)) {
    const fine = levels[levels.length - 1], coarse = halve(fine, sides);
    const guess = double(coarse, fine.sides);
    for (let i = 0; i < guess.length; i++) fine.values[i] -= guess[i];
    levels.push(coarse);
  }
  return levels;
}

/** Blurred, then every second pixel. */
function halve(fine: ColorMap, sides: Sides): ColorMap {
  const blurred = blur(fine.values, fine.sides), values = new Float32Array(sides[0] * sides[1] * 3);
  eachEven(fine.sides, (at, half) => {
    for (let c = 0; c < 3; c++) values[half + c] = blurred[at + c];
  });
  return { sides, values };
}

/** Pixels with gaps of 0 between them, blurred; times 4, for three of four were nothing. */
function double(coarse: ColorMap, sides: Sides): Float32Array {
  const spread = new Float32Array(sides[0] * sides[1] * 3);
  eachEven(sides, (at, half) => {
    for (let c = 0; c < 3; c++) spread[at + c] = coarse.values[half + c] * 4;
  });
  return blur(spread, sides);
}

/** Calls back for each pixel of even row and column: where its colours are, and where those of the half size. */
function eachEven([h, w]: Sides, visit: (at: number, half: number) => void): void {
  let half = 0;
  for (let y = 0; y < h; y += 2) {
    for (let x = 0; x < w; x += 2, half += 3) visit((y * w + x) * 3, half);
  }
}

function blur(values: Float32Array, [h, w]: Sides): Float32Array {
  return blurAlong(blurAlong(values, h, w * 3), w, 3, h);
}

/** Filters along an axis of that length, whose neighbours lie `step` apart; `outer` such blocks follow each other. */
function blurAlong(values: Float32Array, length: number, step: number, outer = 1): Float32Array {
  const result = new Float32Array(values.length);
  for (let block = 0; block < outer; block++) {
    const start = block * length * step;
    for (let i = 0; i < length; i++) {
      for (let tap = 0; tap < TAPS.length; tap++) {
        const from = start + mirror(i + tap - 2, length) * step, to = start + i * step;
        for (let k = 0; k < step; k++) result[to + k] += TAPS[tap] * values[from + k];
      }
    }
  }
  return result;
}

function mirror(i: number, length: number): number {
  return i < 0 ? -i : i >= length ? 2 * (length - 1) - i : i;
}
