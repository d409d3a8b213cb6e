// The unpaired source: order, crops and flips by position, broken pictures, the cache, test pictures.

import assert from "node:assert/strict";
import type { PictureList } from "../../data/picture_list.ts";
import {
  type Batch,
  loadSize,
  resolveOptions,
  type UnpairedOptions,
  type UnpairedParts,
  type UnpairedSource,
  unpairedSource,
} from "../../data/unpaired.ts";
import { markedList } from "./_pictures.ts";

const size = { width: 8, height: 6 };
const large = { width: 12, height: 9 };

/** A source over 5 A (blue 0 to 4) and 3 B (blue 100 to 102), four test pictures of A and three of B. */
function makeSource(
  lists: Partial<UnpairedParts["train"]> = {},
  options: Partial<UnpairedOptions> = {},
  parts: Partial<UnpairedParts> = {},
): UnpairedSource {
  return unpairedSource({
    description: "",
    hash: "",
    paired: false,
    skipped: [],
    train: { A: markedList(5, large), B: markedList(3, large, 100), ...lists },
    test: { A: markedList(4, large, 50), B: markedList(3, large, 150) },
    ...parts,
  }, resolveOptions({ size, seed: 7, ...options }));
}

const marks = (pictures: Batch["a"]) => pictures.map(({ data }) => data[2]);
const sorted = (values: number[]) => values.toSorted((a, b) => a - b);

Deno.test("unpairedSource shows every picture once an epoch, each side by its own length, in new order", async () => {
  const source = makeSource();
  const { a, b } = await source.batch(0, 15);
  const epochsA = [0, 5, 10].map((at) => marks(a).slice(at, at + 5));
  for (const epoch of epochsA) assert.deepEqual(sorted(epoch), [0, 1, 2, 3, 4]);
  for (const at of [0, 3, 6, 9, 12]) {
    assert.deepEqual(sorted(marks(b).slice(at, at + 3)), [100, 101, 102]);
  }
  assert.notDeepEqual(epochsA[0], epochsA[1]);
  await source.close();
});

Deno.test("unpairedSource gives at a position the same bytes whatever was asked before, in which portions", async () => {
  const whole = makeSource();
  const all = await whole.batch(0, 20);
  const resumed = makeSource();
  const pieces: Batch[] = [];
  for (const [position, n] of [[17, 3], [4, 1], [5, 4], [9, 8], [0, 4]]) {
    pieces[position] = await resumed.batch(position, n);
  }
  const joined = Object.values(pieces);
  assert.deepEqual(joined.flatMap(({ a }) => a), all.a);
  assert.deepEqual(joined.flatMap(({ b }) => b), all.b);
  await Promise.all([whole.close(), resumed.close()]);
});

Deno.test("unpairedSource crops inside the picture at varying places and flips about half", async () => {
  const source = makeSource();
  const { a } = await source.batch(0, 400);
  const corners = a.map(({ data }) => ({
    left: data[0],
    right: data[(size.width - 1) * 4],
    top: data[1],
  }));
  const flipped = corners.filter(({ left, right }) => left > right).length;
  assert.ok(flipped > 160 && flipped < 240, `${flipped} of 400`);
  const lefts = new Set(corners.map(({ left, right }) => Math.min(left, right)));
  assert.deepEqual(sorted([...lefts]), [0, 1, 2, 3, 4]);
  assert.deepEqual(sorted([...new Set(corners.map(({ top }) => top))]), [0, 1, 2, 3]);
  assert.ok(a.every(({ width, height }) => width === 8 && height === 6));
  await source.close();
});

Deno.test("unpairedSource never flips when told so, and another seed gives another order", async () => {
  const [one, other] = [makeSource({}, { flip: false }), makeSource({}, { flip: false, seed: 8 })];
  const [{ a }, { a: b }] = [await one.batch(0, 40), await other.batch(0, 40)];
  assert.ok([...a, ...b].every(({ data }) => data[0] < data[(size.width - 1) * 4]));
  assert.notDeepEqual(marks(a), marks(b));
  await Promise.all([one.close(), other.close()]);
});

