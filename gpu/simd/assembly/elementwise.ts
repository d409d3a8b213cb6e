// Maps over floats and sums over axes. Operands of two are walked along up to three axes, each with a stride per operand (0
// where it repeats); the innermost axis runs four floats at a time if both strides are 0 or 1.

const ADD = 0, SUB = 1, MUL = 2;

function apply(op: i32, a: v128, b: v128): v128 {
  if (op == ADD) return f32x4.add(a, b);
  if (op == SUB) return f32x4.sub(a, b);
  if (op == MUL) return f32x4.mul(a, b);
  return f32x4.div(a, b);
}

function applyOne(op: i32, a: f32, b: f32): f32 {
  if (op == ADD) return a + b;
  if (op == SUB) return a - b;
  if (op == MUL) return a * b;
  return a / b;
}

/** One run of `length` floats; a stride is 0 or 1, told by which the loop is chosen. */
function binaryRun(op: i32, a: usize, stepA: usize, b: usize, stepB: usize, out: usize, length: i32): void {
  const four = length & ~3;
  let i = 0;
  if (stepA && stepB) {
    for (; i < four; i += 4) {
      const at = <usize> i << 2;
      v128.store(out + at, apply(op, v128.load(a + at), v128.load(b + at)));
    }
  } else if (stepA) {
    const y = v128.load32_splat(b);
    for (; i < four; i += 4) {
      const at = <usize> i << 2;
      v128.store(out + at, apply(op, v128.load(a + at), y));
    }
  } else {
    const x = v128.load32_splat(a);
    for (; i < four; i += 4) {
      const at = <usize> i << 2;
      v128.store(out + at, apply(op, x, v128.load(b + at)));
    }
  }
  for (; i < length; i++) {
    const at = <usize> i << 2;
    store<f32>(out + at, applyOne(op, load<f32>(a + at * stepA), load<f32>(b + at * stepB)));
  }
}

/** out[d0, d1, d2] = a op b; op is 0 add, 1 subtract, 2 multiply, 3 divide. Innermost strides are 0 or 1, not both 0. */
export function binary(
  op: i32,
  a: usize,
  b: usize,
  out: usize,
  d0: i32,
  d1: i32,
  d2: i32,
  a0: i32,
  a1: i32,
  a2: i32,
  b0: i32,
  b1: i32,
  b2: i32,
): void {
  for (let i = 0; i < d0; i++) {
    for (let j = 0; j < d1; j++) {
      const fromA = a + (<usize> (i * a0 + j * a1) << 2), fromB = b + (<usize> (i * b0 + j * b1) << 2);
      binaryRun(op, fromA, a2, fromB, b2, out, d2);
      out += <usize> d2 << 2;
    }
  }
}

const RELU = 0, LEAKY_RELU = 1, STEP = 2, NEG = 3, SQUARE = 4, SQRT = 5, RSQRT = 6;

function map(op: i32, x: v128, alpha: v128): v128 {
  const zero = f32x4.splat(0), one = f32x4.splat(1);
  // Selected by comparison, so that a NaN goes on as a NaN.
  if (op == RELU) return v128.andnot(x, f32x4.lt(x, zero));
  if (op == LEAKY_RELU) return v128.bitselect(f32x4.mul(x, alpha), x, f32x4.lt(x, zero));
  if (op == STEP) {
    const signs = v128.bitselect(one, alpha, f32x4.gt(x, zero));
    return v128.bitselect(x, signs, f32x4.ne(x, x));
  }
  if (op == NEG) return f32x4.neg(x);
  if (op == SQUARE) return f32x4.mul(x, x);
  if (op == SQRT) return f32x4.sqrt(x);
  if (op == RSQRT) return f32x4.div(one, f32x4.sqrt(x));
  return f32x4.abs(x);
}

const last = memory.data(16, 16);

/** out[i] = op(x[i]); op is 0 relu, 1 leaky relu, 2 step, 3 negate, 4 square, 5 root, 6 reciprocal root, 7 absolute value. */
export function unary(op: i32, x: usize, out: usize, length: i32, alpha: f32): void {
  const slope = f32x4.splat(alpha), four = length & ~3;
  let i = 0;
  for (; i < four; i += 4) {
    const at = <usize> i << 2;
    v128.store(out + at, map(op, v128.load(x + at), slope));
  }
  if (i < length) {
    const at = <usize> i << 2, bytes = <usize> (length - i) << 2;
    memory.copy(last, x + at, bytes);
    v128.store(last, map(op, v128.load(last), slope));
    memory.copy(out + at, last, bytes);
  }
}

/**
 * Adds x[d0, d1, d2] into 64-bit sums, whose strides are 0 along the axes that are summed; the innermost stride is 0 or 1.
 * The sums are set to zero first.
 */
function sumInto(x: usize, sums: usize, d0: i32, d1: i32, d2: i32, s0: i32, s1: i32, s2: i32): void {
  for (let i = 0; i < d0; i++) {
    for (let j = 0; j < d1; j++) {
      const at = sums + (<usize> (i * s0 + j * s1) << 3);
      const four = d2 & ~3;
      let k = 0;
      if (s2) {
        for (; k < four; k += 4) {
          const values = v128.load(x + (<usize> k << 2)), to = at + (<usize> k << 3);
          v128.store(to, f64x2.add(v128.load(to), f64x2.promote_low_f32x4(values)));
          const high = v128.shuffle<i32>(values, values, 2, 3, 2, 3);
          v128.store(to, f64x2.add(v128.load(to, 16), f64x2.promote_low_f32x4(high)), 16);
        }
        for (; k < d2; k++) {
          const to = at + (<usize> k << 3);
          store<f64>(to, load<f64>(to) + <f64> load<f32>(x + (<usize> k << 2)));
        }
      } else {
        let low = f64x2.splat(0), high = f64x2.splat(0);
        for (; k < four; k += 4) {
          const values = v128.load(x + (<usize> k << 2));
          low = f64x2.add(low, f64x2.promote_low_f32x4(values));
          high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<i32>(values, values, 2, 3, 2, 3)));
        }
        const pair = f64x2.add(low, high);
        let sum = f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
        for (; k < d2; k++) sum += <f64> load<f32>(x + (<usize> k << 2));
        store<f64>(at, load<f64>(at) + sum);
      }
      x += <usize> d2 << 2;
    }
  }
}

/** out[count] = factor * the sums of x[d0, d1, d2]; `sums` is room for `count` 64-bit floats. */
export function sum(
  x: usize,
  out: usize,
  sums: usize,
  count: i32,
  d0: i32,
  d1: i32,
  d2: i32,
  s0: i32,
  s1: i32,
  s2: i32,
  factor: f64,
): void {
  memory.fill(sums, 0, <usize> count << 3);
  sumInto(x, sums, d0, d1, d2, s0, s1, s2);
  for (let i = 0; i < count; i++) {
    store<f32>(out + (<usize> i << 2), <f32> (load<f64>(sums + (<usize> i << 3)) * factor));
  }
}
