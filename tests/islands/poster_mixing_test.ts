// Tests mixing on the poster page in Chromium: two posters, the slider and all mixes, drawn as in Deno, by hand and by keyboard.

import { strict as assert } from "node:assert";
import type { Page } from "playwright-core";
import { startDevice } from "../../gpu/device.ts";
import type { Picture } from "../../gpu/picture.ts";
import {
  loadPosterGenerator,
  type PosterRecipe,
  requestOf,
} from "../../models/poster_generator.ts";
import { drawPoints, editPoint, type PosterPoint } from "../../models/poster_point.ts";
import { worstDifference } from "../_assert.ts";
import { withPage } from "../_browser.ts";
import { browserGate, gatedTest } from "../_gates.ts";
import { exportPosters, styledPosters } from "../models/_exported_poster.ts";
import { findViolations } from "./_axe.ts";
import { openPosters, readPoster, servePosters, waitUntilDrawn } from "./_poster_page.ts";
import { openTool, readCanvases, readPosterText, waitForTiles } from "./_poster_tools.ts";

const browser = await browserGate();
const styled = await exportPosters(styledPosters);
const plain = await exportPosters();
const FIRST: PosterRecipe = { seed: 12, genres: [1, 0, 0], truncation: 0.9 };
const SECOND: PosterRecipe = { seed: 5, genres: [0, 0.5, 0], truncation: 1 };
const LINK = "model=styled-posters&genres=horror:1&seed=12&truncation=0.9&engine=cpu";
/** The model's layers are 8, and the mixes begin with the second. */
const MIXES = 7;

/** What the command line draws of the first poster with the second's styles from each layer on. */
async function mixInDeno(froms: readonly number[]): Promise<Picture[]> {
  const device = await startDevice("simd");
  const generator = await loadPosterGenerator(styled.manifest, styled.weights);
  const pointOf = (recipe: PosterRecipe): PosterPoint => ({
    kind: "request",
    request: requestOf(recipe, generator.config),
  });
  try {
    const points = await Promise.all(
      froms.map((from) =>
        editPoint(generator, pointOf(FIRST), { mix: { other: pointOf(SECOND), from } })
      ),
    );
    return await drawPoints(generator, points);
  } finally {
    generator.dispose();
    device.dispose();
  }
}

/** Picks the two posters as parents, with the mixing tool open and ready. */
async function pickParents(page: Page, origin: string) {
  await servePosters(page, [styled, plain]);
  await openPosters(page, origin, LINK);
  const tool = await openTool(page, "Mixing");
  const take = tool.getByRole("button", { name: "Take the poster on show" });
  await take.click();
  await openPosterHere(page, "seed=5&genres=comedy:0.5&truncation=1");
  await take.click();
  await waitForTiles(tool, MIXES + 1);
  return tool;
}

/** Puts another link into the address of the open page. */
async function openPosterHere(page: Page, terms: string): Promise<void> {
  await page.evaluate(
    (link) => location.hash = link,
    `model=styled-posters&engine=cpu&${terms}`,
  );
  await page.getByText(/^Drawn: .*number 5\b/).waitFor();
  await waitUntilDrawn(page);
}

gatedTest(
  browser,
  "PosterMixing draws every mix as Deno does, and opens and keeps each",
  async () => {
    const expected = await mixInDeno([1, 2, 3, 4, 5, 6, 7]);
    await withPage({ webGpu: false }, async (page, origin) => {
      const tool = await pickParents(page, origin);
      assert.equal(await page.locator(".poster-sheet").count(), 0, "Nobody asked for children");
      const strip = tool.getByRole("list", { name: "All mixes" });
      const pictures = await readCanvases(strip);
      assert.equal(new Set(pictures).size, MIXES, "Some mixes are alike");
      assert.match(await strip.innerText(), /From layer 1: all but the roughest layout/);
      assert.match(await strip.innerText(), /From layer 7: its colours alone/);
      for (const from of [1, 4, 7]) {
        await strip.getByRole("button", { name: /^Open:/ }).nth(from - 1).click();
        const mix = `mix=1;${from};5;comedy:0.5;1;`;
        await page.waitForURL((url) => url.hash.includes(`seed=12&truncation=0.9&${mix}`));
        await waitUntilDrawn(page);
        assert.equal(await readPosterText(page), pictures[from - 1]);
        const { difference } = worstDifference(
          (await readPoster(page)).data,
          expected[from - 1].data,
        );
        assert.ok(difference <= 2, `From layer ${from}: ${difference}`);
      }
      const { hash } = new URL(page.url());
      await strip.getByRole("button", { name: /^Keep:/ }).nth(2).click();
      await page.getByText("Kept among the favourites.").waitFor();
      const text = await page.evaluate(() => localStorage.getItem("lobbycard.favourites"));
      assert.match(text ?? "", /"version": 2/);
      // Its link draws it after a reload, and so does the favourite.
      await page.reload();
      await waitUntilDrawn(page);
      assert.equal(new URL(page.url()).hash, hash);
      assert.equal(await readPosterText(page), pictures[6]);
      const favourites = await openTool(page, "Favourites");
      await waitForTiles(favourites, 1);
      assert.deepEqual(await readCanvases(favourites), [pictures[2]]);
      await favourites.getByRole("button", { name: /^Open: .*mixed/ }).click();
      await page.waitForURL(/mix=1;3;5/);
      // Another number is another poster.
      await page.fill("#poster-seed", "7");
      await page.waitForURL((url) => !url.hash.includes("mix"));
    });
  },
);

