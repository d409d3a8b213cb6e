// Borders of zeros around images.

import { parallel } from "./threads";

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
