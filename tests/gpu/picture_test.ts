// Pictures in bytes against hand-computed answers.

import assert from "node:assert/strict";
import {
  coverPicture,
  cropPicture,
  fitWithin,
  flipPicture,
  inRows,
  mixPictures,
  type Picture,
  resizePicture,
  sheet,
} from "../../gpu/picture.ts";

/** A picture whose red channel is given row by row; green is 255 - red, blue 7, opaque. */
function fromRed(rows: number[][]): Picture {
  const data = rows.flat().flatMap((red) => [red, 255 - red, 7, 255]);
  return { width: rows[0].length, height: rows.length, data: Uint8Array.from(data) };
}

function red({ width, height, data }: Picture): number[][] {
  return Array.from(
    { length: height },
    (_, y) => Array.from({ length: width }, (_, x) => data[(y * width + x) * 4]),
  );
}

Deno.test("inRows() fills rows, the last one as far as it goes", () => {
  const [a, b, c] = [1, 2, 3].map((side) => ({
    ...{ width: side, height: 1 },
    data: new Uint8Array(4 * side),
  }));
  assert.deepEqual(inRows([a, b, c], 2), [[a, b], [c]]);
  assert.deepEqual(inRows([], 2), []);
});

Deno.test("mixPictures() mixes byte by byte and refuses pictures of two sizes", () => {
  const one = { width: 1, height: 1, data: Uint8Array.of(0, 100, 200, 255) };
  const other = { width: 1, height: 1, data: Uint8Array.of(100, 0, 210, 255) };
  assert.deepEqual([...mixPictures(one, other, 0.25).data], [25, 75, 202, 255]);
  assert.deepEqual([...mixPictures(one, other, 1).data], [...other.data]);
  const wide = { width: 2, height: 1, data: new Uint8Array(8) };
  assert.throws(() => mixPictures(one, wide, 0.5), /they are 1x1 and 2x1/);
});

Deno.test("resizePicture halves a row with the triangle's weights 1 3 3 1, cut and renormalised at the ends", () => {
  // Scale 2, support 2: the output at centre 3 reads sources 1..4 (centres 1.5 .. 4.5) with weights
  // 0.25 0.75 0.75 0.25 of sum 2; the first output at centre 1 reads sources 0..2 with 0.75 0.75 0.25 of sum 1.75.
  const row = [0, 70, 140, 210, 80, 40, 200, 20];
  const got = red(resizePicture(fromRed([row]), 4, 1))[0];
  const middle = (a: number, b: number, c: number, d: number) =>
    Math.round((a + 3 * b + 3 * c + d) / 8);
  assert.deepEqual(got, [
    Math.round((3 * 0 + 3 * 70 + 140) / 7),
    middle(70, 140, 210, 80),
    middle(210, 80, 40, 200),
    Math.round((40 + 3 * 200 + 3 * 20) / 7),
  ]);
});

Deno.test("resizePicture doubles a row by bilinear weights of a quarter, ends clamped", () => {
  assert.deepEqual(red(resizePicture(fromRed([[0, 100, 200]]), 6, 1)), [[
    0,
    25,
    75,
    125,
    175,
    200,
  ]]);
});

Deno.test("resizePicture works on columns as on rows and on each channel by itself", () => {
  const tall = resizePicture(fromRed([[0], [100], [200]]), 1, 6);
  assert.deepEqual(red(tall).flat(), [0, 25, 75, 125, 175, 200]);
  assert.deepEqual([...tall.data.slice(4, 8)], [25, 230, 7, 255]);
});

Deno.test("resizePicture equals the direct two-dimensional sum of the filter for an uneven ratio", () => {
  const source = fromRed(
    Array.from(
      { length: 11 },
      (_, y) => Array.from({ length: 17 }, (_, x) => (x * 37 + y * 91) % 256),
    ),
  );
  const [width, height] = [7, 4];
  const got = red(resizePicture(source, width, height));
  const weight = (at: number, scale: number, out: number) =>
    Math.max(0, 1 - Math.abs((at + 0.5) / scale - (out + 0.5)));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0, total = 0;
      red(source).forEach((row, sy) =>
        row.forEach((value, sx) => {
          const w = weight(sx, 17 / width, x) * weight(sy, 11 / height, y);
          sum += w * value;
          total += w;
        })
      );
      assert.ok(Math.abs(got[y][x] - sum / total) <= 0.501, `at ${x}, ${y}`);
    }
  }
});

