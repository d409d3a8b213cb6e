// `deno task data:frames` on folders of stills: the same sorting out, cutting and dividing as for films, without ffmpeg.

import assert from "node:assert/strict";
import { decodePicture, encodePng } from "../../data/decode.ts";
import type { Picture } from "../../gpu/picture.ts";
import { flatFile, withFolder, writeFiles } from "../data/_pictures.ts";
import { patternPicture } from "./_poster_pictures.ts";
import { assertComplete, listNames, runFrames } from "./_run_frames.ts";

/** A still with bars of `bar` pixels above and below. */
function barred(number: number, bar: number): Picture {
  const picture = patternPicture(number, { width: 96, height: 64 });
  const edge = 4 * 96 * bar,
    data = Uint8Array.from(picture.data, (value, i) => {
      const isBar = i < edge || i >= picture.data.length - edge;
      return i % 4 === 3 ? 255 : isBar ? 0 : Math.min(255, value + 40);
    });
  return { ...picture, data };
}

Deno.test("data:frames sorts out, cuts and divides stills", () =>
  withFolder(async (root) => {
    const files: Record<string, Uint8Array> = {
      "b/dark.png": await flatFile("png", { width: 96, height: 64 }, { r: 3, g: 3, b: 3 }),
      "b/flat.png": await flatFile("png", { width: 96, height: 64 }, { r: 90, g: 90, b: 90 }),
      "b/broken.jpg": (await flatFile("jpeg", { width: 96, height: 64 })).slice(0, -40),
      "b/twin.png": await encodePng(barred(3, 8)),
      "notes.txt": new Uint8Array(3),
    };
    for (let i = 0; i < 12; i++) files[`a/still ${i}.png`] = await encodePng(barred(i, 8));
    await writeFiles(`${root}/stills`, files);
    const { code, out, err } = await runFrames(
      ...["--video", `${root}/stills`, "--out", `${root}/films/trainA`, "--size", "24"],
      ...["--test-fraction", "0.3", "--format", "png"],
    );
    assert.equal(code, 0, err);
    assert.match(err, /stills: black bars: 96x48\+0\+8 is taken of 96x64/);
    assert.match(out, /1 {2}dark/);
    const { pictures, counts, rejected, source } = await assertComplete(`${root}/films`, "A");
    assert.equal(source.kind, "stills");
    assert.deepEqual([pictures.length, counts.train + counts.test], [12, 12]);
    assert.ok(counts.test >= 2 && counts.test <= 5);
    assert.deepEqual(rejected.counts, { dark: 1, flat: 1, "near duplicate": 1, unreadable: 1 });
    assert.match(pictures[0].file, /^a_still_0_000000\.png$/);
    assert.ok(pictures.every((picture) => picture.seconds === undefined));
    const [name] = listNames(`${root}/films/testA`);
    const { width, height } = await decodePicture(
      await Deno.readFile(`${root}/films/testA/${name}`),
    );
    assert.deepEqual([width, height], [48, 24]);
  }));

Deno.test("data:frames refuses flags of films for stills, and to write among them", () =>
  withFolder(async (root) => {
    await writeFiles(root, { "stills/one.png": await encodePng(barred(1, 0)) });
    const video = ["--video", `${root}/stills`], out = ["--out", `${root}/trainA`];
    const [fps, inside] = await Promise.all([
      runFrames(...video, ...out, "--fps", "2"),
      runFrames(...video, "--out", `${root}/stills/trainA`),
    ]);
    assert.match(fps.err, /Cannot use --fps with a folder of stills: they have no times/);
    assert.match(inside.err, /stills\/trainA: it is in the folder that stills are read from/);
    assert.deepEqual([fps.code, inside.code], [2, 2]);
    assert.deepEqual(listNames(root), ["stills"]);
  }));
