// What the directions of Winograd's convolution share: the tiles of the images, and V = Bt d B, their transform. See winograd.ts.

import { parallel } from "./threads";
import { COLUMNS, ROWS } from "./tile";
import { freeScratch } from "./rows";
import { inputStep } from "./winograd_steps";

/** Positions of a transformed tile. */
export const POSITIONS = 36;
/** Bytes between two rows or positions: at distances of powers of two all would compete for the same few lines of the cache. */
export const GAP: usize = 64;
/** Tiles in a block of a transform. */
export const BLOCK_TILES = 4;

@unmanaged
export class Tiles {
  image: usize;
  imageH: i32;
  imageW: i32;
  cin: i32;
  /** The result, or the dy of a filter gradient. */
  out: usize;
  outH: i32;
  outW: i32;
  cout: i32;
  tilesY: i32;
  tilesX: i32;
  /** The chunk: its first tile and their number. */
  first: i32;
  count: i32;
  v: usize;
  /** Bytes between two rows of V, and between two positions. */
  vRow: usize;
  vPlane: usize;
}

export const tiles = changetype<Tiles>(memory.data(64, 16));

/** Enters what both directions share; gives the number of tiles. */
export function setTiles(
  image: usize, n: i32, imageH: i32, imageW: i32, cin: i32,
  out: usize, outH: i32, outW: i32, cout: i32, v: usize, chunk: i32,
): i32 {
  const job = tiles;
  job.image = image;
  job.imageH = imageH;
  job.imageW = imageW;
  job.cin = cin;
  job.out = out;
  job.outH = outH;
  job.outW = outW;
  job.cout = cout;
  job.tilesY = (outH + 3) / 4;
  job.tilesX = (outW + 3) / 4;
  job.v = v;
  job.vRow = (<usize> cin << 2) + GAP;
  job.vPlane = <usize> chunk * job.vRow + GAP;
  return n * job.tilesY * job.tilesX;
}

export function panelsOf(channels: i32): i32 {
  return (channels + COLUMNS - 1) / COLUMNS;
}

/** A number of rows in whole tiles of the product: V has room for what lies behind the last one. */
export function wholeRows(rows: i32): i32 {
  return (rows + ROWS - 1) / ROWS * ROWS;
}

/** Transforms the chunk's tiles of the image. */
export function transformImages(): void {
  const size = <f64> (POSITIONS * tiles.count) * tiles.cin;
  parallel(transformImage, (tiles.count + BLOCK_TILES - 1) / BLOCK_TILES, size);
}

/** Bt d B for all channels of a tile, four at a time. */
function transformImage(block: i32): void {
  const job = tiles, temp = freeScratch();
  const pixel = <usize> job.cin << 2, row = <usize> job.imageW * pixel, plane = job.vPlane;
  for (let t = block * BLOCK_TILES; t < min(job.count, (block + 1) * BLOCK_TILES); t++) {
    const index = job.first + t, x = index % job.tilesX, line = index / job.tilesX;
    const b = line / job.tilesY, y = line % job.tilesY;
    let src = job.image + <usize> (b * job.imageH + y * 4) * row + <usize> (x * 4) * pixel;
    let dst = job.v + <usize> t * job.vRow;
    for (let c = 0; c < job.cin; c += 4) {
      for (let i = 0; i < 6; i++) {
        const at = src + <usize> i * pixel;
        inputStep(
          v128.load(at), v128.load(at + row), v128.load(at + 2 * row),
          v128.load(at + 3 * row), v128.load(at + 4 * row), v128.load(at + 5 * row),
          temp + (<usize> i << 4), 96,
        );
      }
      for (let i = 0; i < 6; i++) {
        const at = temp + <usize> i * 96;
        inputStep(
          v128.load(at), v128.load(at, 16), v128.load(at, 32),
          v128.load(at, 48), v128.load(at, 64), v128.load(at, 80),
          dst + <usize> (6 * i) * plane, plane,
        );
      }
      src += 16;
      dst += 16;
    }
  }
}
