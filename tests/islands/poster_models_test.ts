// Every model of the ladder on the poster page: trained, exported, and drawn in Chromium as on the command line.

import { strict as assert } from "node:assert";
import { join } from "node:path";
import { parseManifest } from "../../models/manifest.ts";
import { POSTER_MODELS, type PosterModel } from "../../models/poster/config.ts";
import { worstDifference } from "../_assert.ts";
import { withPage } from "../_browser.ts";
import { browserGate, gatedTest } from "../_gates.ts";
import { runTask } from "../tasks/_run_task.ts";
import { trainPosters } from "../tasks/_train_posters.ts";
import {
  drawInDeno,
  openPosters,
  readPoster,
  servePosters,
  type TestModel,
} from "./_poster_page.ts";

async function trainAndExport(model: PosterModel, folder: string): Promise<TestModel> {
  const run = join(folder, `run-${model}`), id = `tiny-${model}`;
  await trainPosters(model, run, "--images 32 --sample-every 0");
  const { code, text } = await runTask("export", `--run ${run} --id ${id} --out ${folder}`);
  assert.equal(code, 0, text);
  const read = (name: string) => Deno.readFile(join(folder, id, name));
  const manifest = parseManifest(JSON.parse(new TextDecoder().decode(await read("manifest.json"))));
  assert(manifest.family === "poster");
  return { manifest, weights: await read("weights.safetensors") };
}

gatedTest(
  await browserGate(),
  "PosterPlayer draws every trained model of the ladder",
  async (t) => {
    const folder = await Deno.makeTempDir();
    const models: TestModel[] = [];
    for (const model of POSTER_MODELS) models.push(await trainAndExport(model, folder));
    await withPage({}, async (page, origin) => {
      await servePosters(page, models);
      for (const model of models) {
        const { id, genres, model: trained } = model.manifest;
        await t.step(trained, async () => {
          const asked = genres.length > 0 ? "&genres=horror:0.7,comedy:0.25" : "";
          await openPosters(page, origin, `model=${id}${asked}&seed=12&truncation=0.9&engine=cpu`);
          const weights = genres.map((genre) =>
            genre === "horror" ? 0.7 : genre === "comedy" ? 0.25 : 0
          );
          const drawn = await readPoster(page);
          const expected = await drawInDeno(model, { seed: 12, genres: weights, truncation: 0.9 });
          assert.deepEqual([drawn.width, drawn.height], [16, 24]);
          assert.ok(worstDifference(drawn.data, expected.data).difference <= 2);
          assert.ok(new Set(drawn.data).size > 8, "The poster is blank");
        });
      }
    });
    await Deno.remove(folder, { recursive: true });
  },
);
