// Tests the poster page in Chromium: faders in, posters out, the same ones from the same link, without anything leaving the page.

import { strict as assert } from "node:assert";
import type { Page } from "playwright-core";
import { worstDifference } from "../_assert.ts";
import { withPage } from "../_browser.ts";
import { browserGate, gatedTest } from "../_gates.ts";
import { exportPosters } from "../models/_exported_poster.ts";
import {
  downloadPoster,
  drawInDeno,
  moveFader,
  openPosters,
  readPoster,
  servePosters,
  waitUntilDrawn,
} from "./_poster_page.ts";

const browser = await browserGate();
const model = await exportPosters();
const LINK = "model=tiny-posters&genres=horror:0.7,comedy:0.25&seed=12&truncation=0.9&engine=cpu";

/** Waits until the address names something. */
async function waitForAddress(page: Page, part: string): Promise<void> {
  await page.waitForURL((url) => url.hash.includes(part));
}

gatedTest(
  browser,
  "PosterPlayer draws what the command line draws, and sends nothing",
  async () => {
    await withPage({}, async (page, origin) => {
      const requests: { method: string; url: URL }[] = [];
      page.on("request", (request) => {
        requests.push({ method: request.method(), url: new URL(request.url()) });
      });
      await servePosters(page, [model]);
      await openPosters(page, origin, LINK);
      const recipe = { seed: 12, genres: [0.7, 0.25, 0], truncation: 0.9 };
      const first = await readPoster(page);
      assert.ok(
        worstDifference(first.data, (await drawInDeno(model, recipe)).data).difference <= 2,
      );
      const tensors = await page.getAttribute(".poster-facts", "data-tensors");
      await moveFader(page, "poster-genre-2", 0.4);
      await waitForAddress(page, "genres=horror:0.7,comedy:0.25,sci-fi:0.4&seed=12");
      const moved = await readPoster(page);
      assert.notDeepEqual(moved.data, first.data, "The fader does nothing");
      const expected = await drawInDeno(model, { ...recipe, genres: [0.7, 0.25, 0.4] });
      assert.ok(worstDifference(moved.data, expected.data).difference <= 2);
      await page.fill("#poster-title", "Nothing Leaves");
      await page.getByRole("button", { name: "Surprise me" }).click();
      await waitUntilDrawn(page);
      await downloadPoster(page);
      assert.equal(await page.getAttribute(".poster-facts", "data-tensors"), tensors, "A leak");
      for (const { method, url } of requests.filter(({ url }) => url.protocol !== "blob:")) {
        assert.deepEqual([method, url.origin], ["GET", origin], url.href);
      }
      // Playwright tells what follows the `#`; the wire does not.
      const asked = requests.map(({ url }) => url.pathname + url.search).join();
      assert.ok(!/Nothing|Leaves/.test(asked), "The words were sent to the server");
    });
  },
);

gatedTest(browser, "PosterPlayer draws the same pixels from the same link", async () => {
  const variation = { seed: 3, amount: 0.4 };
  const words = "&title=The+Link&credits=one%0Atwo&lettering=lobster&place=top";
  const link = `${LINK}&steps=3:0.4&a=1;horror:1;1;&b=2;comedy:1;1;5:0.5${words}`;
  await withPage({}, async (page, origin) => {
    const look = async (link: string) => {
      const context = await page.context().browser()?.newContext();
      assert.ok(context);
      const visitor = await context.newPage();
      await servePosters(visitor, [model]);
      await openPosters(visitor, origin, link);
      await visitor.waitForSelector(".poster__type text");
      const poster = await readPoster(visitor);
      const type = await visitor.locator(".poster__type").innerHTML();
      const { hash: address } = new URL(visitor.url());
      await context.close();
      return { poster, type, address };
    };
    const [one, two] = [await look(link), await look(link)];
    assert.deepEqual(one, two);
    const recipe = { seed: 12, genres: [0.7, 0.25, 0], truncation: 0.9, variation };
    const expected = await drawInDeno(model, recipe);
    assert.ok(worstDifference(one.poster.data, expected.data).difference <= 2);
    assert.match(one.type, /Lobster.*The Link.*ONE.*TWO/s);
    const way = await look(`${link}&share=0.5`);
    assert.notDeepEqual(way.poster.data, one.poster.data);
    assert.deepEqual(await look(`${link}&share=0.5`), way);
  });
});

gatedTest(
  browser,
  "PosterPlayer leads from variation to variation and from poster to poster",
  async () => {
    await withPage({}, async (page, origin) => {
      await servePosters(page, [model]);
      await openPosters(page, origin, LINK);
      const first = await readPoster(page);
      await page.getByRole("button", { name: "Keep as A" }).click();
      await page.getByRole("button", { name: "Variation 3 of 8" }).locator("canvas").waitFor();
      await page.getByRole("button", { name: "Variation 3 of 8" }).click();
      await waitForAddress(page, "steps=");
      await waitUntilDrawn(page);
      const varied = await readPoster(page);
      assert.notDeepEqual(varied.data, first.data);
      await page.getByRole("button", { name: "Keep as B" }).click();
      await moveFader(page, "poster-share", 0);
      assert.deepEqual((await readPoster(page)).data, first.data, "The way begins at A");
      await moveFader(page, "poster-share", 1);
      assert.deepEqual((await readPoster(page)).data, varied.data, "and ends at B");
      await page.getByRole("button", { name: "Leave the way" }).click();
      await page.getByRole("button", { name: "One step back" }).click();
      await page.waitForURL((url) => !url.hash.includes("steps="));
      await waitUntilDrawn(page);
      assert.deepEqual((await readPoster(page)).data, first.data);
    });
  },
);

gatedTest(
  browser,
  "PosterPlayer sets words over the picture and into the file, never into its pixels",
  async () => {
    await withPage({}, async (page, origin) => {
      await servePosters(page, [model]);
      await openPosters(page, origin, LINK);
      const picture = await readPoster(page);
      await page.fill("#poster-title", "<b>Ёлка</b> & co");
      await page.fill("#poster-credits", "nobody");
      await page.locator(".poster__type text").filter({ hasText: "NOBODY" }).waitFor();
      assert.match(await page.locator(".poster__type").textContent() ?? "", /Ё/i);
      assert.equal(await page.locator(".poster__type b").count(), 0);
      assert.deepEqual((await readPoster(page)).data, picture.data, "Words are baked in");
      const fonts = await page.evaluate(() =>
        [...document.fonts].filter(({ status }) => status === "loaded").map(({ family }) => family)
      );
      assert.ok(fonts.some((name) => /Amatic/.test(name)), `Horror is set in ${fonts}`);
      for (const scale of [1, 4, 8]) {
        await page.selectOption("#poster-scale", String(scale));
        const { name, picture: file } = await downloadPoster(page);
        assert.equal(name, `b-ёлка-b-co-${scale}x.png`);
        assert.deepEqual([file.width, file.height], [16 * scale, 24 * scale]);
      }
      const lettered = await downloadPoster(page);
      await page.getByLabel("Picture alone").check();
      const alone = await downloadPoster(page);
      assert.match(alone.name, /-picture-8x\.png$/);
      assert.notDeepEqual(alone.picture.data, lettered.picture.data, "The file has no words");
      await page.selectOption("#poster-scale", "1");
      const { data } = (await downloadPoster(page)).picture;
      assert.deepEqual(Uint8Array.from(data), picture.data);
    });
  },
);
