// Every generator that can be exported draws in Chromium, on each engine, what the command line draws: the pages' build leaves out what
// it takes for unused.

import { strict as assert } from "node:assert";
import StylePlayer from "../../islands/StylePlayer.tsx";
import { worstDifference } from "../_assert.ts";
import { withPage } from "../_browser.ts";
import { browserGate, gatedTest } from "../_gates.ts";
import { exportAllPosters, exportStyles } from "../models/_drawing.ts";
import { photograph } from "./_picture_files.ts";
import { drawInDeno, openPosters, readPoster, servePosters } from "./_poster_page.ts";
import { serveModels } from "./_served_models.ts";
import {
  assertAlike,
  download,
  drop,
  openStyle,
  restyleInDeno,
  waitUntilDone,
} from "./_style_page.ts";

const browser = await browserGate();

for (const engine of ["webgpu", "cpu"] as const) {
  gatedTest(browser, `StylePlayer draws by every generator, on ${engine}`, async (t) => {
    const models = await Promise.all(exportStyles()), photo = await photograph(24, 16);
    await withPage({}, async (page, origin) => {
      await serveModels(page, { path: "style", name: "StylePlayer", player: StylePlayer }, models);
      for (const model of models) {
        const { id } = model.manifest;
        await t.step(id, async () => {
          await openStyle(page, origin, `?engine=${engine}&model=${id}`);
          await drop(page, photo, "photo.jpg");
          await waitUntilDone(page);
          const expected = await restyleInDeno(model, photo, "AtoB", 128);
          assertAlike((await download(page)).picture, expected, 2);
        });
      }
    });
  });

  gatedTest(browser, `PosterPlayer draws by every generator, on ${engine}`, async (t) => {
    const models = await Promise.all(exportAllPosters());
    await withPage({}, async (page, origin) => {
      await servePosters(page, models);
      for (const model of models) {
        const { id, genres } = model.manifest;
        await t.step(id, async () => {
          const link = `model=${id}&seed=12&truncation=0.9&engine=${engine}`;
          await openPosters(page, origin, genres.length > 0 ? `${link}&genres=horror:0.7` : link);
          const drawn = await readPoster(page);
          const weights = genres.map((genre) => genre === "horror" ? 0.7 : 0);
          const expected = await drawInDeno(model, { seed: 12, genres: weights, truncation: 0.9 });
          const { difference } = worstDifference(drawn.data, expected.data);
          assert.ok(difference <= 2, `Posters differ by ${difference}/255; expected 2 at most`);
          assert.ok(new Set(drawn.data).size > 8, "The poster is blank");
        });
      }
    });
  });
}
