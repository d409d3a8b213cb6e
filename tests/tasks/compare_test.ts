// `compare`: its figures on pictures whose answer is known, and the whole task on tiny runs.

import assert from "node:assert/strict";
import { join } from "node:path";
import { drawnPosters } from "../../data/drawn_posters.ts";
import type { Picture } from "../../gpu/picture.ts";
import type { PosterRequest } from "../../models/poster_generator.ts";
import { measureReal, measureRun, readHeldOut } from "../../tasks/_compare_measure.ts";
import { type CompareReport, reportHtml } from "../../tasks/_compare_report.ts";
import { openJudge } from "../../tasks/_judge.ts";
import type { PosterRun } from "../../tasks/_poster_run.ts";
import { testOnSimd } from "../_on_simd.ts";
import { runTask } from "./_run_task.ts";
import { trainPosters } from "./_train_posters.ts";

const status = { update() {}, note() {}, end() {} };

/** A run that draws what a function gives for each request; all else of it is not asked for. */
function runOf(
  genres: readonly string[],
  draw: (request: PosterRequest, i: number) => Picture,
): PosterRun {
  const generator = {
    config: { latent: 3 },
    draw: (requests: readonly PosterRequest[]) => Promise.resolve(requests.map(draw)),
  };
  return { generator, genres } as unknown as PosterRun;
}

testOnSimd(
  "measureRun knows a run that repeats the held-out posters from one that ignores genres",
  async () => {
    const set = await drawnPosters({ size: { width: 24, height: 36 }, count: 500 });
    const folder = await Deno.makeTempDir();
    const judge = await openJudge(set, { folder, images: 8000, seed: 1, status });
    const options = { samples: 1000, seed: 1 };
    const held = await readHeldOut(set, judge, options);
    const n = held.pictures.length;
    assert.deepEqual([n, held.all], [set.split.test.length, set.split.test.length]);
    const real = await measureReal(set, judge, held, options);

    const asked: PosterRequest[] = [];
    const copy = await measureRun(
      runOf(set.genres, (request, i) => {
        asked.push(request);
        return held.pictures[i];
      }),
      judge,
      held,
      { samples: n, seed: 1 },
    );
    asked.forEach(({ latent, genres }, i) => {
      assert.equal(latent.length, 3);
      assert.equal(genres, held.labels[i]);
    });
    assert.deepEqual(copy.genreAccuracy, real.genreAccuracy);
    assert.equal(copy.diversityWithinGenres, real.diversityWithinGenres);
    assert.equal(copy.slicedWasserstein.mean, 0);
    assert.ok(real.slicedWasserstein.mean > 0);
    assert.ok(copy.kernelDistance.mean < copy.kernelDistance.deviation * 3);
    assert.equal(copy.kernelDistance.rows, Math.ceil(n / 2));

    const lazy = await measureRun(
      runOf(set.genres, () => held.pictures[0]),
      judge,
      held,
      { samples: n + 5, seed: 1 },
    );
    assert.equal(lazy.diversity, 0);
    assert.ok((lazy.genreAccuracy?.rPrecision ?? 1) < (real.genreAccuracy?.rPrecision ?? 0) / 2);
    assert.ok(lazy.kernelDistance.mean > real.kernelDistance.mean + lazy.kernelDistance.deviation);
    assert.ok(lazy.slicedWasserstein.mean > real.slicedWasserstein.mean);
    assert.deepEqual([lazy.pictures, lazy.slicedWasserstein.pictures], [n + 5, n]);

    const plain = await measureRun(runOf([], (_, i) => held.pictures[i]), judge, held, {
      ...{ samples: n, seed: 1 },
    });
    assert.deepEqual([plain.genreAccuracy, plain.diversityWithinGenres], [null, null]);
    assert.equal(plain.diversity, real.diversity);

    const few = await readHeldOut(set, judge, { samples: 3, seed: 1 });
    assert.deepEqual([few.pictures.length, few.all], [3, n]);
    const empty = { ...set, split: { ...set.split, test: new Uint32Array([1]) } };
    await assert.rejects(() => readHeldOut(empty, judge, options), /1 held-out posters, expected/);
    judge.dispose();
  },
);

