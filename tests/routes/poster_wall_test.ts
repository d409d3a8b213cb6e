// What a browser without scripts shows of the poster page: pictures that the server draws.

import assert from "node:assert/strict";
import { posters } from "../../routes/api/poster.png.ts";
import { withPage } from "../_browser.ts";
import { browserGate, gatedTest } from "../_gates.ts";

gatedTest(await browserGate(), "/posters without scripts is a wall of posters", async () => {
  try {
    await withPage({ javaScriptEnabled: false }, async (page, origin) => {
      const answers: [number, string | undefined][] = [];
      page.on("response", (response) => {
        if (!response.url().includes("/api/poster.png")) return;
        answers.push([response.status(), response.headers()["content-type"]]);
      });
      await page.goto(`${origin}/posters`, { waitUntil: "load" });
      assert.deepEqual(answers, Array(8).fill([200, "image/png"]));
      for (const picture of await page.locator(".poster-wall img").all()) {
        assert.ok(await picture.isVisible());
        const size = await picture.evaluate((img: HTMLImageElement) => [
          ...[img.naturalWidth, img.naturalHeight],
        ]);
        assert.ok(size.every((side) => side > 0));
      }
      assert.match(await page.innerText(".notice"), /needs JavaScript/);
    });
  } finally {
    posters.close();
  }
});
