// An instance norm with its activation, and its gradient, by their definitions.

import { type Numbers, series } from "./case.ts";

/** What a norm is given and has to give. */
export interface NormNumbers {
  attrs: { epsilon: number; negativeSlope: number };
  x: Numbers;
  dy: Numbers;
  y: number[];
  dx: number[];
}

/** The norm of images [n, h, w, c] whose channels lie far from 0, or a loss of digits would not show. */
export function normNumbers(shape: readonly number[], negativeSlope: number): NormNumbers {
  const epsilon = 1e-5, attrs = { epsilon, negativeSlope };
  const [x, dy] = [series(shape, 1), series(shape, 2)];
  x.values.forEach((value, i) => x.values[i] = value + 10 * (i % shape[3]));
  const normal = (channel: number[]) => {
    const centre = mean(channel);
    const deviation = Math.sqrt(mean(channel.map((value) => (value - centre) ** 2)) + epsilon);
    return { xn: channel.map((value) => (value - centre) / deviation), deviation };
  };
  const act = (value: number) => value > 0 ? value : value * negativeSlope;
  const y = perChannel([x], (channel) => normal(channel).xn.map(act));
  const dx = perChannel([x, dy], (channel, slopes) => {
    const { xn, deviation } = normal(channel);
    const u = slopes.map((slope, i) => xn[i] > 0 ? slope : slope * negativeSlope);
    const level = mean(u), along = mean(u.map((each, i) => each * xn[i]));
    return u.map((each, i) => (each - level - xn[i] * along) / deviation);
  });
  return { attrs, x, dy, y, dx };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** What `compute` makes of each channel of each image of some [n, h, w, c]. */
function perChannel(
  inputs: readonly Numbers[],
  compute: (...channels: number[][]) => number[],
): number[] {
  const [{ shape: [n, h, w, c], values }] = inputs, out = new Array<number>(values.length);
  for (let channel = 0; channel < n * c; channel++) {
    const start = Math.floor(channel / c) * h * w * c + channel % c;
    const places = Array.from({ length: h * w }, (_, pixel) => start + pixel * c);
    compute(...inputs.map((input) => places.map((at) => input.values[at])))
      .forEach((value, pixel) => out[places[pixel]] = value);
  }
  return out;
}
