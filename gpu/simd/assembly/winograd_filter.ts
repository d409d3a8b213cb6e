// The filter gradient of Winograd's convolution (see winograd.ts): dg = Gt [ sum over tiles of V^T (A dy At) ] G, per position a
// product of matrices whose inner sum runs over tiles. D [36][tiles][16 ceil(cout / 16)] is dy transformed. A block is a panel and 48
// input channels: their 36 products lie in memory of the thread's own until they are transformed back and added to the gradient.

import { parallel, thread } from "./threads";
import { COLUMNS } from "./tile";
import { NO_BIAS } from "./matmul";
import { closeRows, freeScratch, multiplyPanel, setRow } from "./rows";
import { gradientStep, kernelBackStep } from "./winograd_steps";
import { BLOCK_TILES, GAP, panelsOf, POSITIONS, setTiles, tiles, transformImages } from "./winograd_tiles";

/** Input channels in a block. */
const BLOCK_CHANNELS = 48;
/** Bytes between two positions of a block's products, and of all of them. */
const DU_PLANE: usize = <usize> BLOCK_CHANNELS * 64 + GAP, DU_BYTES: usize = <usize> POSITIONS * DU_PLANE;

@unmanaged
class Filter {
  dw: usize;
  d: usize;
  dRow: usize;
  dPlane: usize;
  du: usize;
  groups: i32;
}

const filterJob = changetype<Filter>(memory.data(32, 16));

/**
 * dw [3, 3, cin, cout] of padded images [n, imageH, imageW, cin] and dy [n, outH, outW, cout]; the images reach as far as in
 * `winograd`, v and chunk are as there.
 *
 * @param d room for 36 x (chunk x (16 ceil(cout / 16) + 16) + 16) floats
 * @param du room for 36 x (48 x 16 + 16) floats for each thread
 */
export function winogradFilterGradient(
  image: usize, n: i32, imageH: i32, imageW: i32, cin: i32,
  dy: usize, outH: i32, outW: i32, cout: i32, dw: usize, v: usize, d: usize, du: usize, chunk: i32,
): void {
  const job = filterJob;
  job.dw = dw;
  job.d = d;
  job.dRow = (<usize> panelsOf(cout) << 6) + GAP;
  job.dPlane = <usize> chunk * job.dRow + GAP;
  job.du = du;
  job.groups = (cin + BLOCK_CHANNELS - 1) / BLOCK_CHANNELS;
  const total = setTiles(image, n, imageH, imageW, cin, dy, outH, outW, cout, v, chunk);
  memory.fill(dw, 0, (<usize> (9 * cin) * cout) << 2);
  for (let first = 0; first < total; first += chunk) {
    tiles.first = first;
    tiles.count = min(chunk, total - first);
    transformImages();
    const gradients = <f64> (POSITIONS * tiles.count) * cout;
    parallel(transformGradient, (tiles.count + BLOCK_TILES - 1) / BLOCK_TILES, gradients);
    parallel(multiplyBlock, panelsOf(cout) * job.groups, gradients * cin / 16);
  }
}

/** A dy At for all channels of a tile, four at a time; zeros outside the image. */
function transformGradient(block: i32): void {
  const job = tiles, temp = freeScratch(), plane = filterJob.dPlane, zero = f32x4.splat(0);
  const pixel = <usize> job.cout << 2, row = <usize> job.outW * pixel;
  for (let t = block * BLOCK_TILES; t < min(job.count, (block + 1) * BLOCK_TILES); t++) {
    const index = job.first + t, x = index % job.tilesX, line = index / job.tilesX;
    const b = line / job.tilesY, y = line % job.tilesY;
    const high = min(4, job.outH - y * 4), wide = min(4, job.outW - x * 4);
    let src = job.out + <usize> (b * job.outH + y * 4) * row + <usize> (x * 4) * pixel;
    let dst = filterJob.d + <usize> t * filterJob.dRow;
    for (let c = 0; c < job.cout; c += 4) {
      for (let i = 0; i < 4; i++) {
        const at = src + <usize> i * pixel, inside = i < wide;
        gradientStep(
          inside ? v128.load(at) : zero,
          inside && high > 1 ? v128.load(at + row) : zero,
          inside && high > 2 ? v128.load(at + 2 * row) : zero,
          inside && high > 3 ? v128.load(at + 3 * row) : zero,
          temp + (<usize> i << 4), 64,
        );
      }
      for (let i = 0; i < 6; i++) {
        const at = temp + <usize> i * 64;
        gradientStep(
          v128.load(at), v128.load(at, 16), v128.load(at, 32), v128.load(at, 48),
          dst + <usize> (6 * i) * plane, plane,
        );
      }
      src += 16;
      dst += 16;
    }
  }
}

/** V^T D at all positions for one panel and some input channels, transformed back. */
function multiplyBlock(block: i32): void {
  const job = filterJob, panel = block / job.groups, first = block % job.groups * BLOCK_CHANNELS;
  const count = min(BLOCK_CHANNELS, tiles.cin - first), du = job.du + <usize> thread * DU_BYTES;
  for (let position = 0; position < POSITIONS; position++) {
    const v = tiles.v + <usize> position * tiles.vPlane + (<usize> first << 2);
    const to = du + <usize> position * DU_PLANE;
    for (let i = 0; i < count; i++) setRow(i, v + (<usize> i << 2), to + (<usize> i << 6));
    closeRows(count);
    const d = job.d + <usize> position * job.dPlane + (<usize> panel << 6);
    multiplyPanel(count, d, tiles.count, tiles.vRow, job.dRow, 1, 0, 0, 0, COLUMNS, NO_BIAS);
  }
  const channel = panel * COLUMNS, channels = min(COLUMNS, tiles.cout - channel);
  for (let i = 0; i < count; i++) {
    const dw = job.dw + ((<usize> (first + i) * tiles.cout + channel) << 2);
    transformKernelBack(du + (<usize> i << 6), dw, channels);
  }
}

/** Adds Gt dU G of one input channel and some output channels, four at a time, to the gradient. */
function transformKernelBack(du: usize, dw: usize, channels: i32): void {
  const temp = freeScratch(), tap = (<usize> tiles.cin * tiles.cout) << 2;
  for (let c = 0; c < channels; c += 4) {
    for (let k = 0; k < 6; k++) {
      const at = du + <usize> k * DU_PLANE;
      kernelBackStep(
        v128.load(at), v128.load(at + 6 * DU_PLANE), v128.load(at + 12 * DU_PLANE),
        v128.load(at + 18 * DU_PLANE), v128.load(at + 24 * DU_PLANE), v128.load(at + 30 * DU_PLANE),
        temp + (<usize> k << 4), 96,
      );
    }
    for (let r = 0; r < 3; r++) {
      const at = temp + <usize> r * 96, sums = temp + 576;
      kernelBackStep(
        v128.load(at), v128.load(at, 16), v128.load(at, 32),
        v128.load(at, 48), v128.load(at, 64), v128.load(at, 80),
        sums, 16,
      );
      for (let s: usize = 0; s < 3; s++) {
        const to = dw + (<usize> (3 * r) + s) * tap;
        v128.store(to, f32x4.add(v128.load(to), v128.load(sums + (s << 4))));
      }
    }
    du += 16;
    dw += 16;
  }
}
