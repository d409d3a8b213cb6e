// Direct convolution as an implicit matrix product: rows are output pixels, columns output channels, and the inner sum runs over
// the kernel's rows, each of which is one run of kw * cin floats in the padded NHWC image; no patch is ever copied.
// Loops: block of 96 pixels and a group of panels, panel of 16 channels, tile of 6 pixels. Up to 3 channels go another way, through
// `dotTile`: 3 pixels x 3 channels. Weights are packed to panels [cout / 16][kh][kw * cin][16], or rows [cout][kh][kw * cin].

import { parallel } from "./threads";
import { COLUMNS, DOT_COLUMNS, DOT_ROWS, dotTile } from "./tile";
import { NO_BIAS } from "./matmul";
import { closeRows, freeScratch, ins, multiplyPanel, outs, setRow } from "./rows";

@unmanaged
class Convolution {
  image: usize;
  imageH: i32;
  imageW: i32;
  cin: i32;
  weights: usize;
  bias: usize;
  kh: i32;
  kw: i32;
  cout: i32;
  pixels: i32;
  gridH: i32;
  gridW: i32;
  strideY: i32;
  strideX: i32;
  out: usize;
  outH: i32;
  outW: i32;
  outY: i32;
  outX: i32;
  stepY: i32;
  stepX: i32;
  blockPixels: i32;
  groups: i32;
  groupPanels: i32;
}

const convolution = changetype<Convolution>(memory.data(112, 16));

/**
 * Convolves a grid [n, gridH, gridW] of pixels: pixel (b, y, x) sums over the padded image from (b, y * strideY, x * strideX) on,
 * adds the bias, and goes to (b, y * stepY + outY, x * stepX + outX) of out [n, outH, outW, cout].
 *
 * @param weights as `packPanels` gives them; as `packDots` if cout is at most 3
 * @param bias filled up with zeros to a multiple of 16; 0: none
 * @param blockPixels pixels in one block, at most 96
 * @param groupPanels panels in one block
 */
export function convolve(
  image: usize, imageH: i32, imageW: i32, cin: i32, weights: usize, bias: usize, kh: i32, kw: i32, cout: i32,
  n: i32, gridH: i32, gridW: i32, strideY: i32, strideX: i32,
  out: usize, outH: i32, outW: i32, outY: i32, outX: i32, stepY: i32, stepX: i32,
  blockPixels: i32, groupPanels: i32,
): void {
  const job = convolution;
  job.image = image;
  job.imageH = imageH;
  job.imageW = imageW;
  job.cin = cin;
  job.weights = weights;
  job.bias = bias;
  job.kh = kh;
  job.kw = kw;
  job.cout = cout;
  job.pixels = n * gridH * gridW;
  job.gridH = gridH;
  job.gridW = gridW;
  job.strideY = strideY;
  job.strideX = strideX;
  job.out = out;
  job.outH = outH;
  job.outW = outW;
  job.outY = outY;
  job.outX = outX;
  job.stepY = stepY;
  job.stepX = stepX;
  job.blockPixels = blockPixels;
  job.groupPanels = groupPanels;
  job.groups = cout <= DOT_COLUMNS ? 1 : ((cout + COLUMNS - 1) / COLUMNS + groupPanels - 1) / groupPanels;
  const size = <f64> job.pixels * <f64> (kh * kw * cin) * <f64> cout / 16;
  parallel(convolveBlock, (job.pixels + blockPixels - 1) / blockPixels * job.groups, size);
}

function convolveBlock(block: i32): void {
  const job = convolution;
  const first = block / job.groups * job.blockPixels, count = min(job.blockPixels, job.pixels - first);
  setPixels(first, count);
  closeRows(count);
  if (job.cout <= DOT_COLUMNS) return convolveDots(count);
  const run = job.kw * job.cin, skip = ((<usize> job.imageW * job.cin) - run) << 2;
  const from = block % job.groups * job.groupPanels;
  for (let p = from; p < from + job.groupPanels && p * COLUMNS < job.cout; p++) {
    const panel = job.weights + ((<usize> p * job.kh * run * COLUMNS) << 2);
    const init = job.bias ? job.bias + (<usize> p << 6) : NO_BIAS;
    multiplyPanel(
      count, panel, run, 4, 64, job.kh, skip, 0,
      <usize> p << 6, min(COLUMNS, job.cout - p * COLUMNS), init,
    );
  }
}

/** Enters the pixels' addresses in the image and in the result. */
function setPixels(first: i32, count: i32): void {
  const job = convolution, line = first / job.gridW;
  let x = first % job.gridW, y = line % job.gridH, b = line / job.gridH;
  for (let i = 0; i < count; i++) {
    const source = (<usize> (b * job.imageH + y * job.strideY)) * job.imageW + x * job.strideX;
    const target = (<usize> (b * job.outH + y * job.stepY + job.outY)) * job.outW + x * job.stepX + job.outX;
    setRow(i, job.image + ((source * job.cin) << 2), job.out + ((target * job.cout) << 2));
    if (++x < job.gridW) continue;
    x = 0;
    if (++y < job.gridH) continue;
    y = 0;
    b++;
  }
}

/** The same for at most 3 output channels. */
function convolveDots(count: i32): void {
  const job = convolution, run = job.kw * job.cin, skip = ((<usize> job.imageW * job.cin) - run) << 2;
  const weightRow = (<usize> job.kh * ((run + 7) & ~7)) << 2, sums = freeScratch();
  for (let i = 0; i < count; i += DOT_ROWS) {
    dotTile(ins() + (<usize> i << 2), job.weights, weightRow, run, job.kh, skip, sums);
    for (let r = 0; r < min(DOT_ROWS, count - i); r++) {
      const out = load<usize>(outs() + (<usize> (i + r) << 2));
      for (let n = 0; n < job.cout; n++) {
        const bias = job.bias ? load<f32>(job.bias + (<usize> n << 2)) : 0;
        store<f32>(out + (<usize> n << 2), sumLanes(sums + <usize> (r * DOT_COLUMNS + n) * 32) + bias);
      }
    }
  }
}

/** The sum of eight floats. */
function sumLanes(at: usize): f32 {
  const four = f32x4.add(v128.load(at), v128.load(at, 16));
  const two = f32x4.add(four, v128.shuffle<i32>(four, four, 2, 3, 2, 3));
  return f32x4.extract_lane(two, 0) + f32x4.extract_lane(two, 1);
}
