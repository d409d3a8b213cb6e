// `project` and `directions`, and `sample` with what they leave: files, refusals, and a search that is stopped.

import assert from "node:assert/strict";
import { join } from "node:path";
import { decodePicture, encodePng } from "../../data/decode.ts";
import { cropPicture, type Picture } from "../../gpu/picture.ts";
import { randomStream } from "../../gpu/random.ts";
import { UsageError } from "../../tasks/_cli.ts";
import {
  type ProjectFlags,
  readGenres,
  readProjectSettings,
} from "../../tasks/_project_command.ts";
import { exportPosters } from "../models/_exported_poster.ts";
import { runTask } from "./_run_task.ts";
import { trainPosters } from "./_train_posters.ts";

const WIDTH = 16, HEIGHT = 24;
const FAST = "--device simd --threads 2 --starts 2 --candidates 8";

/** A folder with an exported model of three genres, and a picture of another shape. */
async function prepare(): Promise<{ folder: string; model: string; picture: string }> {
  const folder = await Deno.makeTempDir(), model = join(folder, "model");
  const { manifest, weights } = await exportPosters();
  await Deno.mkdir(model);
  await Deno.writeTextFile(join(model, "manifest.json"), JSON.stringify(manifest));
  await Deno.writeFile(join(model, "weights.safetensors"), weights);
  const picture = join(folder, "picture.png"), random = randomStream(3, "picture");
  const data = Uint8Array.from(
    { length: 40 * 30 * 4 },
    (_, i) => i % 4 === 3 ? 255 : 60 + i % 120 + random.integer(60),
  );
  await Deno.writeFile(picture, await encodePng({ width: 40, height: 30, data }));
  return { folder, model, picture };
}

async function read(...path: string[]): Promise<Picture> {
  return await decodePicture(await Deno.readFile(join(...path)));
}

