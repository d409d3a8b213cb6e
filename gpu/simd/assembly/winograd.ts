// Winograd's minimal filtering F(4x4, 3x3) (Lavin and Gray 2016, section 4.3): a 3x3 convolution of stride 1 by 36 products of
// matrices over tiles of 4x4 outputs, with a quarter of the multiplications. Per tile Y = At [ (G g Gt) * (Bt d B) ] A.
//
// Layouts: U [36][cin][16] is the kernel transformed, for 16 output channels; V [36][tiles][cin] the images; M [36][tiles][16] their
// products. Channels are multiples of 4, so that no vector sticks out of a tile. Loops: chunk of tiles (V stays in the cache); then a
// block of one panel and some tiles: U is made anew, in memory of the thread's own, since four times the weights would have to come
// from main memory, which takes longer; then 48 tiles at a time, whose M is transformed back at once; position; tile of the product.

import { parallel, thread } from "./threads";
import { COLUMNS } from "./tile";
import { NO_BIAS } from "./matmul";
import { freeScratch, multiplyPanel, setRow } from "./rows";
import { outputStep } from "./winograd_steps";
import { transformKernel } from "./winograd_kernel";
import { GAP, panelsOf, POSITIONS, setTiles, tiles, transformImages, wholeRows } from "./winograd_tiles";

/** Tiles that are multiplied and transformed back at a time. */
const ROWS_AT_ONCE = 48;
/** Bytes between two positions of M, and of all of them. */
const M_PLANE: usize = <usize> ROWS_AT_ONCE * 64 + GAP, M_BYTES: usize = <usize> POSITIONS * M_PLANE;

@unmanaged
class Winograd {
  weights: usize;
  bias: usize;
  /** U and M of all threads, and the bytes of each thread's. */
  workspace: usize;
  workBytes: usize;
  uPlane: usize;
  /** Parts into which a panel's tiles fall, for more blocks than panels, and tiles in each. */
  parts: i32;
  partTiles: i32;
}

const winogradJob = changetype<Winograd>(memory.data(32, 16));

/**
 * out [n, outH, outW, cout] of padded images [n, imageH, imageW, cin], plus the bias (in whole panels; 0: none). The images reach
 * 4 ceil(out / 4) + 2 far, with zeros where the convolution itself does not look.
 *
 * @param weights panels of a kernel [3, 3, cin, cout], as for `convolve`
 * @param v room for 36 x (chunk x (cin + 16) + 16) floats
 * @param workspace room for 36 x (16 cin + 16) + 36 x (48 x 16 + 16) floats for each thread
 * @param chunk tiles at a time, a multiple of 6
 * @param parts blocks into which the tiles of a panel are split
 */
export function winograd(
  image: usize, n: i32, imageH: i32, imageW: i32, cin: i32, weights: usize, bias: usize,
  out: usize, outH: i32, outW: i32, cout: i32, v: usize, workspace: usize, chunk: i32, parts: i32,
): void {
  const job = winogradJob;
  job.weights = weights;
  job.bias = bias;
  job.workspace = workspace;
  job.uPlane = (<usize> cin << 6) + GAP;
  job.workBytes = <usize> POSITIONS * job.uPlane + M_BYTES;
  const total = setTiles(image, n, imageH, imageW, cin, out, outH, outW, cout, v, chunk);
  for (let first = 0; first < total; first += chunk) {
    tiles.first = first;
    tiles.count = min(chunk, total - first);
    job.partTiles = ((tiles.count + parts - 1) / parts + ROWS_AT_ONCE - 1) / ROWS_AT_ONCE * ROWS_AT_ONCE;
    job.parts = (tiles.count + job.partTiles - 1) / job.partTiles;
    transformImages();
    const size = <f64> (POSITIONS * tiles.count) * cin * cout / 16;
    parallel(multiplyBlock, panelsOf(cout) * job.parts, size);
  }
}

function multiplyBlock(block: i32): void {
  const job = winogradJob, panel = block / job.parts, first = block % job.parts * job.partTiles;
  const u = job.workspace + <usize> thread * job.workBytes, m = u + <usize> POSITIONS * job.uPlane;
  transformKernel(job.weights + <usize> (panel * 9 * tiles.cin) * 64, tiles.cin, u, job.uPlane);
  const end = min(tiles.count, first + job.partTiles);
  for (let t = first; t < end; t += ROWS_AT_ONCE) {
    multiplyTiles(t, min(ROWS_AT_ONCE, end - t), panel, u, m);
  }
}

/** M = V U for some tiles and a panel, transformed back to the result. */
function multiplyTiles(t: i32, count: i32, panel: i32, u: usize, m: usize): void {
  const rows = wholeRows(count);
  for (let position = 0; position < POSITIONS; position++) {
    const v = tiles.v + <usize> position * tiles.vPlane + <usize> t * tiles.vRow;
    const to = m + <usize> position * M_PLANE;
    for (let i = 0; i < rows; i++) setRow(i, v + <usize> i * tiles.vRow, to + (<usize> i << 6));
    const from = u + <usize> position * winogradJob.uPlane;
    multiplyPanel(rows, from, tiles.cin, 4, 64, 1, 0, 0, 0, COLUMNS, NO_BIAS);
  }
  const channel = panel * COLUMNS, channels = min(COLUMNS, tiles.cout - channel);
  for (let i = 0; i < count; i++) transformBack(t + i, m + (<usize> i << 6), channel, channels);
}

/** At M A + bias for some channels of a tile, four at a time, cut off at the image's border. */
function transformBack(t: i32, m: usize, first: i32, channels: i32): void {
  const temp = freeScratch(), none = f32x4.splat(0);
  const pixel = <usize> tiles.cout << 2, row = <usize> tiles.outW * pixel;
  const index = tiles.first + t, x = index % tiles.tilesX, line = index / tiles.tilesX;
  const b = line / tiles.tilesY, y = line % tiles.tilesY;
  const high = min(4, tiles.outH - y * 4), wide = min(4, tiles.outW - x * 4), cut = wide < 4;
  let dst = tiles.out + <usize> (b * tiles.outH + y * 4) * row + <usize> (x * 4) * pixel + (<usize> first << 2);
  for (let c = 0; c < channels; c += 4) {
    const bias = winogradJob.bias ? v128.load(winogradJob.bias + (<usize> (first + c) << 2)) : none;
    for (let i = 0; i < 6; i++) {
      const at = m + <usize> i * M_PLANE;
      outputStep(
        v128.load(at), v128.load(at + 6 * M_PLANE), v128.load(at + 12 * M_PLANE),
        v128.load(at + 18 * M_PLANE), v128.load(at + 24 * M_PLANE), v128.load(at + 30 * M_PLANE),
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
