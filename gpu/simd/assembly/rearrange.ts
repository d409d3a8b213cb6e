// Moves numbers without changing them: transpose, slice, pad, concatenate, tile and reverse are one copy with strides on both sides;
// gather and its adjoint pick rows by index. A block is some rows of the innermost axis.

import { parallel } from "./threads";
import { copyFloats } from "./rows";
import { addFloats } from "./mirror_pad";

/** Numbers that a block moves at least. */
const RUN: i32 = 16_384;

@unmanaged
class Copy {
  src: usize;
  dst: usize;
  d1: i32;
  d2: i32;
  d3: i32;
  d4: i32;
  s0: i32;
  s1: i32;
  s2: i32;
  s3: i32;
  s4: i32;
  t0: i32;
  t1: i32;
  t2: i32;
  t3: i32;
  t4: i32;
  rows: i32;
  blockRows: i32;
}

const copy = changetype<Copy>(memory.data(80, 16));

/** dst[i t] = src[i s] for all indices i below d0..d4; strides s and t are in numbers, and may be 0 (s) or negative. */
export function copyStrided(
  src: usize, dst: usize, d0: i32, d1: i32, d2: i32, d3: i32, d4: i32,
  s0: i32, s1: i32, s2: i32, s3: i32, s4: i32, t0: i32, t1: i32, t2: i32, t3: i32, t4: i32,
): void {
  copy.src = src;
  copy.dst = dst;
  copy.d1 = d1;
  copy.d2 = d2;
  copy.d3 = d3;
  copy.d4 = d4;
  copy.s0 = s0;
  copy.s1 = s1;
  copy.s2 = s2;
  copy.s3 = s3;
  copy.s4 = s4;
  copy.t0 = t0;
  copy.t1 = t1;
  copy.t2 = t2;
  copy.t3 = t3;
  copy.t4 = t4;
  copy.rows = d0 * d1 * d2 * d3;
  copy.blockRows = max(1, RUN / max(1, d4));
  parallel(copyRows, (copy.rows + copy.blockRows - 1) / copy.blockRows, <f64> copy.rows * d4);
}

function copyRows(block: i32): void {
  const end = min(copy.rows, (block + 1) * copy.blockRows);
  for (let row = block * copy.blockRows; row < end; row++) {
    const l = row % copy.d3, rest = row / copy.d3, k = rest % copy.d2, more = rest / copy.d2;
    const j = more % copy.d1, i = more / copy.d1;
    const src = copy.src + (<usize> (i * copy.s0 + j * copy.s1 + k * copy.s2 + l * copy.s3) << 2);
    const dst = copy.dst + (<usize> (i * copy.t0 + j * copy.t1 + k * copy.t2 + l * copy.t3) << 2);
    copyRow(src, dst, copy.d4, copy.s4, copy.t4);
  }
}

function copyRow(src: usize, dst: usize, count: i32, s: i32, t: i32): void {
  if (s === 1 && t === 1) {
    if (count > 64) memory.copy(dst, src, <usize> count << 2);
    else copyFloats(dst, src, count);
    return;
  }
  const from = <usize> s << 2, to = <usize> t << 2;
  for (; count > 0; count--) {
    store<f32>(dst, load<f32>(src));
    src += from;
    dst += to;
  }
}

/** dst[0..count) = value. */
export function fill(dst: usize, value: f32, count: i32): void {
  const four = f32x4.splat(value);
  for (; count >= 4; count -= 4) {
    v128.store(dst, four);
    dst += 16;
  }
  for (; count > 0; count--) {
    store<f32>(dst, value);
    dst += 4;
  }
}

/** out[o, i] = x[o, indices[i]], rows of `length` numbers out of `size` rows. Indices are 32-bit integers within range. */
export function gather(
  x: usize, indices: usize, out: usize, outer: i32, size: i32, count: i32, length: i32,
): void {
  const bytes = <usize> length << 2;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < count; i++) {
      const from = x + <usize> (o * size + load<i32>(indices + (<usize> i << 2))) * bytes;
      copyRow(from, out, length, 1, 1);
      out += bytes;
    }
  }
}

/** out[s] = the sum of the rows i of x with ids[i] = s, in order; ids outside [0, segments) are left out. */
export function segmentSum(x: usize, ids: usize, out: usize, segments: i32, count: i32, length: i32): void {
  const bytes = <usize> length << 2;
  memory.fill(out, 0, <usize> segments * bytes);
  for (let i = 0; i < count; i++) {
    const id = load<i32>(ids + (<usize> i << 2));
    if (id >= 0 && id < segments) addFloats(out + <usize> id * bytes, x + <usize> i * bytes, length);
  }
}