Deno.test("project comes nearer to a picture, and sample draws its file again", async (t) => {
  const { folder, model, picture } = await prepare(), out = join(folder, "found");
  const flags = `--model ${model} --in ${picture} ${FAST} --steps 30 --out ${out}`;
  const { code, out: said, err } = await runTask("project", flags);
  assert.equal(code, 0, err);
  assert.match(said, /result\.png: total .* pixels .* squares .* features .* less\)/);
  const file = JSON.parse(await Deno.readTextFile(join(out, "latent.json")));

  await t.step("the distance falls, and the genres are weights", () => {
    const { start, end } = file.distances;
    assert(end.total < 0.9 * start.total, `${start.total} to ${end.total}`);
    assert(Object.values<number>(file.genres).every((weight) => weight > 0 && weight <= 1));
    assert.equal(file.latent.length, 8);
  });

  await t.step("the sheet has the picture, the first guess, the way and the result", async () => {
    const sheet = await read(out, "sheet.png"), result = await read(out, "result.png");
    assert.deepEqual([result.width, result.height], [WIDTH, HEIGHT]);
    assert.deepEqual([sheet.width, sheet.height], [9 * WIDTH + 10 * 2, HEIGHT + 4]);
    const last = cropPicture(sheet, 2 + 8 * (WIDTH + 2), 2, WIDTH, HEIGHT);
    assert.deepEqual(Array.from(last.data), Array.from(result.data));
  });

  await t.step("sample draws the very poster", async () => {
    const again = join(folder, "again.png"), latent = join(out, "latent.json");
    const sample = await runTask(
      "sample",
      `--model ${model} --latent ${latent} --out ${again} --device simd --threads 2`,
    );
    assert.equal(sample.code, 0, sample.err);
    const drawn = cropPicture(await read(again), 2, 2, WIDTH, HEIGHT);
    const result = await read(out, "result.png");
    // A batch of one and a batch of two need not add up in the same order.
    assert(drawn.data.every((value, i) => Math.abs(value - result.data[i]) <= 1));
  });

  await t.step("the same command finds the same", async () => {
    const second = join(folder, "second");
    assert.equal((await runTask("project", flags.replace(out, second))).code, 0);
    assert.deepEqual(JSON.parse(await Deno.readTextFile(join(second, "latent.json"))), file);
  });

  await t.step("given genres stay what they are", async () => {
    const given = join(folder, "given");
    const more = `--genres horror:0.5 --features 0 --steps 2`;
    const { code, err } = await runTask("project", `${flags.replace(out, given)} ${more}`);
    assert.equal(code, 0, err);
    const { genres } = JSON.parse(await Deno.readTextFile(join(given, "latent.json")));
    assert.deepEqual(genres, { horror: 0.5 });
  });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("project that is stopped keeps the best that it has found", async () => {
  const { folder, model, picture } = await prepare(), out = join(folder, "found");
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", new URL("../../tasks/project.ts", import.meta.url).pathname],
      ...`--model ${model} --in ${picture} ${FAST} --steps 60000 --out ${out}`.split(" "),
    ],
    ...{ stdout: "piped", stderr: "piped", env: { NO_COLOR: "1" } },
  }).spawn();
  const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  for (let said = ""; !said.includes(" left");) {
    const { value, done } = await reader.read();
    assert(!done, said);
    said += value;
  }
  child.kill("SIGINT");
  while (!(await reader.read()).done);
  const said = await new Response(child.stdout).text();
  assert.equal((await child.status).code, 130);
  assert.match(said, /stopped after \d+ of 60000 steps: total/);
  const { distances } = JSON.parse(await Deno.readTextFile(join(out, "latent.json")));
  assert(distances.end.total <= distances.start.total);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("project and directions work from a run of a generator that draws in styles", async (t) => {
  const { folder, picture } = await prepare(), run = join(folder, "run");
  await trainPosters("stylegan2", run, "--images 4");
  for (const space of ["w+", "z"]) {
    await t.step(`project in ${space}`, async () => {
      const out = join(folder, "found");
      const { code, err } = await runTask(
        "project",
        `--model ${run} --in ${picture} ${FAST} --steps 4 --space ${space} --out ${out}`,
      );
      assert.equal(code, 0, err);
      const file = JSON.parse(await Deno.readTextFile(join(out, "latent.json")));
      assert.equal(file.architecture, "stylegan2");
      assert.equal("styles" in file, space !== "z");
      const again = `--run ${run} --latent ${join(out, "latent.json")} --out ${out}/again.png`;
      const sample = await runTask("sample", `${again} --device simd --threads 2`);
      assert.equal(sample.code, 0, sample.err);
    });
  }
  await t.step("directions draws a strip for each, the poster itself in the middle", async () => {
    const out = join(folder, "directions");
    const { code, err, out: said } = await runTask(
      "directions",
      `--model ${run} --count 3 --range 2 --columns 5 --out ${out} --device simd --threads 2`,
    );
    assert.equal(code, 0, err);
    assert.match(said, /3 directions/);
    const sheet = await read(out, "directions.png");
    assert.deepEqual([sheet.width, sheet.height], [76 + 5 * WIDTH + 7 * 2, 3 * HEIGHT + 4 * 2]);
    const middle = (row: number) =>
      cropPicture(sheet, 76 + 4 + 2 * (WIDTH + 2), 2 + row * (HEIGHT + 2), WIDTH, HEIGHT);
    assert.deepEqual(middle(1), middle(0));
    const file = JSON.parse(await Deno.readTextFile(join(out, "directions.json")));
    assert.deepEqual([file.of, file.directions.length], ["style", 3]);
  });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("project --held-out reports how far the distances fall", async () => {
  const { folder, model } = await prepare(), out = join(folder, "report");
  const { code, err, out: said } = await runTask(
    "project",
    `--model ${model} --held-out 2 ${FAST} --steps 6 --out ${out}`,
  );
  assert.equal(code, 0, err);
  assert.match(said, /2 posters, mean fall: squares .* %, pixels .* %, total .* %, features/);
  const { rows, falls } = JSON.parse(await Deno.readTextFile(join(out, "report.json")));
  const mean = rows.reduce((sum: number, { distances: { start, end } }: {
    distances: Record<"start" | "end", { pixels: number }>;
  }) => sum + (1 - end.pixels / start.pixels) / 2, 0);
  assert(Math.abs(mean - falls.pixels) < 1e-9);
  assert.deepEqual((await read(out, "sheet.png")).height, 2 * HEIGHT + 3 * 2);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("project refuses flags that do not go together", () => {
  const refused: [ProjectFlags, RegExp][] = [
    [{ in: "a.png" }, /--model is needed/],
    [{ model: "m" }, /expected either --in or --held-out/],
    [{ model: "m", in: "a.png", "held-out": "3" }, /expected either --in or --held-out/],
    [
      { model: "m", in: "a.png", starts: "9", candidates: "4" },
      /--candidates is "4", expected .* from 9/,
    ],
    [{ model: "m", in: "a.png", space: "v" }, /--space is "v", expected z, w, w\+/],
    [{ model: "m", in: "a.png", fit: "crop" }, /--fit is "crop", expected cover/],
    [{ model: "m", in: "a.png", steps: "0" }, /--steps is "0"/],
    [{ model: "m", in: "a.png", prior: "2" }, /--prior is "2", expected a number from 0 to 1/],
    [{ model: "m", in: "a.png", genres: "own" }, /--genres own is for --held-out/],
    [{ model: "m", in: "a.png", data: "x" }, /--data is for --held-out/],
    [{ model: "m", "held-out": "3", fit: "cover" }, /--fit is for --in/],
    [{ model: "m", in: "a.png", judge: "j", features: "0" }, /its features would not count/],
  ];
  for (const [flags, message] of refused) {
    assert.throws(() => readProjectSettings(flags), (error) => {
      assert(error instanceof UsageError);
      assert.match(error.message, message);
      return true;
    });
  }
  assert.throws(() => readGenres({ genres: "noir" }, ["horror"]), /has "noir", expected one of/);
  assert.equal(readGenres({}, ["horror"]), undefined);
  assert.deepEqual(readGenres({ genres: "any" }, ["horror"]), [0]);
});

Deno.test("project, directions and sample refuse what they cannot use, in one line", async () => {
  const { folder, model, picture } = await prepare(), out = `--out ${join(folder, "x")}`;
  const text = join(folder, "text.png");
  await Deno.writeTextFile(text, "no picture");
  const refused: [string, string, number, RegExp][] = [
    ["project", `--model ${model} --in ${picture} --space w`, 1, /dcgan: it has none/],
    ["project", `--model ${folder}/none --in ${picture}`, 1, /Cannot find model/],
    ["project", `--model ${model} --in ${text}`, 1, /Cannot project .*text\.png/],
    [
      "project",
      `--model ${model} --in ${picture} --judge ${text}`,
      1,
      /Cannot use judge .*text\.png: Cannot/,
    ],
    ["project", "--model two-films-toy --held-out 1", 1, /it restyles pictures, expected posters/],
    [
      "project",
      `--model ${model} --held-out 1 --genres own`,
      1,
      /it has horror, comedy, sci-fi, exp/,
    ],
    ["directions", `--model ${model} --count 9`, 1, /Cannot find 9 directions: expected 1 to 8/],
    ["directions", `--model ${model} --columns 4`, 2, /expected an odd number/],
    ["sample", `--model ${model} --latent ${picture}`, 1, /Cannot read .*picture\.png/],
    ["sample", `--model ${model} --latent x --seeds 1`, 2, /Cannot use --seeds/],
  ];
  await Promise.all(refused.map(async ([task, flags, code, message]) => {
    const { code: found, err } = await runTask(task, flags, out, "--device cpu");
    assert.match(err, message, flags);
    assert.equal(found, code, flags);
    assert.doesNotMatch(err, /\n\s+at /, flags);
  }));
  await Deno.remove(folder, { recursive: true });
});
