// What `audit` counts, what it reads of Lighthouse's report, and what it finds not good enough.

import assert from "node:assert/strict";
import { countBytes, JOURNEYS, partOf } from "../../tasks/_audit_bytes.ts";
import { readScores } from "../../tasks/_audit_lighthouse.ts";
import { faultsOf } from "../../tasks/audit.ts";
import { withPage } from "../_browser.ts";
import { browserGate, gatedTest } from "../_gates.ts";
import { runTask } from "./_run_task.ts";

const report = {
  categories: {
    performance: { score: 0.974 },
    accessibility: { score: 1 },
    "best-practices": { score: 0.96 },
    seo: { score: 0.5 },
  },
  audits: {
    "first-contentful-paint": { numericValue: 812.4 },
    "total-blocking-time": { numericValue: 20.6 },
  },
};
const scores = {
  ...{ performance: 97, accessibility: 100, bestPractices: 96, seo: 50 },
  ...{ firstPaintMs: 812, blockedMs: 21 },
};

Deno.test("readScores gives scores out of a hundred and times in whole ms", () => {
  assert.deepEqual(readScores(report), scores);
});

Deno.test("readScores refuses a report without a verdict, naming what is missing", () => {
  const without = { ...report, categories: { ...report.categories, performance: { score: null } } };
  assert.throws(() => readScores(without), /performance has no score; expected 0 to 1/);
  assert.throws(() => readScores({ ...report, audits: {} }), /first-contentful-paint is missing/);
});

Deno.test("faultsOf holds all but SEO to the limit, the first paint and axe to theirs", () => {
  const row = { page: "/", device: "phone", scores, violations: [] } as const;
  const faults = (change: object, violations: string[] = []) =>
    faultsOf({ ...row, scores: { ...scores, ...change }, violations }, 95, 1000);
  assert.deepEqual(faults({}), []);
  assert.deepEqual(faults({ performance: 94 }), [
    "/ on a phone: performance is 94; expected at least 95",
  ]);
  assert.deepEqual(faults({ firstPaintMs: 1001 }), [
    "/ on a phone: the first paint comes after 1001 ms; expected 1000",
  ]);
  assert.deepEqual(faults({}, ["image-alt: <img>"]), ["/ on a phone: image-alt: <img>"]);
  assert.deepEqual(faultsOf({ page: "/no", device: "desktop", violations: [] }, 95, 1000), []);
});

Deno.test("audit tells how it is used, and refuses what it does not know", async () => {
  const help = await runTask("audit", "--help");
  assert.equal(help.code, 0);
  assert.match(help.out, /--at-least N .*\(default: 95\)/);
  const wrong = await runTask("audit", "--device watch");
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /--device is "watch", expected desktop, phone/);
});

Deno.test("partOf tells weights, samples and code from the page", () => {
  const paths = ["/models/a/weights.safetensors", "/samples/b.jpg", "/assets/c.wasm", "/posters"];
  assert.deepEqual(paths.map(partOf), ["model", "picture", "code", "page"]);
});

gatedTest(
  await browserGate(),
  "countBytes counts the weights whole, the rest compressed, and no file twice",
  async () => {
    await withPage({}, async (page, origin) => {
      const journey = JOURNEYS.find(({ name }) => name === "first poster");
      assert.ok(journey);
      const { files, gzip, total } = await countBytes(origin, journey, "desktop");
      await page.goto(`${origin}/posters`);
      const id = await page.inputValue("#player-model");
      const { weights } = await (await fetch(`${origin}/models/${id}/manifest.json`)).json();
      assert.equal(gzip.model, weights.bytes);
      assert.equal(gzip.picture, 0);
      assert.equal(total.gzip, gzip.page + gzip.code + gzip.model);
      assert.ok(total.best < total.gzip && files > 5, JSON.stringify({ files, total }));
      // The build holds each page's script to 160 kB; what is fetched on demand comes on top.
      assert.ok(gzip.code > 50_000 && gzip.code < 400_000, `${gzip.code} bytes of code`);
    });
  },
);
