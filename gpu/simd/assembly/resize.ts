// Resizing by tables that say, for each output row and column, which two of the input it lies between and how far: equal for nearest
// neighbour. A block is an output row; of the adjoint an image, whose rows are added up in order.

import { parallel } from "./threads";

/** An entry of a table: the lower and the upper index, 32-bit integers, and the part of the upper, a float. */
const ENTRY = 12;

@unmanaged
class Resize {
  src: usize;
  dst: usize;
  h: i32;
  w: i32;
  c: i32;
  outH: i32;
  outW: i32;
  rows: usize;
  columns: usize;
}

const job = changetype<Resize>(memory.data(48, 16));

function setResize(
  src: usize, dst: usize, h: i32, w: i32, c: i32, outH: i32, outW: i32, rows: usize, columns: usize,
): void {
  job.src = src;
  job.dst = dst;
  job.h = h;
  job.w = w;
  job.c = c;
  job.outH = outH;
  job.outW = outW;
  job.rows = rows;
  job.columns = columns;
}

/** dst [n, outH, outW, c] of src [n, h, w, c] by tables of rows and columns. */
export function resize(
  src: usize, dst: usize, n: i32, h: i32, w: i32, c: i32, outH: i32, outW: i32, rows: usize, columns: usize,
): void {
  setResize(src, dst, h, w, c, outH, outW, rows, columns);
  parallel(resizeRow, n * outH, <f64> n * outH * outW * c);
}

function resizeRow(block: i32): void {
  const c = job.c, pixel = <usize> c << 2, row = <usize> job.w * pixel;
  const image = job.src + <usize> (block / job.outH * job.h) * row;
  const entry = job.rows + <usize> (block % job.outH) * ENTRY;
  const top = image + <usize> load<i32>(entry) * row, bottom = image + <usize> load<i32>(entry, 4) * row;
  const down = load<f32>(entry, 8);
  let dst = job.dst + <usize> (block * job.outW) * pixel;
  for (let x = 0; x < job.outW; x++) {
    const column = job.columns + <usize> x * ENTRY, across = load<f32>(column, 8);
    const left = <usize> load<i32>(column) * pixel, right = <usize> load<i32>(column, 4) * pixel;
    let k: usize = 0;
    for (; k + 16 <= pixel; k += 16) {
      const upper = between(v128.load(top + left + k), v128.load(top + right + k), across);
      const lower = between(v128.load(bottom + left + k), v128.load(bottom + right + k), across);
      v128.store(dst + k, between(upper, lower, down));
    }
    for (; k < pixel; k += 4) {
      const upper = betweenTwo(load<f32>(top + left + k), load<f32>(top + right + k), across);
      const lower = betweenTwo(load<f32>(bottom + left + k), load<f32>(bottom + right + k), across);
      store<f32>(dst + k, betweenTwo(upper, lower, down));
    }
    dst += pixel;
  }
}

/** a at part 0, whatever b is; so a nearest neighbour is copied, infinities too. */
function between(a: v128, b: v128, part: f32): v128 {
  return part === 0 ? a : f32x4.add(a, f32x4.mul(f32x4.sub(b, a), f32x4.splat(part)));
}

function betweenTwo(a: f32, b: f32, part: f32): f32 {
  return part === 0 ? a : a + (b - a) * part;
}

/** dst [n, h, w, c]: each pixel's part in the pixels of src [n, outH, outW, c] that were made of it. */
export function resizeGradient(
  src: usize, dst: usize, n: i32, h: i32, w: i32, c: i32, outH: i32, outW: i32, rows: usize, columns: usize,
): void {
  setResize(src, dst, h, w, c, outH, outW, rows, columns);
  parallel(spreadImage, n, <f64> n * outH * outW * c);
}

function spreadImage(n: i32): void {
  const pixel = <usize> job.c << 2, row = <usize> job.w * pixel;
  const image = job.dst + <usize> (n * job.h) * row;
  memory.fill(image, 0, <usize> job.h * row);
  let src = job.src + <usize> (n * job.outH * job.outW) * pixel;
  for (let y = 0; y < job.outH; y++) {
    const entry = job.rows + <usize> y * ENTRY, down = load<f32>(entry, 8);
    const top = image + <usize> load<i32>(entry) * row, bottom = image + <usize> load<i32>(entry, 4) * row;
    for (let x = 0; x < job.outW; x++) {
      const column = job.columns + <usize> x * ENTRY, across = load<f32>(column, 8);
      const left = <usize> load<i32>(column) * pixel, right = <usize> load<i32>(column, 4) * pixel;
      addPart(top + left, src, (1 - across) * (1 - down));
      if (across > 0) addPart(top + right, src, across * (1 - down));
      if (down > 0) addPart(bottom + left, src, (1 - across) * down);
      if (across > 0 && down > 0) addPart(bottom + right, src, across * down);
      src += pixel;
    }
  }
}

function addPart(to: usize, from: usize, part: f32): void {
  let k = job.c;
  for (; k >= 4; k -= 4) {
    v128.store(to, f32x4.add(v128.load(to), f32x4.mul(v128.load(from), f32x4.splat(part))));
    to += 16;
    from += 16;
  }
  for (; k > 0; k--) {
    store<f32>(to, load<f32>(to) + load<f32>(from) * part);
    to += 4;
    from += 4;
  }
}
