// Tests the directions and the search for a visitor's own picture on the poster page, in Chromium.

import { strict as assert } from "node:assert";
import { Buffer } from "node:buffer";
import { encodePng } from "../../data/decode.ts";
import type { Picture } from "../../gpu/picture.ts";
import { parseLatent } from "../../models/poster/latent_text.ts";
import { latentOf } from "../../models/poster/latent.ts";
import { startDevice } from "../../gpu/device.ts";
import { loadPosterGenerator, requestOf } from "../../models/poster_generator.ts";
import { drawPoints, editPoint, type PosterPoint } from "../../models/poster_point.ts";
import { findDirections } from "../../models/poster/directions.ts";
import { worstDifference } from "../_assert.ts";
import { withPage } from "../_browser.ts";
import { browserGate, gatedTest } from "../_gates.ts";
import { exportPosters, styledPosters } from "../models/_exported_poster.ts";
import { findViolations } from "./_axe.ts";
import { openPosters, readPoster, servePosters, waitUntilDrawn } from "./_poster_page.ts";
import { openTool, readPosterText } from "./_poster_tools.ts";

const browser = await browserGate();
const model = await exportPosters();
const styled = await exportPosters(styledPosters);
const { latent: length } = model.manifest.config;
const LINK = "model=tiny-posters&genres=horror:1&seed=12&truncation=1&engine=cpu";

/** Mean squared difference of two pictures' bytes. */
function distance(a: Picture, b: Picture): number {
  return Array.from(a.data, (value, i) => (value - b.data[i]) ** 2)
    .reduce((sum, square) => sum + square) / a.data.length;
}

gatedTest(
  browser,
  "PosterDirections moves the poster's latent vector along one line, and back",
  async () => {
    await withPage({ webGpu: false }, async (page, origin) => {
      await servePosters(page, [model]);
      await openPosters(page, origin, LINK);
      const poster = await readPosterText(page);
      const tool = await openTool(page, "Directions");
      const slider = tool.getByLabel("Direction 1", { exact: true });
      const latentOfLink = (url: URL) => new URLSearchParams(url.hash.slice(1)).get("latent");
      const latentAt = async (value: string) => {
        const before = latentOfLink(new URL(page.url()));
        await slider.fill(value);
        await page.waitForURL((url) => ![null, before].includes(latentOfLink(url)));
        await waitUntilDrawn(page);
        const latent = parseLatent(latentOfLink(new URL(page.url())) ?? "", length);
        assert.ok(latent);
        return latent;
      };
      const moved = await latentAt("1");
      const movedPoster = await readPosterText(page);
      assert.notEqual(movedPoster, poster, "The poster has not changed");
      const further = await latentAt("2");
      const start = latentOf(12, { latent: length });
      start.forEach((value, i) => {
        const step = moved[i] - value;
        assert.ok(Math.abs(further[i] - value - 2 * step) < 1e-3, `Number ${i} left the line`);
      });
      assert.ok(Math.hypot(...start.map((value, i) => moved[i] - value)) > 0.5);
      await slider.focus();
      for (let i = 0; i < 10; i++) await page.keyboard.press("ArrowLeft");
      await waitUntilDrawn(page);
      assert.equal(await readPosterText(page), movedPoster, "The keyboard comes by the same way");
      assert.deepEqual(await findViolations(page), []);
      await tool.getByRole("button", { name: "All to the middle" }).click();
      await page.waitForURL((url) => !url.hash.includes("latent"));
      await waitUntilDrawn(page);
      assert.equal(await readPosterText(page), poster);
      // Another poster has its sliders in the middle.
      await latentAt("-3");
      await page.fill("#poster-seed", "5");
      await page.waitForURL((url) => !url.hash.includes("latent"));
      assert.equal(await slider.inputValue(), "0");
    });
  },
);

