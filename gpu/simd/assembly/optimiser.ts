// What training does to every parameter, each a single pass: Adam's update, the moving average, and sums of squares for the norm.
// A block is a run of 16,384 numbers.

import { parallel } from "./threads";

const RUN: i32 = 16_384;

@unmanaged
class Update {
  param: usize;
  gradient: usize;
  m: usize;
  v: usize;
  newParam: usize;
  newM: usize;
  newV: usize;
  count: i32;
  beta1: f32;
  beta2: f32;
  fresh1: f32;
  fresh2: f32;
  rootCorrection: f32;
  step: f32;
  epsilon: f32;
}

const update = changetype<Update>(memory.data(64, 16));

function runsOf(count: i32): i32 {
  return (count + RUN - 1) / RUN;
}

/**
 * m' = beta1 m + fresh1 g; v' = beta2 v + fresh2 g^2; p' = p - step m' / (rootCorrection sqrt(v') + epsilon): algorithm 1 of Kingma
 * and Ba 2015, its corrections taken out of the loop.
 */
export function adam(
  param: usize, gradient: usize, m: usize, v: usize, newParam: usize, newM: usize, newV: usize, count: i32,
  beta1: f32, beta2: f32, fresh1: f32, fresh2: f32, rootCorrection: f32, step: f32, epsilon: f32,
): void {
  const job = update;
  job.param = param;
  job.gradient = gradient;
  job.m = m;
  job.v = v;
  job.newParam = newParam;
  job.newM = newM;
  job.newV = newV;
  job.count = count;
  job.beta1 = beta1;
  job.beta2 = beta2;
  job.fresh1 = fresh1;
  job.fresh2 = fresh2;
  job.rootCorrection = rootCorrection;
  job.step = step;
  job.epsilon = epsilon;
  parallel(adamRun, runsOf(count), <f64> count * 4);
}

function adamRun(block: i32): void {
  const job = update, end = min(job.count, (block + 1) * RUN);
  const beta1 = f32x4.splat(job.beta1), beta2 = f32x4.splat(job.beta2);
  const fresh1 = f32x4.splat(job.fresh1), fresh2 = f32x4.splat(job.fresh2);
  const correction = f32x4.splat(job.rootCorrection), step = f32x4.splat(job.step);
  const epsilon = f32x4.splat(job.epsilon);
  let i = block * RUN;
  for (; i + 4 <= end; i += 4) {
    const at = <usize> i << 2, g = v128.load(job.gradient + at);
    const m = f32x4.add(f32x4.mul(v128.load(job.m + at), beta1), f32x4.mul(g, fresh1));
    const v = f32x4.add(f32x4.mul(v128.load(job.v + at), beta2), f32x4.mul(f32x4.mul(g, g), fresh2));
    const root = f32x4.add(f32x4.mul(f32x4.sqrt(v), correction), epsilon);
    v128.store(job.newM + at, m);
    v128.store(job.newV + at, v);
    v128.store(
      job.newParam + at,
      f32x4.sub(v128.load(job.param + at), f32x4.div(f32x4.mul(m, step), root)),
    );
  }
  for (; i < end; i++) {
    const at = <usize> i << 2, g = load<f32>(job.gradient + at);
    const m = load<f32>(job.m + at) * job.beta1 + g * job.fresh1;
    const v = load<f32>(job.v + at) * job.beta2 + g * g * job.fresh2;
    store<f32>(job.newM + at, m);
    store<f32>(job.newV + at, v);
    const root = Mathf.sqrt(v) * job.rootCorrection + job.epsilon;
    store<f32>(job.newParam + at, load<f32>(job.param + at) - m * job.step / root);
  }
}

@unmanaged
class Average {
  average: usize;
  param: usize;
  out: usize;
  count: i32;
  decay: f32;
}

const averageJob = changetype<Average>(memory.data(32, 16));

/** out = param + (average - param) decay. */
export function ema(average: usize, param: usize, out: usize, count: i32, decay: f32): void {
  const job = averageJob;
  job.average = average;
  job.param = param;
  job.out = out;
  job.count = count;
  job.decay = decay;
  parallel(emaRun, runsOf(count), <f64> count * 2);
}

function emaRun(block: i32): void {
  const job = averageJob, end = min(job.count, (block + 1) * RUN), decay = f32x4.splat(job.decay);
  let i = block * RUN;
  for (; i + 4 <= end; i += 4) {
    const at = <usize> i << 2, p = v128.load(job.param + at);
    const apart = f32x4.sub(v128.load(job.average + at), p);
    v128.store(job.out + at, f32x4.add(p, f32x4.mul(apart, decay)));
  }
  for (; i < end; i++) {
    const at = <usize> i << 2, p = load<f32>(job.param + at);
    store<f32>(job.out + at, p + (load<f32>(job.average + at) - p) * job.decay);
  }
}

@unmanaged
class Squares {
  x: usize;
  sums: usize;
  count: i32;
}

const squares = changetype<Squares>(memory.data(16, 16));

/** The sums of squares of runs of 16,384 numbers, a 64-bit one each, to `sums`. */
export function sumSquares(x: usize, count: i32, sums: usize): void {
  const job = squares;
  job.x = x;
  job.count = count;
  job.sums = sums;
  parallel(squaresRun, runsOf(count), count);
}

function squaresRun(block: i32): void {
  const job = squares, end = min(job.count, (block + 1) * RUN);
  let low = f64x2.splat(0), high = f64x2.splat(0), i = block * RUN;
  for (; i + 4 <= end; i += 4) {
    const x = v128.load(job.x + (<usize> i << 2));
    const a = f64x2.promote_low_f32x4(x), b = f64x2.promote_low_f32x4(v128.shuffle<i32>(x, x, 2, 3, 2, 3));
    low = f64x2.add(low, f64x2.mul(a, a));
    high = f64x2.add(high, f64x2.mul(b, b));
  }
  const both = f64x2.add(low, high);
  let sum = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
  for (; i < end; i++) {
    const x = <f64> load<f32>(job.x + (<usize> i << 2));
    sum += x * x;
  }
  store<f64>(job.sums + (<usize> block << 3), sum);
}
