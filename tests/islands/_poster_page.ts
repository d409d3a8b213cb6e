// What the browser tests do on the poster page: serve it a model, move faders, wait, and look at what comes out.

import type { Page } from "playwright-core";
import sharp from "sharp";
import { startDevice } from "../../gpu/device.ts";
import type { Picture } from "../../gpu/picture.ts";
import PosterPlayer from "../../islands/PosterPlayer.tsx";
import type { PosterManifest } from "../../models/manifest.ts";
import {
  loadPosterGenerator,
  type PosterRecipe,
  requestOf,
} from "../../models/poster_generator.ts";
import { serveModels, type UnservedModel } from "./_served_models.ts";

const PATIENCE_MS = 60_000;

/** A model that only the test's page knows of. */
export type TestModel = UnservedModel<PosterManifest>;

/** Puts models on the poster page. */
export async function servePosters(page: Page, models: readonly TestModel[]): Promise<void> {
  await serveModels(page, { path: "posters", name: "PosterPlayer", player: PosterPlayer }, models);
}

/** Opens the page and waits until the poster is drawn, or, where that is to fail, for what `selector` names. */
export async function openPosters(
  page: Page,
  origin: string,
  link: string,
  selector = '[data-current="true"]',
): Promise<void> {
  // From one link to another the page would not be loaded anew.
  await page.goto("about:blank");
  await page.goto(`${origin}/posters#${link}`);
  await page.waitForSelector(selector, { timeout: PATIENCE_MS });
}

/** Waits until the poster is the wanted one, and everything beside it too. */
export async function waitUntilDrawn(page: Page): Promise<void> {
  await page.waitForSelector('[data-current="true"]', { timeout: PATIENCE_MS });
}

/** Moves a fader, as a visitor's hand or arrow keys do. */
export async function moveFader(page: Page, id: string, value: number): Promise<void> {
  await page.locator(`#${id}`).fill(String(value));
  await waitUntilDrawn(page);
}

/** The bytes that the poster's canvas shows. */
export async function readPoster(page: Page): Promise<Picture> {
  const { width, height, base64 } = await page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>(".poster canvas");
    const context = canvas?.getContext("2d");
    if (!canvas || !context) throw new Error("Cannot read the poster: there is none");
    const { width, height } = canvas;
    const { data } = context.getImageData(0, 0, width, height);
    return { width, height, base64: btoa(String.fromCharCode(...data)) };
  });
  return { width, height, data: Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)) };
}

/** The file that the download button gives. */
export async function downloadPoster(page: Page): Promise<{ name: string; picture: Picture }> {
  const [arrived] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download PNG" }).click(),
  ]);
  const { data, info } = await sharp(await arrived.path()).ensureAlpha().raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  return { name: arrived.suggestedFilename(), picture: { width, height, data } };
}

/** The poster that the command line draws of a recipe, on Deno's SIMD device. */
export async function drawInDeno(
  { manifest, weights }: TestModel,
  recipe: PosterRecipe,
): Promise<Picture> {
  const device = await startDevice("simd");
  const generator = await loadPosterGenerator(manifest, weights);
  try {
    const [picture] = await generator.draw([requestOf(recipe, manifest.config)]);
    return picture;
  } finally {
    generator.dispose();
    device.dispose();
  }
}
