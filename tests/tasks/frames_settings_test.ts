// The flags of `data:frames`: what they stand for, and what is refused.

import assert from "node:assert/strict";
import { UsageError } from "../../tasks/_cli.ts";
import {
  findTestFolder,
  type FramesFlags,
  parseTime,
  readFramesSettings,
} from "../../tasks/_frames_settings.ts";

const needed = { video: "film.mkv", out: "films/trainA" };
const read = (flags: FramesFlags = {}) => readFramesSettings({ ...needed, ...flags });

Deno.test("readFramesSettings() gives the settings that the help promises", () => {
  const { target, record, size, crop, minGap, keyFramesOnly } = read();
  assert.deepEqual(target, {
    train: "films/trainA",
    test: "films/testA",
    manifest: "films/trainA/frames.json",
    force: false,
  });
  assert.deepEqual([size, crop, minGap, keyFramesOnly], [{ shortSide: 512 }, "auto", 1, false]);
  assert.deepEqual(record, {
    ...{ mode: "scene", fps: 0, perShot: 3, minGap: 1, skipStart: 0, skipEnd: 0, dedupe: 6 },
    ...{ dropDark: 16, dropFlat: 6, max: "all", testFraction: 0.1, format: "jpg" },
    ...{ crop: "auto", size: "512" },
  });
});

Deno.test("readFramesSettings() reads every flag", () => {
  const { target, record, keyFramesOnly } = read({
    ...{
      mode: "keyframe",
      "min-gap": "2.5",
      "skip-start": "1m30s",
      "skip-end": "4m",
      force: "true",
    },
    ...{
      crop: "640x272+0+44",
      size: "180x324",
      dedupe: "none",
      "drop-dark": "0",
      "drop-flat": "0",
    },
    ...{ max: "500", "test-fraction": "0", format: "png", manifest: "log/a.json" },
  });
  assert.deepEqual(target, { train: "films/trainA", manifest: "log/a.json", force: true });
  assert.equal(keyFramesOnly, true);
  assert.deepEqual(record, {
    ...{ mode: "keyframe", fps: 0, perShot: 3, minGap: 2.5, skipStart: 90, skipEnd: 240 },
    ...{ dedupe: "none", dropDark: 0, dropFlat: 0, max: 500, testFraction: 0, format: "png" },
    ...{ crop: "640x272+0+44", size: "180x324" },
  });
  const { mode, fps, minGap } = read({ fps: "0.5" });
  assert.deepEqual([mode, fps, minGap], ["fps", 0.5, 0]);
});

Deno.test("readFramesSettings() refuses what makes no sense, naming the flag", () => {
  const faults: [FramesFlags, RegExp][] = [
    [{ mode: "all" }, /--mode is "all", expected scene, keyframe, fps/],
    [{ mode: "fps" }, /--mode fps without --fps/],
    [{ mode: "scene", fps: "2" }, /Cannot use --fps with --mode scene/],
    [{ fps: "2", "per-shot": "4" }, /Cannot use --per-shot with --mode fps/],
    [{ fps: "0" }, /--fps is "0", expected pictures a second/],
    [{ crop: "10x10" }, /--crop is "10x10", expected auto, none, or WxH\+X\+Y/],
    [{ size: "4" }, /--size is "4"/],
    [{ dedupe: "17" }, /--dedupe is "17", expected a whole number from 0 to 16/],
    [{ "test-fraction": "0.6" }, /--test-fraction is "0.6", expected a share from 0 to 0.5/],
    [{ "test-fraction": "1" }, /--test-fraction is "1"/],
    [{ "test-fraction": "0", "test-out": "x" }, /Cannot use --test-out with --test-fraction 0/],
    [{ "min-gap": "soon" }, /--min-gap is "soon", expected a time/],
    [{ "test-out": "films/../films/trainA" }, /expected another folder than --out/],
    [
      { out: "pictures" },
      /--out is "pictures", expected a folder named like trainA, or --test-out/,
    ],
    [{ format: "gif" }, /--format is "gif", expected jpg, png/],
  ];
  for (const [flags, message] of faults) {
    assert.throws(() => read(flags), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, message);
      return true;
    });
  }
  assert.throws(() => readFramesSettings({ video: "film.mkv" }), /--video and --out are needed/);
});

Deno.test("findTestFolder() finds the sibling that data/folder.ts reads, also for sub-folders", () => {
  assert.equal(findTestFolder("films/trainA"), "films/testA");
  assert.equal(findTestFolder("trainB"), "testB");
  assert.equal(findTestFolder("/d/train/A"), "/d/test/A");
  assert.equal(findTestFolder("films/trainA/first film"), "films/testA/first film");
  assert.equal(findTestFolder("films/A"), undefined);
  assert.equal(findTestFolder("/"), undefined);
});

Deno.test("parseTime() reads seconds with a point, and minutes", () => {
  assert.deepEqual(["0", "1.5", "2s", "0.25s", "1m30s", "1h"].map((text) => parseTime("x", text)), [
    ...[0, 1.5, 2, 0.25, 90, 3600],
  ]);
  for (const text of ["", "-1", "1.5m", "1,5"]) assert.throws(() => parseTime("x", text));
});
