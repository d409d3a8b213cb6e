// Maps over pairs of floats with broadcasting. The result is walked along up to three axes, along each of which either operand
// has a stride of its own (0 where it repeats); innermost strides are 0 or 1. A block is a run of 16,384 results; the operation is
// chosen once per row, by inlining the loop for each.

import { parallel } from "./threads";
import { copyFloats, freeScratch } from "./rows";

const RUN: i32 = 16_384;

@unmanaged
class Binary {
  a: usize;
  b: usize;
  out: usize;
  op: i32;
  d1: i32;
  d2: i32;
  a0: i32;
  a1: i32;
  a2: i32;
  b0: i32;
  b1: i32;
  b2: i32;
  total: i32;
}

const job = changetype<Binary>(memory.data(64, 16));

/** out[d0, d1, d2] = a op b; the numbers of the operations are those of gpu/simd/kernels/binary.ts, strides are in elements. */
export function binary(
  op: i32, a: usize, b: usize, out: usize,
  d0: i32, d1: i32, d2: i32, a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  job.op = op;
  job.a = a;
  job.b = b;
  job.out = out;
  job.d1 = d1;
  job.d2 = d2;
  job.a0 = a0;
  job.a1 = a1;
  job.a2 = a2;
  job.b0 = b0;
  job.b1 = b1;
  job.b2 = b2;
  job.total = d0 * d1 * d2;
  parallel(binaryRun, (job.total + RUN - 1) / RUN, job.total);
}

function binaryRun(block: i32): void {
  const end = min(job.total, (block + 1) * RUN);
  for (let at = block * RUN; at < end;) {
    const row = at / job.d2, k = at % job.d2, i = row / job.d1, j = row % job.d1;
    const length = min(job.d2 - k, end - at);
    const a = job.a + (<usize> (i * job.a0 + j * job.a1 + k * job.a2) << 2);
    const b = job.b + (<usize> (i * job.b0 + j * job.b1 + k * job.b2) << 2);
    combineRow(a, b, job.out + byteSize(at, job.op), length);
    at += length;
  }
}

const ADD = 0, SUB = 1, MUL = 2, DIV = 3, MAX = 4, MIN = 5, SQUARED_DIFFERENCE = 6, PRELU = 7, ELU_GRAD = 8;
// One at a time, in 64 bits.
const POW = 9, MOD = 10, ATAN2 = 11;
// One at a time, a byte each.
const GREATER = 12, GREATER_EQUAL = 13, LESS = 14, LESS_EQUAL = 15, EQUAL = 16, NOT_EQUAL = 17;

/** Bytes that a number of results takes: comparisons give one each. */
function byteSize(count: i32, op: i32): usize {
  return op >= GREATER ? <usize> count : <usize> count << 2;
}

// @ts-ignore: AssemblyScript's decorator
@inline
function combine(op: i32, a: v128, b: v128): v128 {
  if (op === ADD) return f32x4.add(a, b);
  if (op === SUB) return f32x4.sub(a, b);
  if (op === MUL) return f32x4.mul(a, b);
  if (op === DIV) return f32x4.div(a, b);
  if (op === MAX) return f32x4.max(a, b);
  if (op === MIN) return f32x4.min(a, b);
  if (op === SQUARED_DIFFERENCE) return f32x4.mul(f32x4.sub(a, b), f32x4.sub(a, b));
  if (op === PRELU) return v128.bitselect(f32x4.mul(a, b), a, f32x4.lt(a, f32x4.splat(0)));
  // b is the unit's result y: its slope is y + 1 below 0, and 1 above.
  const below = f32x4.mul(a, f32x4.add(b, f32x4.splat(1)));
  return v128.bitselect(a, below, f32x4.ge(b, f32x4.splat(0)));
}

