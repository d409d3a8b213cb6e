// `train:posters` and the tasks that use what it leaves: every model trains, resumes bit for bit, samples and exports.

import assert from "node:assert/strict";
import { join } from "node:path";
import { decodePicture } from "../../data/decode.ts";
import { GENRES } from "../../data/posters.ts";
import { startDevice } from "../../gpu/device.ts";
import { cropPicture, type Picture } from "../../gpu/picture.ts";
import { parseManifest } from "../../models/manifest.ts";
import { loadPosterGenerator, requestOf } from "../../models/poster_generator.ts";
import { POSTER_MODELS } from "../../models/poster/config.ts";
import { openPosterRun } from "../../tasks/_poster_run.ts";
import { runTask } from "./_run_task.ts";
import { finalState } from "./_train.ts";
import { tinyPosterRun, trainPosters } from "./_train_posters.ts";

/** Both halves of the run save, and the second has something to carry of everything. */
const FLAGS = "--save-every 8 --sample-every 8";

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

/** The largest difference of two pictures' bytes. */
function difference(a: Picture, b: Picture): number {
  return Math.max(...Array.from(a.data, (value, i) => Math.abs(value - b.data[i])));
}

for (const model of POSTER_MODELS) {
  Deno.test(`train:posters --model ${model} resumes bit for bit, and what it leaves is sampled and exported`, async (t) => {
    const folder = await Deno.makeTempDir(), run = join(folder, "run");
    await trainPosters(model, run, `${FLAGS} --images 16`);
    const resumed = await trainPosters(model, run, `${FLAGS} --images 32`);
    const isConditional = model !== "dcgan" && model !== "vae";

    await t.step("resumed, it is as if it had not stopped", async () => {
      assert.match(resumed, /Resuming .* at 16 images/);
      await trainPosters(model, join(folder, "whole"), `${FLAGS} --images 32`);
      assert.deepEqual(await finalState(run), await finalState(join(folder, "whole")));
    });

    await t.step("its sheets have a row for each genre, or four", async () => {
      const sheets = ["000000008.png", "000000016.png", "000000024.png", "000000032.png"];
      assert.deepEqual(await namesIn(join(run, "samples")), sheets);
      const { width, height } = await decodePicture(
        await Deno.readFile(join(run, "samples", sheets[3])),
      );
      const rows = isConditional ? 21 : 4, label = isConditional ? 76 + 2 : 0;
      assert.deepEqual([width, height], [label + 2 * 16 + 3 * 2, rows * 24 + (rows + 1) * 2]);
    });

    await t.step("sample draws the newest sheet again", async () => {
      const out = join(folder, "sheet.png");
      const { code, err } = await runTask(
        "sample",
        `--run ${run} --out ${out} --columns 2 --device simd --threads 2`,
      );
      assert.equal(code, 0, err);
      assert.deepEqual(
        await Deno.readFile(out),
        await Deno.readFile(join(run, "samples", "000000032.png")),
      );
    });

    await t.step("export gives a model that draws what the run does", async () => {
      const { code, err } = await runTask(
        "export",
        `--run ${run} --id tiny --out ${folder} --dtype f32 --device simd`,
      );
      assert.equal(code, 0, err);
      const manifest = parseManifest(
        JSON.parse(await Deno.readTextFile(join(folder, "tiny", "manifest.json"))),
      );
      assert(manifest.family === "poster");
      assert.deepEqual([manifest.model, manifest.trainedSize], [model, [24, 16]]);
      assert.equal(manifest.genres.length, isConditional ? 20 : 0);
      assert.equal(manifest.training.imagesSeen, 32);
      const device = await startDevice("simd", { threads: 2 });
      const weights = await Deno.readFile(join(folder, "tiny", "weights.safetensors"));
      const exported = await loadPosterGenerator(manifest, weights);
      const trained = await openPosterRun(run, assert.fail);
      assert.equal(trained.parameters, manifest.parameters);
      const requests = [0, 1, 2].map((seed) =>
        requestOf(
          { seed, genres: manifest.genres.map((_, g) => g === seed ? 1 : 0), truncation: 0.9 },
          manifest.config,
        )
      );
      const [a, b] = [await exported.draw(requests), await trained.generator.draw(requests)];
      assert.equal(Math.max(...a.map((picture, i) => difference(picture, b[i]))), 0);
      assert.ok(difference(a[0], a[1]) > 0);
      exported.dispose();
      trained.dispose();
      device.dispose();
    });
    await Deno.remove(folder, { recursive: true });
  });
}

