// `compare`: its figures on pictures whose answer is known, and the whole task on tiny runs.

import assert from "node:assert/strict";
import { join } from "node:path";
import { drawnPosters } from "../../data/drawn_posters.ts";
import type { Picture } from "../../gpu/picture.ts";
import type { PosterRequest } from "../../models/poster_generator.ts";
import {
  drawSamples,
  type Figures,
  measureReal,
  measureSamples,
} from "../../tasks/_compare_measure.ts";
import { POSTER_METRICS, type PosterMetric } from "../../tasks/_compare_metrics.ts";
import { type CompareReport, reportHtml } from "../../tasks/_compare_report.ts";
import type { Subject } from "../../tasks/_compare_subject.ts";
import { openJudge } from "../../tasks/_judge.ts";
import { type MeasureOptions, readRealPosters } from "../../tasks/_real_posters.ts";
import { testOnSimd } from "../_on_simd.ts";
import { runTask } from "./_run_task.ts";
import { trainPosters } from "./_train_posters.ts";

const status = { update() {}, note() {}, end() {} };

/** A generator that draws what a function gives for each request, by its number since the start; all else of it is not asked for. */
function subjectOf(
  genres: readonly string[],
  draw: (request: PosterRequest, i: number) => Picture | Promise<Picture>,
): Subject {
  let drawn = 0;
  const generator = {
    config: { latent: 3 },
    draw: (requests: readonly PosterRequest[]) =>
      Promise.all(requests.map((request) => draw(request, drawn++))),
  };
  return { generator, genres, name: "subject" } as unknown as Subject;
}

/** Everything but CAS, which trains a classifier. */
const metrics = new Set<PosterMetric>(POSTER_METRICS.filter((metric) => metric !== "cas"));
const options: MeasureOptions = { samples: 1000, split: "test", metrics, seed: 1, status };

async function measure(subject: Subject, real: Parameters<typeof measureReal>[0], change = {}) {
  const all = { ...options, ...change };
  return await measureSamples(subject, await drawSamples(subject, real, all), real, all);
}

/** A figure that was measured. */
function known<T>(value: T | null | undefined): T {
  assert.ok(value !== null && value !== undefined, "the figure is missing");
  return value;
}

testOnSimd(
  "measureSamples knows posters that are repeated, that ignore genres, and that are copied from training",
  async () => {
    const set = await drawnPosters({ size: { width: 24, height: 36 }, count: 500 });
    const folder = await Deno.makeTempDir();
    const judge = await openJudge(set, { folder, images: 8000, seed: 1, status });
    const real = await readRealPosters(set, judge, options), { heldOut } = real;
    const n = heldOut.source.count, held = heldOut.detail;
    assert.deepEqual([n, real.training.source.count], [
      set.split.test.length,
      set.split.train.length,
    ]);
    const ceiling = measureReal(real, options);
    const distance = (figures: Figures) => known(figures.kernelDistance).mean;

    const asked: PosterRequest[] = [];
    const copy = await measure(
      subjectOf(set.genres, (request, i) => {
        asked.push(request);
        return held[i];
      }),
      real,
      { samples: n },
    );
    asked.forEach(({ latent, genres }, i) => {
      assert.equal(latent.length, 3);
      assert.equal(genres, heldOut.source.labels[i]);
    });
    assert.deepEqual(copy.genreAccuracy, ceiling.genreAccuracy);
    assert.equal(copy.diversityWithinGenres, ceiling.diversityWithinGenres);
    assert.equal(known(copy.slicedWasserstein).mean, 0);
    assert.ok(known(ceiling.slicedWasserstein).mean > 0);
    assert.ok(distance(copy) < known(copy.kernelDistance).deviation * 3);
    assert.equal(known(copy.kernelDistance).rows, Math.ceil(n / 2));
    assert.ok(known(copy.frechetDistance) < 1e-6 && known(ceiling.frechetDistance) > 0.1);
    assert.deepEqual(copy.manifolds, { precision: 1, recall: 1, density: 6 / 5, coverage: 1 });
    assert.equal(known(copy.memorisation).samples, known(copy.memorisation).heldOut);
    assert.ok(!known(copy.memorisation).alarm && ceiling.memorisation === null);

    const lazy = await measure(subjectOf(set.genres, () => held[0]), real, { samples: n + 5 });
    assert.equal(lazy.diversity, 0);
    const precision = ({ genreAccuracy }: Figures) => known(genreAccuracy).rPrecision;
    assert.ok(precision(lazy) < precision(ceiling) / 2);
    assert.ok(distance(lazy) > distance(ceiling) + known(lazy.kernelDistance).deviation);
    assert.ok(known(lazy.slicedWasserstein).mean > known(ceiling.slicedWasserstein).mean);
    assert.ok(known(lazy.frechetDistance) > known(ceiling.frechetDistance));
    const { recall, coverage } = known(lazy.manifolds);
    assert.ok(recall < 0.1 && coverage < 0.8, `recall ${recall}, coverage ${coverage}`);
    assert.deepEqual([lazy.pictures, known(lazy.slicedWasserstein).pictures], [n + 5, n]);

    // Every third poster is one that was trained on.
    const { train } = set.split;
    const thief = await measure(
      subjectOf(set.genres, (_, i) => i % 3 === 0 ? set.load(train[i]) : held[i % n]),
      real,
      { samples: 200 },
    );
    const memory = known(thief.memorisation);
    assert.ok(memory.alarm && memory.nearShare > 0.3, JSON.stringify(memory));
    for (const { sample, training, distances } of memory.nearest) {
      assert.equal(sample % 3, 0);
      assert.equal(training[0], train[sample]);
      assert.ok(distances[0] < 1e-3);
    }

    const plain = await measure(subjectOf([], (_, i) => held[i]), real, { samples: n });
    assert.deepEqual(
      [plain.genreAccuracy, plain.diversityWithinGenres, plain.genreKernelDistance],
      [null, null, null],
    );
    assert.equal(plain.diversity, ceiling.diversity);
    const one = await measure(subjectOf([], (_, i) => held[i]), real, {
      ...{ samples: n, metrics: new Set(["fid"]) },
    });
    const measured = Object.entries(one).flatMap(([key, value]) => value === null ? [] : [key]);
    assert.deepEqual(measured.sort(), ["frechetDistance", "pictures"]);

    const few = await readRealPosters(set, judge, { ...options, samples: 6, split: "valid" });
    assert.equal(few.heldOut.source.count, 6);
    const empty = { ...set, split: { ...set.split, test: new Uint32Array([1]) } };
    await assert.rejects(
      () => readRealPosters(empty, judge, options),
      /1 held-out posters \(test\) and \d+ to train on, expected at least 6 and 7/,
    );
    judge.dispose();
  },
);

