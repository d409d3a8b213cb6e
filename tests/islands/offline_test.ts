// Tests the app without its server in Chromium: kept by the service worker, isolated all the same, and renewed on consent.

import { strict as assert } from "node:assert";
import type { Page } from "playwright-core";
import { type Handler, withPage } from "../_browser.ts";
import { browserGate, gatedTest } from "../_gates.ts";
import { findViolations } from "./_axe.ts";
import { waitUntilKept } from "./_kept_app.ts";
import { moveFader, openPosters, readPoster } from "./_poster_page.ts";

const browser = await browserGate();

/** The site's server, with what it was asked, and a build that can be replaced by one that differs in its id alone. */
function renewableSite() {
  const site = {
    asked: [] as string[],
    newerId: "",
    serve: (app: Handler): Handler => async (req) => {
      const { pathname } = new URL(req.url);
      site.asked.push(pathname);
      const response = await app(pathname === "/sw.js" ? new Request(req.url) : req);
      if (pathname !== "/sw.js" || site.newerId === "") return response;
      const script = await response.text();
      const headers = new Headers(response.headers);
      headers.delete("content-length");
      const renewed = script.replace(/(?<=id:`)[0-9a-f]{16}(?=`)/, site.newerId);
      assert.notEqual(renewed, script, "The worker has no id");
      return new Response(renewed, { headers });
    },
  };
  return site;
}

const listCaches = (page: Page) => page.evaluate(() => caches.keys());

gatedTest(browser, "The app works without a network after the first visit", async (t) => {
  const site = renewableSite();
  await withPage({ serviceWorkers: true, serve: site.serve }, async (page, origin) => {
    await page.goto(`${origin}/posters#engine=cpu&seed=5`);
    await page.waitForSelector('[data-current="true"]', { timeout: 60_000 });
    const first = await readPoster(page);
    const engine = await page.innerText(".player-engine");
    await waitUntilKept(page);

    await t.step("The server serves the worker anew each time, as a script", async () => {
      const answer = await fetch(`${origin}/sw.js`);
      await answer.body?.cancel();
      const told = ["content-type", "cache-control"].map((name) => answer.headers.get(name));
      assert.deepEqual(told, ["text/javascript; charset=utf-8", "no-cache"]);
    });

    await t.step("An unknown page is the server's to answer, and is not kept", async () => {
      const answer = await page.goto(`${origin}/nope`);
      assert.deepEqual([answer?.status(), answer?.fromServiceWorker()], [404, true]);
      const kept = await page.evaluate(async () => {
        const names = (await caches.keys()).filter((name) => name.startsWith("lobbycard-app-"));
        const urls = (await Promise.all(names.map(async (name) =>
          (await caches.open(name)).keys()
        )))
          .flat().map(({ url }) => new URL(url).pathname);
        return { names, urls };
      });
      assert.equal(kept.names.length, 1);
      assert.ok(kept.urls.includes("/style") && !kept.urls.includes("/nope"));
      assert.ok(!kept.urls.some((url) => /weights|healthz|^\/api/.test(url)), "Kept too much");
    });

    site.asked.length = 0;
    await page.context().setOffline(true);

    await t.step("Posters are drawn, isolated, with the model of the first visit", async () => {
      await openPosters(page, origin, "engine=cpu&seed=5");
      assert.equal(await page.evaluate("crossOriginIsolated"), true);
      assert.equal(await page.innerText(".player-engine"), engine, "It has lost its threads");
      assert.deepEqual(await readPoster(page), first);
      await moveFader(page, "poster-genre-0", 1);
      assert.notDeepEqual(await readPoster(page), first, "The fader does nothing");
    });

    await t.step("The other pages are there, with their pictures", async () => {
      await page.goto(`${origin}/style`);
      assert.equal(await page.innerText("h1"), "Style");
      assert.equal(await page.evaluate("crossOriginIsolated"), true);
      const frame = page.locator(".film-strip img").first();
      await page.waitForFunction(
        (img) => (img as HTMLImageElement).naturalWidth > 0,
        await frame.elementHandle(),
      );
    });

    await t.step("A page that is not kept says that there is no network", async () => {
      await page.goto(`${origin}/nope`);
      assert.equal(await page.innerText("h1"), "You are offline");
      assert.deepEqual(await findViolations(page), []);
      await page.context().setOffline(false);
      await page.getByRole("link", { name: "Try again" }).click();
      await page.getByText("This reel is missing").waitFor();
    });
    // Past what Playwright calls offline, the browser asks for its worker, and so does a worker that has just started: that of
    // /style for a model which no visit has fetched yet.
    const past = ["/sw.js", "/nope", "/models/two-films-toy/weights.safetensors"];
    const asked = site.asked.filter((path) => !past.includes(path));
    assert.deepEqual(asked, [], "It was not offline");
  });
});

gatedTest(browser, "A new version asks, and takes over once agreed to", async () => {
  const site = renewableSite();
  // Without motion, or a colour that is on its way from light to dark would be judged.
  const options = { serviceWorkers: true, serve: site.serve, reducedMotion: "reduce" } as const;
  await withPage(options, async (page, origin) => {
    await page.goto(`${origin}/about`);
    await waitUntilKept(page);
    const [old] = await listCaches(page);
    assert.match(old, /^lobbycard-app-[0-9a-f]{16}$/);
    assert.equal(await page.getByRole("button", { name: "Reload" }).count(), 0);
    await page.evaluate(() => caches.open("lobbycard-models-1"));

    site.newerId = "0123456789abcdef";
    const newer = `lobbycard-app-${site.newerId}`;
    await page.reload();
    const reload = page.getByRole("status").getByRole("button", { name: "Reload" });
    await reload.waitFor();
    const waiting = [newer, old, "lobbycard-models-1"];
    assert.deepEqual((await listCaches(page)).sort(), waiting.sort());
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await findViolations(page), [], colorScheme);
    }
    await page.getByRole("button", { name: "Later" }).press("Enter");
    assert.equal(await reload.count(), 0);
    assert.equal(await page.evaluate("document.activeElement.id"), "main");

    await page.reload();
    await reload.waitFor();
    let loads = 0;
    page.on("load", () => loads++);
    await Promise.all([page.waitForEvent("load"), reload.press("Enter")]);
    await waitUntilKept(page);
    assert.deepEqual((await listCaches(page)).sort(), [newer, "lobbycard-models-1"]);
    assert.equal(loads, 1);
    assert.equal(await reload.count(), 0);
  });
});
