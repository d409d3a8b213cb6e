// `deno task stylize` on videos: frames, times and sound are those of the film, and what was interrupted goes on.

import assert from "node:assert/strict";
import { cropPicture, type Picture } from "../../gpu/picture.ts";
import { writeVideo } from "../../tasks/_video_writer.ts";
import {
  decodeFilm,
  frameHashes,
  frameTimes,
  runStylize,
  soundHash,
  startStylize,
  writeTinyModel,
} from "./_run_stylize.ts";
import { ffmpeg, makeFilm, SCENES, videoTest } from "./_test_video.ts";

const SOUND = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac";

videoTest(
  "stylize keeps a film's frames, times and sound, also at a changing rate",
  async (root) => {
    const [even, uneven] = [`${root}/even.mp4`, `${root}/uneven film.mp4`];
    const shots = [SCENES[0], SCENES[2]];
    await makeFilm(even, { shots, size: [64, 48], seconds: 1, sound: true, coding: SOUND });
    await ffmpeg(
      ...["-i", even, "-vf", "select='not(eq(mod(n,5),3))'", "-fps_mode", "vfr", "-c:a", "copy"],
      ...["-c:v", "libx264", uneven],
    );
    const model = await writeTinyModel(root);
    const common = ["--model", model, "--segment", "7", "--temporal", "0.7"];
    for (const film of [even, uneven]) {
      const out = `${film.slice(0, -4)} out.mp4`;
      const { code, text } = await runStylize([...common, "--in", film, "--out", out]);
      assert.equal(code, 0, text);
      const [, plain, steadied] =
        /Flicker .*: ([\d.]+) without smoothing, ([\d.]+) with --temporal 0\.7/
          .exec(text) ?? assert.fail(text);
      assert.ok(Number(steadied) < Number(plain), text);
      assert.deepEqual(await frameTimes(out), await frameTimes(film));
      assert.equal(await soundHash(out), await soundHash(film));
      await assert.rejects(Deno.stat(`${out}.parts`), Deno.errors.NotFound);
    }
  },
);

videoTest("stylize at strength 0 gives the film, and side by side twice of it", async (root) => {
  const film = `${root}/film.mkv`, out = `${root}/out.mkv`;
  await makeFilm(film, { shots: [SCENES[2], SCENES[5]], size: [64, 48], seconds: 0.75 });
  const model = await writeTinyModel(root);
  const flags = ["--model", model, "--strength", "0", "--side-by-side", "--segment", "5"];
  const { code, text } = await runStylize([...flags, "--in", film, "--out", out]);
  assert.equal(code, 0, text);
  assert.match(text, /Flicker .*: 0\.00 without smoothing\n/);
  const [wanted, found] = [await decodeFilm(film), await decodeFilm(out)];
  assert.equal(found.length, wanted.length);
  for (const [i, frame] of found.entries()) {
    assert.deepEqual([frame.width, frame.height], [128, 48]);
    for (const left of [0, 64]) {
      assert.ok(meanDifference(cropPicture(frame, left, 0, 64, 48), wanted[i]) < 2, `frame ${i}`);
    }
  }
});

videoTest(
  "stylize goes on after Ctrl-C and after its death, to the very same frames",
  async (root) => {
    const film = `${root}/film.mp4`, [out, whole] = [`${root}/out.mp4`, `${root}/whole.mp4`];
    await makeFilm(film, { shots: SCENES.slice(0, 3), size: [128, 96], seconds: 3 });
    const common = ["--model", await writeTinyModel(root), "--in", film, "--segment", "6"];
    const args = [...common, "--temporal", "0.5", "--out", out];
    const stopped = startStylize(args);
    await waitFor(`${out}.parts/000001.json`);
    stopped.kill("SIGINT");
    const { code, stderr } = await stopped.output();
    const text = new TextDecoder().decode(stderr);
    assert.equal(code, 130, text);
    assert.match(text, /Stopped: \d+ of 108 frames are finished, in .*out\.mp4\.parts\. The same/);

    const killed = startStylize(args);
    await waitFor(`${out}.parts/000006.json`);
    killed.kill("SIGKILL");
    await killed.output();
    await assert.rejects(Deno.stat(out), Deno.errors.NotFound);

    const other = await runStylize([...common, "--temporal", "0.4", "--out", out]);
    assert.equal(other.code, 1);
    assert.match(
      other.text,
      /Cannot go on in .*parts: temporal was 0\.5 and is 0\.4; expected the/,
    );

    const last = await runStylize(args);
    assert.equal(last.code, 0, last.text);
    assert.match(last.text, /\d\d of 108 frames are there already/);
    const once = await runStylize([...common, "--temporal", "0.5", "--out", whole]);
    assert.equal(await frameHashes(out), await frameHashes(whole));
    const flicker = /Flicker .*/;
    assert.equal(flicker.exec(last.text)?.[0], flicker.exec(once.text)?.[0]);
  },
);

