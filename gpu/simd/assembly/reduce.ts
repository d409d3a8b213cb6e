// Sums, largest and smallest values over the middle of three axes: out[o, i] of x[o, r, i]. A block is a row o, 16 of its columns i
// (or the row, if it has one column) and a segment of r; the segments' results are combined in order afterwards, so that they do not
// depend on who made them. Sums are taken over 32 terms in 32 bits, and over those in 64. Vectors may read beyond the last column.

import { parallel } from "./threads";
import { freeScratch } from "./rows";

const LANES: i32 = 16, CHUNK: i32 = 32;

const SUM = 0, MAX = 1;

@unmanaged
class Reduction {
  x: usize;
  partials: usize;
  op: i32;
  r: i32;
  inner: i32;
  groups: i32;
  segments: i32;
  segment: i32;
  outer: i32;
}

const job = changetype<Reduction>(memory.data(48, 16));

/**
 * out[outer, inner] = factor times the sum (op 0), the largest (1) or the smallest (2) of x[outer, r, inner].
 *
 * @param partials room for segments x outer x inner 64-bit floats
 */
export function reduce(
  op: i32, x: usize, out: usize, partials: usize, outer: i32, r: i32, inner: i32, segments: i32, factor: f64,
): void {
  job.op = op;
  job.x = x;
  job.partials = partials;
  job.outer = outer;
  job.r = r;
  job.inner = inner;
  job.groups = inner === 1 ? 1 : (inner + LANES - 1) / LANES;
  job.segments = segments;
  job.segment = (r + segments - 1) / segments;
  parallel(inner === 1 ? reduceRow : reduceColumns, outer * job.groups * segments, <f64> outer * r * inner);
  const count = outer * inner;
  for (let i = 0; i < count; i++) {
    let value = load<f64>(partials + (<usize> i << 3));
    for (let s = 1; s < segments; s++) {
      value = combineWide(op, value, load<f64>(partials + (<usize> (s * count + i) << 3)));
    }
    store<f32>(out + (<usize> i << 2), <f32> (value * factor));
  }
}

function combineWide(op: i32, a: f64, b: f64): f64 {
  return op === SUM ? a + b : op === MAX ? max<f64>(a, b) : min<f64>(a, b);
}

// @ts-ignore: AssemblyScript's decorator
@inline
function combine(op: i32, a: v128, b: v128): v128 {
  return op === SUM ? f32x4.add(a, b) : op === MAX ? f32x4.max(a, b) : f32x4.min(a, b);
}

function neutral(op: i32): f64 {
  return op === SUM ? 0 : op === MAX ? -Infinity : Infinity;
}

function reduceRow(block: i32): void {
  const op = job.op, segment = block % job.segments, o = block / job.segments;
  const first = segment * job.segment, count = max(0, min(job.segment, job.r - first));
  let x = job.x + ((<usize> o * job.r + first) << 2), left = count, value = neutral(op);
  while (left >= 4) {
    const chunk = min(left & ~3, 4 * CHUNK), lanes = freeScratch();
    v128.store(lanes, reduceRun(op, x, chunk));
    for (let k: usize = 0; k < 16; k += 4) value = combineWide(op, value, <f64> load<f32>(lanes + k));
    x += <usize> chunk << 2;
    left -= chunk;
  }
  for (; left > 0; left--) {
    value = combineWide(op, value, <f64> load<f32>(x));
    x += 4;
  }
  store<f64>(job.partials + ((<usize> segment * job.outer + o) << 3), value);
}

/** Four lanes of a run of floats, at least 4 and a multiple of 4 long. */
function reduceRun(op: i32, x: usize, count: i32): v128 {
  const end = x + (<usize> count << 2);
  let lanes = v128.load(x);
  for (x += 16; x < end; x += 16) lanes = combine(op, lanes, v128.load(x));
  return lanes;
}

function reduceColumns(block: i32): void {
  const op = job.op, segment = block % job.segments, rest = block / job.segments;
  const o = rest / job.groups, first = rest % job.groups * LANES, lanes = min(LANES, job.inner - first);
  const from = segment * job.segment, to = min(job.r, from + job.segment);
  const step = <usize> job.inner << 2, at = freeScratch(), wide = at + 64;
  const x = job.x + ((<usize> o * job.r * job.inner + first) << 2);
  for (let k: usize = 0; k < <usize> LANES; k++) store<f64>(wide + (k << 3), neutral(op));
  for (let r = from; r < to; r += CHUNK) {
    switch (op) {
      case SUM: reduceChunk(SUM, x + <usize> r * step, min(CHUNK, to - r), step, at); break;
      case MAX: reduceChunk(MAX, x + <usize> r * step, min(CHUNK, to - r), step, at); break;
      default: reduceChunk(2, x + <usize> r * step, min(CHUNK, to - r), step, at);
    }
    for (let k: usize = 0; k < <usize> LANES; k++) {
      const value = combineWide(op, load<f64>(wide + (k << 3)), <f64> load<f32>(at + (k << 2)));
      store<f64>(wide + (k << 3), value);
    }
  }
  const out = job.partials + (((<usize> segment * job.outer + o) * job.inner + first) << 3);
  for (let k: usize = 0; k < <usize> lanes; k++) store<f64>(out + (k << 3), load<f64>(wide + (k << 3)));
}

// @ts-ignore: AssemblyScript's decorator
@inline
function reduceChunk(op: i32, x: usize, count: i32, step: usize, to: usize): void {
  let s0 = v128.load(x), s1 = v128.load(x, 16), s2 = v128.load(x, 32), s3 = v128.load(x, 48);
  for (x += step; count > 1; count--) {
    s0 = combine(op, s0, v128.load(x));
    s1 = combine(op, s1, v128.load(x, 16));
    s2 = combine(op, s2, v128.load(x, 32));
    s3 = combine(op, s3, v128.load(x, 48));
    x += step;
  }
  v128.store(to, s0);
  v128.store(to, s1, 16);
  v128.store(to, s2, 32);
  v128.store(to, s3, 48);
}
