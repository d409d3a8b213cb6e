// The tour's way through the style page: what a visitor does there, with the models that ship.

import { strict as assert } from "node:assert";
import type { Page } from "playwright-core";
import { photograph } from "./_picture_files.ts";
import {
  assertAlike,
  chooseVideo,
  download,
  drop,
  nextFrame,
  press,
  readCanvas,
  waitForText,
  waitUntilDone,
} from "./_style_page.ts";
import { probeVideo, testVideo } from "./_video_files.ts";

const PATIENCE_MS = 120_000;
const BEFORE = ".compare canvas", AFTER = ".compare__after";

/** Restyles a frame that comes with the page, at the least detail. */
export async function restyleSample(page: Page, name: string): Promise<void> {
  await page.selectOption("#style-detail", "128");
  await page.getByRole("button", { name }).click();
  await waitUntilDone(page);
  const before = await readCanvas(page, BEFORE), after = await readCanvas(page, AFTER);
  assert.notDeepEqual(after.data, before.data, "The sample is not restyled");
}

/** The line by keyboard, and how much of the style is mixed in. */
export async function moveLineAndStrength(page: Page): Promise<void> {
  const line = page.getByRole("slider", { name: "Line between before and after" });
  await line.focus();
  for (
    const [key, words] of [
      ["End", "100 % before, 0 % after"],
      ["Home", "0 % before, 100 % after"],
      ["ArrowRight", "1 % before, 99 % after"],
    ]
  ) {
    await page.keyboard.press(key);
    await page.waitForSelector(`.compare__range[aria-valuetext="${words}"]`);
  }
  const before = await readCanvas(page, BEFORE), whole = await readCanvas(page, AFTER);
  await page.getByRole("slider", { name: "Strength" }).focus();
  await page.keyboard.press("Home");
  await page.waitForSelector("#style-strength[aria-valuetext='0 %']");
  assertAlike(await readCanvas(page, AFTER), before, 0);
  await page.keyboard.press("End");
  await page.waitForSelector("#style-strength[aria-valuetext='100 %']");
  assertAlike(await readCanvas(page, AFTER), whole, 0);
}

/** Compares with the other direction, and with the last of what else is on offer: another model, where there is one. */
export async function compareWithOthers(page: Page): Promise<void> {
  const before = await readCanvas(page, BEFORE);
  const rivals = await page.locator("#style-rival option").count() - 1;
  assert.ok(rivals > 0, "There is nothing to compare with");
  for (const index of new Set([1, rivals])) {
    const shown = await readCanvas(page, BEFORE);
    await page.selectOption("#style-rival", { index });
    const name = await page.locator("#style-rival option").nth(index).innerText();
    await page.locator(".compare__name").first().filter({ hasText: name })
      .waitFor({ timeout: PATIENCE_MS });
    assert.notDeepEqual((await readCanvas(page, BEFORE)).data, shown.data, `Rival ${index}`);
  }
  await page.selectOption("#style-rival", { index: 0 });
  await page.waitForSelector(".compare__name:has-text('Before')");
  assertAlike(await readCanvas(page, BEFORE), before, 0);
}

/** The picture as a file. */
export async function savePicture(page: Page): Promise<void> {
  const { name, picture } = await download(page);
  assert.match(name, /\.png$/);
  assertAlike(picture, await readCanvas(page, AFTER), 0);
}

/** The camera, live. */
export async function useCamera(page: Page): Promise<void> {
  await press(page, "Use the camera");
  await nextFrame(page, await nextFrame(page));
  await waitForText(page, /\d\.\d frames a second/);
  await press(page, "Stop the camera");
  await waitUntilDone(page);
}

/** A video file: played restyled, recorded. */
export async function recordVideo(page: Page): Promise<void> {
  await page.reload();
  await page.waitForSelector("text=Ready for a picture", { timeout: PATIENCE_MS });
  await page.selectOption("#style-detail", "128");
  await chooseVideo(
    page,
    await testVideo({ width: 64, height: 36, rate: 10, seconds: 2, hasSound: true }),
  );
  await press(page, "Record to a file");
  const link = page.getByRole("link", { name: "Download the video" });
  await link.waitFor({ timeout: PATIENCE_MS });
  const [arrived] = await Promise.all([page.waitForEvent("download"), link.click()]);
  const { codecs, frames } = await probeVideo(await arrived.path());
  assert.ok(codecs.includes("opus") && frames > 2, `${frames} frames of ${codecs}`);
  await press(page, "Close the video");
  await waitUntilDone(page);
}

/** A picture of one's own that is too large for one piece. */
export async function restyleLarge(page: Page): Promise<void> {
  await page.selectOption("#style-detail", "2048");
  const seen = page.getByRole("progressbar", { name: "Restyling in parts" })
    .waitFor({ timeout: PATIENCE_MS });
  await drop(page, await photograph(1240, 64), "wide.jpg");
  await seen;
  await waitUntilDone(page);
  const { picture } = await download(page);
  assert.deepEqual([picture.width, picture.height], [1240, 64]);
}
