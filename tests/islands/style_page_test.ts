// Tests the style page in Chromium: a photograph in, a restyled picture out, on both engines, without leaving the page.

import { strict as assert } from "node:assert";
import type { Page } from "playwright-core";
import { withPage } from "../_browser.ts";
import { browserGate, gatedTest } from "../_gates.ts";
import { photograph, still } from "./_picture_files.ts";
import {
  assertAlike,
  countTensors,
  download,
  drop,
  fetchFirstModel,
  openStyle,
  restyleInDeno,
  waitUntilDone,
} from "./_style_page.ts";

const browser = await browserGate();

/** The page's requests from now on, those of its worker too. */
function recordRequests(page: Page): { method: string; url: URL }[] {
  const requests: { method: string; url: URL }[] = [];
  page.on("request", (request) => {
    requests.push({ method: request.method(), url: new URL(request.url()) });
  });
  return requests;
}

for (const engine of ["webgpu", "cpu"] as const) {
  gatedTest(
    browser,
    `StylePlayer restyles a dropped JPEG as stylize does, on ${engine}`,
    async () => {
      const photo = await photograph(96, 64);
      await withPage({}, async (page, origin) => {
        const requests = recordRequests(page);
        await openStyle(page, origin, `?engine=${engine}`);
        await drop(page, photo, "Harbour at dusk.jpg");
        await waitUntilDone(page);
        const words = await page.innerText(".style-stage");
        assert.match(words, /Done in [\d.]+ m?s/);
        assert.match(words, /96 × 64/);
        assert.match(words, engine === "cpu" ? /CPU/ : /WebGPU: \w+/);
        // So it says where a kernel of ours does not pass its trial.
        assert.doesNotMatch(words, /WebGPU: .*, without/);
        const { name, picture } = await download(page);
        assert.match(name, /^Harbour at dusk-.+\.png$/);
        const model = await fetchFirstModel(page, origin);
        const expected = await restyleInDeno(model, photo, "AtoB", 128);
        assertAlike(picture, expected, 2);
        for (const { method, url } of requests.filter(({ url }) => url.protocol !== "blob:")) {
          assert.deepEqual([method, url.origin], ["GET", origin], url.href);
        }
        const paths = requests.map(({ url }) => url.pathname);
        assert.ok(paths.some((path) => path.endsWith("weights.safetensors")), paths.join());
      });
    },
  );

  gatedTest(
    browser,
    `StylePlayer leaves no tensor behind over five pictures, on ${engine}`,
    async () => {
      const photos = await Promise.all([1, 2, 3, 4, 5].map((seed) => photograph(24, 16, seed)));
      await withPage({}, async (page, origin) => {
        await openStyle(page, origin, `?engine=${engine}`);
        const counts: number[] = [];
        for (const [i, photo] of photos.entries()) {
          await drop(page, photo, `${i}.jpg`);
          await waitUntilDone(page);
          counts.push(await countTensors(page));
        }
        assert.ok(counts[0] > 0 && counts.every((count) => count === counts[0]), counts.join());
      });
    },
  );
}

gatedTest(browser, "StylePlayer shrinks, turns and lays on white as stylize does", async () => {
  const { default: sharp } = await import("sharp");
  const turned = await sharp(await photograph(160, 90)).withMetadata({ orientation: 6 }).jpeg()
    .toBuffer();
  const hole = { create: { width: 30, height: 20, channels: 4, background: "#0000" } } as const;
  const cut = await sharp(await still("png", 64, 40)).ensureAlpha()
    .composite([{ input: hole, blend: "dest-in", gravity: "northwest" }]).png().toBuffer();
  await withPage({}, async (page, origin) => {
    await openStyle(page, origin, "?engine=cpu&detail=128&direction=BtoA");
    const model = await fetchFirstModel(page, origin);
    for (const [bytes, size] of [[turned, "72 × 128"], [cut, "64 × 40"]] as const) {
      const file = Uint8Array.from(bytes);
      await drop(page, file, "picture");
      await page.waitForSelector(`text=${size}`);
      await waitUntilDone(page);
      const { picture } = await download(page);
      assertAlike(picture, await restyleInDeno(model, file, "BtoA", 128), 2);
    }
  });
});

gatedTest(browser, "StylePlayer takes a picture that is pasted", async () => {
  const photo = (await photograph(40, 24)).toBase64();
  await withPage({}, async (page, origin) => {
    await openStyle(page, origin, "?engine=cpu");
    await page.evaluate((base64) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File([bytes], "image.png", { type: "image/png" }));
      document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
    }, photo);
    await waitUntilDone(page);
    assert.match(await page.innerText(".style-facts"), /40 × 24/);
  });
});
