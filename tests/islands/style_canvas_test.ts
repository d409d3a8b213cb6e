// Tests the canvas that the GPU draws on: the same pixels as from a readback wherever the line is, and what happens where it is refused.

import { strict as assert } from "node:assert";
import type { Page } from "playwright-core";
import type { Picture } from "../../gpu/picture.ts";
import { blendPictures } from "../../islands/_style_blend.ts";
import { worstDifference } from "../_assert.ts";
import { withPage } from "../_browser.ts";
import { browserGate, gatedTest } from "../_gates.ts";
import { photograph, stripes } from "./_picture_files.ts";
import {
  assertAlike,
  download,
  drop,
  exposeDevice,
  fetchFirstModel,
  loseDevice,
  openStyle,
  readCanvas,
  restyleInDeno,
  waitForText,
  waitUntilDone,
} from "./_style_page.ts";

const browser = await browserGate();
/** How long a browser may take to put on the page what a worker has drawn. */
const FRAME_PATIENCE_MS = 20_000;

/** What the page's own drawing shows: `before` left of the line, the result right of it. */
function compose(before: Picture, after: Picture, split: number): Picture {
  const data = Uint8ClampedArray.from(after.data);
  for (let i = 0; i < data.length; i++) {
    const x = Math.floor(i / 4) % after.width;
    if ((x + 0.5) / after.width < split / 100) data[i] = before.data[i];
  }
  return { ...after, data };
}

/** Waits until the canvas shows this, and gives the largest difference that remains when it does not come. */
async function findDifference(page: Page, expected: Picture): Promise<number> {
  const end = Date.now() + FRAME_PATIENCE_MS;
  while (true) {
    const found = await readCanvas(page, ".compare__drawn");
    const isSize = found.width === expected.width && found.height === expected.height;
    const difference = isSize ? worstDifference(found.data, expected.data).difference : 255;
    if (difference === 0 || Date.now() > end) return difference;
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
}

const cases = [
  ["a photograph", 96, 64, photograph],
  ["odd sides", 37, 53, photograph],
  ["edges of black and white", 45, 30, stripes],
] as const;

for (const [name, width, height, draw] of cases) {
  gatedTest(
    browser,
    `StylePlayer draws from the GPU's memory what a readback gives: ${name}`,
    async () => {
      const file = await draw(width, height);
      await withPage({}, async (page, origin) => {
        await openStyle(page, origin, "?engine=webgpu&detail=128");
        await drop(page, file, "a.png");
        await waitUntilDone(page);
        await waitForText(page, /it draws straight from its own memory/);
        const { picture } = await download(page);
        const model = await fetchFirstModel(page, origin);
        assertAlike(picture, await restyleInDeno(model, file, "AtoB", 128), 2);
        const before = await readCanvas(page, ".compare canvas");
        const views = [50, 0, 1, 33, 99, 100].map((split) => [split, 100]);
        for (const [split, strength] of [...views, [33, 35], [0, 0]]) {
          await page.locator(".compare__range").fill(String(split));
          await page.locator("#style-strength").fill(String(strength));
          const mixed = blendPictures(before, picture, strength);
          const difference = await findDifference(page, compose(before, mixed, split));
          const where = `Line at ${split} %, strength ${strength} %`;
          assert.equal(difference, 0, `${where}: off by ${difference}/255`);
        }
      });
    },
  );
}

for (
  const [how, spy, reason] of [
    [
      "its configuration",
      "GPUCanvasContext.prototype.configure = () => { throw new TypeError('No such format'); };",
      /read back and drawn by the page, because No such format/,
    ],
    [
      "its context",
      "OffscreenCanvas.prototype.getContext = ((get) => function (kind, ...rest) { return kind === 'webgpu' ? null : get.call(this, kind, ...rest); })(OffscreenCanvas.prototype.getContext);",
      /read back and drawn by the page, because this browser gives a worker no WebGPU canvas/,
    ],
  ] as const
) {
  gatedTest(browser, `StylePlayer reads back where a canvas is refused ${how}`, async () => {
    const file = await photograph(48, 32);
    await withPage({}, async (page, origin) => {
      await exposeDevice(page, spy);
      await openStyle(page, origin, "?engine=webgpu&detail=128");
      await drop(page, file, "a.jpg");
      await waitUntilDone(page);
      assert.match(await page.innerText(".player-engine"), reason);
      assert.equal(await page.locator(".compare__drawn").count(), 0);
      const { picture } = await download(page);
      const shown = await readCanvas(page, ".compare__after");
      assertAlike(shown, picture, 0);
    });
  });
}

gatedTest(browser, "StylePlayer reads back what its canvas shows no longer", async () => {
  const file = await photograph(48, 32);
  await withPage({}, async (page, origin) => {
    await exposeDevice(page);
    await openStyle(page, origin, "?engine=webgpu&detail=128");
    await drop(page, file, "a.jpg");
    await waitUntilDone(page);
    const { picture } = await download(page);
    const [worker] = page.workers();
    await worker.evaluate(
      "GPUCanvasContext.prototype.getCurrentTexture = () => { throw new TypeError('Gone'); }",
    );
    await page.locator(".compare__range").fill("30");
    await waitForText(page, /read back and drawn by the page, because Gone/);
    await page.waitForSelector(".compare__after");
    assertAlike(await readCanvas(page, ".compare__after"), picture, 0);
  });
});

gatedTest(
  browser,
  "StylePlayer makes a picture anew whose device is destroyed while it is on show",
  async () => {
    const file = await photograph(24, 16);
    await withPage({}, async (page, origin) => {
      await exposeDevice(page);
      await openStyle(page, origin, "?engine=webgpu&detail=128");
      await drop(page, file, "a.jpg");
      await waitUntilDone(page);
      const { picture } = await download(page);
      await page.locator(".compare__range").fill("0");
      await loseDevice(page);
      await waitForText(page, /graphics device was lost\. A new one has been started/);
      await waitUntilDone(page);
      assert.equal(await findDifference(page, picture), 0);
      await loseDevice(page);
      await waitForText(page, /lost again\. Pictures are now computed on the CPU/);
      await waitUntilDone(page);
      assert.match(await page.innerText(".player-engine"), /CPU/);
      assertAlike(await readCanvas(page, ".compare__after"), picture, 2);
    });
  },
);