testOnSimd(
  "CAS is high for posters of the genres asked for, and by chance for others",
  async () => {
    const set = await drawnPosters({ size: { width: 16, height: 24 }, count: 400 });
    const judge = await openJudge(set, {
      ...{ folder: await Deno.makeTempDir(), images: 6000, seed: 1, status },
    });
    const all = { ...options, samples: 6, metrics: new Set<PosterMetric>(["cas"]) };
    const real = await readRealPosters(set, judge, { ...all, samples: 1000 });
    const { train } = set.split;
    const numbers = new Map<string, number[]>();
    for (const number of train) {
      const key = set.facts(number).genres.join();
      numbers.set(key, [...numbers.get(key) ?? [], number]);
    }
    const obedient = subjectOf(set.genres, ({ genres }, i) => {
      const own = numbers.get(Array.from(genres).join()) ?? [train[0]];
      return set.load(own[i % own.length]);
    });
    const deaf = subjectOf(set.genres, (_, i) => set.load(train[i % train.length]));
    const [right, wrong] = [await measure(obedient, real, all), await measure(deaf, real, all)];
    const ceiling = measureReal(real, all);
    const precision = ({ classification }: Figures) => known(classification).rPrecision;
    assert.ok(precision(right) > 0.6 * precision(ceiling), JSON.stringify([right, ceiling]));
    assert.ok(precision(wrong) < 0.5 * precision(right), JSON.stringify([right, wrong]));
    judge.dispose();
  },
);

