// What the browser tests do on the style page: give it pictures, wait, and look at what comes out.

import { strict as assert } from "node:assert";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { decodePicture } from "../../data/decode.ts";
import { startDevice } from "../../gpu/device.ts";
import { fitWithin, type Picture } from "../../gpu/picture.ts";
import { loadGenerator, restyle } from "../../models/generator.ts";
import type { Direction, StyleManifest } from "../../models/manifest.ts";
import { worstDifference } from "../_assert.ts";
import type { FileBytes } from "./_picture_files.ts";
import { parseStyle } from "../models/_exported_model.ts";

/** Runs on an emulated GPU take seconds. */
const PATIENCE_MS = 120_000;

/** A model that is served under /models/. */
export interface ServedModel {
  manifest: StyleManifest;
  weights: Uint8Array<ArrayBuffer>;
}

/** Opens the style page and waits until the model is loaded, or, where that is to fail, for what `selector` names. */
export async function openStyle(
  page: Page,
  origin: string,
  query = "",
  selector = "text=Ready for a picture",
): Promise<void> {
  await page.goto(`${origin}/style${query}`);
  await page.waitForSelector(selector, { timeout: PATIENCE_MS });
}

/** Drops a file in the middle of the page, as a visitor does. */
export async function drop(page: Page, bytes: FileBytes, name: string, type = "image/jpeg") {
  const content = { base64: bytes.toBase64(), name, type };
  await page.evaluate(({ base64, name, type }) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([bytes], name, { type }));
    const options = { dataTransfer, bubbles: true, cancelable: true };
    for (const kind of ["dragenter", "dragover", "drop"]) {
      document.querySelector("h1")?.dispatchEvent(new DragEvent(kind, options));
    }
  }, content);
}

/** Chooses a video by the page's own button, by keyboard. */
export async function chooseVideo(page: Page, video: FileBytes): Promise<void> {
  const dialog = page.waitForEvent("filechooser");
  await page.focus("text=Choose a picture or video");
  await page.keyboard.press("Enter");
  const file = { name: "clip.webm", mimeType: "video/webm", buffer: Buffer.from(video) };
  await (await dialog).setFiles(file);
  await page.waitForSelector(".compare__after");
}

/** Waits until the picture is restyled. */
export async function waitUntilDone(page: Page): Promise<void> {
  await page.waitForSelector("text=/^Done in/", { timeout: PATIENCE_MS });
}

/** Waits for a text anywhere on the page. */
export async function waitForText(page: Page, text: RegExp): Promise<void> {
  await page.waitForFunction(
    ([source, flags]) => new RegExp(source, flags).test(document.body.innerText),
    [text.source, text.flags],
    { timeout: PATIENCE_MS },
  );
}

/** Presses the button of that name. */
export async function press(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name, exact: true }).click();
}

/** The restyled picture, by the download button. */
export async function download(page: Page): Promise<{ name: string; picture: Picture }> {
  const [arrived] = await Promise.all([
    page.waitForEvent("download"),
    press(page, "Download PNG"),
  ]);
  const { data, info } = await sharp(await arrived.path()).ensureAlpha().raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  return { name: arrived.suggestedFilename(), picture: { width, height, data } };
}

/** Lets the test reach the worker's GPU device as `testDevice` there. @param more that the worker runs before its own script */
export async function exposeDevice(page: Page, more = ""): Promise<void> {
  await page.route("**/_style_worker*.js", async (route) => {
    const response = await route.fetch();
    const spy = `const requestDevice = GPUAdapter.prototype.requestDevice;
      GPUAdapter.prototype.requestDevice = async function (...options) {
        return self.testDevice = await requestDevice.apply(this, options);
      };`;
    await route.fulfill({ response, body: spy + more + await response.text() });
  });
}

/** Loses the device of the page's worker, as a driver's reset does. */
export async function loseDevice(page: Page): Promise<void> {
  const [worker] = page.workers();
  await worker.evaluate("testDevice.destroy()");
}

/** What a canvas of the page shows. */
export async function readCanvas(page: Page, selector: string): Promise<Picture> {
  const { width, height, base64 } = await page.evaluate((selector) => {
    const shown = document.querySelector(selector) as HTMLCanvasElement;
    const { width, height } = shown;
    const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    copy?.drawImage(shown, 0, 0);
    const { buffer } = copy?.getImageData(0, 0, width, height).data ?? new Uint8Array();
    return { width, height, base64: (new Uint8Array(buffer) as FileBytes).toBase64() };
  }, selector);
  return { width, height, data: new Uint8ClampedArray(Uint8Array.fromBase64(base64)) };
}

/** Waits until another frame than this one is restyled, and gives it. */
export async function nextFrame(page: Page, last = ""): Promise<string> {
  const found = await page.waitForFunction((last) => {
    const canvas = document.querySelector(".compare__after, .compare__drawn");
    if (!(canvas instanceof HTMLCanvasElement)) return false;
    const address = canvas.toDataURL();
    return address !== last && address;
  }, last);
  return String(await found.jsonValue());
}

/** The worker's live tensors after the run on show. */
export async function countTensors(page: Page): Promise<number> {
  return Number(await page.getAttribute(".style-facts", "data-tensors"));
}

/** The model that the page starts with, as the server gives it. */
export async function fetchFirstModel(page: Page, origin: string): Promise<ServedModel> {
  const id = await page.inputValue("#player-model");
  const manifest = await fetch(`${origin}/models/${id}/manifest.json`);
  const weights = await fetch(`${origin}/models/${id}/weights.safetensors`);
  return {
    manifest: parseStyle(await manifest.json()),
    weights: new Uint8Array(await weights.arrayBuffer()),
  };
}

/** The picture that the command line makes of a file: decoded by sharp, restyled on Deno's SIMD device. */
export async function restyleInDeno(
  { manifest, weights }: ServedModel,
  file: FileBytes,
  direction: Direction,
  longSide: number,
): Promise<Picture> {
  const device = await startDevice("simd");
  const generator = await loadGenerator(manifest, weights);
  try {
    return await restyle(generator, fitWithin(await decodePicture(file), longSide), direction);
  } finally {
    generator.dispose();
    device.dispose();
  }
}

/** Asserts that two pictures are alike and gives their largest difference, in steps of 255. */
export function assertAlike(found: Picture, expected: Picture, limit: number): number {
  assert.deepEqual([found.width, found.height], [expected.width, expected.height]);
  const { difference } = worstDifference(found.data, expected.data);
  assert.ok(difference <= limit, `Pictures differ by ${difference}/255; expected ${limit} at most`);
  return difference;
}