/** The poster that Deno draws of the link, mixed or not, moved along directions of styles. */
async function moveInDeno(amounts: readonly number[], mixedFrom?: number): Promise<Picture> {
  const device = await startDevice("simd");
  const generator = await loadPosterGenerator(styled.manifest, styled.weights);
  const pointOf = (seed: number): PosterPoint => ({
    kind: "request",
    request: requestOf({ seed, genres: [1, 0, 0], truncation: 1 }, generator.config),
  });
  try {
    const { params, config } = generator;
    const directions = await findDirections(params, config, 6, "style");
    const mix = mixedFrom ? { mix: { other: pointOf(5), from: mixedFrom } } : {};
    const point = await editPoint(generator, pointOf(12), {
      ...{ along: { directions, amounts } },
      ...mix,
    });
    const [picture] = await drawPoints(generator, [point]);
    return picture;
  } finally {
    generator.dispose();
    device.dispose();
  }
}

gatedTest(
  browser,
  "PosterDirections moves the styles of a model that draws in them, as Deno does, by keyboard too",
  async () => {
    await withPage({ webGpu: false }, async (page, origin) => {
      await servePosters(page, [styled]);
      await openPosters(page, origin, LINK.replace("tiny-posters", "styled-posters"));
      const poster = await readPosterText(page);
      const tool = await openTool(page, "Directions");
      await tool.getByRole("slider", { name: "Style direction 1" }).fill("-1.5");
      const third = tool.getByRole("slider", { name: "Style direction 3" });
      await third.focus();
      for (let i = 0; i < 20; i++) await page.keyboard.press("ArrowRight");
      await page.waitForURL(/along=-1\.5,0,2&/);
      await waitUntilDrawn(page);
      const compare = async (expected: Picture) => {
        const { difference } = worstDifference((await readPoster(page)).data, expected.data);
        assert.ok(difference <= 2, `${difference}`);
      };
      await compare(await moveInDeno([-1.5, 0, 2]));
      assert.notEqual(await readPosterText(page), poster);
      assert.deepEqual(await findViolations(page), []);
      await tool.getByRole("button", { name: "All to the middle" }).first().click();
      await page.waitForURL((url) => !url.hash.includes("along"));
      await waitUntilDrawn(page);
      assert.equal(await readPosterText(page), poster);
      const link = LINK.replace("tiny-posters", "styled-posters");
      await openPosters(page, origin, `${link}&along=0,2&mix=1;4;5;horror:1;1;`);
      await compare(await moveInDeno([0, 2], 4));
      await page.fill("#poster-seed", "7");
      await page.waitForURL((url) => !/along|mix/.test(url.hash));
    });
  },
);

gatedTest(
  browser,
  "OwnPicture finds a poster nearer to the visitor's picture, and tells what is no picture",
  async () => {
    await withPage({ webGpu: false }, async (page, origin) => {
      await servePosters(page, [model]);
      await openPosters(page, origin, LINK.replace("seed=12", "seed=77"));
      const wanted = await readPoster(page);
      await openPosters(page, origin, LINK);
      const before = distance(await readPoster(page), wanted);
      const tool = await openTool(page, "Your picture");
      const choose = tool.locator("input[type=file]");
      await choose.setInputFiles({
        ...{ name: "note.png", mimeType: "image/png" },
        buffer: Buffer.from("no picture"),
      });
      await tool.getByRole("alert").waitFor();
      await choose.setInputFiles({
        ...{ name: "wanted.png", mimeType: "image/png" },
        buffer: Buffer.from(await encodePng(wanted)),
      });
      await tool.getByRole("progressbar").waitFor();
      await tool.getByRole("button", { name: "Cancel" }).click();
      await choose.waitFor({ state: "attached" });
      assert.ok(!page.url().includes("latent"), "A search that is given up changes nothing");
      await choose.setInputFiles({
        ...{ name: "wanted.png", mimeType: "image/png" },
        buffer: Buffer.from(await encodePng(wanted)),
      });
      await page.waitForURL(/latent=1/, { timeout: 120_000 });
      await waitUntilDrawn(page);
      const after = distance(await readPoster(page), wanted);
      assert.ok(after < 0.4 * before, `From ${before} only to ${after}`);
      assert.deepEqual(await findViolations(page), []);
    });
  },
);