Deno.test("resizePicture keeps a constant picture constant at any size", () => {
  for (const [width, height] of [[1, 1], [3, 50], [64, 9]]) {
    const flat = resizePicture(fromRed([[123, 123, 123], [123, 123, 123]]), width, height);
    assert.ok(red(flat).flat().every((value) => value === 123));
    assert.equal(flat.data.length, width * height * 4);
  }
});

Deno.test("resizePicture averages premultiplied, so hidden colour does not bleed", () => {
  const data = Uint8Array.from([200, 0, 0, 255, 0, 255, 0, 0]);
  const got = resizePicture({ width: 2, height: 1, data }, 1, 1);
  assert.deepEqual([...got.data], [200, 0, 0, 128]);
});

Deno.test("resizePicture refuses sides that are not positive integers and bytes that do not fit", () => {
  const picture = fromRed([[1, 2]]);
  assert.throws(() => resizePicture(picture, 0, 4), RangeError);
  assert.throws(() => resizePicture(picture, 4, 2.5), RangeError);
  const short = { width: 2, height: 2, data: new Uint8Array(12) };
  assert.throws(() => resizePicture(short, 4, 4), /12 bytes for 2x2; expected 16/);
});

Deno.test("fitWithin shrinks to the long side, keeps small pictures and rounds to the multiple", () => {
  const picture = (width: number, height: number): Picture => ({
    width,
    height,
    data: new Uint8Array(width * height * 4),
  });
  const size = (fitted: Picture) => [fitted.width, fitted.height];
  assert.deepEqual(size(fitWithin(picture(400, 100), 200)), [200, 50]);
  assert.deepEqual(size(fitWithin(picture(100, 400), 200)), [50, 200]);
  assert.deepEqual(size(fitWithin(picture(30, 20), 200)), [30, 20]);
  assert.deepEqual(size(fitWithin(picture(30, 21), 200, 4)), [32, 20]);
  assert.deepEqual(size(fitWithin(picture(300, 2), 100, 8)), [96, 8]);
  assert.throws(() => fitWithin(picture(8, 8), 3, 4), RangeError);
});

Deno.test("cropPicture copies the rectangle and refuses one that reaches outside", () => {
  const picture = fromRed([[1, 2, 3], [4, 5, 6], [7, 8, 9]]);
  assert.deepEqual(red(cropPicture(picture, 1, 0, 2, 2)), [[2, 3], [5, 6]]);
  assert.throws(() => cropPicture(picture, 2, 0, 2, 2), /Cannot crop 2x2 at \(2, 0\)/);
  assert.throws(() => cropPicture(picture, -1, 0, 2, 2), RangeError);
});

Deno.test("flipPicture mirrors each row with its channels in order", () => {
  const picture = fromRed([[1, 2, 3], [4, 5, 6]]);
  const flipped = flipPicture(picture);
  assert.deepEqual(red(flipped), [[3, 2, 1], [6, 5, 4]]);
  assert.deepEqual([...flipped.data.slice(0, 4)], [3, 252, 7, 255]);
  assert.deepEqual(red(picture), [[1, 2, 3], [4, 5, 6]]);
});

Deno.test("sheet lays rows out in a grid on white with the gap between and around", () => {
  const page = sheet([[fromRed([[1, 2]]), fromRed([[3]])], [fromRed([[4], [5]])]], 1);
  assert.deepEqual(red(page), [
    [255, 255, 255, 255, 255, 255],
    [255, 1, 2, 255, 3, 255],
    [255, 255, 255, 255, 255, 255],
    [255, 4, 255, 255, 255, 255],
    [255, 5, 255, 255, 255, 255],
    [255, 255, 255, 255, 255, 255],
  ]);
  assert.throws(() => sheet([[], []]), /no picture/);
  assert.throws(() => sheet([[page]], -1), RangeError);
});

Deno.test("coverPicture() keeps the middle of what is too wide or too high", () => {
  // Columns of 0, 1, 2, 3 in red.
  const wide = { width: 4, height: 2, data: new Uint8Array(32) };
  for (let i = 0; i < 8; i++) wide.data.set([i % 4, 0, 0, 255], 4 * i);
  const covered = coverPicture(wide, { width: 2, height: 2 });
  assert.deepEqual(Array.from(covered.data), [
    1,
    0,
    0,
    255,
    2,
    0,
    0,
    255,
    1,
    0,
    0,
    255,
    2,
    0,
    0,
    255,
  ]);
  const larger = coverPicture(wide, { width: 3, height: 6 });
  assert.deepEqual([larger.width, larger.height], [3, 6]);
});
