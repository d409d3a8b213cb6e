// Direct convolution as an implicit matrix product: rows are output pixels, columns output channels, and the inner sum runs
// over the kernel's rows, each of which is one run of kw * cin floats in the padded NHWC image; no patch is ever copied.
// Loops: row of pixels, panel of 16 channels, 4 pixels. Tile: 4 pixels x 16 channels, 16 sums in registers, which V8 fuses to
// 8 AVX2 registers where its revectorizer is on. Weights are packed to panels [cout / 16][kh][kw * cin][16].

/** dst[n / 16][k][16] = src[k][n]; the last panel is filled up with zeros. */
export function packColumns(src: usize, dst: usize, k: i32, n: i32): void {
  for (let first = 0; first < n; first += 16) {
    const columns = min(16, n - first);
    for (let i = 0; i < k; i++) {
      const from = src + ((<usize> i * n + first) << 2);
      let j = 0;
      for (; j < columns; j++) store<f32>(dst + (<usize> j << 2), load<f32>(from + (<usize> j << 2)));
      for (; j < 16; j++) store<f32>(dst + (<usize> j << 2), 0);
      dst += 64;
    }
  }
}

/**
 * Panels for the input gradient of one stride phase: of the kernel [kh, kw, cin, cout] the taps firstY + stride * t (rows) and
 * firstX + stride * t (columns), in reverse order, as a kernel [tapsY, tapsX, cout, cin].
 */
export function packAdjoint(
  src: usize,
  dst: usize,
  kw: i32,
  cin: i32,
  cout: i32,
  firstY: i32,
  tapsY: i32,
  strideY: i32,
  firstX: i32,
  tapsX: i32,
  strideX: i32,
): void {
  for (let first = 0; first < cin; first += 16) {
    const columns = min(16, cin - first);
    for (let y = tapsY - 1; y >= 0; y--) {
      for (let x = tapsX - 1; x >= 0; x--) {
        const tap = (firstY + y * strideY) * kw + firstX + x * strideX;
        for (let i = 0; i < cout; i++) {
          const from = src + ((<usize> (tap * cin + first) * cout + i) << 2);
          let j = 0;
          for (; j < columns; j++) {
            store<f32>(dst + (<usize> j << 2), load<f32>(from + ((<usize> j * cout) << 2)));
          }
          for (; j < 16; j++) store<f32>(dst + (<usize> j << 2), 0);
          dst += 64;
        }
      }
    }
  }
}

/** Copies images [n, h, w, c] into the middle of zeros [n, paddedH, paddedW, c]; rows that do not fit are cut off. */
export function padImage(
  src: usize,
  dst: usize,
  n: i32,
  h: i32,
  w: i32,
  c: i32,
  top: i32,
  left: i32,
  paddedH: i32,
  paddedW: i32,
): void {
  const rowBytes = (<usize> w * c) << 2, paddedRow = (<usize> paddedW * c) << 2;
  const copied = (<usize> min(w, paddedW - left) * c) << 2, before = (<usize> left * c) << 2;
  for (let b = 0; b < n; b++) {
    for (let y = 0; y < paddedH; y++) {
      const from = y - top;
      if (from < 0 || from >= h) {
        memory.fill(dst, 0, paddedRow);
      } else {
        memory.fill(dst, 0, before);
        memory.copy(dst + before, src + <usize> (b * h + from) * rowBytes, copied);
        memory.fill(dst + before + copied, 0, paddedRow - before - copied);
      }
      dst += paddedRow;
    }
  }
}

