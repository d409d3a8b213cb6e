// Brings operands into the order in which tiles read them: matrices into panels of 16 columns, images into borders of zeros.

import { COLUMNS } from "./tile";
import { parallel } from "./threads";

@unmanaged
class Panels {
  src: usize;
  dst: usize;
  k: i32;
  n: i32;
  rowStep: usize;
  columnStep: usize;
}

const panelsJob = changetype<Panels>(memory.data(32, 16));

/**
 * dst[n / 16][k][16] from a matrix [k, n] whose rows and columns are rowStep and columnStep bytes apart; the last panel is filled
 * up with zeros. A block is a panel.
 */
export function packPanels(
  src: usize, dst: usize, k: i32, n: i32, rowStep: usize, columnStep: usize,
): void {
  const job = panelsJob;
  job.src = src;
  job.dst = dst;
  job.k = k;
  job.n = n;
  job.rowStep = rowStep;
  job.columnStep = columnStep;
  parallel(packPanel, (n + COLUMNS - 1) / COLUMNS);
}

function packPanel(panel: i32): void {
  const job = panelsJob, first = panel * COLUMNS, columns = min(COLUMNS, job.n - first);
  let src = job.src + <usize> first * job.columnStep;
  let dst = job.dst + ((<usize> panel * job.k * COLUMNS) << 2);
  if (columns === COLUMNS && job.columnStep === 4) {
    for (let i = 0; i < job.k; i++) {
      v128.store(dst, v128.load(src));
      v128.store(dst, v128.load(src, 16), 16);
      v128.store(dst, v128.load(src, 32), 32);
      v128.store(dst, v128.load(src, 48), 48);
      src += job.rowStep;
      dst += 64;
    }
    return;
  }
  for (let i = 0; i < job.k; i++) {
    let from = src, j = 0;
    for (; j < columns; j++) {
      store<f32>(dst + (<usize> j << 2), load<f32>(from));
      from += job.columnStep;
    }
    for (; j < COLUMNS; j++) store<f32>(dst + (<usize> j << 2), 0);
    src += job.rowStep;
    dst += 64;
  }
}

@unmanaged
class Image {
  src: usize;
  dst: usize;
  h: i32;
  w: i32;
  c: i32;
  top: i32;
  left: i32;
  paddedH: i32;
  paddedW: i32;
}

const imageJob = changetype<Image>(memory.data(48, 16));

/**
 * Copies images [n, h, w, c] into zeros [n, paddedH, paddedW, c], `top` rows and `left` pixels from their corner; what does not
 * fit is cut off. A block is a row.
 */
export function padImages(
  src: usize, dst: usize, n: i32, h: i32, w: i32, c: i32,
  top: i32, left: i32, paddedH: i32, paddedW: i32,
): void {
  const job = imageJob;
  job.src = src;
  job.dst = dst;
  job.h = h;
  job.w = w;
  job.c = c;
  job.top = top;
  job.left = left;
  job.paddedH = paddedH;
  job.paddedW = paddedW;
  parallel(padRow, n * paddedH);
}

function padRow(row: i32): void {
  const job = imageJob, b = row / job.paddedH, y = row % job.paddedH - job.top;
  const pixel = <usize> job.c << 2, length = <usize> job.paddedW * pixel;
  const dst = job.dst + <usize> row * length;
  if (y < 0 || y >= job.h) return memory.fill(dst, 0, length);
  const before = <usize> job.left * pixel, copied = <usize> min(job.w, job.paddedW - job.left) * pixel;
  memory.fill(dst, 0, before);
  memory.copy(dst + before, job.src + <usize> (b * job.h + y) * <usize> job.w * pixel, copied);
  memory.fill(dst + before + copied, 0, length - before - copied);
}
