// Between pictures (bytes, RGBA) and image tensors (float32, NHWC, RGB in [-1, 1]).

import * as tf from "./tf.ts";
import type { Picture } from "./picture.ts";

/** Pictures of one size as a batch [n, h, w, 3] in [-1, 1]; alpha is ignored. @throws {TypeError} if sizes differ. */
export function picturesToTensor(pictures: readonly Picture[]): tf.Tensor4D {
  const [{ width, height }] = pictures;
  const values = new Float32Array(pictures.length * height * width * 3);
  pictures.forEach((picture, n) => {
    if (picture.width !== width || picture.height !== height) {
      throw new TypeError(
        `Cannot batch pictures: number ${n} is ${picture.height}x${picture.width}, expected ${height}x${width}`,
      );
    }
    const start = n * height * width;
    for (let pixel = 0; pixel < height * width; pixel++) {
      for (let c = 0; c < 3; c++) {
        values[(start + pixel) * 3 + c] = picture.data[pixel * 4 + c] / 127.5 - 1;
      }
    }
  });
  return tf.tensor4d(values, [pictures.length, height, width, 3]);
}

/** A batch [n, h, w, 3] as opaque pictures, rounded to the nearest byte, values outside [-1, 1] clamped. */
export async function tensorToPictures(images: tf.Tensor4D): Promise<Picture[]> {
  const [n, height, width] = images.shape;
  const values = await images.data();
  return Array.from({ length: n }, (_, i) => {
    const data = new Uint8ClampedArray(height * width * 4).fill(255);
    const start = i * height * width;
    for (let pixel = 0; pixel < height * width; pixel++) {
      for (let c = 0; c < 3; c++) {
        data[pixel * 4 + c] = (values[(start + pixel) * 3 + c] + 1) * 127.5;
      }
    }
    return { width, height, data };
  });
}