Deno.test("compare measures runs of one set, and writes a page and its figures", async (t) => {
  const folder = await Deno.makeTempDir(), data = join(folder, "set.safetensors");
  const packed = await runTask(
    "data_posters",
    `--out ${data} --count 120 --size 16x24 --min-side 8 --dedupe none`,
  );
  assert.equal(packed.code, 0, packed.err);
  const [cgan, dcgan] = ["cgan", "dcgan"].map((name) => join(folder, name));
  await trainPosters("cgan", cgan, `--data ${data} --images 8`);
  await trainPosters("dcgan", dcgan, `--data ${data} --images 8`);
  const out = join(folder, "report");
  const flags = `--judge ${join(folder, "judges")} --judge-images 320 --device simd --threads 2`;
  const compare = (runs: string) =>
    runTask("compare", `${runs} --samples 20 ${flags} --out ${out}`);
  const { code, out: printed, err } = await compare(`${cgan} ${dcgan}`);
  assert.equal(code, 0, err);
  assert.match(printed, /real posters: KID.*\ncgan: KID.*R-precision.*\ndcgan: .*has no genres/);
  const json = await Deno.readTextFile(join(out, "report.json"));
  const report: CompareReport = JSON.parse(json);

  await t.step("the figures name their data, judge, runs and numbers of pictures", () => {
    const [first, second] = report.runs;
    assert.deepEqual(report.runs.map(({ name, model }) => [name, model]), [
      ["cgan", "cgan"],
      ["dcgan", "dcgan"],
    ]);
    assert.match(report.data.hash + report.judge.sha256, /^[0-9a-f]{128}$/);
    assert.ok(report.heldOut.used >= 3 && report.heldOut.used === report.heldOut.all);
    assert.deepEqual([report.samples, first.figures.pictures, first.imagesSeen], [20, 20, 8]);
    assert.ok(first.figures.genreAccuracy && second.figures.genreAccuracy === null);
    assert.ok(first.parameters > second.parameters && first.trainingSeconds >= 0);
  });

  await t.step("the page is complete in itself, and every picture has words", async () => {
    const html = await Deno.readTextFile(join(out, "report.html"));
    assert.match(html, /^<!doctype html>\n<html lang="en">/);
    assert.ok(!/<script|<link|src="(?!data:image\/webp;base64,)|https?:/.test(html));
    const images = html.match(/<img [^>]*>/g) ?? [];
    // A strip for each genre of the conditional run, one sheet of the other, and the real ones.
    const real = images.filter((tag) => tag.includes("Held-out posters:")).length;
    assert.equal(images.length, real + 20 + 1);
    assert.ok(images.every((tag) => / alt="[^"]{8,}"/.test(tag)));
    assert.match(html, /has no genres/);
    assert.match(html, new RegExp(`rowspan="${report.data.genres.length}"`));
  });

  await t.step("the same again gives the same figures with the stored judge", async () => {
    assert.equal((await compare(`${cgan} ${dcgan}`)).code, 0);
    assert.equal(await Deno.readTextFile(join(out, "report.json")), json);
  });

  await t.step("runs of different sets, no run, and a run that is none are refused", async () => {
    await trainPosters("dcgan", join(folder, "other"), "--images 4");
    const other = await compare(`${cgan} ${join(folder, "other")}`);
    assert.equal(other.code, 1);
    assert.match(
      other.err,
      /Cannot compare runs of different data sets: .*cgan .*set\.safetensors/,
    );
    assert.match(other.err, /other on procedural \([0-9a-f]{12}\); expected one/);
    for (
      const [runs, message] of [["", /expected the folder/], [`${cgan} ${cgan}`, /with itself/]]
    ) {
      const usage = await runTask("compare", `${runs} --out ${out}`.trim());
      assert.equal(usage.code, 2);
      assert.match(usage.err, message as RegExp);
    }
    const missing = await compare(join(folder, "none"));
    assert.match(missing.err, /Cannot read run .*none: its config\.json cannot be read/);
  });
});

Deno.test("reportHtml shows names as text, and figures that there are none of as words", () => {
  const figures = {
    pictures: 3,
    kernelDistance: { mean: 0.0123, deviation: 0.004, rows: 2, subsets: 100 },
    slicedWasserstein: {
      levels: [{ height: 24, width: 16, distance: 7.25 }],
      mean: 7.25,
      pictures: 3,
    },
    ...{ genreAccuracy: null, diversityWithinGenres: null, diversity: null },
  };
  const html = reportHtml({
    format: 1,
    data: { description: "<b>Set</b> & more", hash: "d", genres: ["sci-fi"] },
    judge: { description: "Judge", sha256: "j", accuracy: {} },
    heldOut: { used: 3, all: 9 },
    ...{ samples: 3, seed: 1, real: figures },
    runs: [{
      ...{ name: '"x" <i>', path: "x", model: "cgan", hasGenres: true, imagesSeen: 1_234_567 },
      ...{ trainingSeconds: 3725, parameters: 10, device: "<cpu>", figures },
    }],
    provenance: { revision: "r", deno: "2", tfjs: "4", device: "cpu" },
  }, { real: [undefined], runs: [[{ source: "data:image/webp;base64,", width: 1, height: 1 }]] });
  assert.match(html, /&lt;b&gt;Set&lt;\/b&gt; &amp; more/);
  assert.match(html, /&quot;x&quot; &lt;i&gt; \(cgan\)/);
  assert.ok(!/<i>|<b>|<cpu>/.test(html));
  assert.match(html, /3 of the 9 held-out posters/);
  assert.match(html, /12\.3<small>&plusmn; 4\.0<\/small>/);
  assert.match(html, /7\.3<small>16x24: 7\.3<\/small>|7\.2<small>16x24: 7\.2<\/small>/);
  assert.match(html, /1,234,567<\/td><td>1h02m/);
  assert.match(html, /<td>none<\/td>/);
});
