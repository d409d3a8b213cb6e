// `train:cyclegan` and the tasks that use what it leaves: sample, export, stylize.

import assert from "node:assert/strict";
import { join } from "node:path";
import { decodePicture, encodePng } from "../../data/decode.ts";
import { mixPictures } from "../../gpu/picture.ts";
import { randomStream } from "../../gpu/random.ts";
import { worstDifference } from "../_assert.ts";
import { runTask } from "./_run_task.ts";
import { finalState, makePictures, runTraining, tinyRun, trainToEnd } from "./_train.ts";
import { parseStyle } from "../models/_exported_model.ts";

Deno.test("train:cyclegan leaves a run that sample, export and stylize can use", async (t) => {
  const folder = await Deno.makeTempDir();
  const data = await makePictures(join(folder, "data")), run = join(folder, "run");
  await trainToEnd(tinyRun(data, run, "--size", "16x20", "--images", "4", "--sample-every", "2"));

  await t.step("the run has config, metrics and sheets", async () => {
    const config = JSON.parse(await Deno.readTextFile(join(run, "config.json")));
    assert.deepEqual([config.preset, config.data, config.config.size], ["toy", data, [16, 20]]);
    assert.match(config.device, /^CPU/);
    const metrics = (await Deno.readTextFile(join(run, "metrics.jsonl"))).trim().split("\n").map((
      line,
    ) => JSON.parse(line));
    assert.deepEqual(metrics.map(({ images }) => images), [1, 2, 3, 4]);
    assert.ok(
      metrics.every(({ lossCycle, lossIdentity, lossDiscA }) =>
        lossCycle > 0 && lossIdentity > 0 && lossDiscA > 0
      ),
    );
    const sheets = (await Array.fromAsync(Deno.readDir(join(run, "samples")))).map(({ name }) =>
      name
    ).sort();
    assert.deepEqual(sheets, ["000000002.png", "000000004.png"]);
    // One picture per film: two rows of real, fake, reconstructed and identity, with gaps of 2.
    const sheet = await decodePicture(await Deno.readFile(join(run, "samples", sheets[0])));
    assert.deepEqual([sheet.width, sheet.height], [4 * 20 + 5 * 2, 2 * 16 + 3 * 2]);
  });

  await t.step("sample draws the same sheet again", async () => {
    const out = join(folder, "sheet.png");
    const { code, text } = await runTask(
      "sample",
      "--run",
      run,
      "--out",
      out,
      "--samples",
      "1",
      "--device",
      "simd",
    );
    assert.equal(code, 0, text);
    assert.deepEqual(
      await Deno.readFile(out),
      await Deno.readFile(join(run, "samples", "000000004.png")),
    );
  });

  await t.step("export writes a valid manifest and refuses to overwrite", async () => {
    const args = [
      "--run",
      run,
      "--id",
      "tiny",
      "--out",
      folder,
      "--film-a",
      "Left",
      "--film-b",
      "Right",
      "--limits",
      "Blurs.",
    ];
    const { code, text } = await runTask("export", ...args);
    assert.equal(code, 0, text);
    const manifest = parseStyle(
      JSON.parse(await Deno.readTextFile(join(folder, "tiny", "manifest.json"))),
    );
    assert.equal(manifest.training.imagesSeen, 4);
    assert.deepEqual(manifest.directions[1], { id: "BtoA", from: "Right", to: "Left" });
    assert.equal(manifest.limits, "Blurs.");
    assert.deepEqual(manifest.sample, { file: "sample.webp", width: 90, height: 38 });
    const sample = await decodePicture(await Deno.readFile(join(folder, "tiny", "sample.webp")));
    assert.deepEqual([sample.width, sample.height], [90, 38]);
    const again = await runTask("export", ...args);
    assert.equal(again.code, 1);
    assert.match(again.text, /Cannot export to .*: it exists/);
  });

  await t.step("stylize redraws a picture, and of a folder all that can be read", async () => {
    const model = join(folder, "tiny"),
      pictures = join(folder, "pictures"),
      out = join(folder, "out");
    await Deno.mkdir(pictures);
    const data = new Uint8Array(30 * 18 * 4).fill(120);
    await Deno.writeFile(
      join(pictures, "grey.png"),
      await encodePng({ width: 30, height: 18, data }),
    );
    await Deno.writeTextFile(join(pictures, "torn.jpg"), "no picture");
    const args = ["--model", model, "--device", "simd", "--size", "20"];
    const one = await runTask(
      "stylize",
      ...args,
      "--in",
      join(pictures, "grey.png"),
      "--out",
      join(folder, "one.webp"),
    );
    assert.equal(one.code, 0, one.text);
    const picture = await decodePicture(await Deno.readFile(join(folder, "one.webp")));
    assert.deepEqual([picture.width, picture.height], [20, 12]);
    const all = await runTask("stylize", ...args, "--in", pictures, "--out", out);
    assert.equal(all.code, 1);
    assert.match(all.text, /torn\.jpg is skipped: .*1 of 2 pictures written/s);
    assert.ok((await Deno.stat(join(out, "grey.png"))).isFile);
  });

  await t.step("stylize in tiles, mixed, and back again", async () => {
    const noise = randomStream(1, "noise");
    const data = Uint8Array.from(
      { length: 44 * 36 * 4 },
      (_, i) => i % 4 === 3 ? 255 : noise.integer(256),
    );
    const picture = { width: 44, height: 36, data };
    const source = join(folder, "noise.png");
    await Deno.writeFile(source, await encodePng(picture));
    const redraw = async (name: string, ...flags: string[]) => {
      const args = ["--model", join(folder, "tiny"), "--device", "simd", "--in", source];
      const { code, text } = await runTask(
        "stylize",
        ...args,
        "--out",
        join(folder, name),
        ...flags,
      );
      assert.equal(code, 0, text);
      return await decodePicture(await Deno.readFile(join(folder, name)));
    };
    const whole = await redraw("whole.png");
    const tiled = await redraw("tiled.png", "--tile", "16", "--cycle");
    assert.ok(worstDifference(tiled.data, whole.data).difference <= 1);
    const half = await redraw("half.png", "--strength", "0.5");
    const between = mixPictures(picture, whole, 0.5);
    assert.ok(worstDifference(half.data, between.data).difference <= 1);
    assert.ok((await Deno.stat(join(folder, "tiled.cycle.png"))).isFile);
  });

  await t.step("--init starts from the exported pair, and names what does not fit", async () => {
    const from = ["--init", join(folder, "tiny"), "--size", "16", "--images", "1"];
    await trainToEnd(tinyRun(data, join(folder, "second"), ...from));
    // Biases before norms change nothing: a pair without them starts one with, and the reverse.
    const full = join(folder, "every");
    await trainToEnd(tinyRun(data, full, ...from, "--bias", "every"));
    const { tensors } = await finalState(full);
    assert.ok(tensors.has("params.genAB.stem.conv.bias"));
    await trainToEnd(tinyRun(data, join(folder, "needed"), ...from, "--init", full));
    const { code, text } = await runTraining(
      tinyRun(data, join(folder, "third"), ...from, "--blocks", "2"),
    );
    assert.equal(code, 1);
    assert.match(text, /Cannot start from .*parameter "genAB\.block\.1\.conv1\.kernel" is missing/);
  });

  await Deno.remove(folder, { recursive: true });
});

