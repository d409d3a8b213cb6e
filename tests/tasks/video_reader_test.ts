// Videos of unusual kinds, read by the system's ffmpeg: their sides, their times, their frames; and files that are none.

import assert from "node:assert/strict";
import type { Picture } from "../../gpu/picture.ts";
import { probeVideo, type VideoInfo } from "../../tasks/_video_probe.ts";
import { type ReadOptions, readVideo } from "../../tasks/_video_reader.ts";
import { ffmpeg, videoTest } from "./_test_video.ts";

/** A picture of four quarters: red, green; blue, white. */
const QUARTERS = "color=c=black:s=SIZE:r=25:d=1,format=yuv444p," +
  "drawbox=x=0:y=0:w=iw/2:h=ih/2:c=red:t=fill,drawbox=x=iw/2:y=0:w=iw/2:h=ih/2:c=lime:t=fill," +
  "drawbox=x=0:y=ih/2:w=iw/2:h=ih/2:c=blue:t=fill,drawbox=x=iw/2:y=ih/2:w=iw/2:h=ih/2:c=white:t=fill";

async function makeQuarters(path: string, size: string, ...coding: string[]): Promise<void> {
  await ffmpeg("-f", "lavfi", "-i", QUARTERS.replaceAll("SIZE", size), ...coding, path);
}

async function readAll(info: VideoInfo, options: Partial<ReadOptions> = {}) {
  const { width, height } = info;
  return await Array.fromAsync(readVideo(info, { width, height, ...options }));
}

/** The nearest of the pure colours in the middles of the four quarters. */
function quarters({ width, height, data }: Picture): string {
  return [[1, 1], [3, 1], [1, 3], [3, 3]].map(([x, y]) => {
    const at = 4 * (Math.floor((height * y) / 4) * width + Math.floor((width * x) / 4));
    return [...data.slice(at, at + 3)].map((value) => value > 127 ? 1 : 0).join("");
  }).join(" ");
}

const UPRIGHT = "100 010 001 111";

videoTest(
  "readVideo() gives right colours for 10 bits, odd sides and other codings",
  async (root) => {
    const kinds: [string, string, ...string[]][] = [
      ["ten.mkv", "96x64", "-c:v", "libx264", "-pix_fmt", "yuv420p10le"],
      ["odd.mkv", "97x63", "-c:v", "ffv1"],
      ["old.avi", "96x64", "-c:v", "mpeg4", "-q:v", "2"],
      ["rgb.mkv", "96x64", "-c:v", "libx264rgb", "-crf", "10"],
      ["web.webm", "96x64", "-c:v", "libvpx", "-b:v", "1M"],
      ["moving.gif", "96x64"],
    ];
    await Promise.all(kinds.map(async ([name, size, ...coding]) => {
      const path = `${root}/${name}`;
      await makeQuarters(path, size, ...coding);
      const info = await probeVideo(path), frames = await readAll(info);
      assert.equal(`${info.width}x${info.height}`, size, name);
      assert.equal(frames.length, 25, name);
      for (const { picture } of frames) assert.equal(quarters(picture), UPRIGHT, name);
      assert.ok(frames.every(({ picture }) => picture.data[3] === 255), name);
    }));
  },
);

videoTest("readVideo() turns pictures as the file says, and crops what is shown", async (root) => {
  await makeQuarters(`${root}/wide.mp4`, "96x64", "-c:v", "libx264", "-pix_fmt", "yuv420p");
  const wide = await probeVideo(`${root}/wide.mp4`);
  assert.equal(wide.rotation, 0);
  await turn(`${root}/wide.mp4`, `${root}/turned.mp4`);
  const info = await probeVideo(`${root}/turned.mp4`);
  assert.deepEqual([info.width, info.height], [64, 96]);
  const [{ picture }] = await readAll(info, { only: [3] });
  // Clockwise: the left column is now the top row.
  assert.equal(quarters(picture), "001 100 111 010");
  // The quarters meet at (32, 48), which is (6, 4) in the box.
  const box = { left: 26, top: 44, width: 12, height: 8 };
  const [cut] = await readAll(info, { only: [3], box, width: 12, height: 8 });
  assert.equal(quarters(cut.picture), "001 100 111 010");
});

