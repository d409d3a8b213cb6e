// Posters' files brought to the size of a set in each way, and those that are turned down.

import assert from "node:assert/strict";
import { resizePicture } from "../../gpu/picture.ts";
import { type Fit, fitPicture, fitPoster, FITS } from "../../tasks/_poster_picture.ts";
import { flatFile } from "../data/_pictures.ts";
import { encodeFile, patternFile, patternPicture } from "./_poster_pictures.ts";

const size = { width: 32, height: 48 };

/** Mean of the absolute differences. */
function meanDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assert.equal(a.length, b.length);
  return Array.from(a, (value, i) => Math.abs(value - b[i])).reduce((sum, d) => sum + d) / a.length;
}

Deno.test("fitPoster gives a picture of the set's shape the same pixels, however it fits", async () => {
  const large = patternPicture(1, { width: 320, height: 480 });
  const expected = resizePicture(large, size.width, size.height);
  for (const fit of FITS) {
    const { picture } = await fitPoster(await encodeFile(large, "png"), size, fit, 64);
    assert.deepEqual([picture.width, picture.height], [32, 48]);
    assert.ok(meanDifference(picture.data, expected.data) < 1, fit);
  }
});

Deno.test("fitPicture cuts, leaves bars, fills bars or bends a picture of another shape", () => {
  const wide = patternPicture(2, { width: 96, height: 48 });
  const rowOf = (fit: Fit, y: number) => {
    const { data } = fitPicture(wide, size, fit);
    assert.equal(data.length, 32 * 48 * 4);
    assert.ok(data.every((value, i) => i % 4 !== 3 || value === 255), `${fit} is opaque`);
    return [...data.subarray(y * 32 * 4, (y + 1) * 32 * 4)];
  };
  const middle = (y: number) => [...wide.data.subarray((y * 96 + 32) * 4, (y * 96 + 64) * 4)];
  assert.deepEqual(rowOf("cover", 5), middle(5));
  const bar = Array.from({ length: 32 * 4 }, (_, i) => i % 4 === 3 ? 255 : 0);
  assert.deepEqual(rowOf("contain", 0), bar);
  assert.notDeepEqual(rowOf("contain", 24), bar);
  assert.notDeepEqual(rowOf("blurpad", 0), bar);
  assert.deepEqual(rowOf("blurpad", 24), rowOf("contain", 24));
  const bent = resizePicture(wide, 32, 48);
  assert.deepEqual(rowOf("stretch", 9), [...bent.data.subarray(9 * 128, 10 * 128)]);
});

Deno.test("fitPoster turns down what is tiny, blank or damaged", async () => {
  const reject = async (bytes: Uint8Array, reason: string, message: RegExp) => {
    const error = await fitPoster(bytes, size, "cover", 64).catch((error) => error);
    assert.equal(error.reason, reason);
    assert.match(error.message, message);
  };
  const tiny = await patternFile(3, { width: 63, height: 90 }, "png");
  await reject(tiny, "tiny", /^63x90, expected sides of at least 64$/);
  const blank = await flatFile("jpeg", { width: 100, height: 150 });
  await reject(blank, "blank", /^its colours deviate by 0\.\d of 255, expected at least 3$/);
  const whole = await patternFile(4);
  await reject(whole.subarray(0, whole.length >> 1), "unreadable", /./);
  await reject(new Uint8Array(), "unreadable", /the file is empty/);
  await reject(new TextEncoder().encode("<html>"), "unreadable", /./);
});