videoTest("stylize refuses what is no whole video, and says why", async (root) => {
  const model = await writeTinyModel(root), good = `${root}/good.mp4`;
  const coding = `${SOUND.replace("aac", "pcm_s16le")} -f matroska`;
  await makeFilm(good, { shots: [SCENES[0]], size: [64, 48], seconds: 1, sound: true, coding });
  await Deno.writeTextFile(`${root}/notes.mp4`, "no film at all");
  await ffmpeg("-f", "lavfi", "-t", "1", "-i", "sine", `${root}/song.m4a`);
  await makeFilm(`${root}/mpeg.mp4`, { shots: [SCENES[0]], size: [64, 48], seconds: 1 });
  const bytes = await Deno.readFile(`${root}/mpeg.mp4`);
  await Deno.writeFile(`${root}/cut.mp4`, bytes.subarray(0, bytes.length / 2));
  const refuse = async (
    input: string,
    words: RegExp,
    { flags = [], code = 1, path, out = `${root}/out.mp4` }: {
      flags?: string[];
      code?: number;
      path?: string;
      out?: string;
    } = {},
  ) => {
    const args = ["--model", model, "--in", `${root}/${input}`, "--out", out, ...flags];
    const run = await runStylize(args, path === undefined ? {} : { PATH: path });
    assert.match(run.text, words);
    assert.equal(run.code, code, run.text);
  };
  await refuse("notes.mp4", /Cannot read .*notes\.mp4: it is /);
  await refuse("song.m4a", /no moving pictures in it, only audio; expected a video/);
  await refuse("cut.mp4", /Cannot read .*cut\.mp4: it is no video, or it is damaged or cut short/);
  await refuse("good.mp4", /there is no ffmpeg on this system; install it/, { path: root });
  await refuse("good.mp4", /sound of .* as it is: ffmpeg says: .*pcm_s16le.*such as \.mkv/);
  await refuse("good.mp4", /--cycle with this run: it is for pictures/, {
    flags: ["--cycle"],
    code: 2,
  });
  await refuse("good.mp4", /which is the film itself/, { out: `${root}/good.mp4`, code: 2 });
  await refuse("good.mp4", /--temporal is "1"/, { flags: ["--temporal", "1"], code: 2 });
});

videoTest("writeVideo fails with ffmpeg's words, and does not hang", async (root) => {
  const picture = { width: 640, height: 480, data: new Uint8Array(640 * 480 * 4) };
  const writer = await writeVideo(`${root}/nowhere/out.mp4`, {
    ...{ width: 640, height: 480, pixelAspect: 1, timeBase: { over: 1, under: 25 } },
    ...{ ticks: [0, 1], length: 2 },
  });
  await assert.rejects(
    async () => {
      for (let i = 0; i < 3; i++) await writer.write(picture);
      await writer.close();
    },
    /^TaskError: Cannot write .*nowhere\/out\.mp4: ffmpeg says: .*No such file or directory/,
  );
  await writer.abandon();
});

async function waitFor(path: string): Promise<void> {
  for (let i = 0; i < 1500; i++) {
    if (await Deno.stat(path).then(() => true, () => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.fail(`${path} does not come`);
}

function meanDifference(a: Picture, b: Picture): number {
  let sum = 0;
  for (const [i, value] of a.data.entries()) sum += Math.abs(value - b.data[i]);
  return sum / a.data.length;
}
