// Tests the camera on the style page: restyled live, let go of, and every way in which there may be none.

import { strict as assert } from "node:assert";
import type { Page } from "playwright-core";
import { describeCameraFailure } from "../../islands/_camera_text.ts";
import { type PageOptions, withPage } from "../_browser.ts";
import { browserGate, gatedTest } from "../_gates.ts";
import { findViolations } from "./_axe.ts";
import { photograph } from "./_picture_files.ts";
import { watchPolicy } from "./_policy.ts";
import {
  download,
  drop,
  nextFrame,
  openStyle,
  press,
  waitForText,
  waitUntilDone,
} from "./_style_page.ts";

const browser = await browserGate();
const allowed: PageOptions = { camera: "allowed", webGpu: false };

/** Keeps the page's cameras where the test can look at them. */
async function watchTracks(page: Page): Promise<() => Promise<string[]>> {
  await page.addInitScript(() => {
    const tracks: MediaStreamTrack[] = [];
    Object.assign(globalThis, { tracks });
    const get = MediaDevices.prototype.getUserMedia;
    MediaDevices.prototype.getUserMedia = async function (wish) {
      const stream = await get.call(this, wish);
      tracks.push(...stream.getTracks());
      return stream;
    };
  });
  return () => page.evaluate<string[]>("tracks.map(({ readyState }) => readyState)");
}

for (const engine of ["cpu", "webgpu"] as const) {
  gatedTest(
    browser,
    `StylePlayer restyles the camera live and lets it go, on ${engine}`,
    async () => {
      await withPage({ ...allowed, webGpu: engine === "webgpu" }, async (page, origin) => {
        const findTracks = await watchTracks(page), findBroken = await watchPolicy(page);
        await openStyle(page, origin, `?engine=${engine}&detail=128`);
        await press(page, "Use the camera");
        const first = await nextFrame(page);
        // A GPU that a processor plays takes long enough for one.
        if (engine === "cpu") {
          await nextFrame(page, first);
          await waitForText(page, /\d\.\d frames a second/);
        }
        assert.equal(await page.innerText(":focus"), "Stop the camera");
        assert.deepEqual(await findTracks(), ["live"]);
        await press(page, "Stop the camera");
        await waitUntilDone(page);
        assert.deepEqual(await findTracks(), ["ended"]);
        assert.equal(await page.innerText(":focus"), "Another picture");
        const { name, picture } = await download(page);
        assert.match(name, /^camera-.*\.png$/);
        assert.equal(Math.max(picture.width, picture.height), 128);
        assert.deepEqual(await findBroken(), []);
      });
    },
  );
}

gatedTest(
  browser,
  "StylePlayer's camera heeds choices, and ends with another picture",
  async () => {
    await withPage(allowed, async (page, origin) => {
      const findTracks = await watchTracks(page);
      await openStyle(page, origin, "?engine=cpu&detail=128");
      await press(page, "Use the camera");
      await nextFrame(page);
      assert.deepEqual(await findViolations(page), []);
      await page.check("input[value=BtoA]");
      await waitForText(page, /in the style of Film A/);
      await page.waitForFunction(() =>
        document.querySelector(".compare__name--after")?.textContent?.startsWith("Film A")
      );
      await drop(page, await photograph(48, 32), "a.jpg");
      await waitUntilDone(page);
      await waitForText(page, /48 × 32/);
      assert.deepEqual(await findTracks(), ["ended"]);
      await press(page, "Use the camera");
      await page.getByRole("button", { name: "Stop the camera" }).waitFor();
      await page.evaluate("tracks[1].dispatchEvent(new Event('ended'))");
      await waitForText(page, /The camera is gone/);
      assert.deepEqual(await findTracks(), ["ended", "ended"]);
    });
  },
);

for (
  const [how, options, words] of [
    ["is refused", { camera: "refused", webGpu: false }, /The camera was refused\. Allow it/],
    ["is not there", { webGpu: false }, /No camera was found/],
  ] as const
) {
  gatedTest(browser, `StylePlayer says what to do when the camera ${how}`, async () => {
    await withPage(options, async (page, origin) => {
      await openStyle(page, origin, "?engine=cpu&detail=128");
      await press(page, "Use the camera");
      await waitForText(page, words);
      await drop(page, await photograph(48, 32), "a.jpg");
      await waitUntilDone(page);
      assert.equal(await page.innerText("[role=alert]"), "");
    });
  });
}

Deno.test("describeCameraFailure tells known failures apart, and keeps the words of others", () => {
  const known = ["NotAllowedError", "SecurityError", "NotFoundError", "NotReadableError"];
  const words = known.map((name) => describeCameraFailure(new DOMException("x", name)));
  assert.equal(new Set(words).size, known.length);
  assert.ok(words.every((line) => !line.includes("could not be started")));
  assert.match(describeCameraFailure(new DOMException("Odd", "OddError")), /\(Odd\)/);
  assert.match(describeCameraFailure("nothing"), /\(nothing\)/);
});
