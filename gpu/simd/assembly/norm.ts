// Instance normalisation with an activation, forward and backward. Per image and channel over the pixels p:
//   y = act(xn), xn = (x - mean) r, r = 1 / sqrt(variance + epsilon)
//   dx = r (u - mean(u) - xn mean(u xn)), u = dy act'(xn)
// with act(v) = max(v, 0) + slope min(v, 0): slope 1 is no activation, 0 ReLU, 0.2 the usual leaky ReLU.
//
// A block is 16 channels (one line of the cache per pixel) of one image, which stay in the second-level cache from pass to pass.
// Means and variances are taken of distances from the first pixel, so that a flat channel gives exact zeros, in chunks of 32 pixels,
// each around its own mean, and combined in 64 bits (Chan et al. 1979, equation 2.1), so that a large mean does not drown a small
// variance. Vectors may read beyond the last channel; what comes of it is not stored.

import { parallel } from "./threads";
import { copyFloats, freeScratch } from "./rows";

/** Channels of a block, and pixels of a chunk. */
const LANES: i32 = 16, CHUNK: i32 = 32;

// Where things lie in the scratch memory: 16 floats each, 64-bit ones last.
const SUMS = 0, MEAN = 64, SCALE = 128, MEAN_U = 192, MEAN_UX = 256, OUT = 320, FIRST = 384;
const WIDE_MEAN = 448, WIDE_SUM = 576;

@unmanaged
class Norm {
  x: usize;
  dy: usize;
  out: usize;
  pixels: i32;
  c: i32;
  groups: i32;
  epsilon: f64;
  slope: f32;
}

const norm = changetype<Norm>(memory.data(48, 16));

/** out = act(normalised x), for x [n, pixels, c]. */
export function instanceNorm(
  x: usize, out: usize, n: i32, pixels: i32, c: i32, epsilon: f64, slope: f32,
): void {
  setNorm(x, 0, out, pixels, c, epsilon, slope);
  parallel(normBlock, n * norm.groups, <f64> n * pixels * c * 3);
}

/** out = the gradient with respect to x [n, pixels, c], of which dy is the gradient with respect to the result. */
export function instanceNormGradient(
  x: usize, dy: usize, out: usize, n: i32, pixels: i32, c: i32, epsilon: f64, slope: f32,
): void {
  setNorm(x, dy, out, pixels, c, epsilon, slope);
  parallel(gradientBlock, n * norm.groups, <f64> n * pixels * c * 6);
}

function setNorm(
  x: usize, dy: usize, out: usize, pixels: i32, c: i32, epsilon: f64, slope: f32,
): void {
  const job = norm;
  job.x = x;
  job.dy = dy;
  job.out = out;
  job.pixels = pixels;
  job.c = c;
  job.groups = (c + LANES - 1) / LANES;
  job.epsilon = epsilon;
  job.slope = slope;
}

function normBlock(block: i32): void {
  const job = norm, first = block % job.groups * LANES, step = <usize> job.c << 2;
  const offset = <usize> (block / job.groups * job.pixels) * step + (<usize> first << 2);
  measure(job.x + offset);
  const at = freeScratch(), lanes = min(LANES, job.c - first), slope = f32x4.splat(job.slope);
  const m0 = v128.load(at, MEAN), m1 = v128.load(at, MEAN + 16);
  const m2 = v128.load(at, MEAN + 32), m3 = v128.load(at, MEAN + 48);
  const r0 = v128.load(at, SCALE), r1 = v128.load(at, SCALE + 16);
  const r2 = v128.load(at, SCALE + 32), r3 = v128.load(at, SCALE + 48);
  let x = job.x + offset, out = job.out + offset;
  for (let p = 0; p < job.pixels; p++) {
    const to = lanes === LANES ? out : at + OUT;
    const y0 = activate(normalise(v128.load(x), m0, r0), slope);
    const y1 = activate(normalise(v128.load(x, 16), m1, r1), slope);
    const y2 = activate(normalise(v128.load(x, 32), m2, r2), slope);
    const y3 = activate(normalise(v128.load(x, 48), m3, r3), slope);
    v128.store(to, y0);
    v128.store(to, y1, 16);
    v128.store(to, y2, 32);
    v128.store(to, y3, 48);
    if (lanes !== LANES) copyFloats(out, to, lanes);
    x += step;
    out += step;
  }
}

