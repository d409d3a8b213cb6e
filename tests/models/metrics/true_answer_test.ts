// PSNR, SSIM and histogram matching: values by hand, equal pictures, and what blur and noise do.

import assert from "node:assert/strict";
import type { Picture } from "../../../gpu/picture.ts";
import { applyCurves, matchHistograms } from "../../../models/metrics/histogram_match.ts";
import { psnr } from "../../../models/metrics/psnr.ts";
import { ssim } from "../../../models/metrics/ssim.ts";
import { assertClose } from "../../_assert.ts";
import { posters, worsened } from "./_pictures.ts";

/** The picture with each colour changed. */
function recolored(picture: Picture, change: (value: number, channel: number) => number): Picture {
  const data = Uint8Array.from(
    picture.data,
    (value, i) => i % 4 === 3 ? value : Math.min(255, change(value, i % 4)),
  );
  return { ...picture, data };
}

Deno.test("psnr and ssim of equal pictures are infinite and 1, whatever their alpha", async () => {
  const [picture] = await posters(0, 1);
  const clear = { ...picture, data: picture.data.map((value, i) => i % 4 === 3 ? 7 : value) };
  assert.equal(psnr(clear, picture), Infinity);
  assertClose(ssim(clear, picture), 1, { absolute: 1e-12 });
});

Deno.test("psnr of black and white is 0, and of one step 48.13 decibels; ssim of evens is by hand", () => {
  const plain = (value: number): Picture => ({
    ...{ width: 12, height: 11 },
    data: new Uint8Array(12 * 11 * 4).fill(value),
  });
  assertClose(psnr(plain(0), plain(255)), 0, { absolute: 1e-12 });
  assertClose(psnr(plain(9), plain(10)), 20 * Math.log10(255), { absolute: 1e-9 });
  // Without structure only the light is left.
  const c1 = 2.55 ** 2;
  const light = (2 * 50 * 100 + c1) / (50 ** 2 + 100 ** 2 + c1);
  assertClose(ssim(plain(50), plain(100)), light, { absolute: 1e-9 });
});

Deno.test("psnr and ssim fall with blur and with noise", async () => {
  const truth = await posters(0, 6);
  for (const [name, sets] of Object.entries(worsened(truth))) {
    for (const measure of [psnr, ssim]) {
      const list = sets.map((pictures) =>
        pictures.reduce((sum, picture, i) => sum + measure(picture, truth[i]), 0) / truth.length
      );
      const falls = list.every((value, i) => i === 0 || value < list[i - 1]);
      assert.ok(falls, `${measure.name}, ${name}: ${list}`);
    }
  }
});

Deno.test("psnr and ssim refuse pictures that do not fit", () => {
  const of = (width: number, height: number): Picture => ({
    ...{ width, height, data: new Uint8Array(width * height * 4) },
  });
  assert.throws(() => psnr(of(3, 4), of(4, 3)), /found 3x4, expected 4x3/);
  assert.throws(() => ssim(of(10, 20), of(10, 20)), /found 10x20, expected sides of at least 11/);
});

Deno.test("matchHistograms leaves a film as it is that is matched with itself, and finds a curve again", async () => {
  const film = await posters(0, 20);
  const same = matchHistograms(film, film);
  film.forEach((picture) =>
    assert.deepEqual([...applyCurves(picture, same).data], [...picture.data])
  );
  // Curves that keep the order of values, and no two of them equal.
  const even = film.map((picture) => recolored(picture, (value) => value & ~3));
  const change = (value: number, channel: number) =>
    Math.round(
      [value * 0.5 + 90, 255 * Math.sqrt(value / 255), 200 - 0.5 * (255 - value)][channel],
    );
  const other = even.map((picture) => recolored(picture, change));
  const curves = matchHistograms(even, other);
  even.forEach((picture, i) =>
    assert.deepEqual([...applyCurves(picture, curves).data], [...other[i].data])
  );
  curves.forEach((curve) =>
    assert.ok(curve.every((value, i) => i === 0 || value >= curve[i - 1]), "a curve rises")
  );
  assert.throws(() => matchHistograms(film, []), /a film has no picture/);
});
