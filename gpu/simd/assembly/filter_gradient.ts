// The filter gradient of a convolution: dw[tap][cout] = sum over pixels of image[pixel + tap] * dy[pixel][cout], as outer
// products straight from the NHWC images. Loops: 16 channels, 4 neighbouring weights of one kernel row, all pixels. Tile: 4
// weights x 16 channels in registers over all pixels, so every weight is stored once and sums need no reduction.

/** The sums of one tile over all rows of pixels, stored to rows of 16 floats that are `step` bytes apart. */
function tileOverPixels(
  image: usize,
  imageStep: usize,
  dy: usize,
  dyStep: usize,
  n: i32,
  gridH: i32,
  gridW: i32,
  rowStep: usize,
  imageBytes: usize,
  out: usize,
  step: usize,
): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c02 = f32x4.splat(0), c03 = f32x4.splat(0);
  let c10 = f32x4.splat(0), c11 = f32x4.splat(0), c12 = f32x4.splat(0), c13 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c22 = f32x4.splat(0), c23 = f32x4.splat(0);
  let c30 = f32x4.splat(0), c31 = f32x4.splat(0), c32 = f32x4.splat(0), c33 = f32x4.splat(0);
  for (let b = 0; b < n; b++) {
    for (let y = 0; y < gridH; y++) {
      let a = image + <usize> b * imageBytes + <usize> y * rowStep;
      const end = dy + <usize> gridW * dyStep;
      while (dy < end) {
        const b0 = v128.load(dy), b1 = v128.load(dy, 16), b2 = v128.load(dy, 32), b3 = v128.load(dy, 48);
        const x0 = v128.load32_splat(a), x1 = v128.load32_splat(a, 4);
        const x2 = v128.load32_splat(a, 8), x3 = v128.load32_splat(a, 12);
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
        a += imageStep;
        dy += dyStep;
      }
    }
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

const scratch = memory.data(256, 16);

/**
 * dw [kh, kw, cin, cout] from the padded images [n, imageH, imageW, cin] and dy [n, gridH, gridW, cout]. Up to 12 bytes behind
 * a kernel row's last weight and 60 behind dy's last pixel are read, and not used.
 */
export function filterGradient(
  image: usize,
  imageH: i32,
  imageW: i32,
  cin: i32,
  dy: usize,
  n: i32,
  gridH: i32,
  gridW: i32,
  cout: i32,
  strideY: i32,
  strideX: i32,
  kh: i32,
  kw: i32,
  dw: usize,
): void {
  const run = kw * cin, rowBytes = (<usize> imageW * cin) << 2;
  const rowStep = rowBytes * strideY, imageBytes = rowBytes * imageH;
  const imageStep = (<usize> strideX * cin) << 2, dyStep = <usize> cout << 2;
  for (let c = 0; c < cout; c += 16) {
    const columns = min(16, cout - c);
    for (let ky = 0; ky < kh; ky++) {
      for (let k = 0; k < run; k += 4) {
        const weights = min(4, run - k);
        const from = image + <usize> ky * rowBytes + (<usize> k << 2);
        const at = dw + ((<usize> (ky * run + k) * cout + c) << 2);
        const gradient = dy + (<usize> c << 2);
        if (weights == 4 && columns == 16) {
          tileOverPixels(from, imageStep, gradient, dyStep, n, gridH, gridW, rowStep, imageBytes, at, dyStep);
        } else {
          tileOverPixels(from, imageStep, gradient, dyStep, n, gridH, gridW, rowStep, imageBytes, scratch, 64);
          for (let r = 0; r < weights; r++) {
            memory.copy(at + <usize> r * dyStep, scratch + (<usize> r << 6), <usize> columns << 2);
          }
        }
      }
    }
  }
}
