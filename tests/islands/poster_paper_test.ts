// Tests the geometry of print: sheets, bleed, crop marks, and which part of a picture covers them.

import { strict as assert } from "node:assert";
import {
  PAPERS,
  partOn,
  RESOLUTIONS,
  sheetOf,
  toPixels,
  toPoints,
} from "../../islands/_poster_paper.ts";

const [a4] = PAPERS;
const round = (numbers: readonly number[]) =>
  numbers.map((value) => Math.round(1000 * value) / 1000);

Deno.test("PAPERS are those of ISO 216 and the American one sheet", () => {
  assert.deepEqual(PAPERS.map(({ width, height }) => round([width, height])), [
    [210, 297],
    [297, 420],
    [420, 594],
    [594, 841],
    [685.8, 1016],
  ]);
  const a1 = PAPERS[3];
  assert.deepEqual([toPixels(a1.width, 300), toPixels(a1.height, 300)], [7016, 9933]);
  assert.deepEqual(RESOLUTIONS, [150, 300]);
  assert.deepEqual([toPoints(25.4), Math.round(toPoints(210))], [72, 595]);
});

Deno.test("sheetOf lays 3 mm of bleed around the trimmed paper, and crop marks that touch neither", () => {
  const { media, bleed, trim, marks } = sheetOf(a4, true);
  assert.deepEqual(trim, { x: 10, y: 10, width: 210, height: 297 });
  assert.deepEqual(bleed, { x: 7, y: 7, width: 216, height: 303 });
  assert.deepEqual(media, { x: 0, y: 0, width: 230, height: 317 });
  assert.equal(marks.length, 8);
  for (const [x1, y1, x2, y2] of marks) {
    const isAcross = y1 === y2;
    // Each mark is on the line of a cut, outside of the bleed and inside the sheet.
    assert.ok(isAcross ? [10, 307].includes(y1) : [10, 220].includes(x1), `${x1} ${y1}`);
    const [from, to] = isAcross ? [x1, x2] : [y1, y2];
    const end = isAcross ? 223 : 310;
    assert.ok(to <= 7 && from >= 2 || from >= end && to <= end + 5, `${from} ${to}`);
    assert.equal(Math.round(to - from), 5);
  }
  assert.equal(new Set(marks.map(String)).size, 8);
});

Deno.test("sheetOf without bleed is the paper", () => {
  const { media, bleed, trim, marks } = sheetOf(a4, false);
  const paper = { x: 0, y: 0, width: 210, height: 297 };
  assert.deepEqual([media, bleed, trim, marks], [paper, paper, paper, []]);
});

Deno.test("partOn covers the bleed with the middle of the picture, its shape kept", () => {
  const picture = { width: 64, height: 96 };
  for (const paper of PAPERS) {
    for (const withBleed of [true, false]) {
      const { bleed, trim } = sheetOf(paper, withBleed);
      const part = partOn(bleed, bleed, picture);
      const [wide, tall] = [part.right - part.left, part.bottom - part.top];
      assert.ok(Math.abs(wide / tall - bleed.width / bleed.height) < 1e-9, "Nothing is stretched");
      assert.ok(part.left > -1e-9 && part.top > -1e-9, "Nothing is uncovered");
      assert.ok(Math.abs(part.left + part.right - 64) < 1e-9, "The middle");
      assert.ok(Math.abs(part.top + part.bottom - 96) < 1e-9, "The middle");
      assert.ok(Math.abs(wide - 64) < 1e-9 || Math.abs(tall - 96) < 1e-9, "As much as fits");
      const inner = partOn(trim, bleed, picture), perMm = wide / bleed.width;
      const cut = bleed === trim ? 0 : 3 * perMm;
      assert.deepEqual(
        round([inner.left - part.left, part.bottom - inner.bottom]),
        round([cut, cut]),
      );
    }
  }
});
