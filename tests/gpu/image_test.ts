// Between bytes and image tensors: each byte comes back, and nothing leaves its range.

import assert from "node:assert/strict";
import { picturesToTensor, tensorToPictures } from "../../gpu/image.ts";
import type { Picture } from "../../gpu/picture.ts";
import * as tf from "../../gpu/tf.ts";
import { assertClose } from "../_assert.ts";
import { forEachDevice } from "../_gates.ts";

/** A picture whose bytes count up from `first`, alpha apart. */
function counting(width: number, height: number, first: number, alpha = 255): Picture {
  const data = Uint8Array.from(
    { length: width * height * 4 },
    (_, i) => i % 4 === 3 ? alpha : first + Math.floor(i / 4) * 3 + i % 4,
  );
  return { width, height, data };
}

forEachDevice(
  "picturesToTensor and back gives the same byte, for all 256 in each channel",
  async () => {
    const levels = Array.from({ length: 256 }, (_, i) => [i, 255 - i, i ^ 0x55, 255]).flat();
    const picture: Picture = { width: 32, height: 8, data: Uint8Array.from(levels) };
    const images = picturesToTensor([picture]);
    const [back] = await tensorToPictures(images);
    assert.deepEqual({ ...back, data: [...back.data] }, { ...picture, data: levels });
    images.dispose();
  },
);

forEachDevice(
  "picturesToTensor lays out [n, h, w, 3] row by row in [-1, 1], alpha left out",
  async () => {
    const images = picturesToTensor([counting(2, 3, 0, 0), counting(2, 3, 237, 9)]);
    assert.deepEqual(images.shape, [2, 3, 2, 3]);
    const expected = [0, 237].flatMap((first) =>
      Array.from({ length: 18 }, (_, i) => (first + i) / 127.5 - 1)
    );
    assertClose(await images.data(), expected, { absolute: 1e-6 });
    images.dispose();
  },
);

forEachDevice("picturesToTensor gives each byte's number to the last bit", async () => {
  // Sides that leave words of four bytes half full.
  const pictures = [counting(13, 7, 0), counting(13, 7, 41)];
  const images = picturesToTensor(pictures);
  const bytes = pictures.flatMap(({ data }) => [...data].filter((_, i) => i % 4 < 3));
  assert.equal(new Set(bytes).size, 256);
  assert.deepEqual(
    await images.data(),
    Float32Array.from(bytes, (byte) => byte / 127.5 - 1),
  );
  images.dispose();
});

forEachDevice("picturesToTensor refuses pictures of different sizes", () => {
  assert.throws(() => picturesToTensor([counting(2, 3, 0), counting(3, 2, 0)]), {
    name: "TypeError",
    message: "Cannot batch pictures: number 1 is 2x3, expected 3x2",
  });
});

forEachDevice(
  "tensorToPictures clamps, rounds to the nearest byte and makes opaque pictures",
  async () => {
    const byte = (level: number) => level / 127.5 - 1;
    const values = [-1.5, 1.5, 0.001, byte(100.4), byte(100.6), byte(7), -1, 1, 1e9];
    const images = tf.tensor4d(values, [1, 1, 3, 3]);
    const [{ width, height, data }] = await tensorToPictures(images);
    assert.deepEqual([width, height], [3, 1]);
    assert.deepEqual([...data], [0, 255, 128, 255, 100, 101, 7, 255, 0, 255, 255, 255]);
    images.dispose();
  },
);

forEachDevice("tensorToPictures keeps the images of a batch apart", async () => {
  const pictures = [counting(2, 2, 0), counting(2, 2, 100), counting(2, 2, 200)];
  const images = picturesToTensor(pictures);
  const back = await tensorToPictures(images);
  assert.deepEqual(back.map(({ data }) => [...data]), pictures.map(({ data }) => [...data]));
  images.dispose();
});
