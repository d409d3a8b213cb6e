// What poster training draws: the same at a position each time, each poster once in an epoch, rare genres more often if asked.

import assert from "node:assert/strict";
import { posterBatches, type PosterBatchesOptions } from "../../data/poster_batches.ts";
import type { PosterSet } from "../../data/posters.ts";

const plain: PosterBatchesOptions = { seed: 3, balance: "none", hideGenres: 0 };

/** A set of twelve: eight of genre 0, three of genre 1, one of both; each picture's red is its number. Two are for tests. */
function smallSet(): PosterSet {
  const labels = [...Array(8).fill([1, 0]), ...Array(3).fill([0, 1]), [1, 1]];
  return {
    ...{ description: "twelve", hash: "0".repeat(64), genres: ["many", "few"] },
    ...{ size: { width: 1, height: 1 }, count: 14 },
    split: {
      train: Uint32Array.from(labels, (_, i) => i),
      valid: new Uint32Array(),
      test: Uint32Array.of(12, 13),
    },
    facts: (i) => ({
      ...{ id: `film-${i}`, year: 2000, split: "train" },
      genres: Uint8Array.from(labels[i]),
    }),
    load: (i) => Promise.resolve({ width: 1, height: 1, data: Uint8Array.of(i, 0, 0, 255) }),
    close: () => Promise.resolve(),
  };
}

async function numbersAt(options: PosterBatchesOptions, position: number, n: number) {
  const batches = posterBatches(smallSet(), options);
  const { pictures } = await batches.batch(position, n);
  await batches.close();
  return pictures.map(({ data }) => data[0]);
}

Deno.test("posterBatches() gives each training poster once in an epoch, each epoch in its own order", async () => {
  const first = await numbersAt(plain, 0, 12), second = await numbersAt(plain, 12, 12);
  const all = Array.from({ length: 12 }, (_, i) => i);
  for (const numbers of [first, second]) {
    assert.deepEqual([...numbers].sort((a, b) => a - b), all);
  }
  assert.notDeepEqual(first, second);
});

Deno.test("posterBatches() gives the same at a position, whatever was asked for before", async () => {
  for (const balance of ["none", "sqrt", "inverse"] as const) {
    const options = { ...plain, balance, hideGenres: 0.3 };
    const whole = posterBatches(smallSet(), options), parts = posterBatches(smallSet(), options);
    const expected = await whole.batch(5, 20);
    const [early, late] = [await parts.batch(5, 7), await parts.batch(12, 13)];
    assert.deepEqual([...early.pictures, ...late.pictures], expected.pictures);
    assert.deepEqual([...early.genres, ...late.genres], expected.genres);
  }
});

Deno.test("posterBatches() draws a poster as often as the weight of its rarest genre says", async () => {
  // Frequencies 9/12 and 4/12; 8 posters have only the frequent genre.
  const expected = { none: 4 / 12, sqrt: 0, inverse: 0 };
  for (const [balance, exponent] of [["sqrt", 0.5], ["inverse", 1]] as const) {
    const rare = 4 * (4 / 12) ** -exponent, frequent = 8 * (9 / 12) ** -exponent;
    expected[balance] = rare / (rare + frequent);
  }
  for (const balance of ["none", "sqrt", "inverse"] as const) {
    const numbers = await numbersAt({ ...plain, balance }, 0, 12_000);
    const share = numbers.filter((number) => number >= 8).length / numbers.length;
    assert.ok(Math.abs(share - expected[balance]) < 0.015, `${balance}: ${share}`);
  }
});

Deno.test("posterBatches() hides the genres of the share that was asked for, and labelSets() of none", async () => {
  const batches = posterBatches(smallSet(), { ...plain, hideGenres: 0.25 });
  const { genres } = await batches.batch(0, 4000);
  const hidden = genres.filter((labels) => labels.every((label) => label === 0)).length;
  assert.ok(Math.abs(hidden / 4000 - 0.25) < 0.025, String(hidden));
  assert.ok(batches.labelSets(4000).every((labels) => labels.includes(1)));
  await batches.close();
});

Deno.test("posterBatches() refuses a set without training posters, and positions that are none", async () => {
  const empty = { ...smallSet(), split: { ...smallSet().split, train: new Uint32Array() } };
  assert.throws(() => posterBatches(empty, plain), /^RangeError: Cannot train: .* 0 posters/);
  const batches = posterBatches(smallSet(), plain);
  await assert.rejects(batches.batch(-1, 2), /position is -1; expected an integer from 0/);
  await assert.rejects(batches.batch(0, 0), /number of pictures is 0; expected an integer from 1/);
});