// @ts-ignore: AssemblyScript's decorator
@inline
function combineRun(op: i32, a: usize, b: usize, out: usize, count: i32): void {
  const aStep = <usize> job.a2 << 4, bStep = <usize> job.b2 << 4;
  if (aStep && bStep) {
    for (; count >= 4; count -= 4) {
      v128.store(out, combine(op, v128.load(a), v128.load(b)));
      a += 16;
      b += 16;
      out += 16;
    }
  } else if (aStep) {
    const y = v128.load32_splat(b);
    for (; count >= 4; count -= 4) {
      v128.store(out, combine(op, v128.load(a), y));
      a += 16;
      out += 16;
    }
  } else if (bStep) {
    const x = v128.load32_splat(a);
    for (; count >= 4; count -= 4) {
      v128.store(out, combine(op, x, v128.load(b)));
      b += 16;
      out += 16;
    }
  }
  // What is left; also a single pair of numbers.
  for (; count > 0; count -= 4) {
    const x = aStep ? v128.load(a) : v128.load32_splat(a), y = bStep ? v128.load(b) : v128.load32_splat(b);
    v128.store(freeScratch(), combine(op, x, y));
    copyFloats(out, freeScratch(), min(4, count));
    a += aStep;
    b += bStep;
    out += 16;
  }
}

function combineRow(a: usize, b: usize, out: usize, count: i32): void {
  switch (job.op) {
    case ADD: return combineRun(ADD, a, b, out, count);
    case SUB: return combineRun(SUB, a, b, out, count);
    case MUL: return combineRun(MUL, a, b, out, count);
    case DIV: return combineRun(DIV, a, b, out, count);
    case MAX: return combineRun(MAX, a, b, out, count);
    case MIN: return combineRun(MIN, a, b, out, count);
    case SQUARED_DIFFERENCE: return combineRun(SQUARED_DIFFERENCE, a, b, out, count);
    case PRELU: return combineRun(PRELU, a, b, out, count);
    case ELU_GRAD: return combineRun(ELU_GRAD, a, b, out, count);
    default: return combineOneByOne(a, b, out, count);
  }
}

function combineOneByOne(a: usize, b: usize, out: usize, count: i32): void {
  const op = job.op, aStep = <usize> job.a2 << 2, bStep = <usize> job.b2 << 2;
  for (let i = 0; i < count; i++) {
    const x = load<f32>(a), y = load<f32>(b);
    if (op >= GREATER) store<u8>(out + i, <u8> compare(op, x, y));
    else store<f32>(out + (<usize> i << 2), <f32> combineScalar(op, <f64> x, <f64> y));
    a += aStep;
    b += bStep;
  }
}

function compare(op: i32, x: f32, y: f32): bool {
  switch (op) {
    case GREATER: return x > y;
    case GREATER_EQUAL: return x >= y;
    case LESS: return x < y;
    case LESS_EQUAL: return x <= y;
    case EQUAL: return x === y;
    default: return x !== y;
  }
}

function combineScalar(op: i32, x: f64, y: f64): f64 {
  switch (op) {
    case POW: return Math.pow(x, y);
    case MOD: {
      const rest = x % y;
      return x < 0 === y < 0 ? rest : (rest + y) % y;
    }
    default: return Math.atan2(x, y);
  }
}

@unmanaged
class Choice {
  condition: usize;
  a: usize;
  b: usize;
  out: usize;
  count: i32;
}

const choice = changetype<Choice>(memory.data(32, 16));

/** out[i] = condition[i] ? a[i] : b[i], conditions being bytes. */
export function select(condition: usize, a: usize, b: usize, out: usize, count: i32): void {
  choice.condition = condition;
  choice.a = a;
  choice.b = b;
  choice.out = out;
  choice.count = count;
  parallel(selectRun, (count + RUN - 1) / RUN, count);
}

function selectRun(block: i32): void {
  const end = min(choice.count, (block + 1) * RUN);
  for (let i = block * RUN; i < end; i++) {
    const from = load<u8>(choice.condition + i) ? choice.a : choice.b;
    store<f32>(choice.out + (<usize> i << 2), load<f32>(from + (<usize> i << 2)));
  }
}

/** out[i] = 1 or 0 for bytes that are true or false. */
export function bytesToFloats(x: usize, out: usize, count: i32): void {
  for (let i = 0; i < count; i++) store<f32>(out + (<usize> i << 2), load<u8>(x + i) ? 1 : 0);
}
