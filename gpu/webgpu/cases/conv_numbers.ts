// A convolution and both of its gradients in plain loops.

import { type Numbers, series, zerosLike } from "./case.ts";

/** A convolution: images, their height and width; channels in and out; kernel side, stride, zeros around. */
export interface ConvCase {
  image: [n: number, h: number, w: number];
  channels: [cin: number, cout: number];
  kernel: number;
  stride: number;
  pad: number;
}

/** Few channels, and both tiles; in fours and not; strides that leave a remainder. Few, since each is a shader to compile. */
export const convolutions: readonly ConvCase[] = [
  { image: [2, 7, 6], channels: [5, 3], kernel: 3, stride: 2, pad: 1 },
  { image: [2, 9, 8], channels: [20, 24], kernel: 2, stride: 1, pad: 1 },
  { image: [1, 17, 16], channels: [33, 34], kernel: 2, stride: 2, pad: 1 },
];

/** Pixels that are split, and fewer than a tile has. */
export const moreConvolutions: readonly ConvCase[] = [
  { image: [1, 17, 16], channels: [4, 4], kernel: 1, stride: 1, pad: 0 },
  { image: [1, 2, 3], channels: [17, 4], kernel: 2, stride: 1, pad: 0 },
];

/** What a convolution is given and has to give. */
export interface ConvNumbers {
  attrs: Readonly<Record<string, unknown>>;
  x: Numbers;
  filter: Numbers;
  dy: Numbers;
  y: number[];
  dx: number[];
  dw: number[];
}

/** The numbers of a convolution. */
export function convNumbers(given: ConvCase): ConvNumbers {
  const { image: [n, h, w], channels: [cin, cout], kernel: k, stride, pad } = given;
  const out = (size: number) => Math.floor((size + 2 * pad - k) / stride) + 1;
  const x = series([n, h, w, cin], 21), filter = series([k, k, cin, cout], 22);
  const dy = series([n, out(h), out(w), cout], 23);
  const y = zerosLike(dy), dx = zerosLike(x), dw = zerosLike(filter);
  forEachTap(given, (pixel, seen, tap) => {
    for (let i = 0; i < cin * cout; i++) {
      const at = seen * cin + Math.floor(i / cout), weight = tap * cin * cout + i;
      const out = pixel * cout + i % cout;
      y[out] += x.values[at] * filter.values[weight];
      dx[at] += dy.values[out] * filter.values[weight];
      dw[weight] += dy.values[out] * x.values[at];
    }
  });
  const attrs = { strides: stride, pad, dataFormat: "NHWC" };
  return { attrs, x, filter, dy, y, dx, dw };
}

/** Every output pixel with the input pixel that it sees through a tap. */
function forEachTap(
  { image: [n, h, w], kernel: k, stride, pad }: ConvCase,
  visit: (pixel: number, seen: number, tap: number) => void,
): void {
  const outHeight = Math.floor((h + 2 * pad - k) / stride) + 1;
  const outWidth = Math.floor((w + 2 * pad - k) / stride) + 1;
  for (let pixel = 0; pixel < n * outHeight * outWidth; pixel++) {
    const image = Math.floor(pixel / (outHeight * outWidth));
    for (let tap = 0; tap < k * k; tap++) {
      const y = Math.floor(pixel / outWidth) % outHeight * stride - pad + Math.floor(tap / k);
      const x = pixel % outWidth * stride - pad + tap % k;
      const isInside = y >= 0 && y < h && x >= 0 && x < w;
      if (isInside) visit(pixel, (image * h + y) * w + x, tap);
    }
  }
}