gatedTest(
  browser,
  "PosterMixing goes between two mixes, and says where a model cannot mix",
  async () => {
    await withPage({ webGpu: false }, async (page, origin) => {
      await servePosters(page, [styled, plain]);
      const ends = "&a=12;horror:1;0.9;;;;1;4;5;comedy:0.5;1;&b=5;comedy:0.5;1;";
      const [expected] = await mixInDeno([4]);
      await openPosters(page, origin, `${LINK}${ends}&share=0`);
      assert.ok(worstDifference((await readPoster(page)).data, expected.data).difference <= 2);
      const start = await readPosterText(page);
      await page.locator("#poster-share").fill("0.5");
      await page.waitForURL(/share=0\.5/);
      await waitUntilDrawn(page);
      assert.notEqual(await readPosterText(page), start);
      await openPosters(
        page,
        origin,
        "model=tiny-posters&seed=3&truncation=1&mix=1;2;5;;1;&engine=cpu",
      );
      await page.getByText("this model does not draw in styles").waitFor();
      const tool = await openTool(page, "Mixing");
      await tool.getByText("“Tiny posters” does not draw in styles").waitFor();
      assert.equal(await tool.getByRole("slider").count(), 0);
      await openPosters(page, origin, `${LINK}&mix=2;torn`);
      await page.getByText("says of the poster’s styles cannot be read").waitFor();
    });
  },
);

for (
  const [name, options] of [
    ["in the light", { colorScheme: "light" }],
    ["in the dark", { colorScheme: "dark" }],
    ["on a phone", { viewport: { width: 360, height: 740 } }],
  ] as const
) {
  gatedTest(
    browser,
    `PosterMixing is usable by keyboard alone and has no fault that axe finds, ${name}`,
    async () => {
      await withPage(
        { ...options, webGpu: false, reducedMotion: "reduce" },
        async (page, origin) => {
          const tool = await pickParents(page, origin);
          const pictures = await readCanvases(tool.getByRole("list", { name: "All mixes" }));
          const chosen = tool.getByRole("list", { name: "The chosen mix" });
          const slider = tool.getByRole("slider", { name: "Where the second begins" });
          await slider.focus();
          for (
            const [key, layer] of [["Home", 1], ["ArrowRight", 2], ["End", 7], [
              "ArrowUp",
              7,
            ]] as const
          ) {
            await page.keyboard.press(key);
            assert.equal(await slider.inputValue(), String(layer));
            assert.match(
              await slider.getAttribute("aria-valuetext") ?? "",
              new RegExp(`^From layer ${layer}: `),
            );
            await chosen.getByText(`From layer ${layer}:`).waitFor();
            await waitForTiles(chosen, 1);
            assert.deepEqual(await readCanvases(chosen), [pictures[layer - 1]]);
          }
          await page.keyboard.press("Tab");
          assert.match(await page.getAttribute(":focus", "aria-label") ?? "", /^Open: .*layer 7/);
          await page.keyboard.press("Enter");
          await page.waitForURL(/mix=1;7;/);
          assert.deepEqual(await findViolations(page), []);
          const [room, wide] = await page.evaluate(() => [
            document.documentElement.clientWidth,
            document.documentElement.scrollWidth,
          ]);
          assert.ok(wide <= room, `${wide} wide on a screen of ${room}`);
        },
      );
    },
  );
}
