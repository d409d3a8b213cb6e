// Tests what children of two posters are made of, and that a latent vector comes back from its text.

import { strict as assert } from "node:assert";
import fc from "fast-check";
import { breed, type Genome, latentFrom, SHEET } from "../../../models/poster/breeding.ts";
import { latentBetween, latentOf } from "../../../models/poster/latent.ts";
import { formatLatent, parseLatent, roundLatent } from "../../../models/poster/latent_text.ts";

const LENGTH = 64;
const STEP = 1 / 4096;
const genome = (seed: number, genres: number[], truncation = 0.8): Genome => ({
  latent: latentOf(seed, { latent: LENGTH }),
  ...{ genres, truncation },
});
const norm = (vector: Float32Array) => Math.hypot(...vector);
const worst = (a: Float32Array, b: Float32Array) =>
  Math.max(...a.map((value, i) => Math.abs(value - b[i])));
const one = genome(1, [1, 0.4, 0]), other = genome(2, [0, 0.8, 0.6], 0.4);
const still = { seed: 5, mutation: 0 };

Deno.test("breed() gives the parent itself, to its text's precision, where both parents are equal and nothing mutates", () => {
  for (const { latent, genres, truncation } of breed([one, one], still)) {
    assert.ok(worst(latent, one.latent) <= STEP, String(worst(latent, one.latent)));
    assert.deepEqual([genres, truncation], [one.genres, one.truncation]);
  }
  const child = breed([one, other], still)[4];
  for (const { latent } of breed([child, child], { seed: 9, mutation: 0 })) {
    assert.ok(worst(latent, child.latent) <= STEP, "Children are parents like any");
  }
});