Deno.test("train:posters killed in the middle goes on from its last checkpoint to the same end", async () => {
  const folder = await Deno.makeTempDir();
  const flags = "--images 400 --save-every 40 --log-every 4 --sample-every 0";
  await trainPosters("cgan", join(folder, "whole"), flags);
  const run = join(folder, "killed");
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", "tasks/train_posters.ts"],
      ...tinyPosterRun("cgan", run, flags).split(" "),
    ],
    stdout: "null",
    stderr: "null",
  }).spawn();
  while (!(await Deno.readTextFile(join(run, "metrics.jsonl")).catch(() => "")).includes("\n")) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  child.kill("SIGKILL");
  assert.equal((await child.status).signal, "SIGKILL", "the run ended before it was killed");
  await trainPosters("cgan", run, flags);
  assert.deepEqual(await finalState(run), await finalState(join(folder, "whole")));
  await Deno.remove(folder, { recursive: true });
});

Deno.test("train:posters refuses what cannot be, and says what can", async () => {
  const folder = await Deno.makeTempDir(), run = join(folder, "run");
  const refusals: [flags: string, message: RegExp][] = [
    ["--model pix2pix", /--model is "pix2pix", expected dcgan, vae, cvae-dcgan, acgan, cgan/],
    ["--model vae --penalty 1", /penalty and augment are for dcgan, acgan and cgan/],
    ["--size 63x96", /Cannot make pictures of 63x96: .*56x96.*64x96/],
    ["--hide-genres 101", /--hide-genres is "101", expected a whole number from 0 to 100/],
    [`--data ${folder}/none.safetensors`, /Cannot read posters .*: no such file/],
  ];
  for (const [flags, message] of refusals) {
    const { code, err } = await runTask("train_posters", `--run ${run} --dry-run ${flags}`);
    assert.notEqual(code, 0, flags);
    assert.match(err, message);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("train:posters --dry-run prints the source project's networks for --preset seed", async () => {
  const { code, out, err } = await runTask("train_posters", "--preset seed --dry-run");
  assert.equal(code, 0, err);
  const { config } = JSON.parse(out);
  assert.deepEqual(config.size, [128, 64]);
  assert.equal(config.generator.latent + config.generator.genres, 120);
  assert.equal(config.discriminator.genres, "joined");
});

/** The mean of a row's pixels, 0 to 255, by ITU-R BT.709's weights. */
function luminanceOfRow(sheet: Picture, row: number): number {
  const left = 76 + 2 * 2,
    { width, height, data } = cropPicture(
      sheet,
      left,
      2 + row * 26,
      sheet.width - left,
      24,
    );
  let sum = 0;
  for (let i = 0; i < data.length; i += 4) {
    sum += 0.2126 * data[i] + 0.7152 * data[i + 1] + 0.0722 * data[i + 2];
  }
  return sum / (width * height);
}

Deno.test("train:posters --model cgan draws horror darker than comedy", async () => {
  const folder = await Deno.makeTempDir(), run = join(folder, "run");
  const flags = "--images 2400 --sample-every 0 --save-every 0 --columns 8";
  const tiny = "--size 16x24 --width 8 --disc-width 8 --batch 16 --lr 0.002 --ema 200";
  const { code, err } = await runTask(
    "train_posters",
    `--model cgan --run ${run} ${tiny} ${flags} --device simd --threads 2`,
  );
  assert.equal(code, 0, err);
  const [name] = await namesIn(join(run, "samples"));
  const sheet = await decodePicture(await Deno.readFile(join(run, "samples", name)));
  const [horror, comedy] = (["horror", "comedy"] as const).map((genre) =>
    luminanceOfRow(sheet, GENRES.indexOf(genre))
  );
  assert.ok(horror < comedy - 40, `horror ${horror}, comedy ${comedy}`);
  await Deno.remove(folder, { recursive: true });
});