Deno.test("train:cyclegan gives up after 20 steps in a row that are not finite", async () => {
  const folder = await Deno.makeTempDir();
  const data = await makePictures(join(folder, "data"));
  const { code, text } = await runTraining(
    tinyRun(
      data,
      join(folder, "run"),
      "--size",
      "16",
      "--images",
      "60",
      "--lr",
      "1e30",
      "--save-every",
      "5",
    ),
  );
  assert.equal(code, 1);
  assert.match(
    text,
    /20 steps in a row had a loss that is not finite; the last good checkpoint is that of \d+ images/,
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("train:cyclegan says what is wrong with its folders", async () => {
  const folder = await Deno.makeTempDir();
  const file = join(folder, "file");
  await Deno.writeTextFile(file, "");
  const data = await makePictures(join(folder, "data"));
  const inFile = await runTraining(
    tinyRun(data, join(file, "run"), "--size", "16", "--images", "1"),
  );
  assert.equal(inFile.code, 1);
  assert.match(inFile.text, /Cannot use run folder/);
  await Deno.remove(join(data, "trainB"), { recursive: true });
  const oneSided = await runTraining(
    tinyRun(data, join(folder, "run"), "--size", "16", "--images", "1"),
  );
  assert.equal(oneSided.code, 1);
  assert.match(oneSided.text, /trainB/);
  const noData = await runTraining(
    tinyRun(join(folder, "nowhere"), join(folder, "run"), "--size", "16"),
  );
  assert.equal(noData.code, 1);
  assert.match(noData.text, /nowhere/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("train:cyclegan --dry-run prints the resolved configuration and makes nothing", async () => {
  const folder = await Deno.makeTempDir(), run = join(folder, "run");
  const { code, text } = await runTraining([
    "--dry-run",
    "--preset",
    "paper",
    "--images",
    "100",
    "--run",
    run,
  ]);
  assert.equal(code, 0, text);
  const { until, every, config } = JSON.parse(text);
  assert.deepEqual(until, { images: 100, seconds: null });
  assert.deepEqual(every, { sample: 5, save: 5, log: 1 });
  assert.equal(config.learningRate, "0.0002->0@50..100");
  await assert.rejects(Deno.stat(run), Deno.errors.NotFound);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("train lists what can be trained and hands flags over", async () => {
  const list = await runTask("train");
  assert.equal(list.code, 0);
  assert.match(list.text, /cyclegan/);
  const handed = await runTask("train", "cyclegan", "--batch", "x");
  assert.equal(handed.code, 2);
  assert.match(handed.text, /--batch is "x"/);
  assert.equal((await runTask("train", "toaster")).code, 2);
});
