// The folders of `data:frames`: going on after an interruption, and never writing over anything unasked.

import assert from "node:assert/strict";
import { writeFiles } from "../data/_pictures.ts";
import { findManifest } from "../../tasks/_frames_manifest.ts";
import { assertComplete, listNames, runFrames, startFrames } from "./_run_frames.ts";
import { makeFilm, SCENES, videoTest } from "./_test_video.ts";

videoTest("data:frames goes on where Ctrl-C stopped it, to the same pictures", async (root) => {
  const film = `${root}/film.mkv`, long = `${root}/long.mkv`;
  await makeFilm(film, { shots: SCENES.slice(0, 4), size: [640, 360], seconds: 1, fps: 12 });
  await makeFilm(long, { shots: ["testsrc2"], size: [320, 180], seconds: 40, fps: 25 });
  const flags = ["--video", film, "--fps", "12", "--dedupe", "none", "--crop", "none"];
  const into = (folder: string) => [...flags, "--out", `${root}/${folder}/trainA`];

  const early = startFrames(["--video", long, "--out", `${root}/early/trainA`, "--crop", "none"]);
  await waitFor(() => early.said().includes("Opening"));
  early.child.kill("SIGINT");
  const unwritten = await early.done;
  assert.equal(unwritten.code, 130, unwritten.err);
  assert.match(
    unwritten.err,
    /Stopped.*: nothing is written before all of it has been looked at/,
  );
  assert.deepEqual(listNames(root), ["film.mkv", "long.mkv"]);

  const cut = startFrames([...into("cut"), "--format", "png"]);
  const folder = `${root}/cut/trainA`;
  await waitFor(() => tryNames(folder).some((name) => name.endsWith(".png")));
  cut.child.kill("SIGINT");
  const stopped = await cut.done;
  assert.equal(stopped.code, 130, stopped.err);
  const [, said, total] = /Stopped: (\d+) of (\d+) pictures are in place/.exec(stopped.err) ??
    [];
  const there = listNames(folder).filter((name) => name.endsWith(".png"));
  const tests = tryNames(`${root}/cut/testA`).length;
  assert.equal(Number(said), there.length + tests);
  assert.equal(Number(total), 48);
  assert.ok(!listNames(folder).some((name) => name.endsWith(".tmp")));
  assert.equal((await findManifest(`${folder}/frames.json`))?.complete, false);
  const before = (await Deno.stat(`${folder}/${there[0]}`)).mtime;

  const [again, whole] = await Promise.all([
    runFrames(...into("cut"), "--format", "png"),
    runFrames(...into("whole"), "--format", "png"),
  ]);
  assert.equal(again.code, 0, again.err);
  assert.match(again.err, new RegExp(`${said} of 48 pictures are there already`));
  assert.deepEqual((await Deno.stat(`${folder}/${there[0]}`)).mtime, before);
  const [one, other] = [
    await assertComplete(`${root}/cut`, "A"),
    await assertComplete(`${root}/whole`, "A"),
  ];
  assert.equal(whole.code, 0);
  assert.deepEqual(one, other);
  for (const { part, file } of one.pictures) {
    const [a, b] = ["cut", "whole"].map((name) => `${root}/${name}/${part}A/${file}`);
    assert.deepEqual(await Deno.readFile(a), await Deno.readFile(b), file);
  }
});

async function waitFor(isDone: () => boolean): Promise<void> {
  for (const end = Date.now() + 20_000; !isDone();) {
    assert.ok(Date.now() < end, "waited for 20 s");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function tryNames(folder: string): string[] {
  try {
    return listNames(folder);
  } catch {
    return [];
  }
}

videoTest(
  "data:frames writes over nothing: the same command restores, another one needs --force",
  async (root) => {
    const [film, second] = [`${root}/film.mkv`, `${root}/second.mkv`];
    await makeFilm(film, { shots: SCENES.slice(0, 5), size: [64, 48], seconds: 1 });
    await makeFilm(second, { shots: SCENES.slice(3), size: [64, 48], seconds: 1 });
    const out = ["--out", `${root}/trainA`], test = ["--test-fraction", "0.4"];
    const flags = ["--video", film, ...out, ...test];
    assert.equal((await runFrames(...flags)).code, 0);
    const manifest = await assertComplete(root, "A");
    const [lost] = listNames(`${root}/trainA`),
      bytes = await Deno.readFile(`${root}/trainA/${lost}`);
    await Deno.remove(`${root}/trainA/${lost}`);
    await Deno.writeTextFile(`${root}/trainA/${lost}.tmp`, "half");
    const restored = await runFrames(...flags);
    assert.match(restored.err, /1 picture written/);
    assert.deepEqual(await Deno.readFile(`${root}/trainA/${lost}`), bytes);
    assert.deepEqual(await assertComplete(root, "A"), manifest);

    const [size, other] = await Promise.all([
      runFrames(...flags, "--size", "32"),
      runFrames("--video", second, ...out, ...test),
    ]);
    assert.match(
      size.err,
      /pictures of another command; .*\n {2}size: there 512, asked for 32\n$/,
    );
    assert.match(
      other.err,
      /such as .*trainA\/second\n {2}source name: there film\.mkv, asked for/,
    );
    assert.deepEqual([size.code, other.code], [1, 1]);

    await writeFiles(root, { "trainA/own.txt": new Uint8Array(1) });
    const forced = await runFrames("--video", second, ...out, ...test, "--force");
    assert.equal(forced.code, 0, forced.err);
    const left = listNames(`${root}/trainA`);
    assert.ok(left.includes("own.txt") && !left.some((name) => name.startsWith("film_")));
    await Deno.remove(`${root}/trainA/own.txt`);
    await assertComplete(root, "A");

    await writeFiles(root, { "trainB/own.jpg": new Uint8Array(1) });
    const own = await runFrames("--video", film, "--out", `${root}/trainB`);
    assert.match(
      own.err,
      /trainB: 1 file in it, but no .*frames\.json; expected an empty folder,/,
    );
    await Deno.writeTextFile(`${root}/trainB/frames.json`, `{"format":9}`);
    const foreign = await runFrames("--video", film, "--out", `${root}/trainB`);
    assert.match(
      foreign.err,
      /frames\.json: it is no manifest of data:frames .*; expected format 1/,
    );
    assert.deepEqual(listNames(`${root}/trainB`), ["frames.json", "own.jpg"]);
  },
);
