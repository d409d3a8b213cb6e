// The phases of an input gradient: where the stride is s, a pixel meets only every s-th tap in each direction, so that the pixels of each
// of the s x s phases are a product of matrices of their own, without a wasted multiplication.

/** What a shader knows of a phase: `phaseOf` its number. Pairs are of y and x. */
export const PHASE = `
struct Phase {
  first: vec2u,   // the first tap, y and x
  taps: vec2u,    // how many, each a stride after the one before
  start: vec2u,   // the first pixel
  size: vec2u,    // how many pixels, likewise
};
fn phaseOf(number: u32) -> Phase {
  let stride = vec2u(u.strideY, u.strideX);
  let kernel = vec2u(u.kernelHeight, u.kernelWidth);
  let image = vec2u(u.height, u.width);
  let first = vec2u(number / u.strideX, number % u.strideX);
  // Pixels with (place + pad) % stride = first.
  let start = (first + stride - vec2u(u.padTop, u.padLeft) % stride) % stride;
  let none = vec2u(0u);
  return Phase(
    first,
    select(none, (kernel + stride - 1u - first) / stride, first < kernel),
    start,
    select(none, (image + stride - 1u - start) / stride, start < image),
  );
}`;
