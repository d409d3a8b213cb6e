// What one frame looks like in few numbers, and how far two frames are apart: colours by histogram, places by coarse blocks.

import type { Picture } from "../gpu/picture.ts";

/** Frames are looked at in this size, whatever their shape. */
export const LOOK_SIZE = { width: 64, height: 36 } as const;

/** What is kept of a frame to compare it with others. */
export interface FrameLook {
  /** Mean brightness, 0 to 255. */
  mean: number;
  /** Standard deviation of the brightness, 0 to 127.5. */
  deviation: number;
  /** Shares of brightness and of both colour differences, each in `BINS` bins that sum to 1. */
  histogram: Float32Array;
  /** Means of the same three in blocks of 4 x 4 pixels, 0 to 255. */
  blocks: Float32Array;
}

const BINS = 16, BLOCK = 4;
const COLUMNS = LOOK_SIZE.width / BLOCK, PIXELS = LOOK_SIZE.width * LOOK_SIZE.height;
const BLOCKS = COLUMNS * LOOK_SIZE.height / BLOCK;

/** Blocks that differ by this on average, of 255, are as far apart as can be: another picture altogether. */
const FAR_BLOCKS = 64;

/** The look of an opaque picture of `LOOK_SIZE`. */
export function lookAt({ data }: Picture): FrameLook {
  const histogram = new Float32Array(3 * BINS), blocks = new Float32Array(3 * BLOCKS);
  let sum = 0, squares = 0;
  for (let i = 0; i < PIXELS; i++) {
    const red = data[4 * i], green = data[4 * i + 1], blue = data[4 * i + 2];
    // JPEG's YCbCr.
    const y = 0.299 * red + 0.587 * green + 0.114 * blue;
    const cb = 128 + 0.564 * (blue - y), cr = 128 + 0.713 * (red - y);
    const x = i % LOOK_SIZE.width, row = (i - x) / LOOK_SIZE.width;
    const block = Math.floor(row / BLOCK) * COLUMNS + Math.floor(x / BLOCK);
    sum += y;
    squares += y * y;
    count(histogram, 0, y);
    count(histogram, 1, cb);
    count(histogram, 2, cr);
    blocks[block] += y / (BLOCK * BLOCK);
    blocks[BLOCKS + block] += cb / (BLOCK * BLOCK);
    blocks[2 * BLOCKS + block] += cr / (BLOCK * BLOCK);
  }
  const mean = sum / PIXELS;
  return {
    mean,
    deviation: Math.sqrt(Math.max(0, squares / PIXELS - mean * mean)),
    histogram,
    blocks,
  };
}

/** A value is shared by the two bins nearest to it, so that a slight change of light moves little. */
function count(histogram: Float32Array, channel: number, value: number): void {
  const place = Math.min(BINS - 1, Math.max(0, (value * BINS) / 256 - 0.5));
  const bin = Math.min(BINS - 2, Math.floor(place)), share = place - bin;
  histogram[channel * BINS + bin] += (1 - share) / PIXELS;
  histogram[channel * BINS + bin + 1] += share / PIXELS;
}

/**
 * How far two frames are apart, 0 to 1: half by their histograms (which motion hardly changes), half by their blocks
 * (which tell pictures of the same colours apart). Cuts are mostly above 0.3, motion from frame to frame below 0.1.
 */
export function lookDistance(a: FrameLook, b: FrameLook): number {
  // Two histograms that share nothing differ by 2; brightness alone and colour count alike.
  const brightness = totalDifference(a.histogram, b.histogram, 0, BINS) / 2;
  const colour = totalDifference(a.histogram, b.histogram, BINS, 3 * BINS) / 4;
  const blocks = totalDifference(a.blocks, b.blocks, 0, BLOCKS) / BLOCKS +
    totalDifference(a.blocks, b.blocks, BLOCKS, 3 * BLOCKS) / BLOCKS;
  return (brightness + colour) / 4 + Math.min(1, blocks / FAR_BLOCKS) / 2;
}

function totalDifference(a: Float32Array, b: Float32Array, from: number, to: number): number {
  let total = 0;
  for (let i = from; i < to; i++) total += Math.abs(a[i] - b[i]);
  return total;
}
