// `evaluate` of style models: its figures on pictures whose answer is known, and the whole task on a tiny run.

import assert from "node:assert/strict";
import { join } from "node:path";
import { proceduralFilms } from "../../data/films.ts";
import type { StyleReport } from "../../tasks/_evaluate_style.ts";
import { measureStyle, STYLE_METRICS, untrainedFeatures } from "../../tasks/_style_measure.ts";
import { testOnSimd } from "../_on_simd.ts";
import { runTask } from "./_run_task.ts";
import { tinyRun, trainToEnd } from "./_train.ts";

testOnSimd(
  "measureStyle finds nothing between true answers and themselves, and more to the other film",
  async () => {
    const films = await proceduralFilms({
      size: { width: 32, height: 32 },
      seed: 1,
      testCount: 12,
    });
    const { a, b } = await films.testPictures(12);
    await films.close();
    const options = { metrics: new Set(STYLE_METRICS), seed: 1 };
    const truth = { film: b, paired: true, features: await untrainedFeatures(b) };
    const perfect = await measureStyle(b, truth, options);
    assert.deepEqual([perfect.psnr, perfect.slicedWasserstein?.mean], [Infinity, 0]);
    assert.ok((perfect.ssim ?? 0) > 1 - 1e-12 && (perfect.frechetDistance ?? 1) < 1e-6);
    const other = await measureStyle(a, truth, options);
    assert.ok((other.psnr ?? 99) < 20 && (other.ssim ?? 1) < 0.8, JSON.stringify(other));
    assert.ok((other.frechetDistance ?? 0) > 1 && (other.slicedWasserstein?.mean ?? 0) > 10);
    const { kernelDistance } = other;
    assert.ok(kernelDistance && kernelDistance.mean > (perfect.kernelDistance?.mean ?? 0));
    const unpaired = await measureStyle(a, { ...truth, paired: false }, options);
    assert.deepEqual([unpaired.psnr, unpaired.ssim], [null, null]);
    assert.equal(unpaired.frechetDistance, other.frechetDistance);
    const some = await measureStyle(a, truth, { ...options, metrics: new Set(["psnr"]) });
    assert.deepEqual(some, {
      ...{ psnr: other.psnr, ssim: null },
      ...{ kernelDistance: null, frechetDistance: null, slicedWasserstein: null },
    });
  },
);

Deno.test("evaluate measures a style run in both directions, beside what costs no learning", async (t) => {
  const folder = await Deno.makeTempDir(), data = join(folder, "films"), run = join(folder, "run");
  const drawn = await runTask("data_films", `--out ${data} --count 6 --test 4 --size 16`);
  assert.equal(drawn.code, 0, drawn.err);
  await trainToEnd(tinyRun(data, run, "--size", "16", "--images", "2"));
  const out = join(folder, "report"), device = "--device simd --threads 2";
  const evaluate = (flags: string) => runTask("evaluate", `${device} ${flags}`);

  await t.step("as JSON, and with a sheet", async () => {
    const { code, out: json, err } = await evaluate(`--run ${run} --json --out ${out}`);
    assert.equal(code, 0, err);
    assert.equal(await Deno.readTextFile(join(out, "report.json")), json);
    const { directions, pictures, model }: StyleReport = JSON.parse(json);
    assert.deepEqual([pictures, model.imagesSeen], [4, 2]);
    assert.deepEqual(directions.map(({ direction }) => direction), ["AtoB", "BtoA"]);
    for (const { redrawn, unchanged, histogram, training } of directions) {
      for (const { psnr, ssim, frechetDistance } of [redrawn, unchanged, histogram]) {
        assert.ok(Number(psnr) > 3 && Number(ssim) < 1 && Number(frechetDistance) > 0);
      }
      assert.equal(training.psnr, null, "training pictures are of other scenes");
    }
    // What lies between two pictures does not depend on the direction; what a network makes of them does.
    const [ab, ba] = directions;
    assert.equal(ab.unchanged.psnr, ba.unchanged.psnr);
    assert.notEqual(ab.redrawn.psnr, ba.redrawn.psnr);
    assert.ok((await Deno.stat(join(out, "sheet.png"))).size > 1000);
  });

  await t.step("as lines, of the metrics that were asked for", async () => {
    const { code, out: text, err } = await evaluate(`--run ${run} --metrics psnr,swd`);
    assert.equal(code, 0, err);
    assert.match(
      text,
      /A to B, redrawn: PSNR \d+\.\d\d, SWD x 1000 \d+\.\d\nA to B, doing nothing:/,
    );
    assert.match(text, /B to A, histograms matched: PSNR/);
    assert.ok(!/SSIM|FID/.test(text));
  });

  await t.step("refuses what it cannot measure", async () => {
    const wrong: [string, number, RegExp][] = [
      ["", 2, /Cannot evaluate: expected either --run or --model/],
      [`--run ${run} --model x`, 2, /expected either --run or --model/],
      [`--run ${run} --metrics genres`, 2, /--metrics has "genres", expected all, or some of psnr/],
      [`--run ${run} --split valid`, 2, /Cannot use --split with this run: they are for posters/],
      [`--run ${run} --samples 3`, 2, /--samples is "3", expected a whole number from 4/],
      ["--model no-such-model", 1, /Cannot find model "no-such-model"/],
      [`--run ${join(folder, "none")}`, 1, /config\.json cannot be read/],
    ];
    for (const [flags, code, message] of wrong) {
      const found = await runTask("evaluate", `${device} ${flags}`.trim());
      assert.equal(found.code, code, found.text);
      assert.match(found.err, message);
    }
  });
});
