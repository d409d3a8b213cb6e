// Winograd's 3x3 convolution on the engine (assembly/winograd.ts): when it pays, the transformed weights, and the working memory.

import type { backend_util, TensorInfo } from "../../tf.ts";
import type { SimdBackend } from "../backend.ts";
import { panelsOf } from "./native.ts";
import type { HeapImages } from "./operands.ts";

type ConvInfo = ReturnType<typeof backend_util.computeConv2DInfo>;

/** Outputs along a side of a tile, and positions of a transformed tile. */
const TILE = 4, POSITIONS = 36;
/** Below so many tiles or channels, reading 36 transformed weights for 9 costs more than it saves. */
const FEWEST_TILES = 6, FEWEST_CHANNELS = 16;
/** A chunk of tiles has at most so many bytes of transformed values. */
const CHUNK_BYTES = 4 * 2 ** 20;
/** Tiles, or channels of a filter gradient, in a block, and the most panels there; see assembly/winograd.ts. */
const BLOCK = 48, MOST_GROUP_PANELS = 4;
/** Blocks per thread below which a block gets fewer panels. */
const BLOCKS_PER_THREAD = 3;
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

/** The transformed weights of a kernel [3, 3, cin, cout]; of the input gradient's kernel if `adjoint`. */
export function prepareKernel(
  backend: SimdBackend,
  filter: TensorInfo,
  cin: number,
  cout: number,
  adjoint: boolean,
): number {
  const { kernels } = backend.engine;
  if (!adjoint) {
    return backend.prepare(
      filter,
      "winograd",
      kernelBytes(cin, cout),
      (u) => kernels.winogradKernel(backend.addressOf(filter), u, cin, cout),
    );
  }
  return backend.prepare(
    filter,
    "winograd adjoint",
    kernelBytes(cout, cin),
    (u) =>
      backend.withScratch(9 * cin * cout * 4, (turned) => {
        kernels.turnKernel(backend.addressOf(filter), turned, 3, cin, cout, 0, 3, 1, 0, 3, 1);
        kernels.winogradKernel(turned, u, cout, cin);
      }),
  );
}

function kernelBytes(cin: number, cout: number): number {
  return POSITIONS * (cin * panelsOf(cout) * 64 + GAP);
}

/** Bytes of rows of channels at all positions, with gaps between rows if not told otherwise. */
function planeBytes(rows: number, channels: number, gap = GAP): number {
  return POSITIONS * (rows * (channels * 4 + gap) + GAP);
}

/** Where a convolution's result goes, and the bias in whole panels (0: none). */
interface Output {
  address: number;
  height: number;
  width: number;
  channels: number;
  bias: number;
}

/** Convolves images, padded by zeros at the top and left (and as far as tiles reach), with transformed weights. */
export function convolve(
  backend: SimdBackend,
  images: HeapImages,
  pads: { top: number; left: number },
  weights: number,
  out: Output,
): void {
  const { kernels, threads } = backend.engine;
  withTiles(backend, images, pads, out, (padded, h, w, v, chunk) => {
    const group = groupOf(panelsOf(out.channels), Math.ceil(chunk / BLOCK), threads);
    backend.withScratch(threads * planeBytes(BLOCK, group * 16, 0), (m) =>
      kernels.winograd(
        ...[padded, images.batchSize, h, w, images.channels, weights, out.bias],
        ...[out.address, out.height, out.width, out.channels, v, m, chunk, group],
      ));
  });
}

/** Panels per block: some, so that V is read less often, but enough blocks for all threads. */
function groupOf(panels: number, blocks: number, threads: number): number {
  const wanted = threads > 1 ? Math.ceil(threads * BLOCKS_PER_THREAD / blocks) : 1;
  return Math.max(1, Math.min(MOST_GROUP_PANELS, Math.floor(panels / wanted)));
}

/** The filter gradient [3, 3, cin, cout] of images and dy, written to `dw`. */
export function filterGradient(
  backend: SimdBackend,
  images: HeapImages,
  pads: { top: number; left: number },
  dy: Omit<Output, "bias">,
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
        planeBytes(chunk, panelsOf(dy.channels) * 16),
        (d) =>
          backend.withScratch(threads * planeBytes(BLOCK, 16, 0), (du) =>
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
  out: Omit<Output, "bias">,
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
