// Tests videos on the style page: played restyled, moved in, recorded to a file with their sound, and refused when damaged.

import { strict as assert } from "node:assert";
import { withPage } from "../_browser.ts";
import { browserGate, ffmpegGate, gatedTest } from "../_gates.ts";
import { findViolations } from "./_axe.ts";
import { textFile } from "./_picture_files.ts";
import { watchPolicy } from "./_policy.ts";
import { chooseVideo, drop, openStyle, press, waitForText, waitUntilDone } from "./_style_page.ts";
import { probeVideo, testVideo } from "./_video_files.ts";

const browser = await browserGate();
const gate = browser.available ? await ffmpegGate() : browser;
const wish = { width: 64, height: 36, rate: 10, seconds: 2, hasSound: true };

gatedTest(gate, "StylePlayer plays a video restyled, by keyboard, and moves in it", async () => {
  const video = await testVideo(wish);
  await withPage({ webGpu: false }, async (page, origin) => {
    const findBroken = await watchPolicy(page);
    await openStyle(page, origin, "?engine=cpu&detail=128");
    await chooseVideo(page, video);
    await waitForText(page, /The video is shown in the style of Film B/);
    assert.deepEqual(await findViolations(page), []);
    const position = page.getByLabel("Position");
    assert.match(await position.getAttribute("aria-valuetext") ?? "", /^0 ms of 2\.0 s$/);
    await page.getByRole("button", { name: "Play" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Pause" }).waitFor();
    // At its end it can be played again.
    await page.getByRole("button", { name: "Play" }).waitFor();
    await page.waitForSelector("#style-position[aria-valuetext^='2.0 s']");
    assert.match(await page.innerText(".style-rate"), /^\d+\.\d frames a second$/);
    await position.focus();
    await page.keyboard.press("Home");
    await page.waitForSelector("#style-position[aria-valuetext^='0 ms']");
    await press(page, "Close the video");
    await waitUntilDone(page);
    assert.equal(await page.innerText(":focus"), "Another picture");
    assert.deepEqual(await findBroken(), []);
  });
});

for (const hasSound of [true, false]) {
  const name = hasSound ? "with its sound" : "that has no sound";
  gatedTest(gate, `StylePlayer records a restyled video ${name}`, async () => {
    const video = await testVideo({ ...wish, hasSound });
    await withPage({ webGpu: false }, async (page, origin) => {
      await openStyle(page, origin, "?engine=cpu&detail=128");
      await chooseVideo(page, video);
      await press(page, "Record to a file");
      await page.getByRole("progressbar", { name: "Recording" }).waitFor();
      const link = page.getByRole("link", { name: "Download the video" });
      await link.waitFor();
      const facts = await page.innerText(".style-video");
      assert.match(
        facts,
        hasSound
          ? /\d\.\d s, \d\.\d MB, [\d.]+ frames a second, with its sound/
          : /\d\.\d s, \d\.\d MB, [\d.]+ frames a second, without sound/,
      );
      assert.deepEqual(await findViolations(page), []);
      const [arrived] = await Promise.all([page.waitForEvent("download"), link.click()]);
      assert.match(arrived.suggestedFilename(), /^clip-.+\.webm$/);
      const { codecs, frames } = await probeVideo(await arrived.path());
      assert.equal(codecs.includes("opus"), hasSound, codecs.join());
      assert.ok(codecs.some((codec) => codec.startsWith("vp")) && frames > 2, `${frames} frames`);
      // What is recorded once can be recorded again.
      await press(page, "Record to a file");
      await press(page, "Stop recording");
      await link.waitFor();
    });
  });
}

gatedTest(gate, "StylePlayer says that a browser cannot record, and still plays", async () => {
  const video = await testVideo(wish);
  await withPage({ webGpu: false }, async (page, origin) => {
    await page.addInitScript("delete globalThis.MediaRecorder");
    await openStyle(page, origin, "?engine=cpu&detail=128");
    await chooseVideo(page, video);
    await press(page, "Record to a file");
    await waitForText(page, /could not be recorded \(This browser records no video\)/);
    await press(page, "Play");
    await page.getByRole("button", { name: "Pause" }).waitFor();
  });
});

gatedTest(browser, "StylePlayer refuses a damaged video and stays usable", async () => {
  const text = textFile("This is no video, whatever its name says.");
  await withPage({ webGpu: false }, async (page, origin) => {
    await openStyle(page, origin, "?engine=cpu&detail=128");
    await drop(page, text, "film.mp4", "video/mp4");
    await waitForText(page, /This video cannot be played/);
    await page.click(".film-strip button");
    await waitUntilDone(page);
    assert.equal(await page.innerText("[role=alert]"), "");
  });
});
