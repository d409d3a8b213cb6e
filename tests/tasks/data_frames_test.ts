// `deno task data:frames` end to end on films made by ffmpeg, and on what is no film.

import assert from "node:assert/strict";
import { decodePicture } from "../../data/decode.ts";
import { folderSource } from "../../data/folder.ts";
import { assertComplete, listNames, runFrames, startFrames } from "./_run_frames.ts";
import { ffmpeg, makeFilm, SCENES, videoTest } from "./_test_video.ts";

videoTest("data:frames makes of two films a folder that train:cyclegan takes", async (root) => {
  const [a, b, films] = [`${root}/Film one (1999).mkv`, `${root}/two.mp4`, `${root}/films`];
  const shots = [...SCENES, ...SCENES];
  await makeFilm(a, { shots, size: [160, 68], seconds: 1, bars: 12, sound: true });
  await makeFilm(b, { shots: SCENES.toReversed(), size: [98, 72], seconds: 1.5 });
  const first = await runFrames(
    ...["--video", a, "--out", `${films}/trainA`, "--test-fraction", "0.25"],
  );
  assert.equal(first.code, 0, first.err);
  assert.match(first.err, /Looking for black bars in Film one/);
  assert.match(first.err, /168 frames looked at in [\d.]+ s, \d+\/s/);
  assert.match(first.err, /black bars: 160x68\+0\+12 is taken of 160x92/);
  assert.match(
    first.out,
    /trainA: \d pictures of \d shots\n.*testA: \d pictures? of \d shots?\n/,
  );
  assert.match(first.out, /left out:\n +\d+ {2}near duplicate/);

  const manifest = await assertComplete(films, "A");
  assert.deepEqual([manifest.shots, manifest.frames], [14, 168]);
  // Each source comes twice, and the second time much of it is a near duplicate.
  assert.ok(manifest.pictures.length >= 7 && manifest.pictures.length < 14);
  for (const { seconds = -1, frame, shot, hash } of manifest.pictures) {
    assert.equal(shot, Math.floor(seconds), "each shot lasts a second");
    assert.ok(seconds % 1 > 0.1 && seconds % 1 < 0.85, `${seconds} is near a cut`);
    assert.equal(frame, Math.round(seconds * 12));
    assert.match(hash, /^[\da-f]{16}$/);
  }
  const shotsOf = (part: string) =>
    new Set(manifest.pictures.filter((p) => p.part === part).map((p) => p.shot));
  assert.ok(shotsOf("test").size > 0 && shotsOf("train").isDisjointFrom(shotsOf("test")));
  assert.match(manifest.pictures[0].file, /^Film_one_1999_\d{6}\.jpg$/);
  const [name] = listNames(`${films}/trainA`);
  const picture = await decodePicture(await Deno.readFile(`${films}/trainA/${name}`));
  assert.deepEqual([picture.width, picture.height], [160, 68]);

  const second = await runFrames("--video", b, "--out", `${films}/trainB`, "--min-gap", "0.4");
  assert.equal(second.code, 0, second.err);
  await assertComplete(films, "B");
  const source = await folderSource(films, { size: { width: 32, height: 32 }, seed: 1 });
  assert.deepEqual(source.skipped, []);
  assert.equal(source.countA, manifest.counts.train);
  assert.match(
    source.description,
    /to test \d in the test folder \(A\), \d in the test folder/,
  );
  await source.close();
});

videoTest(
  "data:frames takes pictures at the times, and shows what is there at those times",
  async (root) => {
    // Brightness tells the time: 50 at the beginning, 20 more each second, over a checkerboard.
    const film = `${root}/film.mkv`, out = `${root}/trainA`;
    const board = "mod(floor(X/8)+floor(Y/8),2)*50";
    const clock = `nullsrc=s=64x48:r=10:d=8,geq=lum='50+20*T+${board}':cb=128:cr=128`;
    await ffmpeg("-f", "lavfi", "-i", clock, "-c:v", "ffv1", film);
    const flags = ["--fps", "2", "--skip-start", "1.5", "--skip-end", "2s", "--dedupe", "none"];
    const { code, err } = await runFrames(
      ...["--video", film, "--out", out, ...flags, "--test-fraction", "0", "--format", "png"],
      ...["--size", "16x24", "--crop", "32x48+16+0"],
    );
    assert.equal(code, 0, err);
    const { pictures } = await assertCompletePart(root);
    assert.deepEqual(pictures.map((p) => p.seconds), [1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5]);
    for (const { file, seconds = 0 } of pictures) {
      const { width, height, data } = await decodePicture(await Deno.readFile(`${out}/${file}`));
      assert.deepEqual([width, height], [24, 16]);
      const reds = Array.from(data).filter((_, i) => i % 4 === 0);
      const mean = reds.reduce((sum, value) => sum + value) / reds.length;
      // Video's black is 16 and its white 235.
      const expected = ((50 + 20 * seconds + 25 - 16) * 255) / 219;
      assert.ok(Math.abs(mean - expected) < 3, `${mean} at ${seconds}, expected ${expected}`);
    }
  },
);

