// Exponential functions of four floats at a time, after the Cephes library's single-precision routines (Moshier 1992): within 2
// units of the last place, NaN in, NaN out.

import { madd } from "./madd";

/** Beyond these, e^x is 0 or infinity in 32 bits. */
const LOWEST: f32 = -104, HIGHEST: f32 = 89;
const LOG2_E: f32 = 1.44269504088896341;
/** ln 2 in two parts, the first exact in few bits, so that n ln 2 loses nothing. */
const LN2_HIGH: f32 = 0.693359375, LN2_LOW: f32 = -2.12194440e-4;

/** e^x: 2^n times a polynomial of the rest, which is at most half of ln 2. */
// @ts-ignore: AssemblyScript's decorator
@inline
export function exp(value: v128): v128 {
  const x = f32x4.max(f32x4.min(value, f32x4.splat(HIGHEST)), f32x4.splat(LOWEST));
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(LOG2_E)));
  const rest = f32x4.sub(
    f32x4.sub(x, f32x4.mul(n, f32x4.splat(LN2_HIGH))),
    f32x4.mul(n, f32x4.splat(LN2_LOW)),
  );
  let y = f32x4.splat(1.9875691500e-4);
  y = madd(y, rest, f32x4.splat(1.3981999507e-3));
  y = madd(y, rest, f32x4.splat(8.3334519073e-3));
  y = madd(y, rest, f32x4.splat(4.1665795894e-2));
  y = madd(y, rest, f32x4.splat(1.6666665459e-1));
  y = madd(y, rest, f32x4.splat(5.0000001201e-1));
  y = f32x4.add(madd(y, f32x4.mul(rest, rest), rest), f32x4.splat(1));
  // In two steps, since 2^n itself may be out of range where the result is not.
  const whole = i32x4.trunc_sat_f32x4_s(n), half = i32x4.shr_s(whole, 1);
  return f32x4.mul(f32x4.mul(y, powerOfTwo(half)), powerOfTwo(i32x4.sub(whole, half)));
}

// @ts-ignore: AssemblyScript's decorator
@inline
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/** tanh: a polynomial near 0, where e^x would cancel. */
// @ts-ignore: AssemblyScript's decorator
@inline
export function tanh(x: v128): v128 {
  const size = f32x4.abs(x), one = f32x4.splat(1), z = f32x4.mul(x, x);
  let near = f32x4.splat(-5.70498872745e-3);
  near = madd(near, z, f32x4.splat(2.06390887954e-2));
  near = madd(near, z, f32x4.splat(-5.37397155531e-2));
  near = madd(near, z, f32x4.splat(1.33314422036e-1));
  near = madd(near, z, f32x4.splat(-3.33332819422e-1));
  near = madd(f32x4.mul(near, z), x, x);
  const power = exp(f32x4.add(size, size));
  const far = f32x4.sub(one, f32x4.div(f32x4.splat(2), f32x4.add(power, one)));
  const signed = v128.or(far, v128.and(x, f32x4.splat(-0.0)));
  return v128.bitselect(near, signed, f32x4.lt(size, f32x4.splat(0.625)));
}

/** 1 / (1 + e^-x). */
// @ts-ignore: AssemblyScript's decorator
@inline
export function sigmoid(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp(f32x4.neg(x))));
}
