// Tests that the style page can be used by keyboard, by screen reader, on a phone, and under its own security policy.

import { strict as assert } from "node:assert";
import { Buffer } from "node:buffer";
import { withPage } from "../_browser.ts";
import { browserGate, gatedTest } from "../_gates.ts";
import { findViolations } from "./_axe.ts";
import { watchPolicy } from "./_policy.ts";
import { photograph, textFile } from "./_picture_files.ts";
import { drop, openStyle, waitForText, waitUntilDone } from "./_style_page.ts";

const browser = await browserGate();
const photo = await photograph(48, 32);
const noPicture = textFile("This is text, and long enough to be looked at.");

for (const colorScheme of ["light", "dark"] as const) {
  gatedTest(browser, `StylePlayer has no fault that axe finds, in the ${colorScheme}`, async () => {
    const options = { colorScheme, reducedMotion: "reduce" } as const;
    await withPage(options, async (page, origin) => {
      await openStyle(page, origin);
      await page.click("summary");
      assert.deepEqual(await findViolations(page), [], "empty");
      await drop(page, photo, "a.jpg");
      await waitUntilDone(page);
      assert.deepEqual(await findViolations(page), [], "with a result");
      await drop(page, noPicture, "b.txt");
      await waitForText(page, /not a picture/);
      assert.deepEqual(await findViolations(page), [], "with a problem");
      await page.route("**/weights.safetensors*", (route) => route.fulfill({ status: 404 }));
      await page.evaluate("caches.keys().then(([name]) => caches.delete(name))");
      await openStyle(page, origin, "", "text=The server does not have this model");
      assert.deepEqual(await findViolations(page), [], "without a model");
    });
  });
}

gatedTest(browser, "StylePlayer is usable by keyboard alone", async () => {
  await withPage({}, async (page, origin) => {
    await openStyle(page, origin, "?engine=cpu&detail=128");
    // Asked for before the key is pressed, as the browser has to be told to hold the dialog back.
    const dialog = page.waitForEvent("filechooser");
    await page.focus("text=Choose a picture");
    await page.keyboard.press("Enter");
    const chooser = await dialog;
    await chooser.setFiles({ name: "a.jpg", mimeType: "image/jpeg", buffer: Buffer.from(photo) });
    await waitUntilDone(page);
    assert.equal(await page.innerText(":focus"), "Another picture");
    for (const key of ["Tab", "Tab", "Tab", "Tab", "Enter"]) await page.keyboard.press(key);
    await waitForText(page, /Done in .*Film A/);
    assert.ok(await page.evaluate(() => document.activeElement?.matches(".film-strip button")));
    const slider = page.getByRole("slider", { name: "Line between before and after" });
    await slider.focus();
    await page.keyboard.press("ArrowRight");
    await page.waitForSelector("[aria-valuetext='51 % before, 49 % after']");
    await page.keyboard.press("Home");
    await page.waitForSelector("[aria-valuetext='0 % before, 100 % after']");
    const line = await page.locator(".compare__line").boundingBox();
    const frame = await page.locator(".compare").boundingBox();
    assert.ok(line && frame && Math.abs(line.x - frame.x) < 4, "The line follows the slider");
    assert.match(page.url(), /direction=BtoA/);
    await page.focus("input[value=BtoA]");
    await page.keyboard.press("ArrowUp");
    await waitForText(page, /Done in .*Film B/);
    assert.doesNotMatch(page.url(), /direction/);
  });
});

gatedTest(
  browser,
  "StylePlayer tells a screen reader what goes on and what goes wrong",
  async () => {
    await withPage({}, async (page, origin) => {
      await openStyle(page, origin, "?engine=cpu");
      await page.evaluate(() => {
        const heard: string[] = [];
        Object.assign(globalThis, { heard });
        const region = document.querySelector(".player-status p[role=status]");
        new MutationObserver(() => heard.push(region?.textContent ?? ""))
          .observe(region as Node, { subtree: true, childList: true, characterData: true });
      });
      await drop(page, photo, "a.jpg");
      await waitUntilDone(page);
      const heard = await page.evaluate("heard") as string[];
      assert.ok(heard.length <= 5, `Chatter: ${heard.join(" / ")}`);
      assert.match(heard.at(-1) ?? "", /^Done in .*: now in the style of/);
      const names = await page.locator(".compare canvas").evaluateAll((canvases) =>
        canvases.map((canvas) => canvas.getAttribute("aria-label"))
      );
      assert.deepEqual([names.length, names[0]], [2, "Before"]);
      await drop(page, noPicture, "b.txt");
      await page.getByRole("alert").getByText("This is not a picture").waitFor();
    });
  },
);

gatedTest(browser, "StylePlayer fits a phone in every state", async () => {
  await withPage({ viewport: { width: 360, height: 740 } }, async (page, origin) => {
    const width = () => page.evaluate(() => document.documentElement.scrollWidth);
    await openStyle(page, origin, "?engine=cpu&detail=128");
    await page.click("summary");
    assert.equal(await width(), 360, "empty");
    await drop(page, await photograph(200, 60), `${"long-name-".repeat(12)}.jpg`);
    await waitUntilDone(page);
    assert.equal(await width(), 360, "with a result");
    await drop(page, noPicture, "b.txt");
    await waitForText(page, /not a picture/);
    assert.equal(await width(), 360, "with a problem");
  });
});

gatedTest(
  browser,
  "StylePlayer breaks no rule of the security policy, and stands still if asked to",
  async () => {
    await withPage({ reducedMotion: "reduce" }, async (page, origin) => {
      const findBroken = await watchPolicy(page);
      await openStyle(page, origin, "?engine=cpu&detail=512");
      // Heard in the page itself: a run may be over before the test has looked.
      await page.evaluate(() => {
        const moving: number[] = [];
        Object.assign(globalThis, { moving });
        const region = document.querySelector(".player-status p[role=status]");
        new MutationObserver(() => {
          if (region?.textContent?.includes("Restyling the picture")) {
            moving.push(document.getAnimations().length);
          }
        }).observe(region as Node, { subtree: true, childList: true, characterData: true });
      });
      await drop(page, await photograph(240, 160), "a.jpg");
      await waitUntilDone(page);
      assert.deepEqual(await page.evaluate("moving"), [0]);
      assert.deepEqual(await findBroken(), []);
    });
  },
);