/** The manifest where no test pictures were asked for. */
async function assertCompletePart(root: string) {
  await Deno.mkdir(`${root}/testA`);
  return await assertComplete(root, "A");
}

videoTest(
  "data:frames refuses what is no film, in one line, and leaves nothing behind",
  async (root) => {
    const path = (name: string) => `${root}/in/${name}`, out = `${root}/films/trainA`;
    await Deno.mkdir(`${root}/in`);
    await makeFilm(path("whole.mkv"), { shots: SCENES, size: [64, 48], seconds: 1 });
    const whole = await Deno.readFile(path("whole.mkv"));
    await Deno.writeFile(path("cut.mkv"), whole.subarray(0, whole.length * 0.3));
    await Deno.writeTextFile(path("text.mp4"), "No film.\n".repeat(100));
    await ffmpeg("-f", "lavfi", "-i", "sine=d=1", path("sound.m4a"));
    await ffmpeg("-f", "lavfi", "-i", "color=s=64x48:d=2", "-c:v", "mpeg4", path("black.avi"));
    await Deno.mkdir(path("empty"));
    const cases: [name: string, code: number, message: RegExp][] = [
      ["text.mp4", 1, /text\.mp4: it is no video, or it is damaged or cut short; ffmpeg says: /],
      ["sound.m4a", 1, /sound\.m4a: there are no moving pictures in it, only audio/],
      [
        "cut.mkv",
        1,
        /cut\.mkv: it ends at \ds of 7s, cut short or damaged \(.*\); expected a whole file, or --skip-end \d$/,
      ],
      ["black.avi", 1, /Cannot take pictures from .*: of 50 frames none is left \(1 dark\)$/],
      [
        "missing.mp4",
        2,
        /--video is ".*missing\.mp4", expected a video or a folder of stills: there is no such file/,
      ],
      ["empty", 1, /empty: 0 files, none of them a picture; expected jpg, png or webp files$/],
    ];
    await Promise.all(cases.map(async ([name, code, message]) => {
      const run = await runFrames("--video", path(name), "--out", out);
      assert.equal(run.code, code, run.err);
      const lines = run.err.split("\n").filter((line) => line.startsWith("error: "));
      assert.equal(lines.length, 1, run.err);
      assert.match(lines[0], message);
    }));
    const film = path("whole.mkv");
    const [noFfmpeg, blocked, late] = await Promise.all([
      startFrames(["--video", film, "--out", out], { PATH: "/nowhere" }).done,
      runFrames("--video", film, "--out", `${film}/trainA`),
      runFrames("--video", film, "--out", out, "--skip-start", "10"),
    ]);
    assert.match(
      noFfmpeg.err,
      /^error: Cannot read .*: there is no ffmpeg .*apt-get install ffmpeg$/m,
    );
    assert.match(blocked.err, /^error: Cannot write into .*whole\.mkv\/trainA: Not a directory/m);
    assert.match(late.err, /Cannot skip 10 s at the start and 0 s at the end .*: it has 7\.0 s/);
    assert.deepEqual([noFfmpeg.code, blocked.code, late.code], [1, 1, 2]);
    assert.deepEqual(listNames(root), ["in"]);
  },
);

Deno.test("data:frames explains itself", async () => {
  const { code, out } = await runFrames("--help");
  assert.equal(code, 0);
  assert.match(out, /--crop HOW +auto \(black bars\), none, or WxH\+X\+Y \(default: auto\)/);
  const wrong = await runFrames("--video", "x");
  assert.deepEqual([wrong.code, wrong.out], [2, ""]);
});
