// Mirrored borders, and their adjoint, which folds each border back onto the pixels that it showed. A block is a row of the result.

import { parallel } from "./threads";

@unmanaged
class Mirror {
  src: usize;
  dst: usize;
  h: i32;
  w: i32;
  c: i32;
  top: i32;
  left: i32;
  paddedH: i32;
  paddedW: i32;
  /** 1 to leave the edge out (reflect), 0 to repeat it (symmetric). */
  skip: i32;
}

const mirror = changetype<Mirror>(memory.data(48, 16));

function setMirror(
  src: usize, dst: usize, h: i32, w: i32, c: i32,
  top: i32, left: i32, paddedH: i32, paddedW: i32, skip: i32,
): void {
  const job = mirror;
  job.src = src;
  job.dst = dst;
  job.h = h;
  job.w = w;
  job.c = c;
  job.top = top;
  job.left = left;
  job.paddedH = paddedH;
  job.paddedW = paddedW;
  job.skip = skip;
}

/** dst [n, paddedH, paddedW, c] shows src [n, h, w, c] from (top, left) on, mirrored around it. */
export function mirrorPad(
  src: usize, dst: usize, n: i32, h: i32, w: i32, c: i32,
  top: i32, left: i32, paddedH: i32, paddedW: i32, skip: i32,
): void {
  setMirror(src, dst, h, w, c, top, left, paddedH, paddedW, skip);
  parallel(padRow, n * paddedH, <f64> n * paddedH * paddedW * c);
}

/** The index on an axis of `size` that a padded index shows. */
function shown(padded: i32, before: i32, size: i32): i32 {
  const at = padded - before;
  if (at < 0) return mirror.skip - 1 - at;
  return at < size ? at : 2 * size - 1 - mirror.skip - at;
}

function padRow(row: i32): void {
  const job = mirror, pixel = <usize> job.c << 2, left = job.left;
  const src = job.src +
    <usize> (row / job.paddedH * job.h + shown(row % job.paddedH, job.top, job.h)) * <usize> job.w * pixel;
  const dst = job.dst + <usize> row * <usize> job.paddedW * pixel;
  for (let x = 0; x < left; x++) {
    memory.copy(dst + <usize> x * pixel, src + <usize> shown(x, left, job.w) * pixel, pixel);
  }
  memory.copy(dst + <usize> left * pixel, src, <usize> job.w * pixel);
  for (let x = left + job.w; x < job.paddedW; x++) {
    memory.copy(dst + <usize> x * pixel, src + <usize> shown(x, left, job.w) * pixel, pixel);
  }
}

/** dst [n, h, w, c] sums, for each pixel, all of src [n, paddedH, paddedW, c] that showed it. */
export function mirrorPadGradient(
  src: usize, dst: usize, n: i32, h: i32, w: i32, c: i32,
  top: i32, left: i32, paddedH: i32, paddedW: i32, skip: i32,
): void {
  setMirror(src, dst, h, w, c, top, left, paddedH, paddedW, skip);
  parallel(foldRow, n * h, <f64> n * paddedH * paddedW * c);
}

function foldRow(row: i32): void {
  const job = mirror, y = row % job.h, length = <usize> (job.w * job.c) << 2;
  const image = job.src + (<usize> (row / job.h * job.paddedH) * <usize> (job.paddedW * job.c) << 2);
  const dst = job.dst + <usize> row * length;
  // The padded rows that show row y: itself, and its images above and below.
  memory.fill(dst, 0, length);
  addRow(dst, image, job.top + y);
  const above = job.top - 1 + job.skip - y;
  if (above >= 0 && above < job.top) addRow(dst, image, above);
  const below = job.top + 2 * job.h - 1 - job.skip - y;
  if (below >= job.top + job.h && below < job.paddedH) addRow(dst, image, below);
}

/** Adds a padded row, its ends folded in. */
function addRow(dst: usize, image: usize, padded: i32): void {
  const job = mirror, pixel = <usize> job.c << 2, left = job.left;
  const src = image + <usize> padded * <usize> job.paddedW * pixel;
  addFloats(dst, src + <usize> left * pixel, job.w * job.c);
  for (let x = 0; x < left; x++) {
    addFloats(dst + <usize> shown(x, left, job.w) * pixel, src + <usize> x * pixel, job.c);
  }
  for (let x = left + job.w; x < job.paddedW; x++) {
    addFloats(dst + <usize> shown(x, left, job.w) * pixel, src + <usize> x * pixel, job.c);
  }
}

/** to += from. */
export function addFloats(to: usize, from: usize, count: i32): void {
  for (; count >= 4; count -= 4) {
    v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
    to += 16;
    from += 16;
  }
  for (; count > 0; count--) {
    store<f32>(to, load<f32>(to) + load<f32>(from));
    to += 4;
    from += 4;
  }
}
