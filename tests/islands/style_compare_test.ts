// Tests what the style page does with a result: mixed with its picture, compared with another direction's, and large ones in tiles.

import { strict as assert } from "node:assert";
import { mixPictures, type Picture } from "../../gpu/picture.ts";
import { blendPictures } from "../../islands/_style_blend.ts";
import { findRivals, formatRival, nameRival } from "../../islands/_style_compare.ts";
import { withPage } from "../_browser.ts";
import { browserGate, gatedTest } from "../_gates.ts";
import { findViolations } from "./_axe.ts";
import { photograph } from "./_picture_files.ts";
import {
  assertAlike,
  download,
  drop,
  fetchFirstModel,
  openStyle,
  readCanvas,
  restyleInDeno,
  waitForText,
  waitUntilDone,
} from "./_style_page.ts";
import { toyModel } from "./_toy_model.ts";

const browser = await browserGate();

Deno.test("blendPictures gives either picture at the ends, and rounds halves up between", () => {
  const picture = (...data: number[]): Picture => ({
    width: 1,
    height: 1,
    data: Uint8ClampedArray.from([...data, 255]),
  });
  const before = picture(0, 255, 10), after = picture(255, 0, 11);
  assert.deepEqual([...blendPictures(before, after, 0).data], [0, 255, 10, 255]);
  assert.deepEqual([...blendPictures(before, after, 100).data], [255, 0, 11, 255]);
  assert.deepEqual([...blendPictures(before, after, 50).data], [128, 128, 11, 255]);
  for (const strength of [5, 35, 95]) {
    const mixed = mixPictures(before, after, strength / 100);
    assertAlike(blendPictures(before, after, strength), mixed, 1);
  }
});

Deno.test("findRivals offers every model and direction but the one that is chosen", () => {
  const models = [toyModel("one"), toyModel("two")], [one] = models;
  const rivals = findRivals(models, { model: one, direction: "AtoB" });
  assert.deepEqual(rivals.map(formatRival), ["one/BtoA", "two/AtoB", "two/BtoA"]);
  assert.equal(nameRival(rivals[1], models), "Model two: Neon");
  assert.equal(nameRival(rivals[0], [one]), "Painted");
  const [both] = one.manifest.directions;
  const only = toyModel("only", { directions: [both] });
  assert.deepEqual(findRivals([only], { model: only, direction: "AtoB" }), []);
});

gatedTest(browser, "StylePlayer mixes the result with its picture, and saves it so", async () => {
  const file = await photograph(48, 32);
  await withPage({ webGpu: false }, async (page, origin) => {
    await openStyle(page, origin, "?engine=cpu&detail=128");
    await drop(page, file, "a.jpg");
    await waitUntilDone(page);
    const before = await readCanvas(page, ".compare canvas");
    const { picture: whole } = await download(page);
    const slider = page.getByRole("slider", { name: "Strength" });
    await slider.focus();
    for (let strength = 95; strength >= 40; strength -= 5) await page.keyboard.press("ArrowLeft");
    await page.waitForSelector("#style-strength[aria-valuetext='40 %']");
    const expected = blendPictures(before, whole, 40);
    assertAlike((await download(page)).picture, expected, 0);
    assertAlike(await readCanvas(page, ".compare__after"), expected, 0);
  });
});

for (const engine of ["cpu", "webgpu"] as const) {
  gatedTest(browser, `StylePlayer compares two directions by the line, on ${engine}`, async () => {
    const file = await photograph(48, 32);
    await withPage({ webGpu: engine === "webgpu" }, async (page, origin) => {
      await openStyle(page, origin, `?engine=${engine}&detail=128`);
      await drop(page, file, "a.jpg");
      await waitUntilDone(page);
      const before = await readCanvas(page, ".compare canvas");
      await page.selectOption("#style-rival", { index: 1 });
      await page.waitForSelector(".compare__name:has-text('Film A')", { timeout: 60_000 });
      const model = await fetchFirstModel(page, origin);
      for (
        const [selector, direction] of [[".compare canvas", "BtoA"], [
          ".compare__after",
          "AtoB",
        ]] as const
      ) {
        const expected = await restyleInDeno(model, file, direction, 128);
        assertAlike(await readCanvas(page, selector), expected, 2);
      }
      assert.deepEqual(await findViolations(page), []);
      if (engine === "webgpu") await waitForText(page, /results are read back to compare them/);
      await page.selectOption("#style-rival", { index: 0 });
      await page.waitForSelector(".compare__name:has-text('Before')");
      assertAlike(await readCanvas(page, ".compare canvas"), before, 0);
      if (engine === "webgpu") {
        await waitForText(page, /draws straight from its own memory/);
        await page.waitForSelector(".compare__drawn");
      }
    });
  });
}

gatedTest(
  browser,
  "StylePlayer ends a comparison whose model cannot be fetched, and says so",
  async () => {
    await withPage({ webGpu: false }, async (page, origin) => {
      await openStyle(page, origin, "?engine=cpu&detail=128");
      await drop(page, await photograph(48, 32), "a.jpg");
      await waitUntilDone(page);
      await page.evaluate("caches.keys().then(([name]) => caches.delete(name))");
      await page.route("**/weights.safetensors*", (route) => route.fulfill({ status: 404 }));
      await page.selectOption("#style-rival", { index: 1 });
      await waitForText(page, /The comparison broke off/);
      assert.equal(await page.inputValue("#style-rival"), "");
    });
  },
);

gatedTest(
  browser,
  "StylePlayer restyles a large picture in tiles, as if it were whole",
  async () => {
    const file = await photograph(1240, 64);
    await withPage({ webGpu: false }, async (page, origin) => {
      await openStyle(page, origin, "?engine=cpu&detail=2048");
      const seen = page.getByRole("progressbar", { name: "Restyling in parts" }).waitFor();
      await drop(page, file, "wide.jpg");
      await seen;
      await waitUntilDone(page);
      const model = await fetchFirstModel(page, origin);
      const { picture } = await download(page);
      assertAlike(picture, await restyleInDeno(model, file, "AtoB", 2048), 2);
    });
  },
);
