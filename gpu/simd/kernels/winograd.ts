// Winograd's 3x3 convolution on the engine (assembly/winograd.ts): when it pays, and the working memory.

import type { backend_util } from "../../tf.ts";
import type { SimdBackend } from "../backend.ts";
import { panelsOf } from "./native.ts";
import type { HeapImages } from "./operands.ts";

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
  const { top, left } = info.padInfo;
  return top <= 2 && left <= 2 && suitsSize(info, info.inHeight, info.inWidth);
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

/** Convolves images, padded by zeros at the top and left (and as far as tiles reach), with packed weights. */
export function convolve(
  backend: SimdBackend,
  images: HeapImages,
  pads: { top: number; left: number },
  weights: number,
  out: HeapImages & { bias: number },
): void {
  const { kernels, threads } = backend.engine;
  const bytes = planeBytes(images.channels, COLUMNS, 0) + planeBytes(BLOCK, COLUMNS, 0);
  const wanted = threads > 1 ? threads * BLOCKS_PER_THREAD : 1;
  const parts = Math.ceil(wanted / panelsOf(out.channels));
  withTiles(
    backend,
    images,
    pads,
    out,
    (padded, h, w, v, chunk) =>
      backend.withScratch(threads * bytes, (workspace) =>
        kernels.winograd(
          ...[padded, images.batchSize, h, w, images.channels, weights],
          ...[out.bias, out.address, out.height, out.width],
          ...[out.channels, v, workspace, chunk, parts],
        )),
  );
}

/** The filter gradient [3, 3, cin, cout] of images and dy, written to `dw`. */
export function filterGradient(
  backend: SimdBackend,
  images: HeapImages,
  pads: { top: number; left: number },
  dy: HeapImages,
  dw: number,
): void {
  const { kernels, threads } = backend.engine;
  withTiles(
    backend,
    images,
    pads,
    dy,
    (padded, h, w, v, chunk) =>
      backend.withScratch(
        planeBytes(chunk, panelsOf(dy.channels) * COLUMNS),
        (d) =>
          backend.withScratch(threads * planeBytes(BLOCK, COLUMNS, 0), (du) =>
            kernels.winogradFilterGradient(
              ...[padded, images.batchSize, h, w, images.channels],
              ...[dy.address, dy.height, dy.width, dy.channels, dw, v, d, du, chunk],
            )),
      ),
  );
}

/** Calls `use` with the images padded as far as the tiles of `out` reach, and with room for a chunk of transformed tiles. */
function withTiles(
  backend: SimdBackend,
  images: HeapImages,
  { top, left }: { top: number; left: number },
  out: HeapImages,
  use: (padded: number, h: number, w: number, v: number, chunk: number) => void,
): void {
  const { address, batchSize, height, width, channels } = images;
  const h = tilesOf(out.height) * TILE + 2, w = tilesOf(out.width) * TILE + 2;
  const tiles = batchSize * tilesOf(out.height) * tilesOf(out.width);
  const chunk = chunkOf(tiles, POSITIONS * 4 * channels);
  backend.withScratch(planeBytes(chunk, channels), (v) => {
    if (top === 0 && left === 0 && h === height && w === width) return use(address, h, w, v, chunk);
    backend.withScratch(batchSize * h * w * channels * 4, (padded) => {
      const { padImages } = backend.engine.kernels;
      padImages(address, padded, batchSize, height, width, channels, top, left, h, w);
      use(padded, h, w, v, chunk);
    });
  });
}

/** Tiles of a chunk: chunks of about the same length, in whole blocks if there are several. */
function chunkOf(tiles: number, bytesPerTile: number): number {
  const most = Math.max(BLOCK, Math.floor(CHUNK_BYTES / bytesPerTile));
  const chunks = Math.ceil(tiles / most), rows = chunks > 1 ? BLOCK : 6;
  return Math.ceil(tiles / chunks / rows) * rows;
}
