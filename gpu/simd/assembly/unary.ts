// Maps over floats. A block is a run of 16,384; the operation is chosen once per run, by inlining the loop for each. Vectors may
// read beyond the end; what sticks out is not stored.

import { exp, sigmoid, tanh } from "./math";
import { parallel } from "./threads";
import { copyFloats, freeScratch } from "./rows";

const RUN: i32 = 16_384;

@unmanaged
class Unary {
  x: usize;
  out: usize;
  count: i32;
  op: i32;
  a: f32;
  b: f32;
}

const job = changetype<Unary>(memory.data(32, 16));

/** out[i] = op(x[i]); the numbers of the operations are those of gpu/simd/kernels/unary.ts, a and b their parameters. */
export function unary(op: i32, x: usize, out: usize, count: i32, a: f32, b: f32): void {
  job.op = op;
  job.x = x;
  job.out = out;
  job.count = count;
  job.a = a;
  job.b = b;
  parallel(op < FIRST_SCALAR ? vectorRun : scalarRun, (count + RUN - 1) / RUN, count);
}

// Four at a time.
const RELU = 0, LEAKY_RELU = 1, STEP = 2, NEG = 3, SQUARE = 4, SQRT = 5, RSQRT = 6, ABS = 7, SIGN = 8, RECIPROCAL = 9;
const RELU6 = 10, CLIP = 11, FLOOR = 12, CEIL = 13, ROUND = 14, EXP = 15, TANH = 16, SIGMOID = 17;
// One at a time, in 64 bits.
const FIRST_SCALAR = 18;
const LOG = 18, LOG1P = 19, EXPM1 = 20, ELU = 21, SELU = 22, SOFTPLUS = 23, ERF = 24, SIN = 25, COS = 26, TAN = 27;
const ASIN = 28, ACOS = 29, ATAN = 30, SINH = 31, COSH = 32, ASINH = 33, ACOSH = 34, ATANH = 35;

// @ts-ignore: AssemblyScript's decorator
@inline
function map(op: i32, x: v128, a: v128, b: v128): v128 {
  const zero = f32x4.splat(0), one = f32x4.splat(1);
  // Selected by comparison, so that a NaN goes on as a NaN.
  if (op === RELU) return v128.andnot(x, f32x4.lt(x, zero));
  if (op === LEAKY_RELU) return v128.bitselect(f32x4.mul(x, a), x, f32x4.lt(x, zero));
  if (op === STEP) {
    const signs = v128.bitselect(one, a, f32x4.gt(x, zero));
    return v128.bitselect(x, signs, f32x4.ne(x, x));
  }
  if (op === NEG) return f32x4.neg(x);
  if (op === SQUARE) return f32x4.mul(x, x);
  if (op === SQRT) return f32x4.sqrt(x);
  if (op === RSQRT) return f32x4.div(one, f32x4.sqrt(x));
  if (op === ABS) return f32x4.abs(x);
  if (op === SIGN) {
    const above = v128.and(f32x4.gt(x, zero), one), below = v128.and(f32x4.lt(x, zero), one);
    return f32x4.sub(above, below);
  }
  if (op === RECIPROCAL) return f32x4.div(one, x);
  if (op === RELU6) return f32x4.min(f32x4.max(x, zero), f32x4.splat(6));
  if (op === CLIP) return f32x4.min(f32x4.max(x, a), b);
  if (op === FLOOR) return f32x4.floor(x);
  if (op === CEIL) return f32x4.ceil(x);
  if (op === ROUND) return f32x4.nearest(x);
  if (op === EXP) return exp(x);
  if (op === TANH) return tanh(x);
  return sigmoid(x);
}

// @ts-ignore: AssemblyScript's decorator
@inline
function mapRun(op: i32, x: usize, out: usize, count: i32): void {
  const a = f32x4.splat(job.a), b = f32x4.splat(job.b);
  for (; count >= 4; count -= 4) {
    v128.store(out, map(op, v128.load(x), a, b));
    x += 16;
    out += 16;
  }
  if (count > 0) {
    v128.store(freeScratch(), map(op, v128.load(x), a, b));
    copyFloats(out, freeScratch(), count);
  }
}

function vectorRun(block: i32): void {
  const at = <usize> block * RUN * 4, count = min(RUN, job.count - block * RUN);
  const x = job.x + at, out = job.out + at;
  switch (job.op) {
    case RELU: return mapRun(RELU, x, out, count);
    case LEAKY_RELU: return mapRun(LEAKY_RELU, x, out, count);
    case STEP: return mapRun(STEP, x, out, count);
    case NEG: return mapRun(NEG, x, out, count);
    case SQUARE: return mapRun(SQUARE, x, out, count);
    case SQRT: return mapRun(SQRT, x, out, count);
    case RSQRT: return mapRun(RSQRT, x, out, count);
    case ABS: return mapRun(ABS, x, out, count);
    case SIGN: return mapRun(SIGN, x, out, count);
    case RECIPROCAL: return mapRun(RECIPROCAL, x, out, count);
    case RELU6: return mapRun(RELU6, x, out, count);
    case CLIP: return mapRun(CLIP, x, out, count);
    case FLOOR: return mapRun(FLOOR, x, out, count);
    case CEIL: return mapRun(CEIL, x, out, count);
    case ROUND: return mapRun(ROUND, x, out, count);
    case EXP: return mapRun(EXP, x, out, count);
    case TANH: return mapRun(TANH, x, out, count);
    default: return mapRun(SIGMOID, x, out, count);
  }
}

/** Constants of the self-normalising unit (Klambauer et al. 2017). */
const SELU_ALPHA = 1.7580993408473768, SELU_SCALE = 1.0507009873554805;
/** Beyond this, softplus is its own asymptote in 32 bits. */
const SOFTPLUS_LIMIT = 13.94238515;

function mapScalar(op: i32, x: f64): f64 {
  switch (op) {
    case LOG: return Math.log(x);
    case LOG1P: return Math.log1p(x);
    case EXPM1: return Math.expm1(x);
    case ELU: return x >= 0 ? x : Math.expm1(x);
    case SELU: return x >= 0 ? SELU_SCALE * x : SELU_ALPHA * Math.expm1(x);
    case SOFTPLUS: return x > SOFTPLUS_LIMIT ? x : Math.log1p(Math.exp(x));
    case ERF: return erf(x);
    case SIN: return Math.sin(x);
    case COS: return Math.cos(x);
    case TAN: return Math.tan(x);
    case ASIN: return Math.asin(x);
    case ACOS: return Math.acos(x);
    case ATAN: return Math.atan(x);
    case SINH: return Math.sinh(x);
    case COSH: return Math.cosh(x);
    case ASINH: return Math.asinh(x);
    case ACOSH: return Math.acosh(x);
    default: return Math.atanh(x);
  }
}

/** Equation 7.1.26 of Abramowitz and Stegun 1964, as tfjs's. */
function erf(x: f64): f64 {
  const size = Math.abs(x), t = 1 / (1 + 0.3275911 * size);
  const sum = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return Math.sign(x) * (1 - sum * Math.exp(-size * size));
}

function scalarRun(block: i32): void {
  const op = job.op, end = min(job.count, (block + 1) * RUN);
  for (let i = block * RUN; i < end; i++) {
    const at = <usize> i << 2;
    store<f32>(job.out + at, <f32> mapScalar(op, <f64> load<f32>(job.x + at)));
  }
}
