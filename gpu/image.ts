// Between pictures (bytes, RGBA) and image tensors (float32, NHWC, RGB in [-1, 1]).

import { hasKernel, runOwnKernel } from "./own_kernels.ts";
import * as tf from "./tf.ts";
import type { Picture } from "./picture.ts";

/** Pictures of one size as a batch [n, h, w, 3] in [-1, 1]; alpha is ignored. @throws {TypeError} if sizes differ. */
export function picturesToTensor(pictures: readonly Picture[]): tf.Tensor4D {
  const [{ width, height }] = pictures;
  const shape: [number, number, number, number] = [pictures.length, height, width, 3];
  const bytes = coloursOf(pictures);
  if (!hasKernel("UnpackBytes")) {
    const values = new Float32Array(bytes.length);
    for (let i = 0; i < bytes.length; i++) values[i] = bytes[i] / 127.5 - 1;
    return tf.tensor4d(values, shape);
  }
  return tf.tidy(() => {
    const words = new Int32Array(Math.ceil(bytes.length / 4));
    new Uint8Array(words.buffer).set(bytes);
    return runOwnKernel("UnpackBytes", { words: tf.tensor1d(words) }, { shape });
  });
}

/** Red, green and blue of all pixels of pictures of one size. */
function coloursOf(pictures: readonly Picture[]): Uint8Array {
  const [{ width, height }] = pictures,
    colours = new Uint8Array(pictures.length * height * width * 3);
  let at = 0;
  pictures.forEach((picture, n) => {
    if (picture.width !== width || picture.height !== height) {
      throw new TypeError(
        `Cannot batch pictures: number ${n} is ${picture.height}x${picture.width}, expected ${height}x${width}`,
      );
    }
    for (let i = 0; i < height * width * 4; i += 4) {
      for (let c = 0; c < 3; c++) colours[at++] = picture.data[i + c];
    }
  });
  return colours;
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
