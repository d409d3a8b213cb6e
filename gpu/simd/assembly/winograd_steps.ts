// The five matrices of F(4x4, 3x3) (Lavin and Gray 2016, section 4.3, points 0, 1, -1, 2, -2), each times one column, for four
// channels at once. Applied to the columns and then to the rows of what that gives, they transform a tile.
// They read before they store, so that V8 can fuse pairs.

/**
 * Bt x for one column of six, stored `step` bytes apart. In differences, so that a flat image gives exact zeros in all positions but
 * one, and a flat result: rounding that differs from pixel to pixel would be blown up by the instance norm of a flat channel.
 */
// @ts-ignore: AssemblyScript's decorator
@inline
export function inputStep(
  d0: v128, d1: v128, d2: v128, d3: v128, d4: v128, d5: v128, to: usize, step: usize,
): void {
  const two = f32x4.splat(2), four = f32x4.splat(4);
  const even = f32x4.sub(d4, f32x4.mul(four, d2)), odd = f32x4.sub(d3, f32x4.mul(four, d1));
  const evens = f32x4.sub(d4, d2), odds = f32x4.mul(two, f32x4.sub(d3, d1));
  v128.store(to, f32x4.add(f32x4.mul(four, f32x4.sub(d0, d2)), evens));
  v128.store(to + step, f32x4.add(even, odd));
  v128.store(to + 2 * step, f32x4.sub(even, odd));
  v128.store(to + 3 * step, f32x4.add(evens, odds));
  v128.store(to + 4 * step, f32x4.sub(evens, odds));
  v128.store(to + 5 * step, f32x4.add(f32x4.mul(four, f32x4.sub(d1, d3)), f32x4.sub(d5, d3)));
}

/** At x + add for one column of six, stored `step` bytes apart. */
// @ts-ignore: AssemblyScript's decorator
@inline
export function outputStep(
  m0: v128, m1: v128, m2: v128, m3: v128, m4: v128, m5: v128, add: v128, to: usize, step: usize,
): void {
  const s1 = f32x4.add(m1, m2), d1 = f32x4.sub(m1, m2), s2 = f32x4.add(m3, m4), d2 = f32x4.sub(m3, m4);
  const y3 = f32x4.add(f32x4.add(d1, f32x4.mul(f32x4.splat(8), d2)), m5);
  v128.store(to, f32x4.add(f32x4.add(f32x4.add(m0, s1), s2), add));
  v128.store(to + step, f32x4.add(f32x4.add(d1, f32x4.mul(f32x4.splat(2), d2)), add));
  v128.store(to + 2 * step, f32x4.add(f32x4.add(s1, f32x4.mul(f32x4.splat(4), s2)), add));
  v128.store(to + 3 * step, f32x4.add(y3, add));
}

/** A x for one column of four, stored `step` bytes apart. */
// @ts-ignore: AssemblyScript's decorator
@inline
export function gradientStep(x0: v128, x1: v128, x2: v128, x3: v128, to: usize, step: usize): void {
  const even = f32x4.add(x0, x2), odd = f32x4.add(x1, x3);
  const evens = f32x4.add(x0, f32x4.mul(f32x4.splat(4), x2));
  const odds = f32x4.add(f32x4.mul(f32x4.splat(2), x1), f32x4.mul(f32x4.splat(8), x3));
  v128.store(to, x0);
  v128.store(to + step, f32x4.add(even, odd));
  v128.store(to + 2 * step, f32x4.sub(even, odd));
  v128.store(to + 3 * step, f32x4.add(evens, odds));
  v128.store(to + 4 * step, f32x4.sub(evens, odds));
  v128.store(to + 5 * step, x3);
}

/** G x for one column of three, stored `step` bytes apart. */
// @ts-ignore: AssemblyScript's decorator
@inline
export function kernelStep(g0: v128, g1: v128, g2: v128, to: usize, step: usize): void {
  const quarter = f32x4.splat(1.0 / 4), sixth = f32x4.splat(1.0 / 6);
  const twelfth = f32x4.splat(1.0 / 12), part = f32x4.splat(1.0 / 24);
  const outer = f32x4.neg(f32x4.mul(f32x4.add(g0, g2), sixth)), inner = f32x4.mul(g1, sixth);
  const far = f32x4.add(f32x4.mul(g0, part), f32x4.mul(g2, sixth)), near = f32x4.mul(g1, twelfth);
  v128.store(to, f32x4.mul(g0, quarter));
  v128.store(to + step, f32x4.sub(outer, inner));
  v128.store(to + 2 * step, f32x4.add(outer, inner));
  v128.store(to + 3 * step, f32x4.add(far, near));
  v128.store(to + 4 * step, f32x4.sub(far, near));
  v128.store(to + 5 * step, g2);
}

/** Gt x for one column of six, stored `step` bytes apart. */
// @ts-ignore: AssemblyScript's decorator
@inline
export function kernelBackStep(
  x0: v128, x1: v128, x2: v128, x3: v128, x4: v128, x5: v128, to: usize, step: usize,
): void {
  const quarter = f32x4.splat(1.0 / 4), sixth = f32x4.splat(1.0 / 6);
  const twelfth = f32x4.splat(1.0 / 12), part = f32x4.splat(1.0 / 24);
  const near = f32x4.mul(f32x4.add(x1, x2), sixth), far = f32x4.add(x3, x4);
  const y0 = f32x4.add(f32x4.sub(f32x4.mul(x0, quarter), near), f32x4.mul(far, part));
  const y1 = f32x4.add(f32x4.mul(f32x4.sub(x2, x1), sixth), f32x4.mul(f32x4.sub(x3, x4), twelfth));
  v128.store(to, y0);
  v128.store(to + step, y1);
  v128.store(to + 2 * step, f32x4.add(f32x4.sub(f32x4.mul(far, sixth), near), x5));
}
