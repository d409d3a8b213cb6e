// Tests of the app's icons: the files are what the task draws, and a mask cuts nothing off.

import { strict as assert } from "node:assert";
import sharp from "sharp";
import { drawIcon, ICONS } from "../../tasks/build_icons.ts";

async function readPixels(png: Uint8Array) {
  const { data, info } = await sharp(png).ensureAlpha().raw()
    .toBuffer({ resolveWithObject: true });
  return { data, ...info };
}

Deno.test("build:icons draws the icons that are in static/", async () => {
  for (const icon of ICONS) {
    const { width, height, data } = await readPixels(await drawIcon(icon));
    assert.deepEqual([width, height], [icon.pixels, icon.pixels]);
    const kept = await readPixels(await Deno.readFile(`static/icons/${icon.file}`));
    assert.ok(kept.data.equals(data), `${icon.file} is old: run deno task build:icons`);
  }
});

Deno.test("build:icons leaves only ground outside of the circle that every mask keeps", async () => {
  const maskable = ICONS.filter(({ isMaskable }) => isMaskable);
  assert.equal(maskable.length, 1);
  const { width, data } = await readPixels(await drawIcon(maskable[0]));
  const ground = [0x7d, 0x13, 0x22, 255];
  let inside = 0;
  for (let i = 0; i < width * width; i++) {
    const [dx, dy] = [i % width + 0.5 - width / 2, Math.floor(i / width) + 0.5 - width / 2];
    // The drawing's own ground has a smoothed edge on ours, which rounding may shift by a shade.
    const isGround = ground.every((value, c) => Math.abs(data[4 * i + c] - value) <= 2);
    if (Math.hypot(dx, dy) > 0.4 * width) assert.ok(isGround, `Pixel ${i} is drawn on`);
    else if (!isGround) inside++;
  }
  assert.ok(inside > 0.2 * width * width, "There is nothing on the icon");
});
