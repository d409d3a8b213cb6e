// The separable triangle filter that resizes four interleaved channels.

/** Which source samples make one output sample, and how much each counts: one row of `weights` per output. */
interface Taps {
  /** First source index of each output. */
  start: Int32Array;
  /** How many source indices each output reads. */
  count: Int32Array;
  /** `stride` weights per output, the first `count` of them used; they sum to 1. */
  weights: Float64Array;
  stride: number;
}

/** The two sides of a grid of samples. */
interface Size {
  width: number;
  height: number;
}

/**
 * Four interleaved channels at another size, as unrounded sums in the range of the source.
 *
 * Filter: a triangle of half-width 1 source sample when enlarging (bilinear, ends clamped) and of `from / to` samples
 * when shrinking, sample centres at one half, weights cut at the border and made to sum to 1 again, as Pillow does.
 */
export function resampleRgba(source: ArrayLike<number>, from: Size, to: Size): Float32Array {
  const rows = resizeRows(source, from.width, from.height, makeTaps(from.width, to.width));
  return resizeColumns(rows, to.width, makeTaps(from.height, to.height));
}

function makeTaps(from: number, to: number): Taps {
  const scale = from / to;
  const support = Math.max(1, scale);
  const stride = Math.ceil(support) * 2 + 1;
  const taps: Taps = {
    start: new Int32Array(to),
    count: new Int32Array(to),
    weights: new Float64Array(to * stride),
    stride,
  };
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale;
    const start = Math.max(0, Math.floor(centre - support + 0.5));
    const end = Math.min(from, Math.floor(centre + support + 0.5));
    let sum = 0;
    for (let j = start; j < end; j++) {
      const weight = Math.max(0, 1 - Math.abs(j + 0.5 - centre) / support);
      taps.weights[i * stride + j - start] = weight;
      sum += weight;
    }
    taps.start[i] = start;
    taps.count[i] = end - start;
    for (let k = 0; k < end - start; k++) taps.weights[i * stride + k] /= sum;
  }
  return taps;
}

function resizeRows(
  source: ArrayLike<number>,
  width: number,
  height: number,
  { start, count, weights, stride }: Taps,
): Float32Array {
  const outWidth = start.length;
  const out = new Float32Array(outWidth * height * 4);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < outWidth; x++, to += 4) {
      let r = 0, g = 0, b = 0, a = 0;
      let from = (y * width + start[x]) * 4;
      for (let k = x * stride; k < x * stride + count[x]; k++, from += 4) {
        const weight = weights[k];
        r += weight * source[from];
        g += weight * source[from + 1];
        b += weight * source[from + 2];
        a += weight * source[from + 3];
      }
      out[to] = r;
      out[to + 1] = g;
      out[to + 2] = b;
      out[to + 3] = a;
    }
  }
  return out;
}

function resizeColumns(rows: Float32Array, width: number, taps: Taps): Float32Array {
  const { start, count, weights, stride } = taps;
  const rowLength = width * 4;
  const out = new Float32Array(start.length * rowLength);
  for (let y = 0; y < start.length; y++) {
    for (let k = 0; k < count[y]; k++) {
      const weight = weights[y * stride + k];
      const from = (start[y] + k) * rowLength;
      const to = y * rowLength;
      for (let i = 0; i < rowLength; i++) out[to + i] += weight * rows[from + i];
    }
  }
  return out;
}
