// `interpolate`, `timelapse` and `sample` by genres and seeds: what they draw, and what they refuse.

import assert from "node:assert/strict";
import { join } from "node:path";
import sharp from "sharp";
import { decodePicture } from "../../data/decode.ts";
import { cropPicture, type Picture } from "../../gpu/picture.ts";
import { parseGenreWeights, parseSeeds } from "../../tasks/_poster_request.ts";
import { ffmpegGate, gatedTest } from "../_gates.ts";
import { runTask } from "./_run_task.ts";
import { trainPosters } from "./_train_posters.ts";

const WIDTH = 16, HEIGHT = 24;

/** The picture in a column and row of a sheet. */
function cell(sheet: Picture, column: number, row: number): Picture {
  return cropPicture(sheet, 2 + column * (WIDTH + 2), 2 + row * (HEIGHT + 2), WIDTH, HEIGHT);
}

Deno.test("sample, interpolate and timelapse work from one run", async (t) => {
  const folder = await Deno.makeTempDir(), run = join(folder, "run");
  await trainPosters("cgan", run, "--images 12 --sample-every 4");
  const read = async (name: string) => await decodePicture(await Deno.readFile(join(folder, name)));
  const out = (name: string) => `--run ${run} --out ${join(folder, name)}`;

  await t.step("sample draws the seeds that were named, in rows", async () => {
    const flags = "--genres horror:0.7,comedy:0.3 --seeds 0-4,9 --columns 4 --device simd";
    const { code, err } = await runTask("sample", `${out("seeds.png")} ${flags}`);
    assert.equal(code, 0, err);
    const { width, height } = await read("seeds.png");
    assert.deepEqual([width, height], [4 * WIDTH + 5 * 2, 2 * HEIGHT + 3 * 2]);
  });

  await t.step("interpolate starts and ends at the posters that it is told", async () => {
    const walk = await runTask(
      "interpolate",
      `${out("walk.png")} --seeds 3,8 --genres horror/comedy --steps 5 --device simd`,
    );
    assert.equal(walk.code, 0, walk.err);
    const strip = await read("walk.png");
    for (const [seed, genre, column] of [[3, "horror", 0], [8, "comedy", 4]] as const) {
      const flags = `--genres ${genre} --seeds ${seed} --device simd`;
      assert.equal((await runTask("sample", `${out("end.png")} ${flags}`)).code, 0);
      assert.deepEqual(cell(strip, column, 0), cell(await read("end.png"), 0, 0));
    }
    assert.notDeepEqual(cell(strip, 1, 0), cell(strip, 0, 0));
  });

  await t.step("interpolate refuses stations that do not go together", async () => {
    const { code, err } = await runTask(
      "interpolate",
      `${out("walk.png")} --seeds 1-3 --genres horror/comedy`,
    );
    assert.equal(code, 2);
    assert.match(err, /Cannot interpolate between 3 seeds and 2 genres/);
    const many = await runTask("interpolate", `${out("walk.png")} --seeds 0-64`);
    assert.match(many.err, /Cannot pass 65 posters: expected at most 64/);
  });

  await t.step("timelapse shows every sheet in order", async () => {
    const { code, err, out: said } = await runTask("timelapse", out("lapse"));
    assert.equal(code, 0, err);
    assert.match(said, /lapse\.webp: 3 sheets/);
    const { pages, loop } = await sharp(join(folder, "lapse.webp")).metadata();
    assert.deepEqual([pages, loop], [3, 0]);
  });

  await t.step("each flag belongs to one family", async () => {
    const { code, err } = await runTask("sample", `${out("x.png")} --samples 3`);
    assert.equal(code, 2);
    assert.match(err, /Cannot use --samples with this run: they are for style models/);
  });
  await Deno.remove(folder, { recursive: true });
});

gatedTest(await ffmpegGate(), "interpolate writes a video that plays", async () => {
  const folder = await Deno.makeTempDir(), run = join(folder, "run");
  await trainPosters("cgan", run, "--images 8 --sample-every 4");
  const video = join(folder, "walk.mp4");
  const { code, err } = await runTask(
    "interpolate",
    `--run ${run} --out ${join(folder, "walk.png")} --video ${video} --seeds 1-3 --genres war`,
    "--fps 8 --seconds 1 --scale 3 --device simd",
  );
  assert.equal(code, 0, err);
  // Two walks of a second at 8 pictures, and the last poster.
  const { stderr } = await new Deno.Command("ffmpeg", {
    args: ["-i", video, "-f", "null", "-"],
    stderr: "piped",
  }).output();
  const said = new TextDecoder().decode(stderr);
  assert.match(said, /Video: h264.*yuv420p.* 48x72/);
  assert.match(said, /frame=\s*17 /);
  assert.equal((await Array.fromAsync(Deno.readDir(folder))).length, 3);
  const lapse = await runTask("timelapse", `--run ${run} --out ${join(folder, "lapse")}`);
  assert.match(lapse.out, /lapse\.mp4: 2 sheets/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("parseGenreWeights() reads names with and without weights, and refuses what is none", () => {
  const genres = ["horror", "comedy", "sci-fi"];
  assert.deepEqual(parseGenreWeights("sci-fi, horror:0.7", genres), [0.7, 0, 1]);
  assert.deepEqual(parseGenreWeights("any", genres), [0, 0, 0]);
  assert.throws(() => parseGenreWeights("noir", genres), /has "noir", expected one of horror/);
  assert.throws(() => parseGenreWeights("horror", []), /no genre: the model has none/);
  for (const text of ["horror:2", "horror:-1", "horror:x", "horror:"]) {
    assert.throws(() => parseGenreWeights(text, genres), /expected a weight from 0 to 1/);
  }
});

Deno.test("parseSeeds() reads ranges and lists, and refuses too many", () => {
  assert.deepEqual(parseSeeds("3,7,20-22"), [3, 7, 20, 21, 22]);
  assert.throws(() => parseSeeds("0-99999"), /more than 4096/);
  assert.throws(() => parseSeeds("5-3"), /expected a whole number of at least 5/);
  assert.throws(() => parseSeeds("a"), /--seeds is "a"/);
});
