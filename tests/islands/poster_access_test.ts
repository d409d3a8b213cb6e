// Tests that the poster page can be used by keyboard, by screen reader, on a phone, and under its own security policy.

import { strict as assert } from "node:assert";
import { withPage } from "../_browser.ts";
import { browserGate, gatedTest } from "../_gates.ts";
import { exportPosters } from "../models/_exported_poster.ts";
import { findViolations } from "./_axe.ts";
import { watchPolicy } from "./_policy.ts";
import { openPosters, readPoster, servePosters, waitUntilDrawn } from "./_poster_page.ts";

const browser = await browserGate();
const model = await exportPosters();
const plain = await exportPosters({ id: "plain", name: "Plain", genres: [] });
const LINK = "genres=horror:1&seed=5&truncation=0.8&engine=cpu";
const WORDS = "&title=A+Night&tagline=Be+quiet&credits=nobody&a=1;;1;&b=2;;1;";

for (
  const [name, options] of [
    ["in the light", { colorScheme: "light" }],
    ["in the dark", { colorScheme: "dark" }],
    ["on a phone", { viewport: { width: 360, height: 740 } }],
  ] as const
) {
  gatedTest(browser, `PosterPlayer has no fault that axe finds, ${name}`, async () => {
    await withPage({ ...options, reducedMotion: "reduce" }, async (page, origin) => {
      await servePosters(page, [model, plain]);
      await openPosters(page, origin, `model=tiny-posters&${LINK}${WORDS}`);
      await page.click("summary");
      await page.waitForSelector(".poster__type text");
      assert.deepEqual(await findViolations(page), [], "alone");
      await openPosters(page, origin, `model=plain&${LINK}${WORDS}&share=0.5`);
      assert.match(await page.innerText("main"), /This model draws without genres/);
      assert.equal(await page.locator(".poster-genres").count(), 0);
      assert.deepEqual(await findViolations(page), [], "without genres, on the way");
    });
  });
}

gatedTest(browser, "PosterPlayer is usable by keyboard alone", async () => {
  await withPage({}, async (page, origin) => {
    await servePosters(page, [model]);
    await openPosters(page, origin, LINK);
    const first = await readPoster(page);
    const fader = page.getByRole("slider", { name: "Comedy" });
    await fader.focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
    await page.waitForSelector("[aria-valuetext='15 %']");
    await waitUntilDrawn(page);
    const second = await readPoster(page);
    assert.notDeepEqual(second.data, first.data);
    await page.keyboard.press("Home");
    await page.waitForURL(/genres=horror:1&/);
    await page.getByRole("button", { name: "Variation 1 of 8" }).focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/steps=/);
    await page.getByRole("button", { name: "One step back" }).focus();
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => !url.hash.includes("steps"));
    assert.equal(await page.innerText(":focus"), "One step back", "The focus stays");
    await page.focus("#poster-seed");
    await page.keyboard.press("ArrowUp");
    await page.waitForURL(/seed=6/);
  });
});

gatedTest(
  browser,
  "PosterPlayer tells a screen reader what is drawn, and does not chatter",
  async () => {
    await withPage({}, async (page, origin) => {
      await servePosters(page, [model]);
      await openPosters(page, origin, LINK);
      await page.getByText("Drawn: Horror 100 %, number 5").waitFor();
      await page.evaluate(() => {
        const heard: string[] = [];
        Object.assign(globalThis, { heard });
        const region = document.querySelector(".player-status p[role=status]");
        new MutationObserver(() => heard.push(region?.textContent ?? ""))
          .observe(region as Node, { subtree: true, childList: true, characterData: true });
      });
      await page.getByRole("slider", { name: "Comedy" }).focus();
      for (let i = 0; i < 12; i++) await page.keyboard.press("ArrowRight");
      await page.getByText("Drawn: Horror 100 %, Comedy 60 %, number 5").waitFor();
      const heard = await page.evaluate("heard") as string[];
      assert.ok(heard.length <= 4, `Chatter: ${heard.join(" / ")}`);
      const label = await page.getAttribute(".poster canvas", "aria-label");
      assert.equal(label, "Poster: Horror 100 %, Comedy 60 %, number 5");
    });
  },
);

gatedTest(
  browser,
  "PosterPlayer fits a phone and a page at twice its size, whatever is typed",
  async () => {
    const width = 320;
    await withPage({ viewport: { width, height: 640 } }, async (page, origin) => {
      await servePosters(page, [model]);
      const words = `&title=${"W".repeat(80)}&tagline=${"i".repeat(140)}&credits=${
        "M".repeat(400)
      }`;
      await openPosters(page, origin, `${LINK}${words}&a=1;;1;&b=2;;1;&share=0.5`);
      await page.click("summary");
      await page.waitForSelector(".poster__type text");
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
      // The poster stays in sight, and leaves room for the faders.
      await page.getByRole("slider", { name: "Sci-fi" }).focus();
      const poster = await page.locator(".poster-card").boundingBox();
      const fader = await page.getByRole("slider", { name: "Sci-fi" }).boundingBox();
      assert.ok(poster && fader && poster.y >= 0 && fader.y > poster.y + poster.height);
    });
  },
);

gatedTest(
  browser,
  "PosterPlayer breaks no rule of the security policy, and stands still if asked to",
  async () => {
    await withPage({ reducedMotion: "reduce" }, async (page, origin) => {
      const findBroken = await watchPolicy(page);
      await servePosters(page, [model]);
      await page.goto(`${origin}/posters#${LINK}${WORDS}`);
      assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
      await page.waitForSelector(".poster__type text");
      await waitUntilDrawn(page);
      assert.deepEqual(await findBroken(), []);
    });
  },
);
