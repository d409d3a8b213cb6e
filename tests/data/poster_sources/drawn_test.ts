// The posters drawn by code as a source for packing: the same ones as the set that is drawn on demand.

import assert from "node:assert/strict";
import { drawnPosters } from "../../../data/drawn_posters.ts";
import { drawnSource } from "../../../data/poster_sources/drawn.ts";

Deno.test("drawnSource gives the films, parts and pixels of drawnPosters", async () => {
  const options = { size: { width: 16, height: 24 }, count: 6, seed: 5 };
  const [set, source] = [await drawnPosters(options), await drawnSource(options)];
  const records = await Array.fromAsync(source.records());
  assert.equal(records.length, 6);
  for (const [i, { id, genres, year, split, picture }] of records.entries()) {
    const facts = set.facts(i);
    const named = set.genres.filter((_, genre) => facts.genres[genre] === 1);
    assert.deepEqual([id, genres, year, split], [facts.id, named, facts.year, facts.split]);
    assert.ok(picture.kind === "drawn");
    assert.deepEqual(await picture.draw(), await set.load(i));
  }
  await set.close();
});
