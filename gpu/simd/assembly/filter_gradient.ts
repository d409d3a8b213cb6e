// The filter gradient of a convolution, dw[tap][cout] = sum over pixels of image[pixel + tap] * dy[pixel][cout]: a matrix product
// whose inner sum runs over pixels. Rows are neighbouring weights of one kernel row, read where they are in the padded NHWC image;
// columns are 16 channels of dy, packed to panels [cout / 16][pixels][16].
// Loops: panel, kernel row and 96 of its weights (a block), some rows of pixels (so that what they read stays in the cache), tile of
// 6 weights. A block adds up all pixels itself, so sums need no second pass. Up to 6 channels of dy become the rows instead, and the
// image the columns: a tile is then at most half empty, where 16 columns would be nearly so.

import { parallel } from "./threads";
import { COLUMNS, ROWS } from "./tile";
import { NO_BIAS } from "./matmul";
import { closeRows, multiplyPanel, setRow, TABLE_ROWS } from "./rows";

@unmanaged
class FilterGradient {
  image: usize;
  imageH: i32;
  imageW: i32;
  cin: i32;
  dy: usize;
  n: i32;
  gridH: i32;
  gridW: i32;
  cout: i32;
  strideY: i32;
  strideX: i32;
  kh: i32;
  kw: i32;
  dw: usize;
  parts: i32;
}

const gradient = changetype<FilterGradient>(memory.data(64, 16));

/** Pixels that are gone through at a time: 16 KiB of a panel. */
const CHUNK_PIXELS = 256;

/**
 * dw [kh, kw, cin, cout] from padded images [n, imageH, imageW, cin] and dy [n, gridH, gridW, cout].
 *
 * @param dy for more than 6 channels, its panels: `packPanels` of the matrix [n * gridH * gridW, cout]; else dy itself
 * @param dw up to 6 channels come out transposed, [cout, kh, kw, cin]
 */
export function filterGradient(
  image: usize, imageH: i32, imageW: i32, cin: i32, dy: usize, n: i32, gridH: i32, gridW: i32, cout: i32,
  strideY: i32, strideX: i32, kh: i32, kw: i32, dw: usize,
): void {
  const job = gradient, run = kw * cin;
  job.image = image;
  job.imageH = imageH;
  job.imageW = imageW;
  job.cin = cin;
  job.dy = dy;
  job.n = n;
  job.gridH = gridH;
  job.gridW = gridW;
  job.cout = cout;
  job.strideY = strideY;
  job.strideX = strideX;
  job.kh = kh;
  job.kw = kw;
  job.dw = dw;
  const size = <f64> (n * gridH * gridW) * <f64> (kh * run) * <f64> cout / 16;
  if (cout <= ROWS) {
    job.parts = (run + COLUMNS - 1) / COLUMNS;
    parallel(narrowBlock, kh * job.parts, size);
  } else {
    job.parts = (run + TABLE_ROWS - 1) / TABLE_ROWS;
    parallel(panelBlock, (cout + COLUMNS - 1) / COLUMNS * kh * job.parts, size);
  }
}

/** Where the pixel (b, y, 0) of the grid starts in the image, for the kernel's row ky. */
function rowStart(b: i32, y: i32, ky: i32): usize {
  const job = gradient;
  return job.image + (((<usize> (b * job.imageH + y * job.strideY + ky)) * job.imageW * job.cin) << 2);
}

function panelBlock(block: i32): void {
  const job = gradient, run = job.kw * job.cin;
  const part = block % job.parts, rest = block / job.parts, ky = rest % job.kh, panel = rest / job.kh;
  const k = part * TABLE_ROWS, count = min(TABLE_ROWS, run - k);
  const step = (<usize> job.strideX * job.cin) << 2;
  const skip = ((<usize> job.strideY * job.imageW * job.cin) << 2) - <usize> job.gridW * step;
  const pixels = job.gridH * job.gridW, rows = max(1, CHUNK_PIXELS / job.gridW);
  const dw = job.dw + ((<usize> (ky * run + k) * job.cout) << 2);
  let dy = job.dy + <usize> panel * job.n * pixels * 64;
  let init = NO_BIAS;
  for (let b = 0; b < job.n; b++) {
    for (let y = 0; y < job.gridH; y += rows) {
      const outer = min(rows, job.gridH - y), from = rowStart(b, y, ky) + (<usize> k << 2);
      for (let i = 0; i < count; i++) {
        setRow(i, from + (<usize> i << 2), dw + ((<usize> i * job.cout) << 2));
      }
      closeRows(count);
      multiplyPanel(
        count, dy, job.gridW, step, 64, outer, skip, 0,
        <usize> panel << 6, min(COLUMNS, job.cout - panel * COLUMNS), init,
      );
      dy += <usize> (outer * job.gridW) * 64;
      init = 0;
    }
  }
}

function narrowBlock(block: i32): void {
  const job = gradient, run = job.kw * job.cin, ky = block / job.parts, k = block % job.parts * COLUMNS;
  const step = (<usize> job.strideX * job.cin) << 2, pixel = <usize> job.cout << 2;
  const skip = ((<usize> job.strideY * job.imageW * job.cin) << 2) - <usize> job.gridW * step;
  let init = NO_BIAS;
  for (let b = 0; b < job.n; b++) {
    const dy = job.dy + <usize> (b * job.gridH * job.gridW) * pixel;
    for (let i = 0; i < job.cout; i++) {
      setRow(i, dy + (<usize> i << 2), job.dw + ((<usize> i * job.kh * run) << 2));
    }
    closeRows(job.cout);
    multiplyPanel(
      job.cout, rowStart(b, 0, ky) + (<usize> k << 2), job.gridW, pixel, step, job.gridH, 0, skip,
      <usize> (ky * run + k) << 2, min(COLUMNS, run - k), init,
    );
    init = 0;
  }
}