function gradientBlock(block: i32): void {
  const job = norm, first = block % job.groups * LANES, step = <usize> job.c << 2;
  const offset = <usize> (block / job.groups * job.pixels) * step + (<usize> first << 2);
  measure(job.x + offset);
  measureGradient(job.x + offset, job.dy + offset);
  const at = freeScratch(), lanes = min(LANES, job.c - first);
  let x = job.x + offset, dy = job.dy + offset, out = job.out + offset;
  for (let p = 0; p < job.pixels; p++) {
    const to = lanes === LANES ? out : at + OUT;
    for (let v: usize = 0; v < 64; v += 16) {
      const r = v128.load(at + v, SCALE), xn = normalise(v128.load(x + v), v128.load(at + v, MEAN), r);
      const u = f32x4.mul(v128.load(dy + v), slopeAt(xn));
      const along = f32x4.mul(xn, v128.load(at + v, MEAN_UX));
      v128.store(to + v, f32x4.mul(r, f32x4.sub(f32x4.sub(u, v128.load(at + v, MEAN_U)), along)));
    }
    if (lanes !== LANES) copyFloats(out, to, lanes);
    x += step;
    dy += step;
    out += step;
  }
}

// @ts-ignore: AssemblyScript's decorator
@inline
function normalise(x: v128, mean: v128, scale: v128): v128 {
  return f32x4.mul(f32x4.sub(x, mean), scale);
}

// @ts-ignore: AssemblyScript's decorator
@inline
function activate(v: v128, slope: v128): v128 {
  const zero = f32x4.splat(0);
  return f32x4.add(f32x4.max(v, zero), f32x4.mul(slope, f32x4.min(v, zero)));
}

/** The activation's slope: at 0, that of the negative side. */
// @ts-ignore: AssemblyScript's decorator
@inline
function slopeAt(v: v128): v128 {
  return v128.bitselect(f32x4.splat(1), f32x4.splat(norm.slope), f32x4.gt(v, f32x4.splat(0)));
}

/** Means and scales r of the 16 channels from x on. */
function measure(x: usize): void {
  const job = norm, at = freeScratch(), step = <usize> job.c << 2;
  for (let v: usize = 0; v < 64; v += 16) v128.store(at + v, v128.load(x + v), FIRST);
  for (let first = 0; first < job.pixels; first += CHUNK) {
    const count = min(CHUNK, job.pixels - first), from = x + <usize> first * step;
    const mean = f32x4.splat(<f32> (1.0 / <f64> count));
    sumOf(from, count, step);
    const m0 = f32x4.mul(v128.load(at, SUMS), mean), m1 = f32x4.mul(v128.load(at, SUMS + 16), mean);
    const m2 = f32x4.mul(v128.load(at, SUMS + 32), mean), m3 = f32x4.mul(v128.load(at, SUMS + 48), mean);
    v128.store(at, m0, MEAN);
    v128.store(at, m1, MEAN + 16);
    v128.store(at, m2, MEAN + 32);
    v128.store(at, m3, MEAN + 48);
    sumOfSquares(from, count, step);
    combine(first, count);
  }
  for (let i: usize = 0; i < <usize> LANES; i++) {
    const variance = load<f64>(at + (i << 3), WIDE_SUM) / <f64> job.pixels;
    const mean = <f64> load<f32>(at + (i << 2), FIRST) + load<f64>(at + (i << 3), WIDE_MEAN);
    store<f32>(at + (i << 2), <f32> mean, MEAN);
    store<f32>(at + (i << 2), <f32> (1.0 / Math.sqrt(variance + job.epsilon)), SCALE);
  }
}

/** Joins a chunk's mean and sum of squares to those of the `before` pixels before it. */
function combine(before: i32, count: i32): void {
  const at = freeScratch(), n = <f64> count, total = <f64> (before + count);
  for (let i: usize = 0; i < <usize> LANES; i++) {
    const mean = <f64> load<f32>(at + (i << 2), MEAN), sum = <f64> load<f32>(at + (i << 2), SUMS);
    const wide = at + (i << 3);
    if (before === 0) {
      store<f64>(wide, mean, WIDE_MEAN);
      store<f64>(wide, sum, WIDE_SUM);
    } else {
      const old = load<f64>(wide, WIDE_MEAN), apart = mean - old;
      store<f64>(wide, old + apart * n / total, WIDE_MEAN);
      const between = apart * apart * <f64> before * n / total;
      store<f64>(wide, load<f64>(wide, WIDE_SUM) + sum + between, WIDE_SUM);
    }
  }
}

