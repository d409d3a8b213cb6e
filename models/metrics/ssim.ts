// Structural similarity (SSIM, Wang et al. 2004): how near a picture is to the true answer in light, contrast and structure.

import type { Picture } from "../../gpu/picture.ts";
import { assertPair } from "./_picture_pair.ts";

/** Side of the window and deviation of its weights, in pixels. */
const WINDOW = 11, DEVIATION = 1.5;
/** What keeps the quotients finite where there is neither light nor contrast, for bytes. */
const C1 = (0.01 * 255) ** 2, C2 = (0.03 * 255) ** 2;

/** One value for each pixel. */
interface Plane {
  width: number;
  height: number;
  values: Float64Array;
}

/**
 * SSIM, the mean of the index (Wang et al. 2004, equations 13 and 17) over all places where the window of 11x11 pixels (normal
 * weights, deviation 1.5) lies inside, and over red, green and blue, where they had grey pictures. At most 1, which equal pictures
 * have. Alpha is ignored.
 *
 * @throws {RangeError} if the sizes differ, or a side is shorter than the window
 */
export function ssim(picture: Picture, truth: Picture): number {
  assertPair(picture, truth);
  const { width, height } = truth;
  if (Math.min(width, height) < WINDOW) {
    throw new RangeError(
      `Cannot compare pictures: found ${width}x${height}, expected sides of at least ${WINDOW}`,
    );
  }
  const channels = [0, 1, 2].map((channel) =>
    meanIndex(planeOf(picture, channel), planeOf(truth, channel))
  );
  return channels.reduce((sum, value) => sum + value, 0) / channels.length;
}

function meanIndex(x: Plane, y: Plane): number {
  const [mx, my] = [smooth(x), smooth(y)];
  const [xx, yy, xy] = [smooth(multiply(x, x)), smooth(multiply(y, y)), smooth(multiply(x, y))];
  let sum = 0;
  for (let i = 0; i < mx.values.length; i++) {
    const a = mx.values[i], b = my.values[i];
    const spreads = xx.values[i] - a * a + yy.values[i] - b * b, common = xy.values[i] - a * b;
    sum += (2 * a * b + C1) * (2 * common + C2) / ((a * a + b * b + C1) * (spreads + C2));
  }
  return sum / mx.values.length;
}

function planeOf({ width, height, data }: Picture, channel: number): Plane {
  const values = Float64Array.from({ length: width * height }, (_, i) => data[i * 4 + channel]);
  return { width, height, values };
}

function multiply(x: Plane, y: Plane): Plane {
  return { ...x, values: x.values.map((value, i) => value * y.values[i]) };
}

/** Weighted means where the window lies inside: along rows, then along columns. */
function smooth(plane: Plane): Plane {
  return transpose(smoothRows(transpose(smoothRows(plane))));
}

function smoothRows({ width, height, values }: Plane): Plane {
  const inside = width - WINDOW + 1, result = new Float64Array(inside * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < inside; x++) {
      let sum = 0;
      for (let k = 0; k < WINDOW; k++) sum += WEIGHTS[k] * values[y * width + x + k];
      result[y * inside + x] = sum;
    }
  }
  return { width: inside, height, values: result };
}

function transpose({ width, height, values }: Plane): Plane {
  const turned = values.map((_, i) => values[(i % height) * width + Math.floor(i / height)]);
  return { width: height, height: width, values: turned };
}

const WEIGHTS = normalWeights();

function normalWeights(): Float64Array {
  const weights = Float64Array.from(
    { length: WINDOW },
    (_, i) => Math.exp(-((i - (WINDOW - 1) / 2) ** 2) / (2 * DEVIATION ** 2)),
  );
  const sum = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / sum);
}