/** Replaces the matrix in a file's header by one that turns x to y and y to -x: versions of ffmpeg differ in a flag for it. */
async function turn(from: string, to: string): Promise<void> {
  const bytes = await Deno.readFile(from), view = new DataView(bytes.buffer);
  const tag = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  let at = 0;
  while (tag(at) !== "tkhd") at++;
  // Version 0 of the box: the matrix is 40 bytes after the flags (ISO/IEC 14496-12, 8.3.2).
  const matrix = [0, 1, 0, -1, 0, 0, 0, 0, 1];
  matrix.forEach((value, i) =>
    view.setInt32(at + 44 + 4 * i, value * (i % 3 === 2 ? 1 << 30 : 65536))
  );
  await Deno.writeFile(to, bytes);
}

videoTest(
  "readVideo() takes large pictures of unnamed colours for BT.709, small ones for BT.601",
  async (root) => {
    for (const [size, matrix] of [["1280x720", "bt709"], ["640x480", "bt601"]]) {
      const path = `${root}/${matrix}.mkv`;
      const coded = `scale=out_color_matrix=${matrix},format=yuv420p,setparams=colorspace=unknown`;
      const source = `color=c=0xC83C1E:s=${size}:r=25:d=0.1`;
      await ffmpeg("-f", "lavfi", "-i", source, "-vf", coded, "-c:v", "ffv1", path);
      const [{ picture }] = await readAll(await probeVideo(path));
      [200, 60, 30].forEach((value, channel) => {
        const found = picture.data[channel];
        assert.ok(Math.abs(found - value) <= 5, `${size}: ${found}, expected ${value}`);
      });
    }
  },
);

videoTest(
  "readVideo() keeps uneven times, and numbers frames alike in every reading",
  async (root) => {
    const path = `${root}/uneven.mkv`;
    const source = "testsrc2=s=64x48:r=25:d=4";
    const uneven = "select='if(lt(t,2),1,not(mod(n,5)))'";
    await ffmpeg(
      "-f",
      "lavfi",
      "-i",
      source,
      "-vf",
      uneven,
      "-vsync",
      "vfr",
      "-c:v",
      "ffv1",
      path,
    );
    const info = await probeVideo(path), all = await readAll(info);
    assert.deepEqual(all.map(({ index }) => index), Array.from({ length: 60 }, (_, i) => i));
    const times = all.map(({ seconds }) => Math.round(seconds * 25));
    assert.deepEqual(times, Array.from({ length: 60 }, (_, i) => i < 50 ? i : 50 + 5 * (i - 50)));
    const some = await readAll(info, { only: [0, 7, 49, 50, 59] });
    assert.deepEqual(some, [0, 7, 49, 50, 59].map((index) => all[index]));
    const late = await readAll(info, { from: 1.99, to: 2.95 });
    assert.deepEqual(late.map(({ seconds }) => Math.round(seconds * 25)), [50, 55, 60, 65, 70]);
    assert.deepEqual(late.map(({ picture }) => picture), all.slice(50, 55).map((f) => f.picture));
    const again = await readAll(info, { from: 1.99, only: [1, 3] });
    assert.deepEqual(again.map(({ picture }) => picture), [late[1].picture, late[3].picture]);
    const missing = readAll(info, { only: [5, 60] });
    await assert.rejects(missing, /Cannot read .*uneven\.mkv: 1 of 2 frames did not come/);
  },
);

videoTest("readVideo() tells key frames, and reads them alone", async (root) => {
  const path = `${root}/keys.mp4`,
    coding = ["-c:v", "libx264", "-g", "10", "-pix_fmt", "yuv420p"];
  await ffmpeg("-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=1", ...coding, path);
  const info = await probeVideo(path), all = await readAll(info);
  const keys = all.filter(({ isKey }) => isKey);
  assert.deepEqual(keys.map(({ index }) => index), [0, 10, 20]);
  const alone = await readAll(info, { keyFramesOnly: true });
  assert.deepEqual(alone.map(({ picture }) => picture), keys.map(({ picture }) => picture));
  assert.deepEqual(alone.map(({ seconds }) => seconds), keys.map(({ seconds }) => seconds));
});

