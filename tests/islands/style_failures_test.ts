// Tests what the style page says and does when something goes wrong, and that it stays usable.

import { strict as assert } from "node:assert";
import type { Page, Route } from "playwright-core";
import { withPage } from "../_browser.ts";
import { browserGate, gatedTest } from "../_gates.ts";
import { animatedPng, animation, hollowPng, photograph, textFile } from "./_picture_files.ts";
import {
  drop,
  exposeDevice,
  loseDevice,
  openStyle,
  press,
  waitForText,
  waitUntilDone,
} from "./_style_page.ts";
import { countWorkers, waitForNoWorkers } from "./_workers.ts";

const browser = await browserGate();
const photo = await photograph(48, 32);
const WEIGHTS = "**/weights.safetensors*";

/** Proves that the page is usable: a good picture still comes out. */
async function stillWorks(page: Page): Promise<void> {
  await drop(page, photo, "good.jpg");
  await waitUntilDone(page);
  assert.equal(await page.innerText("[role=alert]"), "");
}

/** Answers with the file, its middle byte changed. */
async function corrupt(route: Route): Promise<void> {
  const response = await route.fetch();
  const body = await response.body();
  body[body.length >> 1] ^= 0x40;
  await route.fulfill({ response, body });
}

gatedTest(browser, "StylePlayer refuses what is not a picture and stays usable", async () => {
  const html = textFile("<!doctype html><title>Not a picture</title>, but dropped all the same");
  await withPage({}, async (page, origin) => {
    await openStyle(page, origin, "?engine=cpu");
    await drop(page, html, "holiday.jpg");
    await waitForText(page, /This is not a picture that can be opened here/);
    await stillWorks(page);
    await page.evaluate(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.setData("text/uri-list", "https://example.org/picture.jpg");
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true }));
    });
    await waitForText(page, /There was no picture in that/);
    await stillWorks(page);
  });
});

gatedTest(
  browser,
  "StylePlayer refuses 100 megapixels and damaged files, and stays usable",
  async () => {
    await withPage({}, async (page, origin) => {
      await openStyle(page, origin, "?engine=cpu");
      await drop(page, hollowPng(10_000, 10_000), "huge.png", "image/png");
      await waitForText(page, /10000 × 10000 pixels are 100 megapixels, and at most 64/);
      await drop(page, hollowPng(40, 30), "hollow.png", "image/png");
      await waitForText(page, /could not be decoded/);
      await stillWorks(page);
    });
  },
);

gatedTest(browser, "StylePlayer takes the first frame of what moves, and says so", async () => {
  const files = [
    ["a.gif", await animation("gif")],
    ["b.webp", await animation("webp")],
    ["c.png", await animatedPng(2)],
  ] as const;
  await withPage({}, async (page, origin) => {
    await openStyle(page, origin, "?engine=cpu");
    for (const [name, file] of files) {
      await drop(page, file, name);
      await waitForText(page, /Only its first frame is used/);
      await waitUntilDone(page);
      await stillWorks(page);
      assert.doesNotMatch(await page.innerText("main"), /first frame/);
    }
  });
});

gatedTest(
  browser,
  "StylePlayer refuses a corrupt model file and fetches it again on request",
  async () => {
    await withPage({}, async (page, origin) => {
      await page.route(WEIGHTS, corrupt, { times: 1 });
      await openStyle(page, origin, "?engine=cpu", "text=The model file is damaged");
      assert.match(await page.innerText("[role=alert]"), /SHA-256/);
      await press(page, "Fetch it again");
      await waitForText(page, /Ready for a picture/);
      await stillWorks(page);
    });
  },
);

gatedTest(
  browser,
  "StylePlayer replaces a stored model that has become corrupt without a word",
  async () => {
    await withPage({}, async (page, origin) => {
      await openStyle(page, origin, "?engine=cpu");
      await page.evaluate(async () => {
        const store = await caches.open((await caches.keys())[0]);
        for (const request of await store.keys()) await store.put(request, new Response("torn"));
      });
      await openStyle(page, origin, "?engine=cpu");
      await stillWorks(page);
    });
  },
);

gatedTest(browser, "StylePlayer needs no network for the model on the second visit", async () => {
  await withPage({}, async (page, origin) => {
    await openStyle(page, origin, "?engine=cpu");
    await page.route(WEIGHTS, (route) => route.abort());
    await openStyle(page, origin, "?engine=cpu");
    await stillWorks(page);
  });
});

gatedTest(
  browser,
  "StylePlayer says that the model cannot be fetched and retries on request",
  async () => {
    await withPage({}, async (page, origin) => {
      await page.route(WEIGHTS, (route) => route.abort());
      await openStyle(page, origin, "?engine=cpu", "text=The model could not be fetched");
      await drop(page, photo, "early.jpg");
      await waitForText(page, /The picture waits for the model/);
      await page.unroute(WEIGHTS);
      await press(page, "Try again");
      await waitUntilDone(page);
      await stillWorks(page);
    });
  },
);

gatedTest(browser, "StylePlayer says when the server has lost the model", async () => {
  await withPage({}, async (page, origin) => {
    await page.route(WEIGHTS, (route) => route.fulfill({ status: 404, body: "Gone" }));
    await openStyle(page, origin, "?engine=cpu", "text=The server does not have this model");
  });
});

