// Pictures that the metrics' tests compare: drawn posters, what blur and noise make of them, and features of them.

import { drawnPosters } from "../../../data/drawn_posters.ts";
import { picturesToTensor } from "../../../gpu/image.ts";
import type { Picture } from "../../../gpu/picture.ts";
import { randomStream } from "../../../gpu/random.ts";
import * as tf from "../../../gpu/tf.ts";
import { disposeTree } from "../../../gpu/tree.ts";
import { applyClassifier, initClassifier } from "../../../models/classifier/classifier.ts";
import type { Matrix } from "../../../models/metrics/matrix.ts";

/** Drawn posters of 32x48 pixels, from number `first` on. */
export async function posters(first: number, count: number): Promise<Picture[]> {
  const set = await drawnPosters({ size: { width: 32, height: 48 }, count: first + count });
  return await Promise.all(Array.from({ length: count }, (_, i) => set.load(first + i)));
}

/** The picture with each pixel replaced by the mean of its 3x3 neighbours, so many times. */
export function blurred(picture: Picture, times: number): Picture {
  const { width, height } = picture;
  let data = Uint8ClampedArray.from(picture.data);
  for (let turn = 0; turn < times; turn++) {
    const from = data;
    data = Uint8ClampedArray.from(from, (value, i) => {
      if (i % 4 === 3) return value;
      const x = Math.floor(i / 4) % width, y = Math.floor(i / 4 / width);
      let sum = 0, count = 0;
      for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++, count++) {
          sum += from[(v * width + u) * 4 + i % 4];
        }
      }
      return sum / count;
    });
  }
  return { width, height, data };
}

/** The picture with normal noise of that deviation, in bytes, on each colour. */
export function noisy(picture: Picture, deviation: number, seed: number): Picture {
  const random = randomStream(1, "noise", seed);
  const data = Uint8ClampedArray.from(
    picture.data,
    (value, i) => i % 4 === 3 ? value : value + random.normal(0, deviation),
  );
  return { ...picture, data };
}

/** Posters made worse more and more, for each way of it: by nothing, and three times more. */
export function worsened(pictures: readonly Picture[]): Record<"blur" | "noise", Picture[][]> {
  const amounts = [0, 1, 2, 4];
  return {
    blur: amounts.map((amount) => pictures.map((picture) => blurred(picture, 2 * amount))),
    noise: amounts.map((amount) => pictures.map((picture, i) => noisy(picture, 20 * amount, i))),
  };
}

const network = { size: [48, 32] as [number, number], genres: 1, width: 4, features: 32 };

/** Features of a network that has learnt nothing: enough to tell large changes apart. Needs a device. */
export async function featuresOf(pictures: readonly Picture[]): Promise<Matrix> {
  const params = initClassifier(network, randomStream(1, "network"));
  const features = tf.tidy(() =>
    applyClassifier(params, picturesToTensor(pictures), network).features
  );
  const values = (await features.data<"float32">()).slice();
  features.dispose();
  disposeTree(params);
  return { rows: pictures.length, width: network.features, values };
}

/** Vectors around so many centres, which are the same for each name; the source is the same for every name. */
export function clustered(
  rows: number,
  width: number,
  name: string,
  { centres = 3, shift = 0 } = {},
): Matrix {
  const random = randomStream(1, "clusters", name), values = random.normals(rows * width);
  for (let row = 0; row < rows; row++) {
    const cluster = random.integer(centres);
    for (let k = 0; k < width; k++) values[row * width + k] += (k % 3 === cluster ? 2 : 0) + shift;
  }
  return { rows, width, values };
}

/** Some rows of a matrix. */
export function pick({ width, values }: Matrix, rows: ArrayLike<number>): Matrix {
  const picked = Array.from(rows, (row) => [...values.subarray(row * width, (row + 1) * width)]);
  return { rows: rows.length, width, values: Float32Array.from(picked.flat()) };
}

/** One set below the other. */
export function stack(a: Matrix, b: Matrix): Matrix {
  return {
    rows: a.rows + b.rows,
    width: a.width,
    values: Float32Array.from([...a.values, ...b.values]),
  };
}