videoTest("readVideo() leaves no ffmpeg behind when it is left or told to stop", async (root) => {
  const path = `${root}/long.mkv`;
  await ffmpeg("-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=20", "-c:v", "mpeg4", path);
  const info = await probeVideo(path);
  for await (const { index } of readVideo(info, info)) if (index === 2) break;
  const stop = new AbortController();
  let seen = 0;
  for await (const _ of readVideo(info, { ...info, signal: stop.signal })) {
    if (++seen === 3) stop.abort();
  }
  assert.ok(seen < 500);
  assert.ok(!runningCommands().some((command) => command.includes(path)));
});

/** The command lines of all processes, where the system shows them as files. */
function runningCommands(): string[] {
  try {
    return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
      try {
        return /^\d+$/.test(name) ? [Deno.readTextFileSync(`/proc/${name}/cmdline`)] : [];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}

videoTest("probeVideo() says why a file is no video", async (root) => {
  const path = (name: string) => `${root}/${name}`;
  await makeQuarters(path("good.mp4"), "96x64", "-c:v", "libx264", "-pix_fmt", "yuv420p");
  const good = await Deno.readFile(path("good.mp4"));
  await Deno.writeFile(path("cut.mp4"), good.subarray(0, good.length / 2));
  await Deno.writeFile(path("empty.mkv"), new Uint8Array());
  await Deno.writeTextFile(path("notes.txt"), "No film.\n".repeat(500));
  await Deno.writeTextFile(path("film.mp4"), "No film either.\n".repeat(500));
  await makeQuarters(path("one.png"), "96x64", "-frames:v", "1");
  await ffmpeg("-f", "lavfi", "-i", "sine=d=1", path("sound.m4a"));
  const cover = ["-map", "0", "-map", "1", "-c:v", "png", "-disposition:v", "attached_pic"];
  await ffmpeg(
    "-f",
    "lavfi",
    "-i",
    "sine=d=1",
    "-i",
    path("one.png"),
    ...cover,
    path("song.mp3"),
  );
  const faults: [string, RegExp][] = [
    ["cut.mp4", /cut\.mp4: it is no video, or it is damaged or cut short; ffmpeg says: moov/],
    ["empty.mkv", /empty\.mkv: it is no video/],
    ["film.mp4", /film\.mp4: it is no video/],
    ["notes.txt", /notes\.txt: it is text; expected a video$/],
    ["one.png", /one\.png: it is a single picture; expected a video$/],
    [
      "sound.m4a",
      /sound\.m4a: there are no moving pictures in it, only audio; expected a video$/,
    ],
    ["song.mp3", /song\.mp3: there are no moving pictures in it, only audio and a cover;/],
    ["missing.mp4", /missing\.mp4: .*No such file/],
  ];
  for (const [name, message] of faults) await assert.rejects(probeVideo(path(name)), message);
});

videoTest(
  "probeVideo() knows shapes of pixels, interlacing, sound, and files that hide their length",
  async (root) => {
    const dvd = `${root}/a: disc.mpg`, raw = `${root}/-raw.h264`;
    const film = [
      "-f",
      "lavfi",
      "-i",
      "testsrc2=s=96x64:r=50:d=1",
      "-f",
      "lavfi",
      "-i",
      "sine=d=1",
    ];
    const lace = [
      "-vf",
      "setdar=16/9,tinterlace=4",
      "-flags",
      "+ildct+ilme",
      "-c:v",
      "mpeg2video",
    ];
    await ffmpeg(...film, ...lace, `file:${dvd}`);
    const info = await probeVideo(dvd);
    assert.deepEqual([info.interlaced, info.hasAudio, info.rotation], [true, true, 0]);
    assert.ok(Math.abs(info.pixelAspect * (96 / 64) - 16 / 9) < 0.02);
    assert.equal((await readAll(info)).length, 25);
    await makeQuarters(raw, "96x64", "-c:v", "libx264", "-pix_fmt", "yuv420p");
    const bare = await probeVideo(raw);
    assert.deepEqual([bare.seconds, bare.hasAudio], [undefined, false]);
    assert.equal((await readAll(bare)).length, 25);
  },
);
