// The procedural posters as a set: facts, parts, and what is refused.

import assert from "node:assert/strict";
import { drawnPosters } from "../../data/drawn_posters.ts";
import { GENRES, SPLITS } from "../../data/posters.ts";

const size = { width: 32, height: 48 };

Deno.test("drawnPosters gives the same set for the same options, in whatever order it is asked", async () => {
  const [a, b] = await Promise.all([
    drawnPosters({ size, count: 40, seed: 5 }),
    drawnPosters({ size, count: 40, seed: 5 }),
  ]);
  assert.equal(a.hash, b.hash);
  const forwards = [];
  for (let i = 0; i < 40; i++) forwards.push([a.facts(i), await a.load(i)]);
  const backwards = [];
  for (let i = 39; i >= 0; i--) backwards.unshift([b.facts(i), await b.load(i)]);
  assert.deepEqual(forwards, backwards);
  assert.equal(await a.load(7), await a.load(7), "the picture is kept");
});

Deno.test("drawnPosters has another hash for another seed, count or size, and other films for another seed", async () => {
  const sets = await Promise.all([
    drawnPosters({ size, count: 20, seed: 1 }),
    drawnPosters({ size, count: 20, seed: 2 }),
    drawnPosters({ size, count: 21, seed: 1 }),
    drawnPosters({ size: { width: 48, height: 32 }, count: 20, seed: 1 }),
  ]);
  assert.equal(new Set(sets.map(({ hash }) => hash)).size, sets.length);
  for (const { hash } of sets) assert.match(hash, /^[0-9a-f]{64}$/);
  assert.notDeepEqual((await sets[0].load(3)).data, (await sets[1].load(3)).data);
  assert.deepEqual((await sets[0].load(3)).data, (await sets[2].load(3)).data);
});

Deno.test("drawnPosters splits 8000 posters about 90 to 5 to 5, each into exactly one part", async () => {
  const set = await drawnPosters({ size });
  assert.equal(set.count, 8000);
  const seen = new Uint8Array(set.count);
  for (const part of SPLITS) {
    let before = -1;
    for (const index of set.split[part]) {
      assert.ok(index > before);
      before = index;
      seen[index]++;
    }
  }
  assert.ok(seen.every((times) => times === 1));
  assert.ok(Math.abs(set.split.train.length / 8000 - 0.9) < 0.015);
  for (const part of ["valid", "test"] as const) {
    assert.ok(Math.abs(set.split[part].length / 8000 - 0.05) < 0.01);
  }
  for (const part of SPLITS) {
    for (const index of set.split[part].subarray(0, 20)) {
      assert.equal(set.facts(index).split, part);
    }
  }
});

Deno.test("drawnPosters leaves a poster in its part when more are drawn", async () => {
  const [few, many] = await Promise.all([100, 300].map((count) => drawnPosters({ size, count })));
  for (let i = 0; i < few.count; i++) assert.deepEqual(few.facts(i), many.facts(i));
});

Deno.test("drawnPosters gives unique ids, one to three genres and a year, and each genre a fair number of posters", async () => {
  const set = await drawnPosters({ size, count: 4000 });
  const ids = new Set<string>();
  const counts = new Float64Array(GENRES.length);
  for (let i = 0; i < set.count; i++) {
    const { id, genres, year } = set.facts(i);
    ids.add(id);
    assert.equal(genres.length, GENRES.length);
    const sum = genres.reduce((total, label) => total + label, 0);
    assert.ok(sum >= 1 && sum <= 3 && genres.every((label) => label <= 1));
    assert.ok(year >= 1970 && year <= 2020);
    genres.forEach((label, genre) => counts[genre] += label);
  }
  assert.equal(ids.size, set.count);
  assert.ok(ids.has("drawn-12"));
  counts.forEach((count, i) => assert.ok(count > 150, `${GENRES[i]}: ${count}`));
});

Deno.test("drawnPosters refuses options that cannot be drawn, and numbers that are not there", async () => {
  const refused = [
    [
      { size, count: 0 },
      /^Cannot draw posters: count is 0; expected an integer from 1 to 1000000$/,
    ],
    [{ size, count: 2.5 }, /count is 2.5/],
    [{ size, count: 2_000_000 }, /count is 2000000/],
    [{ size, seed: NaN }, /^Cannot draw posters: seed is NaN; expected an integer$/],
    [{ size: { width: 0, height: 96 } }, /width is 0; expected an integer from 8 to 4096/],
    [{ size: { width: 64, height: 5000 } }, /height is 5000/],
    [{ size: { width: 16, height: 96 } }, /size is 16x96/],
  ] as const;
  for (const [options, message] of refused) {
    await assert.rejects(drawnPosters(options), { name: "RangeError", message });
  }
  const set = await drawnPosters({ size, count: 10 });
  for (const index of [-1, 10, 0.5, NaN]) {
    assert.throws(() => set.facts(index), RangeError);
    await assert.rejects(set.load(index), RangeError);
  }
});
