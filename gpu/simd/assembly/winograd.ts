// Winograd's minimal filtering F(4x4, 3x3) (Lavin and Gray 2016, section 4.3): a 3x3 convolution of stride 1 by 36 products of
// matrices over tiles of 4x4 outputs, with a quarter of the multiplications. Per tile Y = At [ (G g Gt) * (Bt d B) ] A.
//
// Layouts: U [36][cout / 16][cin][16] is the kernel transformed, V [36][tiles][cin] the images, M [36][tiles][16 panels] their products.
// Channels are multiples of 4, so that no vector sticks out of a tile. Loops: chunk of tiles (V stays in the cache); then a block of
// 48 tiles and a few panels, whose M lies in memory of the thread's own until it is transformed back; position; panel; tile.

import { parallel, thread } from "./threads";
import { COLUMNS } from "./tile";
import { NO_BIAS } from "./matmul";
import { freeScratch, multiplyPanel, setRow } from "./rows";
import { outputStep } from "./winograd_steps";
import { GAP, panelsOf, POSITIONS, setTiles, tiles, transformImages, wholeRows } from "./winograd_tiles";

/** Tiles in a block of the multiplication. */
const BLOCK_ROWS = 48;

@unmanaged
class Winograd {
  u: usize;
  bias: usize;
  /** M of all threads, and the bytes of each, of a row and of a position. */
  m: usize;
  mBytes: usize;
  mRow: usize;
  mPlane: usize;
  groups: i32;
  groupPanels: i32;
}

const winogradJob = changetype<Winograd>(memory.data(32, 16));

/**
 * out [n, outH, outW, cout] of padded images [n, imageH, imageW, cin] and U, plus the bias (in whole panels; 0: none). The images
 * reach 4 ceil(out / 4) + 2 far, with zeros where the convolution itself does not look.
 *
 * @param v room for 36 x (chunk x (cin + 16) + 16) floats
 * @param m room for 36 x (48 x 16 groupPanels + 16) floats for each thread
 * @param chunk tiles at a time, a multiple of 6
 * @param groupPanels panels of 16 channels in one block
 */
export function winograd(
  image: usize, n: i32, imageH: i32, imageW: i32, cin: i32, u: usize, bias: usize,
  out: usize, outH: i32, outW: i32, cout: i32, v: usize, m: usize, chunk: i32, groupPanels: i32,
): void {
  const job = winogradJob;
  job.u = u;
  job.bias = bias;
  job.m = m;
  job.mRow = <usize> groupPanels << 6;
  job.mPlane = <usize> BLOCK_ROWS * job.mRow + GAP;
  job.mBytes = <usize> POSITIONS * job.mPlane;
  job.groupPanels = groupPanels;
  job.groups = (panelsOf(cout) + groupPanels - 1) / groupPanels;
  const total = setTiles(image, n, imageH, imageW, cin, out, outH, outW, cout, v, chunk);
  for (let first = 0; first < total; first += chunk) {
    tiles.first = first;
    tiles.count = min(chunk, total - first);
    transformImages();
    parallel(multiplyBlock, (tiles.count + BLOCK_ROWS - 1) / BLOCK_ROWS * job.groups);
  }
}

/** M = V U for some tiles and panels, transformed back to the result. */
function multiplyBlock(block: i32): void {
  const job = winogradJob, cin = tiles.cin, panels = panelsOf(tiles.cout);
  const from = block % job.groups * job.groupPanels, to = min(panels, from + job.groupPanels);
  const t = block / job.groups * BLOCK_ROWS, count = min(BLOCK_ROWS, tiles.count - t), rows = wholeRows(count);
  const panelBytes = <usize> cin << 6, positionBytes = <usize> panels * panelBytes + GAP;
  const m = job.m + <usize> thread * job.mBytes;
  for (let position = 0; position < POSITIONS; position++) {
    const v = tiles.v + <usize> position * tiles.vPlane + <usize> t * tiles.vRow;
    const to36 = m + <usize> position * job.mPlane, u = job.u + <usize> position * positionBytes;
    for (let i = 0; i < rows; i++) setRow(i, v + <usize> i * tiles.vRow, to36 + <usize> i * job.mRow);
    for (let p = from; p < to; p++) {
      multiplyPanel(
        rows, u + <usize> p * panelBytes, cin, 4, 64, 1, 0, 0, <usize> (p - from) << 6, COLUMNS, NO_BIAS,
      );
    }
  }
  const first = from * COLUMNS, channels = min(tiles.cout, to * COLUMNS) - first;
  for (let i = 0; i < count; i++) transformBack(t + i, m + <usize> i * job.mRow, first, channels);
}

/** At M A + bias for some channels of a tile, four at a time, cut off at the image's border. */
function transformBack(t: i32, m: usize, first: i32, channels: i32): void {
  const temp = freeScratch(), plane = winogradJob.mPlane, none = f32x4.splat(0);
  const pixel = <usize> tiles.cout << 2, row = <usize> tiles.outW * pixel;
  const index = tiles.first + t, x = index % tiles.tilesX, line = index / tiles.tilesX;
  const b = line / tiles.tilesY, y = line % tiles.tilesY;
  const high = min(4, tiles.outH - y * 4), wide = min(4, tiles.outW - x * 4), cut = wide < 4;
  let dst = tiles.out + <usize> (b * tiles.outH + y * 4) * row + <usize> (x * 4) * pixel + (<usize> first << 2);
  for (let c = 0; c < channels; c += 4) {
    const bias = winogradJob.bias ? v128.load(winogradJob.bias + (<usize> (first + c) << 2)) : none;
    for (let i = 0; i < 6; i++) {
      const at = m + <usize> i * plane;
      outputStep(
        v128.load(at), v128.load(at + 6 * plane), v128.load(at + 12 * plane),
        v128.load(at + 18 * plane), v128.load(at + 24 * plane), v128.load(at + 30 * plane),
        none, temp + (<usize> i << 4), 96,
      );
    }
    for (let i = 0; i < high; i++) {
      const at = temp + <usize> i * 96, to = dst + <usize> i * row;
      outputStep(
        v128.load(at), v128.load(at, 16), v128.load(at, 32),
        v128.load(at, 48), v128.load(at, 64), v128.load(at, 80),
        bias, cut ? temp + 576 : to, cut ? 16 : pixel,
      );
      if (cut) {
        for (let k = 0; k < wide; k++) v128.store(to + <usize> k * pixel, v128.load(temp + 576 + (<usize> k << 4)));
      }
    }
    m += 16;
    dst += 16;
  }
}
