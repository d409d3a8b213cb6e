// Black bars found on frames drawn in plain loops, and what is made of a box: sizes, shapes, texts.

import assert from "node:assert/strict";
import type { Picture } from "../../gpu/picture.ts";
import { randomStream } from "../../gpu/random.ts";
import {
  type Box,
  boxText,
  findBox,
  fitBox,
  isInside,
  parseSizeRule,
} from "../../tasks/_frames_geometry.ts";
import { findEdges, findPictureBox } from "../../tasks/_frames_letterbox.ts";

const SIZE = { width: 160, height: 90 };

/** A frame that is `light` (of 255) inside `lit` and black with noise elsewhere; `edge` is the share of light on the box's border. */
function frame(lit: Box, light: number, seed = 1, edge = 1): Picture {
  const { width, height } = SIZE, random = randomStream(seed, "noise");
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inside = x >= lit.left && x < lit.left + lit.width && y >= lit.top &&
        y < lit.top + lit.height;
      const border = y === lit.top || y === lit.top + lit.height - 1;
      const value = inside ? light * (border ? edge : 1) : 0;
      data.fill(value + 12 * random.uniform(), 4 * (y * width + x), 4 * (y * width + x) + 3);
    }
  }
  return { width, height, data };
}

const box = (left: number, top: number, width: number, height: number): Box => ({
  ...{ left, top, width, height },
});
const find = (frames: Picture[]) => findPictureBox(frames.map(findEdges), SIZE);

Deno.test("findPictureBox() finds bars above and below, at the sides, and on all four", () => {
  for (const picture of [box(0, 12, 160, 66), box(20, 0, 120, 90), box(16, 10, 128, 70)]) {
    assert.deepEqual(find([1, 2, 3].map((seed) => frame(picture, 120, seed))), picture);
  }
});

Deno.test("findPictureBox() finds none in frames without bars, and in black ones", () => {
  assert.equal(find([frame(box(0, 0, 160, 90), 120)]), undefined);
  assert.equal(find([frame(box(0, 0, 0, 0), 0), frame(box(0, 0, 0, 0), 0)]), undefined);
  assert.equal(find([]), undefined);
});

Deno.test("findPictureBox() is not misled by dark scenes, of which only a part is lit", () => {
  const picture = box(0, 12, 160, 66);
  const dark = Array.from({ length: 17 }, (_, i) => frame(box(40 + i, 30, 30, 20), 90, i));
  const black = Array.from({ length: 4 }, (_, i) => frame(box(0, 0, 0, 0), 0, i));
  const bright = [frame(picture, 200, 1), frame(picture, 60, 2), frame(picture, 90, 3)];
  assert.deepEqual(find([...dark, ...black, ...bright]), picture);
});

Deno.test("findPictureBox() is not misled by one odd frame, nor by a film that is dark throughout", () => {
  const picture = box(0, 12, 160, 66);
  const film = Array.from({ length: 9 }, (_, i) => frame(picture, 120, i));
  assert.deepEqual(find([...film, frame(box(0, 0, 160, 90), 200)]), picture);
  assert.equal(find([1, 2, 3].map((seed) => frame(box(60, 40, 20, 10), 120, seed))), undefined);
});

Deno.test("findPictureBox() leaves out half-lit border lines and cuts to even numbers", () => {
  const odd = [1, 2].map((seed) => frame(box(0, 11, 160, 67), 120, seed));
  assert.deepEqual(find(odd), box(0, 12, 160, 66));
  const soft = [1, 2].map((seed) => frame(box(0, 12, 160, 66), 160, seed, 0.4));
  assert.deepEqual(find(soft), box(0, 14, 160, 62));
});

Deno.test("findBox() reads what boxText() writes, and nothing else", () => {
  const cut = box(3, 44, 640, 272);
  assert.equal(boxText(cut), "640x272+3+44");
  assert.deepEqual(findBox("640x272+3+44"), cut);
  for (const text of ["", "640x272", "640x272+0", "0x10+0+0", "640x272+-1+0", "a640x272+0+0"]) {
    assert.equal(findBox(text), undefined);
  }
  assert.ok(isInside(box(10, 0, 150, 90), SIZE) && !isInside(box(11, 0, 150, 90), SIZE));
});

Deno.test("parseSizeRule() tells a short side from exact sides, and refuses others", () => {
  assert.deepEqual(parseSizeRule("size", "512"), { shortSide: 512 });
  assert.deepEqual(parseSizeRule("size", "180x324"), { height: 180, width: 324 });
  for (const text of ["", "x", "8", "9000", "180x", "180x4", "1x2x3"]) {
    assert.throws(() => parseSizeRule("size", text), /--size is ".*", expected a short side or/);
  }
});

Deno.test("fitBox() keeps the shape by a short side, makes pixels square, and enlarges nothing", () => {
  const wide = box(0, 44, 640, 272);
  assert.deepEqual(fitBox(wide, 1, { shortSide: 512 }), { box: wide, width: 640, height: 272 });
  assert.deepEqual(fitBox(wide, 1, { shortSide: 136 }), { box: wide, width: 320, height: 136 });
  const tall = box(0, 0, 1080, 1920);
  assert.deepEqual(fitBox(tall, 1, { shortSide: 540 }), { box: tall, width: 540, height: 960 });
  const dvd = box(0, 0, 720, 576);
  assert.deepEqual(fitBox(dvd, 16 / 15, { shortSide: 9999 }).width, 768);
});

Deno.test("fitBox() cuts a box evenly to the shape of exact sides", () => {
  const { box: cut, width, height } = fitBox(box(0, 44, 640, 272), 1, { height: 100, width: 100 });
  assert.deepEqual([cut, width, height], [box(184, 44, 272, 272), 100, 100]);
  const upright = fitBox(box(0, 0, 320, 240), 1, { height: 90, width: 160 });
  assert.deepEqual(upright.box, box(0, 30, 320, 180));
  // Pixels of double width: 160 of them are as wide as 320.
  assert.deepEqual(fitBox(box(0, 0, 160, 240), 2, { height: 90, width: 160 }).box.height, 180);
});
