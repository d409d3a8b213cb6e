// Winograd's 3x3 convolution on the engine (assembly/winograd.ts): when it pays, and the working memory.

import type { backend_util } from "../../tf.ts";
import type { SimdBackend } from "../backend.ts";
import { panelsOf } from "./native.ts";
import { type Borders, type HeapImages, withPadded } from "./operands.ts";

type ConvInfo = ReturnType<typeof backend_util.computeConv2DInfo>;

/** Outputs along a side of a tile, and positions of a transformed tile. */
const TILE = 4, POSITIONS = 36;
/** Below so many tiles or channels, transforming the weights costs more than it saves. */
const FEWEST_TILES = 6, FEWEST_CHANNELS = 16;
/** A chunk of tiles has at most so many bytes of transformed values. */
const CHUNK_BYTES = 4 * 2 ** 20;
/** Tiles, or channels of a filter gradient, that are multiplied at a time, and channels of a panel. */
const BLOCK = 48, COLUMNS = 16;
/** Blocks per thread below which the tiles of a panel are split, though each part has to transform the weights for itself. */
const BLOCKS_PER_THREAD = 2;
/** Bytes between rows and positions of transformed values. */
const GAP = 64;

/** Whether the convolution, and its filter gradient, go through the transform. */
export function suits(info: ConvInfo): boolean {
  return suitsSize(info, info.outHeight, info.outWidth);
}

/** Whether its input gradient does. */
export function suitsGradient(info: ConvInfo): boolean {
  const { top, bottom, left, right } = info.padInfo;
  return Math.max(top, bottom, left, right) <= 2 && suitsSize(info, info.inHeight, info.inWidth);
}

function suitsSize(info: ConvInfo, height: number, width: number): boolean {
  const { filterHeight, filterWidth, strideHeight, strideWidth, inChannels, outChannels } = info;
  return filterHeight === 3 && filterWidth === 3 && strideHeight === 1 && strideWidth === 1 &&
    inChannels % 4 === 0 && outChannels % 4 === 0 &&
    Math.min(inChannels, outChannels) >= FEWEST_CHANNELS &&
    info.batchSize * tilesOf(height) * tilesOf(width) >= FEWEST_TILES;
}

function tilesOf(side: number): number {
  return Math.ceil(side / TILE);
}

/** Bytes of rows of channels at all positions, with gaps between rows if not told otherwise. */
function planeBytes(rows: number, channels: number, gap = GAP): number {
  return POSITIONS * (rows * (channels * 4 + gap) + GAP);
}

/** Convolves images, padded by zeros, with packed weights. */
export function convolve(
  backend: SimdBackend,
  images: HeapImages,
  borders: Borders,
  weights: number,
  out: HeapImages & { bias: number },
): void {
  const { kernels, threads } = backend.engine;
  const chunk = chunkOf(images, out), wanted = threads > 1 ? threads * BLOCKS_PER_THREAD : 1;
  const parts = Math.ceil(wanted / panelsOf(out.channels));
  const work = planeBytes(images.channels, COLUMNS, 0) + planeBytes(BLOCK, COLUMNS, 0);
  backend.withScratch(
    [planeBytes(chunk, images.channels), threads * work],
    (v, workspace) =>
      withPadded(backend, images, borders, (padded, h, w) =>
        kernels.winograd(
          ...[padded, images.batchSize, h, w, images.channels, weights, out.bias],
          ...[out.address, out.height, out.width, out.channels, v, workspace, chunk, parts],
        ), reachOf(out)),
  );
}

/** The filter gradient [3, 3, cin, cout] of images and dy, written to `dw`. */
export function filterGradient(
  backend: SimdBackend,
  images: HeapImages,
  borders: Borders,
  dy: HeapImages,
  dw: number,
): void {
  const { kernels, threads } = backend.engine, chunk = chunkOf(images, dy);
  const sizes = [
    planeBytes(chunk, images.channels),
    planeBytes(chunk, panelsOf(dy.channels) * COLUMNS),
    threads * planeBytes(BLOCK, COLUMNS, 0),
  ];
  backend.withScratch(
    sizes,
    (v, d, du) =>
      withPadded(backend, images, borders, (padded, h, w) =>
        kernels.winogradFilterGradient(
          ...[padded, images.batchSize, h, w, images.channels],
          ...[dy.address, dy.height, dy.width, dy.channels, dw, v, d, du, chunk],
        ), reachOf(dy)),
  );
}

/** How far the tiles of an output reach in the image. */
function reachOf({ height, width }: HeapImages): { height: number; width: number } {
  return { height: tilesOf(height) * TILE + 2, width: tilesOf(width) * TILE + 2 };
}

/** Tiles of a chunk: chunks of about the same length, in whole blocks if there are several. */
function chunkOf(images: HeapImages, { batchSize, height, width }: HeapImages): number {
  const tiles = batchSize * tilesOf(height) * tilesOf(width);
  const most = Math.max(BLOCK, Math.floor(CHUNK_BYTES / (POSITIONS * 4 * images.channels)));
  const chunks = Math.ceil(tiles / most), rows = chunks > 1 ? BLOCK : 6;
  return Math.ceil(tiles / chunks / rows) * rows;
}