/** Sums of distances from the first pixel. */
function sumOf(x: usize, count: i32, step: usize): void {
  const at = freeScratch();
  const f0 = v128.load(at, FIRST), f1 = v128.load(at, FIRST + 16);
  const f2 = v128.load(at, FIRST + 32), f3 = v128.load(at, FIRST + 48);
  let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0);
  for (; count > 0; count--) {
    s0 = f32x4.add(s0, f32x4.sub(v128.load(x), f0));
    s1 = f32x4.add(s1, f32x4.sub(v128.load(x, 16), f1));
    s2 = f32x4.add(s2, f32x4.sub(v128.load(x, 32), f2));
    s3 = f32x4.add(s3, f32x4.sub(v128.load(x, 48), f3));
    x += step;
  }
  v128.store(at, s0, SUMS);
  v128.store(at, s1, SUMS + 16);
  v128.store(at, s2, SUMS + 32);
  v128.store(at, s3, SUMS + 48);
}

/** Sums of squares of distances from the chunk's means, which are themselves distances from the first pixel. */
function sumOfSquares(x: usize, count: i32, step: usize): void {
  const at = freeScratch();
  const f0 = v128.load(at, FIRST), f1 = v128.load(at, FIRST + 16);
  const f2 = v128.load(at, FIRST + 32), f3 = v128.load(at, FIRST + 48);
  const m0 = v128.load(at, MEAN), m1 = v128.load(at, MEAN + 16);
  const m2 = v128.load(at, MEAN + 32), m3 = v128.load(at, MEAN + 48);
  let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0);
  for (; count > 0; count--) {
    const d0 = f32x4.sub(f32x4.sub(v128.load(x), f0), m0);
    const d1 = f32x4.sub(f32x4.sub(v128.load(x, 16), f1), m1);
    const d2 = f32x4.sub(f32x4.sub(v128.load(x, 32), f2), m2);
    const d3 = f32x4.sub(f32x4.sub(v128.load(x, 48), f3), m3);
    s0 = f32x4.add(s0, f32x4.mul(d0, d0));
    s1 = f32x4.add(s1, f32x4.mul(d1, d1));
    s2 = f32x4.add(s2, f32x4.mul(d2, d2));
    s3 = f32x4.add(s3, f32x4.mul(d3, d3));
    x += step;
  }
  v128.store(at, s0, SUMS);
  v128.store(at, s1, SUMS + 16);
  v128.store(at, s2, SUMS + 32);
  v128.store(at, s3, SUMS + 48);
}

/** Means of u and of u xn over the pixels, four channels at a time. */
function measureGradient(x: usize, dy: usize): void {
  const job = norm, at = freeScratch(), step = <usize> job.c << 2, pixels = <f64> job.pixels;
  for (let v: usize = 0; v < 64; v += 16) {
    const mean = v128.load(at + v, MEAN), r = v128.load(at + v, SCALE);
    let u0 = f64x2.splat(0), u1 = f64x2.splat(0), ux0 = f64x2.splat(0), ux1 = f64x2.splat(0);
    let p = 0;
    while (p < job.pixels) {
      let su = f32x4.splat(0), sux = f32x4.splat(0);
      for (const end = min(job.pixels, p + CHUNK); p < end; p++) {
        const from = <usize> p * step + v, xn = normalise(v128.load(x + from), mean, r);
        const u = f32x4.mul(v128.load(dy + from), slopeAt(xn));
        su = f32x4.add(su, u);
        sux = f32x4.add(sux, f32x4.mul(u, xn));
      }
      u0 = f64x2.add(u0, f64x2.promote_low_f32x4(su));
      u1 = f64x2.add(u1, f64x2.promote_low_f32x4(v128.shuffle<i32>(su, su, 2, 3, 2, 3)));
      ux0 = f64x2.add(ux0, f64x2.promote_low_f32x4(sux));
      ux1 = f64x2.add(ux1, f64x2.promote_low_f32x4(v128.shuffle<i32>(sux, sux, 2, 3, 2, 3)));
    }
    storeMeans(at + v + MEAN_U, u0, u1, pixels);
    storeMeans(at + v + MEAN_UX, ux0, ux1, pixels);
  }
}

function storeMeans(to: usize, low: v128, high: v128, count: f64): void {
  store<f32>(to, <f32> (f64x2.extract_lane(low, 0) / count));
  store<f32>(to, <f32> (f64x2.extract_lane(low, 1) / count), 4);
  store<f32>(to, <f32> (f64x2.extract_lane(high, 0) / count), 8);
  store<f32>(to, <f32> (f64x2.extract_lane(high, 1) / count), 12);
}
