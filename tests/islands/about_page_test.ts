// Tests the about page's live figures in a browser: they come when they are scrolled to, and do what they say.

import { strict as assert } from "node:assert";
import type { Page } from "playwright-core";
import { withPage } from "../_browser.ts";
import { browserGate, gatedTest } from "../_gates.ts";
import { openFigure } from "./_about_page.ts";
import { findViolations } from "./_axe.ts";
import { watchPolicy } from "./_policy.ts";

const browser = await browserGate();
const PATIENCE_MS = 60_000;

/** The pixels of a canvas as one text. */
function readCanvas(page: Page, selector: string): Promise<string> {
  return page.locator(selector).first().evaluate((canvas) =>
    (canvas as HTMLCanvasElement).toDataURL()
  );
}

gatedTest(browser, "The about page loads no engine before a figure is scrolled to", async () => {
  await withPage(
    { webGpu: false, viewport: { width: 1280, height: 500 } },
    async (page, origin) => {
      const scripts: string[] = [];
      page.on("request", (request) => scripts.push(new URL(request.url()).pathname));
      await page.goto(`${origin}/about`, { waitUntil: "networkidle" });
      assert.deepEqual(scripts.filter((path) => /_worker|weights/.test(path)), []);
      await page.locator("#methods .figure").scrollIntoViewIfNeeded();
      await page.waitForSelector(".cycle", { timeout: PATIENCE_MS });
      await openFigure(page, ".cycle");
      assert.ok(scripts.some((path) => /two-films.*weights|weights/.test(path)));
    },
  );
});

gatedTest(
  browser,
  "CycleFigure shows a scene, both redrawings and the true answer, and how far off they are",
  async () => {
    await withPage({ webGpu: false }, async (page, origin) => {
      const findBroken = await watchPolicy(page);
      await page.goto(`${origin}/about#methods`);
      await page.waitForSelector(".cycle", { timeout: PATIENCE_MS });
      await openFigure(page, ".cycle");
      assert.equal(await page.locator(".cycle canvas").count(), 4);
      assert.equal(await page.getByText(/misses by \d+\.\d %/).count(), 3);
      const before = await readCanvas(page, ".cycle canvas");
      await page.locator("#methods").getByRole("button", { name: "Another scene" }).click();
      await openFigure(page, ".cycle");
      assert.notEqual(await readCanvas(page, ".cycle canvas"), before);
      assert.deepEqual(await findBroken(), []);
    });
  },
);

gatedTest(browser, "PatchFigure shows what a score sees, by pointer and by keyboard", async () => {
  await withPage({ webGpu: false }, async (page, origin) => {
    await page.goto(`${origin}/about#judge`);
    await openFigure(page, "#judge .figure");
    const line = page.locator(".patch__line");
    const sides = async () => [await line.getAttribute("width"), await line.getAttribute("height")];
    assert.deepEqual(await sides(), ["70", "70"]);
    await page.getByText("30 × 16 scores").waitFor();
    const frame = await page.locator(".patch__frame").boundingBox();
    assert.ok(frame);
    await page.mouse.move(frame.x + 2, frame.y + 2);
    assert.deepEqual([await line.getAttribute("x"), await line.getAttribute("y")], ["0", "0"]);
    const corner = await readCanvas(page, ".patch__seen canvas");
    await page.getByRole("slider", { name: "Across" }).focus();
    await page.keyboard.press("End");
    assert.notEqual(await line.getAttribute("x"), "0");
    assert.notEqual(await readCanvas(page, ".patch__seen canvas"), corner);
    await page.getByRole("slider", { name: "Halvings" }).fill("1");
    await page.getByText("each sees 16 × 16 pixels").waitFor();
  });
});

gatedTest(
  browser,
  "LatentWalk draws the way between two posters as the slider moves, and in other genres",
  async () => {
    await withPage({ webGpu: false }, async (page, origin) => {
      await page.goto(`${origin}/about#posters`);
      await openFigure(page, "#posters .figure");
      await page.waitForSelector(".walk__stations canvas", { timeout: PATIENCE_MS });
      await openFigure(page, ".walk");
      const middle = await readCanvas(page, ".walk__now canvas");
      const slider = page.getByRole("slider", { name: "From A to B" });
      await slider.fill("0");
      const end = await readCanvas(page, ".walk__end canvas");
      await page.waitForFunction(
        (end) =>
          document.querySelector<HTMLCanvasElement>(".walk__now canvas")?.toDataURL() === end,
        end,
        { timeout: PATIENCE_MS },
      );
      assert.notEqual(end, middle);
      const genres = page.getByRole("combobox", { name: "Both ends are" });
      if (await genres.count() > 0) {
        await genres.selectOption({ index: 1 });
        await page.waitForFunction(
          (end) =>
            document.querySelector<HTMLCanvasElement>(".walk__end canvas")?.toDataURL() !== end,
          end,
          { timeout: PATIENCE_MS },
        );
      }
    });
  },
);

for (
  const [name, options] of [
    ["in the light", { colorScheme: "light" }],
    ["in the dark", { colorScheme: "dark" }],
    ["on a phone", { viewport: { width: 320, height: 640 } }],
  ] as const
) {
  gatedTest(browser, `The about page has no fault that axe finds, ${name}`, async () => {
    await withPage({ ...options, webGpu: false, reducedMotion: "reduce" }, async (page, origin) => {
      await page.goto(`${origin}/about`);
      for (const place of ["#methods", "#judge", "#posters"]) {
        await openFigure(page, `${place} .figure`);
      }
      assert.deepEqual(await findViolations(page), []);
      const width = await page.evaluate(() => document.documentElement.clientWidth);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
    });
  });
}

gatedTest(
  browser,
  "The models page has no fault that axe finds, with all that can be opened open",
  async () => {
    await withPage({ viewport: { width: 320, height: 640 } }, async (page, origin) => {
      await page.goto(`${origin}/models`);
      await page.locator("details").evaluateAll((all) =>
        all.forEach((details) => (details as HTMLDetailsElement).open = true)
      );
      assert.deepEqual(await findViolations(page), []);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
    });
  },
);
