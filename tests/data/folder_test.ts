// Folders of pictures: layouts, names, broken files, errors, test pictures.

import assert from "node:assert/strict";
import { compareNatural } from "../../data/_scan.ts";
import { folderSource } from "../../data/folder.ts";
import { flatFile, withFolder, writeFiles } from "./_pictures.ts";

const options = { size: { width: 16, height: 16 }, seed: 1 };
const png = await flatFile("png");
const text = (content: string) => new TextEncoder().encode(content);

/** `count` files of one picture, named by number. */
function many(folder: string, count: number): Record<string, Uint8Array> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`${folder}/${i}.png`, png]));
}

for (
  const layout of [["trainA", "trainB", "testA", "testB"], [
    "train/A",
    "train/B",
    "test/A",
    "test/B",
  ]]
) {
  Deno.test(`folderSource reads the layout ${layout.join(" ")}`, () =>
    withFolder(async (root) => {
      const counts = [3, 2, 4, 5];
      for (const [i, folder] of layout.entries()) await writeFiles(root, many(folder, counts[i]));
      const source = await folderSource(root, options);
      assert.deepEqual([source.countA, source.countB, source.testCount, source.paired], [
        3,
        2,
        4,
        false,
      ]);
      assert.match(
        source.description,
        /3 A and 2 B to train; to test 4 in the test folder \(A\), 5/,
      );
      const { a, b } = await source.batch(0, 2);
      assert.deepEqual([a.length, b.length, a[0].width, b[1].height], [2, 2, 16, 16]);
      assert.equal((await source.testPictures(9)).a.length, 4);
      await source.close();
    }));
}

Deno.test("folderSource takes mixed formats and sizes, any case, sub-folders, and no hidden files", () =>
  withFolder(async (root) => {
    const large = { width: 300, height: 40 };
    await writeFiles(root, {
      "trainA/one.JPG": await flatFile("jpeg", large),
      "trainA/two.jpeg": await flatFile("jpeg", { width: 5, height: 9 }),
      "trainA/sub/deep/three.WebP": await flatFile("webp"),
      "trainA/.hidden.png": text("no"),
      "trainA/.thumbs/four.png": png,
      "trainA/notes.txt": text("no"),
      "trainB/five.PNG": png,
    });
    const source = await folderSource(root, options);
    assert.deepEqual([source.countA, source.countB, source.skipped], [3, 1, []]);
    const { a } = await source.batch(0, 3);
    assert.ok(a.every(({ width, height }) => width === 16 && height === 16));
    await source.close();
  }));

Deno.test("folderSource follows links to folders, each folder once, so that a loop ends", () =>
  withFolder(async (root) => {
    await writeFiles(root, { ...many("elsewhere", 2), ...many("trainA", 1), ...many("trainB", 1) });
    await Deno.symlink(`${root}/elsewhere`, `${root}/trainA/linked`);
    await Deno.symlink(`${root}/trainA`, `${root}/trainA/loop`);
    await Deno.symlink(`${root}/nowhere`, `${root}/trainA/dangling.png`);
    const source = await folderSource(root, options);
    assert.equal(source.countA, 3);
    assert.deepEqual(source.skipped.map(({ file }) => file), [`${root}/trainA/dangling.png`]);
  }));

Deno.test("folderSource names and counts files that are broken, in the header or only further on", () =>
  withFolder(async (root) => {
    const noise = await flatFile("png", { width: 64, height: 64 });
    await writeFiles(root, {
      ...many("trainA", 3),
      "trainA/empty.png": new Uint8Array(),
      "trainA/text.jpg": text("not a picture"),
      "trainA/torn.png": noise.subarray(0, noise.length - 40),
      ...many("trainB", 1),
    });
    const source = await folderSource(root, options);
    assert.deepEqual(source.skipped.map(({ file }) => file), [
      `${root}/trainA/empty.png`,
      `${root}/trainA/text.jpg`,
    ]);
    assert.match(source.skipped[0].reason, /the file is empty/);
    assert.equal(source.countA, 4);
    await source.batch(0, 4);
    await source.close();
    assert.equal(source.skipped.length, 3);
    assert.equal(source.skipped[2].file, `${root}/trainA/torn.png`);
  }));

