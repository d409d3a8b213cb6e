// Tests what the poster page says and does when something goes wrong, and that it stays usable.

import { strict as assert } from "node:assert";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { withPage } from "../_browser.ts";
import { browserGate, gatedTest } from "../_gates.ts";
import { exportPosters } from "../models/_exported_poster.ts";
import {
  moveFader,
  openPosters,
  readPoster,
  servePosters,
  waitUntilDrawn,
} from "./_poster_page.ts";
import { countWorkers, waitForNoWorkers } from "./_workers.ts";

const browser = await browserGate();
const model = await exportPosters();
const LINK = "genres=horror:1&seed=5&truncation=0.8&engine=cpu";
const WEIGHTS = "**/weights.safetensors*";

/** Proves that the page is usable: a fader still changes the poster. */
async function stillWorks(page: Page): Promise<void> {
  await waitUntilDrawn(page);
  const before = await readPoster(page);
  await moveFader(page, "poster-genre-1", 0.85);
  assert.notDeepEqual((await readPoster(page)).data, before.data);
  assert.equal(await page.innerText("[role=alert]"), "");
}

gatedTest(
  browser,
  "PosterPlayer refuses a corrupt model file and fetches it again on request",
  async () => {
    await withPage({}, async (page, origin) => {
      await servePosters(page, [model]);
      const body = Buffer.from(model.weights);
      body[body.length >> 1] ^= 0x40;
      await page.route(WEIGHTS, (route) => route.fulfill({ body }), { times: 1 });
      await openPosters(page, origin, LINK, "text=The model file is damaged");
      assert.match(await page.innerText("[role=alert]"), /SHA-256/);
      await page.getByRole("button", { name: "Fetch it again" }).click();
      await stillWorks(page);
    });
  },
);

gatedTest(
  browser,
  "PosterPlayer says when the server has lost the model, or the network is gone",
  async () => {
    await withPage({}, async (page, origin) => {
      await servePosters(page, [model]);
      await page.route(WEIGHTS, (route) => route.fulfill({ status: 404 }), { times: 1 });
      await openPosters(page, origin, LINK, "text=The server does not have this model");
      await page.route(WEIGHTS, (route) => route.abort(), { times: 1 });
      await page.getByRole("button", { name: "Try again" }).click();
      await page.waitForSelector("text=The model could not be fetched");
      await page.getByRole("button", { name: "Try again" }).click();
      await stillWorks(page);
    });
  },
);

gatedTest(browser, "PosterPlayer survives a crash of its worker", async () => {
  await withPage({}, async (page, origin) => {
    await servePosters(page, [model]);
    await openPosters(page, origin, LINK);
    const [worker] = page.workers();
    await worker.evaluate("setTimeout(() => { throw new Error('Out of luck'); })");
    await page.waitForSelector("text=/broke off.*Out of luck/");
    await stillWorks(page);
  });
});

gatedTest(browser, "PosterPlayer takes a new device when one is lost", async () => {
  await withPage({}, async (page, origin) => {
    await page.route("**/_poster_worker*.js", async (route) => {
      const response = await route.fetch();
      const spy = `const requestDevice = GPUAdapter.prototype.requestDevice;
        GPUAdapter.prototype.requestDevice = async function (...options) {
          return self.testDevice = await requestDevice.apply(this, options);
        };`;
      await route.fulfill({ response, body: spy + await response.text() });
    });
    await servePosters(page, [model]);
    await openPosters(page, origin, LINK.replace("cpu", "webgpu"));
    const [worker] = page.workers();
    await worker.evaluate("testDevice.destroy()");
    await page.waitForSelector("text=/graphics device was lost/");
    await stillWorks(page);
    assert.match(await page.innerText(".player-engine"), /WebGPU/);
  });
});

gatedTest(
  browser,
  "PosterPlayer tells what of a hostile link it leaves out, and runs none of it",
  async () => {
    await withPage({}, async (page, origin) => {
      await servePosters(page, [model]);
      const evil = encodeURIComponent(`"><img src=x onerror="document.title='owned'">`);
      const link = `model=${evil}&genres=horror:1,${evil}:1&seed=${evil}&steps=${evil}&a=${evil}` +
        `&title=${evil}&credits=${evil}&tagline=${evil}&lettering=${evil}&place=${evil}&engine=cpu`;
      await openPosters(page, origin, link);
      await page.waitForSelector(".poster__type text");
      assert.match(await page.innerText(".player-notices"), /does not know: "><img/);
      assert.match(await page.innerText(".player-notices"), /The model of this link is not here/);
      assert.equal(await page.locator("img[src=x]").count(), 0);
      assert.equal(await page.title(), "Posters · Lobbycard");
      await stillWorks(page);
    });
  },
);

gatedTest(browser, "PosterPlayer says that there is no model, where there is none", async () => {
  await withPage({}, async (page, origin) => {
    await servePosters(page, []);
    await page.goto(`${origin}/posters`);
    assert.match(await page.innerText("main"), /No poster model has been exported yet/);
    assert.equal(page.workers().length, 0);
  });
});

gatedTest(browser, "PosterPlayer ends its worker when it is unmounted", async () => {
  await withPage({}, async (page, origin) => {
    await servePosters(page, [model]);
    await openPosters(page, origin, LINK);
    assert.ok(await countWorkers(page) > 0);
    // The island's own component draws nothing from now on, so Preact unmounts all that it has drawn.
    await page.evaluate(`(() => {
      const island = document.querySelector("[name=PosterPlayer]").__k.__k[0].__c;
      island.render = () => null;
      island.forceUpdate();
    })()`);
    await waitForNoWorkers(page);
    assert.equal(await page.locator(".poster-player").count(), 0);
  });
});