Deno.test("compare measures runs of one set, and writes a page and its figures", async (t) => {
  const folder = await Deno.makeTempDir(), data = join(folder, "set.safetensors");
  const packed = await runTask(
    "data_posters",
    `--out ${data} --count 240 --size 16x24 --min-side 8 --dedupe none`,
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
    assert.ok(report.heldOut.used >= 6 && report.heldOut.used === report.heldOut.all);
    assert.deepEqual([report.heldOut.split, report.format], ["test", 2]);
    assert.deepEqual([report.samples, first.figures.pictures, first.imagesSeen], [20, 20, 8]);
    assert.ok(first.figures.genreAccuracy && second.figures.genreAccuracy === null);
    assert.ok(first.parameters > second.parameters && first.trainingSeconds >= 0);
  });

  await t.step("the page is complete in itself, and every picture has words", async () => {
    const html = await Deno.readTextFile(join(out, "report.html"));
    assert.match(html, /<dt>Density, coverage<\/dt><dd>In how many/);
    assert.ok(!html.includes("CAS"), "what was not measured is not explained");
    assert.match(html, /^<!doctype html>\n<html lang="en">/);
    assert.ok(!/<script|<link|src="(?!data:image\/webp;base64,)|https?:/.test(html));
    const images = html.match(/<img [^>]*>/g) ?? [];
    // A strip for each genre of the conditional run, one sheet of the other, and the real ones.
    const real = images.filter((tag) => tag.includes("Held-out posters:")).length;
    const near = images.filter((tag) => tag.includes("training posters nearest")).length;
    assert.equal(near, 2);
    assert.equal(images.length, real + 20 + 1 + near);
    assert.ok(images.every((tag) => / alt="[^"]{8,}"/.test(tag)));
    assert.match(html, /has no genres/);
    assert.match(html, new RegExp(`rowspan="${report.data.genres.length}"`));
  });

  await t.step("the same again gives the same figures with the stored judge", async () => {
    assert.equal((await compare(`${cgan} ${dcgan}`)).code, 0);
    assert.equal(await Deno.readTextFile(join(out, "report.json")), json);
  });

  await t.step(
    "evaluate of one run gives the same figures, of those that were asked for",
    async () => {
      const one = join(folder, "one");
      const { code, out: json, err } = await runTask(
        "evaluate",
        `--run ${cgan} --samples 20 ${flags} --metrics fid,prdc --json --out ${one}`,
      );
      assert.equal(code, 0, err);
      assert.equal(await Deno.readTextFile(join(one, "report.json")), json);
      const [own] = (JSON.parse(json) as CompareReport).runs, [compared] = report.runs;
      assert.equal(own.figures.frechetDistance, compared.figures.frechetDistance);
      assert.deepEqual(own.figures.manifolds, compared.figures.manifolds);
      assert.equal(own.figures.kernelDistance, null);
      const wrong = await runTask("evaluate", `--run ${cgan} --metrics fid,frog`);
      assert.equal(wrong.code, 2);
      assert.match(wrong.err, /--metrics has "frog", expected all, or some of kid,fid/);
    },
  );

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
  const figures: Figures = {
    pictures: 3,
    kernelDistance: { mean: 0.0123, deviation: 0.004, rows: 2, subsets: 100 },
    slicedWasserstein: {
      levels: [{ height: 24, width: 16, distance: 7.25 }],
      mean: 7.25,
      pictures: 3,
    },
    frechetDistance: 12.345,
    manifolds: null,
    genreKernelDistance: {
      mean: 0.05,
      genres: [{ genre: 3, real: 20, samples: 21, distance: 0.05 }],
      all: 9,
    },
    memorisation: {
      ...{ samples: 1.5, heldOut: 2.25, near: 0.5, nearShare: 0.125, alarm: true },
      nearest: [{ sample: 1, training: [2], distances: [0.25] }],
    },
    ...{ genreAccuracy: null, classification: null },
    ...{ diversityWithinGenres: null, diversity: null },
  };
  const strip = { source: "data:image/webp;base64,", width: 1, height: 1 };
  const html = reportHtml({
    format: 2,
    data: { description: "<b>Set</b> & more", hash: "d", genres: ["sci-fi"] },
    judge: { description: "Judge", sha256: "j", accuracy: {} },
    heldOut: { used: 3, all: 9, split: "valid" },
    ...{ training: 5, samples: 3, seed: 1, real: figures, metrics: POSTER_METRICS },
    runs: [{
      ...{ name: '"x" <i>', path: "x", model: "cgan", hasGenres: true, imagesSeen: 1_234_567 },
      ...{ trainingSeconds: 3725, parameters: 10, device: "<cpu>", figures },
    }],
    provenance: { revision: "r", deno: "2", tfjs: "4", device: "cpu" },
  }, { real: [undefined], runs: [[strip]], near: [strip] });
  assert.match(html, /&lt;b&gt;Set&lt;\/b&gt; &amp; more/);
  assert.match(html, /&quot;x&quot; &lt;i&gt; \(cgan\)/);
  assert.ok(!/<i>|<b>|<cpu>/.test(html));
  assert.match(html, /3 of the 9 held-out posters\n\(valid\)/);
  assert.match(html, /<td>12\.3<small>± 4\.0<\/small>/);
  assert.match(html, /<td>12\.35<\/td>|<td>12\.34<\/td>/);
  assert.match(html, /7\.3<small>16x24: 7\.3<\/small>|7\.2<small>16x24: 7\.2<\/small>/);
  assert.match(html, /<td>50\.0<small>1 of 9 genres<\/small>/);
  assert.match(html, /<td>12\.5 %: alarm<small>median 1\.50<br>held-out 2\.25<\/small>/);
  assert.match(html, /distances to the first 0\.25<\/figcaption>/);
  assert.match(html, /1,234,567<\/td><td>1h02m/);
  assert.match(html, /<td>none<\/td>/);
});
