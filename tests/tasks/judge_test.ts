// The judge: trained, stored, found again, replaced when damaged; and what it says does not depend on who asks with whom.

import assert from "node:assert/strict";
import { join } from "node:path";
import { drawnPosters } from "../../data/drawn_posters.ts";
import type { PosterSet } from "../../data/posters.ts";
import { type JudgeOptions, openJudge } from "../../tasks/_judge.ts";
import { readPosters } from "../../tasks/_judge_training.ts";
import { assertClose } from "../_assert.ts";
import { testOnSimd } from "../_on_simd.ts";

const drawn = (count = 300) => drawnPosters({ size: { width: 24, height: 36 }, count });

/** Opens a judge of little training; gives what it noted too. */
async function open(set: PosterSet, folder: string, change: Partial<JudgeOptions> = {}) {
  const notes: string[] = [];
  const status = { update() {}, note: (text: string) => notes.push(text), end() {} };
  const judge = await openJudge(set, { folder, images: 256, seed: 1, status, ...change });
  return { judge, notes };
}

async function filesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

testOnSimd("openJudge trains once, stores, and finds the same judge again", async () => {
  const set = await drawn(), folder = join(await Deno.makeTempDir(), "judges");
  const first = await open(set, folder);
  const [name] = await filesIn(folder), path = join(folder, name);
  assert.match(name, new RegExp(`^${set.hash.slice(0, 12)}-[0-9a-f]{12}\\.safetensors$`));
  const { mtime } = await Deno.stat(path);
  const again = await open(set, folder);
  assert.deepEqual(await filesIn(folder), [name]);
  assert.deepEqual((await Deno.stat(path)).mtime, mtime);
  assert.equal(again.judge.sha256, first.judge.sha256);
  assert.match(first.judge.sha256, /^[0-9a-f]{64}$/);
  assert.match(first.judge.description, /R-precision 0\.\d{3} on \d+ valid posters/);
  assert.ok(first.judge.description.includes(first.judge.sha256.slice(0, 12)));
  assert.deepEqual(again.judge.accuracy, first.judge.accuracy);

  // Cut short, of other facts, or none at all: each is trained again, and comes out as it was.
  const bytes = await Deno.readFile(path);
  const other = new TextEncoder().encode(
    new TextDecoder("latin1").decode(bytes.subarray(0, 400)).replace(set.hash, "0".repeat(64)),
  );
  const renamed = bytes.slice();
  renamed.set(other);
  for (const damaged of [bytes.subarray(0, bytes.length - 5), renamed, new Uint8Array(0)]) {
    await Deno.writeFile(path, damaged);
    const { judge, notes } = await open(set, folder);
    assert.match(notes[0], /is damaged and trained again\. Cannot read/);
    assert.equal(judge.sha256, first.judge.sha256);
    assert.deepEqual(await Deno.readFile(path), bytes);
    judge.dispose();
  }
  for (const change of [{ seed: 2 }, { images: 128 }]) {
    (await open(set, folder, change)).judge.dispose();
  }
  (await open(await drawn(299), folder)).judge.dispose();
  assert.equal((await filesIn(folder)).length, 4, "each data set and configuration has its own");
  [first, again].forEach(({ judge }) => judge.dispose());
});

testOnSimd(
  "a judge learns genres, and says the same of a picture whatever stands beside it",
  async () => {
    const set = await drawn(), folder = await Deno.makeTempDir();
    const { judge } = await open(set, folder, { images: 6000 });
    // By chance it would be about 0.07; on those that it was trained on it would be 1.
    const right = judge.accuracy.test?.rPrecision ?? NaN;
    assert.ok(right > 0.2, `R-precision is ${right}`);
    const { pictures } = await readPosters(set, set.split.train.subarray(0, 70));
    const all = await judge.judge(pictures), some = await judge.judge(pictures.slice(66, 68));
    assert.deepEqual([all.features.rows, all.features.width, all.scores.width], [70, 128, 20]);
    for (const key of ["features", "scores"] as const) {
      const { width, values } = all[key];
      const rows = values.subarray(66 * width, 68 * width);
      assertClose(some[key].values, rows, { absolute: 1e-4 }, key);
    }
    // Features are scaled so that their mean square over training posters is 1.
    const training = await judge.judge((await readPosters(set, set.split.train)).pictures);
    const square = training.features.values.reduce((sum, value) => sum + value ** 2, 0) /
      training.features.values.length;
    assertClose(square, 1, { absolute: 1e-3 }, "mean square");
    assert.deepEqual((await judge.judge([])).scores.rows, 0);
    judge.dispose();
  },
);

testOnSimd("openJudge refuses a set without training posters, and leaves no file", async () => {
  const set = await drawn(), folder = await Deno.makeTempDir();
  const empty = { ...set, split: { ...set.split, train: new Uint32Array() } };
  await assert.rejects(() => open(empty, folder), /has 0 posters to train on/);
  assert.deepEqual(await filesIn(folder), []);
});
