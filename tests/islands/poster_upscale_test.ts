// Tests that pictures are enlarged for print without pixels, rings or shifts, in strips as in one piece.

import { strict as assert } from "node:assert";
import { enlargeRows, type Master, masterOf, resizeMaster } from "../../islands/_poster_master.ts";
import { doubleMaster, doublingsOf, prepareMaster } from "../../islands/_poster_upscale.ts";
import { paint } from "./_toy_posters.ts";

const red = (master: Master, x: number, y: number) => master.rgb[3 * (y * master.width + x)];
const noise = masterOf(paint(12, 18, (x, y) => {
  const value = (x * 7919 + y * 104729) % 251;
  return [value, 255 - value, (value * 3) % 256];
}));
const within = (master: Master) => master.rgb.every((value) => value >= 0 && value <= 255);

Deno.test("masterOf leaves the alpha out", () => {
  const { rgb } = masterOf(paint(2, 1, (x) => [x, 10, 20]));
  assert.deepEqual([...rgb], [0, 10, 20, 1, 10, 20]);
});

Deno.test("doubleMaster keeps a plain picture plain, and every value in its range", () => {
  const plain = doubleMaster(prepareMaster(masterOf(paint(8, 12, () => [200, 0, 255]))));
  assert.deepEqual([plain.width, plain.height], [16, 24]);
  for (let i = 0; i < plain.rgb.length; i++) {
    assert.ok(Math.abs(plain.rgb[i] - [200, 0, 255][i % 3]) < 1e-3);
  }
  assert.ok(within(doubleMaster(noise)));
});

Deno.test("doubleMaster mirrors what is mirrored: nothing is shifted", () => {
  const flip = ({ width, height, rgb }: Master): Master => ({
    ...{ width, height },
    rgb: rgb.map((_, i) => {
      const pixel = Math.floor(i / 3), x = pixel % width;
      return rgb[3 * (pixel - x + width - 1 - x) + i % 3];
    }),
  });
  const turn = ({ width, height, rgb }: Master): Master => ({
    ...{ width: height, height: width },
    rgb: rgb.map((_, i) => {
      const pixel = Math.floor(i / 3), x = pixel % height, y = Math.floor(pixel / height);
      return rgb[3 * (x * width + y) + i % 3];
    }),
  });
  const double = doubleMaster(noise);
  for (const change of [flip, turn]) {
    const changed = change(doubleMaster(change(noise)));
    const worst = Math.max(...changed.rgb.map((value, i) => Math.abs(value - double.rgb[i])));
    assert.ok(worst < 0.5, String(worst));
  }
});

Deno.test("doubleMaster leaves a slanted edge without stairs, narrower than a plain filter does, and without rings", () => {
  const edge = masterOf(paint(24, 24, (x, y) => {
    const share = Math.min(1, Math.max(0, (x - y / 2 - 6) / 1.5));
    const value = 40 + 170 * share;
    return [value, value, value];
  }));
  let fine = prepareMaster(edge);
  for (let i = 0; i < 3; i++) fine = doubleMaster(fine);
  const plain = resizeMaster(edge, 192, 192);
  // Where the edge is in each row, and how wide: from a quarter to three quarters of its height.
  const crossing = (master: Master, y: number, level: number) => {
    let x = 0;
    while (red(master, x, y) < level) x++;
    return x - (red(master, x, y) - level) / (red(master, x, y) - red(master, x - 1, y));
  };
  const rows = Array.from({ length: 96 }, (_, i) => 48 + i);
  const width = (master: Master) =>
    rows.reduce((sum, y) => sum + crossing(master, y, 167) - crossing(master, y, 82), 0) / 96;
  assert.ok(width(fine) < 0.85 * width(plain), `${width(fine)}: ${width(plain)}`);
  const stairs = (master: Master) => {
    const offsets = rows.map((y) => crossing(master, y, 125) - y / 2);
    return Math.max(...offsets) - Math.min(...offsets);
  };
  assert.ok(stairs(fine) < 1.5, String(stairs(fine)));
  const inner = rows.flatMap((y) => rows.map((x) => red(fine, x, y)));
  assert.ok(Math.min(...inner) > 30 && Math.max(...inner) < 220, "Rings");
});

Deno.test("resizeMaster is exact for what a Lanczos filter keeps: a plain slope", () => {
  const slope = masterOf(paint(16, 16, (x) => [10 * x, 0, 0]));
  const large = resizeMaster(slope, 64, 16);
  for (let x = 16; x < 48; x++) {
    const expected = 10 * ((x + 0.5) / 4 - 0.5);
    assert.ok(Math.abs(red(large, x, 8) - expected) < 0.6, `${x}: ${red(large, x, 8)}`);
  }
});

Deno.test("enlargeRows gives the same rows in strips as at once, for any part of a picture", () => {
  const columns = { width: 50, left: 1.3, right: 10.9 };
  const rows = { height: 77, top: -2, bottom: 19.5 };
  const read = (bounds: readonly number[]) => {
    const reader = enlargeRows(noise, columns);
    return bounds.slice(1).flatMap((to, i) => {
      const strip = new Float32Array((to - bounds[i]) * 50 * 3);
      reader.read(rows, bounds[i], to, strip);
      return [...strip];
    });
  };
  assert.deepEqual(read([0, 10, 11, 60, 77]), read([0, 77]));
  assert.ok(read([0, 77]).every((value) => value >= 0 && value <= 255));
});

Deno.test("doublingsOf goes on until the print has eight rows to one", () => {
  assert.equal(doublingsOf(96, 9933), 4);
  assert.equal(doublingsOf(96, 3508), 3);
  assert.equal(doublingsOf(96, 768), 0);
  assert.equal(doublingsOf(384, 12071), 2);
  assert.equal(doublingsOf(4000, 3508), 0);
});