Deno.test("folderSource says which folder was empty, what it held, and which layouts are accepted", () =>
  withFolder(async (root) => {
    await assert.rejects(folderSource(`${root}/none`, options), Deno.errors.NotFound);
    await assert.rejects(
      folderSource(root, options),
      /neither trainA, trainB, train\/A nor train\/B is in/,
    );
    await writeFiles(root, { ...many("trainA", 1), "trainB/notes.txt": text("no") });
    await assert.rejects(
      folderSource(root, options),
      /side B in .*trainB: 1 files, none of them a picture; expected trainA\/ and trainB\/.*train\/A/,
    );
    await writeFiles(root, { "trainB/bad.png": text("no") });
    await assert.rejects(folderSource(root, options), /side B in .*: 1 broken, such as .*bad\.png/);
    await Deno.remove(`${root}/trainB`, { recursive: true });
    await assert.rejects(folderSource(root, options), /side B in .*trainB: no such folder/);
  }));

Deno.test("folderSource sets the last training pictures aside when there is no test folder", () =>
  withFolder(async (root) => {
    await writeFiles(root, { ...many("trainA", 25), ...many("trainB", 3) });
    const source = await folderSource(root, options);
    assert.deepEqual([source.countA, source.countB, source.testCount], [23, 3, 1]);
    assert.match(source.description, /2 held out \(A\), 1 trained on \(B\)/);
  }));

Deno.test("folderSource hashes names and lengths and what is done to them, not the place or the seed", () =>
  withFolder(async (root) => {
    const hash = async (folder: string, extra = {}) =>
      (await folderSource(`${root}/${folder}`, { ...options, ...extra })).hash;
    for (const folder of ["one", "two"]) {
      await writeFiles(root, { ...many(`${folder}/trainA`, 2), ...many(`${folder}/trainB`, 2) });
    }
    const first = await hash("one");
    assert.match(first, /^[0-9a-f]{64}$/);
    assert.equal(await hash("two"), first);
    assert.equal(await hash("two", { seed: 2 }), first);
    assert.notEqual(await hash("two", { load: 1.5 }), first);
    await Deno.rename(`${root}/two/trainA/1.png`, `${root}/two/trainA/2.png`);
    assert.notEqual(await hash("two"), first);
  }));

Deno.test("folderSource takes equal names as pairs only where films.json says so", () =>
  withFolder(async (root) => {
    for (const folder of ["trainA", "trainB", "testA", "testB"]) {
      await writeFiles(root, many(folder, 2));
    }
    assert.equal((await folderSource(root, options)).paired, false);
    await writeFiles(root, { "films.json": text('{"pairedTest": true}') });
    assert.equal((await folderSource(root, options)).paired, true);
    await Deno.rename(`${root}/testA/1.png`, `${root}/testA/7.png`);
    assert.equal((await folderSource(root, options)).paired, false);
    for (const folder of ["testA", "testB"]) {
      await Deno.remove(`${root}/${folder}`, { recursive: true });
    }
    assert.equal((await folderSource(root, options)).paired, false);
  }));

Deno.test("compareNatural orders numbers by value and everything else by code unit", () => {
  const names = ["b", "a10", "a9", "a010", "B2", "a1b2", "a1b10", "é", "10", "9"];
  const expected = ["9", "10", "B2", "a1b2", "a1b10", "a9", "a010", "a10", "b", "é"];
  assert.deepEqual(names.toSorted(compareNatural), expected);
  assert.deepEqual(names.toReversed().toSorted(compareNatural), expected);
});
