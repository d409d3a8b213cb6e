// `deno task data:films` end to end in a temporary folder.

import assert from "node:assert/strict";
import { decodePicture } from "../../data/decode.ts";
import { drawFrame } from "../../data/films.ts";
import { folderSource } from "../../data/folder.ts";
import { withFolder } from "../data/_pictures.ts";
import { runTask } from "./_run_task.ts";

function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

Deno.test("data:films writes four folders that --data takes, with pairs to test and a contact sheet", () =>
  withFolder(async (root) => {
    const out = `${root}/films`;
    const { code, out: text, err } = await runTask(
      "data_films",
      `--out ${out} --count 3 --test 2 --size 24x40 --seed 9`,
    );
    assert.equal(code, 0, err);
    assert.match(text, /3 A, 3 B, 2 pairs to test, 24x40; see .*contact_sheet\.png/);
    assert.match(err, /1 of 10 pictures, .*\/s, .* left/);
    assert.deepEqual(names(out), [
      "contact_sheet.png",
      "films.json",
      "testA",
      "testB",
      "trainA",
      "trainB",
    ]);
    assert.deepEqual(names(`${out}/trainA`), ["000000.png", "000001.png", "000002.png"]);
    assert.deepEqual(names(`${out}/testB`), names(`${out}/testA`));
    const frame = await decodePicture(await Deno.readFile(`${out}/testB/000001.png`));
    const { data } = await drawFrame(9, "test", 1, "B", { width: 40, height: 24 });
    assert.deepEqual([...frame.data], [...data]);
    const page = await decodePicture(await Deno.readFile(`${out}/contact_sheet.png`));
    assert.deepEqual([page.width, page.height], [3 * 44 + 4, 4 * 28 + 4]);
    const source = await folderSource(out, { size: { width: 40, height: 24 }, seed: 1 });
    assert.deepEqual([source.countA, source.testCount, source.paired], [3, 2, true]);
  }));

Deno.test("data:films goes on where it stopped and refuses other settings, naming them", () =>
  withFolder(async (root) => {
    const flags = `--out ${root} --count 2 --test 1 --size 16`;
    await runTask("data_films", flags);
    const first = await Deno.readFile(`${root}/trainB/000001.png`);
    await Deno.remove(`${root}/trainB/000001.png`);
    await Deno.writeTextFile(`${root}/trainA/000000.png.tmp`, "cut off");
    const untouched = (await Deno.stat(`${root}/trainA/000001.png`)).mtime;
    const again = await runTask("data_films", flags);
    assert.match(again.out, /\(5 were there\)/);
    assert.deepEqual(await Deno.readFile(`${root}/trainB/000001.png`), first);
    assert.deepEqual((await Deno.stat(`${root}/trainA/000001.png`)).mtime, untouched);
    const other = await runTask(
      "data_films",
      `--out ${root} --count 2 --test 1 --size 16x32 --seed 2`,
    );
    assert.equal(other.code, 1);
    assert.match(
      other.err,
      /other settings.*\n {2}seed: there 1, asked for 2\n {2}width: there 16, asked for 32\n$/,
    );
  }));

Deno.test("data:films draws nothing into a folder of somebody's own pictures or one that cannot be written", () =>
  withFolder(async (root) => {
    await Deno.mkdir(`${root}/trainA`);
    const own = await runTask("data_films", `--out ${root} --count 1`);
    assert.match(own.err, /there is a trainA but no films\.json/);
    assert.deepEqual([own.code, names(root)], [1, ["trainA"]]);
    await Deno.writeTextFile(`${root}/file`, "");
    const blocked = await runTask("data_films", `--out ${root}/file --count 1`);
    assert.equal(blocked.code, 1);
    assert.match(blocked.err, /^error: Cannot make folders in .*file: /);
  }));

Deno.test("data:films says what is wrong with its flags and what they are", async () => {
  const [size, missing, unknown, help] = await Promise.all([
    runTask("data_films", "--out x --size 8x4000"),
    runTask("data_films", "--count 3"),
    runTask("data_films", "--outt x"),
    runTask("data_films", "--help"),
  ]);
  assert.match(size.err, /--size is "8x4000", expected sides from 16 to 2048 pixels/);
  assert.match(missing.err, /--out is needed/);
  assert.deepEqual([size.code, missing.code, unknown.code, help.code], [2, 2, 2, 0]);
  assert.match(help.out, /--count N +Training pictures of each film \(default: 1000\)/);
});
