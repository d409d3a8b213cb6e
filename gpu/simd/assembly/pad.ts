// Borders of zeros around images, and what tiles read beyond them.

import { parallel } from "./threads";
import { copyFloats } from "./rows";

@unmanaged
class Image {
  src: usize;
  dst: usize;
  h: i32;
  w: i32;
  c: i32;
  top: i32;
  left: i32;
  bottom: i32;
  right: i32;
  outH: i32;
  outW: i32;
}

const job = changetype<Image>(memory.data(48, 16));

/**
 * Copies images [n, h, w, c] into [n, outH, outW, c] with borders of zeros around. Where the result reaches further than the
 * borders, it repeats what is outermost, so that a flat image stays flat. A block is a row.
 */
export function padImages(
  src: usize, dst: usize, n: i32, h: i32, w: i32, c: i32,
  top: i32, left: i32, bottom: i32, right: i32, outH: i32, outW: i32,
): void {
  job.src = src;
  job.dst = dst;
  job.h = h;
  job.w = w;
  job.c = c;
  job.top = top;
  job.left = left;
  job.bottom = bottom;
  job.right = right;
  job.outH = outH;
  job.outW = outW;
  parallel(padRow, n * outH, <f64> n * outH * outW * c);
}

function padRow(row: i32): void {
  const b = row / job.outH, y = min(row % job.outH, job.top + job.h + job.bottom - 1) - job.top;
  const pixel = <usize> job.c << 2, dst = job.dst + <usize> row * <usize> job.outW * pixel;
  if (y < 0 || y >= job.h) return memory.fill(dst, 0, <usize> job.outW * pixel);
  const image = dst + <usize> job.left * pixel, length = <usize> job.w * pixel;
  memory.fill(dst, 0, <usize> job.left * pixel);
  memory.copy(image, job.src + <usize> (b * job.h + y) * length, length);
  const rest = job.outW - job.left - job.w;
  if (job.right > 0) return memory.fill(image + length, 0, <usize> rest * pixel);
  for (let x = 0; x < rest; x++) {
    copyFloats(image + length + <usize> x * pixel, image + length - pixel, job.c);
  }
}