gatedTest(browser, "StylePlayer uses the CPU without WebGPU, and says so plainly", async () => {
  await withPage({ webGpu: false }, async (page, origin) => {
    await openStyle(page, origin);
    assert.match(
      await page.innerText("main"),
      /WebGPU is not used: no GPU adapter.*The CPU does the work/,
    );
    await stillWorks(page);
    await openStyle(page, origin, "?engine=webgpu", "text=This engine is not available here");
    await press(page, "Choose automatically");
    await waitForText(page, /Ready for a picture/);
    await stillWorks(page);
  });
});

gatedTest(
  browser,
  "StylePlayer fetches no WebGPU backend for a browser that has none",
  async () => {
    await withPage({ webGpu: false }, async (page, origin) => {
      await page.route("**/_style_worker*.js", async (route) => {
        const response = await route.fetch();
        const old = "delete WorkerNavigator.prototype.gpu;";
        await route.fulfill({ response, body: old + await response.text() });
      });
      let bytes = 0;
      page.on("response", async (response) => {
        if (/start-.*\.js/.test(response.url())) bytes += (await response.body()).length;
      });
      await openStyle(page, origin);
      assert.match(await page.innerText("main"), /WebGPU is not used: this browser has none/);
      assert.ok(bytes > 0 && bytes < 300_000, `${bytes} bytes of backends`);
    });
  },
);

gatedTest(browser, "StylePlayer passes over a GPU that is emulated, and says so", async () => {
  await withPage({}, async (page, origin) => {
    await openStyle(page, origin);
    assert.match(
      await page.innerText("main"),
      /WebGPU is not used: .*software.*The CPU does the work/,
    );
    assert.match(await page.innerText(".player-engine"), /CPU/);
  });
});

gatedTest(browser, "StylePlayer takes a new device when one is lost, then the CPU", async () => {
  await withPage({}, async (page, origin) => {
    await exposeDevice(page);
    await openStyle(page, origin, "?engine=webgpu");
    await loseDevice(page);
    await waitForText(page, /graphics device was lost\. A new one has been started/);
    await waitForText(page, /Ready for a picture/);
    assert.match(await page.innerText(".player-engine"), /WebGPU/);
    await loseDevice(page);
    await waitForText(page, /lost again\. Pictures are now computed on the CPU/);
    await waitForText(page, /Ready for a picture/);
    assert.match(await page.innerText(".player-engine"), /CPU/);
    await stillWorks(page);
  });
});

gatedTest(
  browser,
  "StylePlayer finishes a picture whose device was lost in the middle",
  async () => {
    await withPage({}, async (page, origin) => {
      await exposeDevice(page);
      await openStyle(page, origin, "?engine=webgpu");
      await drop(page, await photograph(16, 16), "good.jpg");
      await waitForText(page, /Restyling the picture/);
      await loseDevice(page);
      await waitForText(page, /graphics device was lost/);
      await waitUntilDone(page);
    });
  },
);

gatedTest(browser, "StylePlayer lets the newest picture win and says so", async () => {
  await withPage({ webGpu: false }, async (page, origin) => {
    await openStyle(page, origin, "?engine=cpu&detail=1024");
    await drop(page, await photograph(1000, 700), "slow.jpg");
    await waitForText(page, /Restyling the picture/);
    await drop(page, photo, "newest.jpg");
    await waitForText(page, /“slow\.jpg” was stopped: “newest\.jpg” is newer/);
    await waitUntilDone(page);
    assert.match(await page.innerText(".style-facts"), /48 × 32/);
  });
});

gatedTest(browser, "StylePlayer survives a crash of its worker", async () => {
  await withPage({}, async (page, origin) => {
    await openStyle(page, origin, "?engine=cpu");
    const [worker] = page.workers();
    await worker.evaluate("setTimeout(() => { throw new Error('Out of luck'); })");
    await waitForText(page, /broke off.*Out of luck/);
    await waitForText(page, /Ready for a picture/);
    await stillWorks(page);
  });
});

gatedTest(
  browser,
  "StylePlayer says when its worker cannot be started, and retries on request",
  async () => {
    await withPage({}, async (page, origin) => {
      await page.route("**/_style_worker*.js", (route) => route.abort());
      await openStyle(page, origin, "", "text=The background worker stopped");
      await page.unroute("**/_style_worker*.js");
      await press(page, "Try again");
      await waitForText(page, /Ready for a picture/);
    });
  },
);

gatedTest(browser, "StylePlayer says when one of its own frames cannot be fetched", async () => {
  await withPage({}, async (page, origin) => {
    await openStyle(page, origin, "?engine=cpu");
    await page.route("**/samples/*", (route) => route.abort());
    await page.click(".film-strip button");
    await waitForText(page, /could not be fetched\. Are you offline/);
    await stillWorks(page);
  });
});

gatedTest(
  browser,
  "StylePlayer ends its worker, and that one's threads, when it is unmounted",
  async () => {
    await withPage({}, async (page, origin) => {
      await openStyle(page, origin);
      assert.equal(await countWorkers(page), navigator.hardwareConcurrency);
      // The island's own component draws nothing from now on, so Preact unmounts all that it has drawn.
      await page.evaluate(`(() => {
      const island = document.querySelector("[name=StylePlayer]").__k.__k[0].__c;
      island.render = () => null;
      island.forceUpdate();
    })()`);
      await waitForNoWorkers(page);
      assert.equal(await page.locator(".style-player").count(), 0);
    });
  },
);