/** Sums of 4 pixels x 16 channels, stored to rows of 16 floats that are `step` bytes apart. */
function tile4x16(
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  b: usize,
  kh: i32,
  run: usize,
  rowStep: usize,
  out: usize,
  step: usize,
): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c02 = f32x4.splat(0), c03 = f32x4.splat(0);
  let c10 = f32x4.splat(0), c11 = f32x4.splat(0), c12 = f32x4.splat(0), c13 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c22 = f32x4.splat(0), c23 = f32x4.splat(0);
  let c30 = f32x4.splat(0), c31 = f32x4.splat(0), c32 = f32x4.splat(0), c33 = f32x4.splat(0);
  for (let ky = 0; ky < kh; ky++) {
    const end = a0 + run;
    while (a0 < end) {
      const b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(b, 32), b3 = v128.load(b, 48);
      const x0 = v128.load32_splat(a0), x1 = v128.load32_splat(a1);
      const x2 = v128.load32_splat(a2), x3 = v128.load32_splat(a3);
      c00 = f32x4.relaxed_madd(x0, b0, c00);
      c01 = f32x4.relaxed_madd(x0, b1, c01);
      c02 = f32x4.relaxed_madd(x0, b2, c02);
      c03 = f32x4.relaxed_madd(x0, b3, c03);
      c10 = f32x4.relaxed_madd(x1, b0, c10);
      c11 = f32x4.relaxed_madd(x1, b1, c11);
      c12 = f32x4.relaxed_madd(x1, b2, c12);
      c13 = f32x4.relaxed_madd(x1, b3, c13);
      c20 = f32x4.relaxed_madd(x2, b0, c20);
      c21 = f32x4.relaxed_madd(x2, b1, c21);
      c22 = f32x4.relaxed_madd(x2, b2, c22);
      c23 = f32x4.relaxed_madd(x2, b3, c23);
      c30 = f32x4.relaxed_madd(x3, b0, c30);
      c31 = f32x4.relaxed_madd(x3, b1, c31);
      c32 = f32x4.relaxed_madd(x3, b2, c32);
      c33 = f32x4.relaxed_madd(x3, b3, c33);
      a0 += 4;
      a1 += 4;
      a2 += 4;
      a3 += 4;
      b += 64;
    }
    const skip = rowStep - run;
    a0 += skip;
    a1 += skip;
    a2 += skip;
    a3 += skip;
  }
  v128.store(out, c00);
  v128.store(out, c01, 16);
  v128.store(out, c02, 32);
  v128.store(out, c03, 48);
  out += step;
  v128.store(out, c10);
  v128.store(out, c11, 16);
  v128.store(out, c12, 32);
  v128.store(out, c13, 48);
  out += step;
  v128.store(out, c20);
  v128.store(out, c21, 16);
  v128.store(out, c22, 32);
  v128.store(out, c23, 48);
  out += step;
  v128.store(out, c30);
  v128.store(out, c31, 16);
  v128.store(out, c32, 32);
  v128.store(out, c33, 48);
}

/** A tile of 4 x 16 floats for results that do not fill a tile, so that nothing is stored past its place. */
const scratch = memory.data(256, 16);

/**
 * Convolves the grid's rows [rowFirst, rowEnd) of n * gridH: pixel (b, y, x) sums over the image from
 * (b, y * strideY, x * strideX) on and is written to (b, y * stepY + outY, x * stepX + outX) of out [n, outH, outW, cout].
 */
export function convolve(
  image: usize,
  imageH: i32,
  imageW: i32,
  cin: i32,
  panels: usize,
  kh: i32,
  kw: i32,
  cout: i32,
  gridH: i32,
  gridW: i32,
  strideY: i32,
  strideX: i32,
  out: usize,
  outH: i32,
  outW: i32,
  outY: i32,
  outX: i32,
  stepY: i32,
  stepX: i32,
  rowFirst: i32,
  rowEnd: i32,
): void {
  const run = (<usize> kw * cin) << 2, rowStep = (<usize> imageW * cin) << 2;
  const panelBytes = (<usize> kh * kw * cin) << 6;
  const pixelIn = (<usize> strideX * cin) << 2, pixelOut = (<usize> stepX * cout) << 2;
  for (let row = rowFirst; row < rowEnd; row++) {
    const b = row / gridH, y = row % gridH;
    const from = image + ((<usize> (b * imageH + y * strideY) * imageW * cin) << 2);
    const to = out + ((<usize> ((b * outH + y * stepY + outY) * outW + outX) * cout) << 2);
    let panel = panels;
    for (let c = 0; c < cout; c += 16) {
      const columns = min(16, cout - c);
      for (let x = 0; x < gridW; x += 4) {
        const pixels = min(4, gridW - x);
        const a0 = from + <usize> x * pixelIn;
        const a1 = pixels > 1 ? a0 + pixelIn : a0;
        const a2 = pixels > 2 ? a1 + pixelIn : a0;
        const a3 = pixels > 3 ? a2 + pixelIn : a0;
        const at = to + <usize> x * pixelOut + (<usize> c << 2);
        if (pixels == 4 && columns == 16) {
          tile4x16(a0, a1, a2, a3, panel, kh, run, rowStep, at, pixelOut);
        } else {
          tile4x16(a0, a1, a2, a3, panel, kh, run, rowStep, scratch, 64);
          for (let r = 0; r < pixels; r++) {
            memory.copy(at + <usize> r * pixelOut, scratch + (<usize> r << 6), <usize> columns << 2);
          }
        }
      }
      panel += panelBytes;
    }
  }
}