Deno.test("breed() keeps the length of latent vectors between those of the parents, however much mutates", () => {
  fc.assert(
    fc.property(
      ...[fc.nat(), fc.nat(), fc.nat(), fc.double({ min: 0, max: 1, noNaN: true })],
      (a, b, seed, mutation) => {
        const parents = [genome(a, [1]), genome(b, [0])] as const;
        const [na, nb] = parents.map(({ latent }) => norm(latent));
        breed(parents, { seed, mutation }).forEach(({ latent }, i) => {
          const share = (i % SHEET.columns + 1) / (SHEET.columns + 1);
          const expected = (1 - share) * na + share * nb;
          assert.ok(Math.abs(norm(latent) - expected) < 2e-3, `${norm(latent)}: ${expected}`);
        });
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("breed() blends in the first row along the great circle", () => {
  const [a, b] = [one, other].map(({ latent }) => latent);
  breed([one, other], still).slice(0, 3).forEach(({ latent, genres, truncation }, i) => {
    const t = (i + 1) / 4, point = latentBetween(a, b, t);
    const scale = ((1 - t) * norm(a) + t * norm(b)) / norm(point);
    assert.ok(worst(latent, point.map((value) => scale * value)) <= STEP);
    const blended = one.genres.map((g, j) => Math.round(100 * ((1 - t) * g + t * other.genres[j])));
    assert.deepEqual(genres.map((g) => Math.round(100 * g)), blended);
    assert.equal(Math.round(100 * truncation), Math.round(100 * (0.8 - 0.4 * t)));
  });
});

Deno.test("breed() takes every number of the last row from one parent or the other, more from the nearer", () => {
  const taken = breed([one, other], still).slice(6).map(({ latent, genres }) => {
    genres.forEach((g, i) => assert.ok([one, other].some(({ genres }) => genres[i] === g)));
    // The vector was stretched as a whole: every number is the same multiple of a parent's.
    const ratios = (parent: Genome) => Array.from(latent, (v, i) => v / parent.latent[i]);
    const scale = median([...ratios(one), ...ratios(other)].filter((r) => Math.abs(r - 1) < 0.3));
    const isFrom = (parent: Genome, i: number) =>
      Math.abs(latent[i] - scale * parent.latent[i]) < 0.02 * Math.abs(parent.latent[i]) + 2 * STEP;
    const seconds = Array.from(latent, (_, i) => {
      assert.ok(isFrom(one, i) || isFrom(other, i), `Number ${i} is neither's`);
      return Number(!isFrom(one, i));
    });
    return seconds.reduce((sum, second) => sum + second, 0);
  });
  assert.ok(taken[0] < taken[1] && taken[1] < taken[2], String(taken));
  assert.ok(taken[0] > 0 && taken[2] < LENGTH);
});

Deno.test("breed() gives other children for another seed, the same for the same, and none twice on a sheet", () => {
  const sheet = breed([one, other], { seed: 5, mutation: 0.3 });
  assert.deepEqual(breed([one, other], { seed: 5, mutation: 0.3 }), sheet);
  assert.notDeepEqual(breed([one, other], { seed: 6, mutation: 0.3 }), sheet);
  assert.equal(new Set(sheet.map(({ latent }) => formatLatent(latent))).size, 9);
});

Deno.test("breed() moves children farther from what they were the more mutates", () => {
  const distances = [0.1, 0.3, 0.9].map((mutation) =>
    norm(
      breed([one, other], { seed: 5, mutation })[0].latent.map((v, i) =>
        v - breed([one, other], still)[0].latent[i]
      ),
    )
  );
  assert.ok(distances[0] > 0.3, String(distances));
  assert.deepEqual(distances, distances.toSorted((a, b) => a - b));
});

Deno.test("breed() never loses both parents' genres", () => {
  const parents = [genome(1, [1, 0]), genome(2, [0, 1])] as const;
  for (let seed = 0; seed < 40; seed++) {
    for (const { genres } of breed(parents, { seed, mutation: 0 })) {
      assert.ok(genres.some((weight) => weight > 0));
    }
  }
});

Deno.test("formatLatent gives a text that parseLatent reads back to the bit, of any length", () => {
  fc.assert(fc.property(fc.float32Array({ noNaN: true, maxLength: 130 }), (latent) => {
    const text = formatLatent(latent);
    assert.match(text, /^1[\w-]*$/);
    const read = parseLatent(text, latent.length);
    assert.deepEqual(read, roundLatent(latent).map((value) => value || 0));
    assert.equal(formatLatent(read ?? latent), text);
  }));
  assert.equal(formatLatent(Float32Array.of(1, -1, 0.5)), "1ABAA8AAI");
});

Deno.test("parseLatent refuses what is no latent vector of that length", () => {
  const text = formatLatent(Float32Array.of(1, -1, 0.5));
  assert.equal(parseLatent(text, 4), undefined);
  assert.equal(parseLatent(`2${text.slice(1)}`, 3), undefined);
  assert.equal(parseLatent("1ABAA8A+I", 3), undefined);
  assert.equal(parseLatent("", 3), undefined);
  fc.assert(fc.property(fc.string(), (text) => {
    const read = parseLatent(text, 3);
    assert.ok(read === undefined || read.every(Number.isFinite));
  }));
});

Deno.test("latentFrom takes a seed, or a text in its place, and turns it step by step", () => {
  const text = formatLatent(latentOf(3, { latent: 8 }));
  const step = { seed: 4, amount: 1 };
  assert.deepEqual(latentFrom({ seed: 3, steps: [] }, 8), latentOf(3, { latent: 8 }));
  assert.deepEqual(latentFrom({ seed: 9, latent: text, steps: [] }, 8), parseLatent(text, 8));
  assert.deepEqual(
    latentFrom({ seed: 9, latent: text, steps: [step] }, 8),
    latentOf(4, { latent: 8 }),
  );
  assert.throws(
    () => latentFrom({ seed: 3, latent: text, steps: [] }, 9),
    /its text has 23 characters; expected the text of 9 numbers/,
  );
});

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
