// Precision, recall, density, coverage: counted by hand, and what dropped modes and bad pictures do to them.

import assert from "node:assert/strict";
import type { Picture } from "../../../gpu/picture.ts";
import { compareManifolds, type Manifolds } from "../../../models/metrics/manifolds.ts";
import { nearestRows } from "../../../models/metrics/nearest.ts";
import { assertClose } from "../../_assert.ts";
import { testOnSimd } from "../../_on_simd.ts";
import { clustered, featuresOf, pick, posters, worsened } from "./_pictures.ts";

/** Points on a line. */
function line(...values: number[]) {
  return { rows: values.length, width: 1, values: Float32Array.from(values) };
}

Deno.test("compareManifolds counts what lies in whose neighbourhood", () => {
  // Third neighbours: 3 away at the ends, else 2; fifth: 5, 4, 3, 3, 4, 5.
  const real = line(0, 1, 2, 3, 4, 5);
  // Third neighbours: 3, 2, 2, 2, 2, then 88 for 100, which so reaches from 12 on.
  const samples = line(8, 9, 10, 11, 12, 100);
  const { precision, recall, density, coverage } = compareManifolds(real, samples);
  // 8 is 3 from 5 and lies in its ball, on the border; no other sample does.
  assertClose(precision, 1 / 6, { absolute: 1e-12 });
  // Of the samples' balls [5, 11], [7, 11], [8, 12], [9, 13], [9, 15], [10, 190] one reaches 5.
  assertClose(recall, 1 / 6, { absolute: 1e-12 });
  // Balls of the fifth neighbour reach to 5, 5, 5, 6, 8 and 10: 8 lies in two, 9 and 10 in the last.
  assertClose(density, 4 / (5 * 6), { absolute: 1e-12 });
  assertClose(coverage, 2 / 6, { absolute: 1e-12 });
});

Deno.test("compareManifolds of a set with itself finds everything", () => {
  const set = clustered(150, 8, "a");
  // Each row lies in its own ball and its five neighbours do.
  assert.deepEqual(compareManifolds(set, set), {
    ...{ precision: 1, recall: 1, density: 6 / 5, coverage: 1 },
  });
});

Deno.test("compareManifolds sees dropped modes in recall and coverage, not in precision", () => {
  const real = clustered(600, 12, "real");
  const [three, two, one] = [3, 2, 1].map((centres) =>
    compareManifolds(real, clustered(600, 12, "samples", { centres }))
  );
  const falling = (key: keyof Manifolds) => three[key] > two[key] && two[key] > one[key];
  assert.ok(falling("recall") && falling("coverage"), JSON.stringify([three, two, one]));
  assert.ok(one.precision > three.precision - 0.05, `${one.precision}`);
  assert.ok(one.coverage < 0.5 * three.coverage, `${one.coverage}`);
  const collapsed = compareManifolds(real, pick(real, new Uint8Array(600)));
  assert.equal(collapsed.precision, 1);
  assert.ok(collapsed.recall < 0.01 && collapsed.coverage < 0.05, JSON.stringify(collapsed));
});

testOnSimd(
  "noise lowers precision, density and coverage; blur, which makes pictures alike, recall",
  async () => {
    const real = await featuresOf(await posters(0, 100));
    const { noise, blur } = worsened(await posters(100, 100));
    const falls = async (sets: Picture[][], keys: (keyof Manifolds)[]) => {
      const found: Manifolds[] = [];
      for (const pictures of sets) found.push(compareManifolds(real, await featuresOf(pictures)));
      for (const key of keys) {
        const list = found.map((figures) => figures[key]);
        const isFalling = list.every((value, i) => i === 0 || value < list[i - 1]);
        assert.ok(isFalling && list[3] < 0.6 * list[0], `${key}: ${list}`);
      }
    };
    await falls(noise, ["precision", "density", "coverage"]);
    await falls(blur, ["recall"]);
  },
);

Deno.test("nearestRows finds what a plain search finds, over several blocks, its own row left out", () => {
  const set = clustered(531, 6, "set"), queries = pick(set, [0, 77, 255, 256, 300, 530]);
  const plain = (i: number, own: boolean) =>
    Array.from({ length: 531 }, (_, j) => {
      let square = 0;
      for (let k = 0; k < 6; k++) square += (set.values[i * 6 + k] - set.values[j * 6 + k]) ** 2;
      return { j, square };
    }).filter(({ j }) => !own || i !== j).sort((a, b) => a.square - b.square).slice(0, 4);
  const all = nearestRows(set, set, 4, true), some = nearestRows(queries, set, 4);
  [0, 77, 255, 256, 300, 530].forEach((i, query) => {
    const [others, every] = [plain(i, true), plain(i, false)];
    assert.deepEqual([...all.rows.subarray(i * 4, i * 4 + 4)], others.map(({ j }) => j));
    assert.deepEqual([...some.rows.subarray(query * 4, query * 4 + 4)], every.map(({ j }) => j));
    const squares = some.squares.subarray(query * 4, query * 4 + 4);
    assertClose(squares, every.map(({ square }) => square), { absolute: 1e-12 });
    assert.equal(squares[0], 0, "a row is nothing from itself");
  });
});

Deno.test("nearestRows of equal distances takes the first rows, and refuses too few", () => {
  const set = line(1, -1, 1, 3);
  assert.deepEqual([...nearestRows(line(0), set, 3).rows], [0, 1, 2]);
  assert.throws(() => nearestRows(line(0), set, 5), /found 4 rows, expected at least 5/);
  assert.throws(() => nearestRows(set, set, 4, true), /found 4 rows, expected at least 5/);
  assert.throws(() => compareManifolds(set, set), /found 4 rows, expected at least 6/);
  assert.throws(
    () => nearestRows(clustered(3, 2, "a"), set, 1),
    /found 1 numbers a row, expected 2/,
  );
});
