// R-precision and mean average precision: numbers worked out by hand.

import assert from "node:assert/strict";
import {
  meanAveragePrecision,
  microF1,
  rPrecision,
} from "../../../models/metrics/genre_ranking.ts";
import { assertClose } from "../../_assert.ts";

function scoresOf(...rows: number[][]) {
  return { rows: rows.length, width: rows[0].length, values: Float32Array.from(rows.flat()) };
}

const scores = scoresOf([0.9, 0.1, 0.5, 0.2], [0.1, 0.8, 0.7, 0.3], [0.2, 0.6, 0.4, 0.5]);
const labels = [[1, 0, 0, 0], [1, 0, 1, 0], [0, 1, 1, 0]];

Deno.test("rPrecision is the share of a poster's k genres among its k highest scores", () => {
  // First poster 1 of 1; second: highest are 1 and 2, one is its own; third: highest are 1 and 3, one is its own.
  assertClose(rPrecision(scores, labels), (1 + 0.5 + 0.5) / 3, { absolute: 1e-12 });
});

Deno.test("meanAveragePrecision ranks the posters of each genre, and leaves out genres of none", () => {
  // Genre 0 orders posters 0, 2, 1; its own come first and third. Genre 1: 1, 2, 0; its own second. Genre 2: 1, 0, 2; first and third.
  const expected = [(1 + 2 / 3) / 2, 1 / 2, (1 + 2 / 3) / 2];
  const { mean, genres } = meanAveragePrecision(scores, labels);
  assertClose(genres.slice(0, 3) as number[], expected, { absolute: 1e-12 });
  assert.equal(genres[3], undefined);
  assertClose(mean, (expected[0] + expected[1] + expected[2]) / 3, { absolute: 1e-12 });
});

Deno.test("microF1 counts genres above the threshold over all posters together", () => {
  // Above 0.45: 0 and 2 of the first, 1 and 2 of the second, 1 and 3 of the third; right are 0, 2 and 1, of five that there are.
  assertClose(microF1(scores, labels, 0.45), 2 * 3 / (6 + 5), { absolute: 1e-12 });
  // All twelve are above 0, none is above 1.
  assertClose(microF1(scores, labels), 2 * 5 / (12 + 5), { absolute: 1e-12 });
  assert.equal(microF1(scores, labels, 1), 0);
});

Deno.test("a judge that gives equal scores earns no precision by the order of genres or posters", () => {
  const flat = scoresOf([1, 1, 1], [1, 1, 1]);
  assert.equal(rPrecision(flat, [[1, 0, 0], [0, 0, 1]]), 0);
  assertClose(meanAveragePrecision(flat, [[1, 1, 0], [0, 1, 0]]).mean, (1 / 2 + 1) / 2, {
    absolute: 1e-12,
  });
  assert.equal(rPrecision(flat, [[1, 1, 1], [1, 1, 1]]), 1);
});

Deno.test("rPrecision and meanAveragePrecision refuse labels that do not fit, and posters without genre", () => {
  assert.throws(() => rPrecision(scores, labels.slice(1)), /labels of 2 posters, expected 3/);
  assert.throws(
    () => meanAveragePrecision(scores, [[1], ...labels.slice(1)]),
    /poster 0 has 1 labels, expected 4/,
  );
  const none = [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]];
  assert.throws(() => rPrecision(scores, none), /poster 0 has none/);
  assert.throws(() => meanAveragePrecision(scores, none), /none has a genre/);
  assert.throws(() => microF1(scores, none), /no poster has any/);
  assert.throws(() => rPrecision(scoresOf([]), [[]]), /found 0 numbers, expected 1 rows of 0/);
});