Deno.test("unpairedSource gives a broken picture's turn to the next good one and names it once", async () => {
  const good = makeSource();
  const broken = makeSource({ A: markedList(5, large, 0, [1, 2]) });
  const expected = marks((await good.batch(0, 10)).a).map((
    mark,
  ) => (mark === 1 || mark === 2 ? 3 : mark));
  assert.deepEqual(marks((await broken.batch(0, 10)).a), expected);
  assert.deepEqual(broken.skipped.toSorted((x, y) => x.file < y.file ? -1 : 1), [
    { file: "picture 1", reason: "Torn" },
    { file: "picture 2", reason: "Torn" },
  ]);
  await Promise.all([good.close(), broken.close()]);
});

Deno.test("unpairedSource rejects when no picture of a side loads", async () => {
  const source = makeSource({ B: markedList(2, large, 0, [0, 1]) });
  await assert.rejects(source.batch(0, 1), /all 2 failed.*\(Torn\)/);
  await source.close();
});

Deno.test("unpairedSource loads a picture again only when the cache is full", async () => {
  const loads: number[] = [];
  const list = markedList(5, large);
  const counting: PictureList = {
    ...list,
    load: (index) => {
      loads.push(index);
      return list.load(index);
    },
  };
  const bytes = large.width * large.height * 4;
  const source = makeSource({ A: counting }, { cacheBytes: 2 * 3 * bytes });
  for (let at = 0; at < 50; at += 5) await source.batch(at, 5);
  await source.close();
  const perPicture = [0, 1, 2, 3, 4].map((index) => loads.filter((load) => load === index).length);
  assert.deepEqual(sorted(perPicture), [1, 1, 1, 11, 11]);
});

Deno.test("unpairedSource prepares the next batch while this one is used", async () => {
  let loads = 0;
  const list = markedList(5, large);
  const counting = { ...list, load: (index: number) => (loads++, list.load(index)) };
  const source = makeSource({ A: counting }, { cacheBytes: 0 });
  await source.batch(0, 2);
  await source.close();
  assert.equal(loads, 4);
  await source.batch(2, 2);
  await source.close();
  assert.equal(loads, 6);
});

Deno.test("testPictures are cut to size at the centre, never flipped, as many as both sides have", async () => {
  const source = makeSource();
  assert.equal(source.testCount, 3);
  const { a, b, paired } = await source.testPictures(10);
  assert.deepEqual([marks(a), marks(b), paired], [[50, 51, 52], [150, 151, 152], false]);
  assert.deepEqual([a[0].width, a[0].height, a[0].data[0], a[0].data[1]], [8, 6, 2, 1]);
  assert.deepEqual(marks((await source.testPictures(2)).b), [150, 151]);
  await source.close();
});

Deno.test("testPictures leave a broken pair out on both sides", async () => {
  const test = { A: markedList(4, large, 50, [1]), B: markedList(4, large, 150, [2]) };
  const source = makeSource({}, {}, { paired: true, test });
  const { a, b } = await source.testPictures(10);
  assert.deepEqual([marks(a), marks(b)], [[50, 53], [150, 153]]);
  assert.equal(source.skipped.length, 2);
  await source.close();
});

Deno.test("unpairedSource refuses positions and counts that are not whole and in range", async () => {
  const source = makeSource();
  await assert.rejects(source.batch(-1, 1), /position is -1; expected an integer from 0/);
  await assert.rejects(source.batch(0, 0), RangeError);
  await assert.rejects(source.batch(0.5, 1), RangeError);
  await source.close();
});

Deno.test("resolveOptions refuses what cannot be loaded and loadSize scales both sides", () => {
  assert.throws(() => resolveOptions({ size, seed: 1, load: 0.9 }), /load is 0.9; expected 1 to 4/);
  assert.throws(() => resolveOptions({ size: { width: 0, height: 4 }, seed: 1 }), RangeError);
  const options = resolveOptions({ size: { width: 256, height: 128 }, seed: 1 });
  assert.deepEqual(loadSize(options), { width: 287, height: 143 });
});
