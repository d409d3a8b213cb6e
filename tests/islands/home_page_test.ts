// Tests the home page in a browser: every picture is drawn there, the wall is renewed, and each poster can be gone on with.

import { strict as assert } from "node:assert";
import type { Page } from "playwright-core";
import { withPage } from "../_browser.ts";
import { browserGate, gatedTest } from "../_gates.ts";
import { findViolations } from "./_axe.ts";
import { DESKTOP, openHome, readWall, showNextScene } from "./_home_page.ts";
import { watchPolicy } from "./_policy.ts";
import { readPoster } from "./_poster_page.ts";

const browser = await browserGate();
const PATIENCE_MS = 60_000;

/** Of each canvas that a selector names: how much its pixels differ among each other, and a sum that tells it from others. */
function measureCanvases(page: Page, selector: string) {
  return page.locator(selector).evaluateAll((canvases) =>
    canvases.map((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const context = (canvas as HTMLCanvasElement).getContext("2d");
      if (!context) throw new Error("Cannot read a canvas: it has no context");
      const { data } = context.getImageData(0, 0, width, height);
      const values = [...data].filter((_, i) => i % 4 === 1);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      const hash = data.reduce((sum, value, i) => (sum * 31 + value * (i % 7)) % 1_000_003, 7);
      return { deviation: Math.sqrt(squares / values.length), hash };
    })
  );
}

gatedTest(browser, "The home page draws all its pictures itself, and fetches none", async () => {
  await withPage({ webGpu: false, viewport: DESKTOP }, async (page, origin) => {
    const fetched: string[] = [];
    page.on("request", (request) => {
      const url = request.url();
      const isPicture = request.resourceType() === "image" ||
        /\.(png|jpe?g|webp|avif|gif|svg)\b/.test(url);
      if (isPicture && url.startsWith("http") && !url.includes("/icons/")) fetched.push(url);
    });
    const findBroken = await watchPolicy(page);
    await openHome(page, origin);
    const posters = await measureCanvases(page, ".wall__poster");
    const frames = await measureCanvases(page, ".frame canvas");
    assert.deepEqual([posters.length, frames.length], [20, 2]);
    for (const { deviation } of [...posters, ...frames]) {
      assert.ok(deviation > 5, `A picture of next to one colour: ${deviation}`);
    }
    assert.equal(new Set(posters.map(({ hash }) => hash)).size, 20, "No poster twice");
    assert.notEqual(frames[0].hash, frames[1].hash, "The frame is redrawn");
    assert.deepEqual(fetched, []);
    assert.deepEqual(await findBroken(), []);
  });
});

gatedTest(browser, "The home page renews its posters, and pauses when asked", async () => {
  await withPage({ webGpu: false, viewport: DESKTOP }, async (page, origin) => {
    await openHome(page, origin);
    const before = await readWall(page);
    const renewed = await page.waitForFunction(
      (before) =>
        [...document.querySelectorAll<HTMLAnchorElement>("a.wall__case")]
          .filter((link, i) => link.href !== before[i]).length,
      before,
      { timeout: PATIENCE_MS },
    );
    assert.ok(Number(await renewed.jsonValue()) <= 2, "One at a time");
    await page.getByRole("button", { name: "Pause the posters" }).click();
    await page.getByRole("button", { name: "Go on with the posters" }).waitFor();
  });
});

gatedTest(
  browser,
  "The home page's posters lead to the same poster on the poster page",
  async () => {
    await withPage(
      { webGpu: false, viewport: DESKTOP, reducedMotion: "reduce" },
      async (page, origin) => {
        await openHome(page, origin);
        await page.getByRole("button", { name: "Go on with the posters" }).waitFor();
        assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
        const hung = await page.locator(".wall__poster").first().evaluate((canvas) => {
          const { width, height } = canvas as HTMLCanvasElement;
          const context = (canvas as HTMLCanvasElement).getContext("2d");
          return [...context?.getImageData(0, 0, width, height).data ?? []];
        });
        await page.locator("a.wall__case").first().click();
        await page.waitForURL(/\/posters#model=.*seed=/);
        await page.waitForSelector('[data-current="true"]', { timeout: PATIENCE_MS });
        assert.deepEqual([...(await readPoster(page)).data], hung);
      },
    );
  },
);

gatedTest(browser, "The home page's frame shows another scene when asked", async () => {
  await withPage({ webGpu: false, viewport: DESKTOP }, async (page, origin) => {
    await openHome(page, origin);
    const [before] = await measureCanvases(page, ".frame canvas");
    await showNextScene(page);
    const [after] = await measureCanvases(page, ".frame canvas");
    assert.notEqual(after.hash, before.hash);
  });
});

for (
  const [name, options, posters] of [
    ["in the light", { colorScheme: "light", viewport: DESKTOP }, 20],
    ["in the dark", { colorScheme: "dark", viewport: DESKTOP }, 20],
    ["on a phone", { viewport: { width: 320, height: 640 } }, 10],
  ] as const
) {
  gatedTest(browser, `The home page has no fault that axe finds, ${name}`, async () => {
    const all = { ...options, webGpu: false, reducedMotion: "reduce" } as const;
    await withPage(all, async (page, origin) => {
      await openHome(page, origin, posters);
      assert.equal(await page.locator(".wall__poster").count(), posters);
      assert.deepEqual(await findViolations(page), []);
      const { width } = options.viewport;
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
    });
  });
}
