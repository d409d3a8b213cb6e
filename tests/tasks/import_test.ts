// `import`: weights that PyTorch saved become models, which compute what PyTorch computed.

import assert from "node:assert/strict";
import { join } from "node:path";
import { encodePng } from "../../data/decode.ts";
import * as tf from "../../gpu/tf.ts";
import type { Direction } from "../../models/manifest.ts";
import { parsePublished, publishedTensors, readPublished } from "../../tasks/_import_generator.ts";
import { readStyleModel } from "../../tasks/_model_files.ts";
import { writeModel } from "../../tasks/_write_model.ts";
import { assertClose } from "../_assert.ts";
import { forEachDevice } from "../_gates.ts";
import { findValues, imagesFromTorch, readGolden, toTensor } from "../golden/_golden.ts";
import { manifestJson, parseStyle } from "../models/_exported_model.ts";
import { runTask } from "./_run_task.ts";
import { finalState, makePictures, runTraining, tinyRun, trainToEnd } from "./_train.ts";
import { dict, legacyFile, named, pickle, storage, tensor, text } from "./_torch_files.ts";

const FILES = [
  "zip",
  "legacy_running",
  "zip_half_module",
  "legacy_double_dropout",
  "zip_strided",
  "legacy_bfloat16",
];

function goldenFile(name: string): string {
  return new URL(`../golden/torch_${name}.pth`, import.meta.url).pathname;
}

const golden = await readGolden("torch_outputs");

/** The golden image, run by a model; the caller owns nothing. */
async function runModel(folder: string, direction: Direction): Promise<Float32Array> {
  const generator = await readStyleModel(folder);
  const input = toTensor(imagesFromTorch(findValues(golden, "input"))) as tf.Tensor4D;
  const output = generator.run(input, direction);
  const values = await output.data<"float32">();
  tf.dispose([input, output]);
  generator.dispose();
  return values;
}

forEachDevice(
  "import gives models that compute what PyTorch computed from the same file",
  async () => {
    const folder = await Deno.makeTempDir();
    for (const name of FILES) {
      const found = await readPublished(goldenFile(name));
      const directions = manifestJson.directions.slice(1);
      await writeModel(folder, {
        tensors: publishedTensors(found, "genBA"),
        dtype: "f32",
        facts: { ...manifestJson, config: found.config, directions },
      });
      const expected = imagesFromTorch(findValues(golden, name)).data;
      assertClose(await runModel(folder, "BtoA"), expected, { absolute: 1e-4 }, name);
    }
    await Deno.remove(folder, { recursive: true });
  },
);

Deno.test("import makes a model like any other", async (t) => {
  const folder = await Deno.makeTempDir(), model = join(folder, "published");
  const file = ["--file", goldenFile("legacy_running")], name = ["--id", "published"];
  const license = "--license=CC BY-NC 4.0", given = [...file, ...name, "--out", folder, license];

  await t.step("it needs a licence, a file and an id", async () => {
    for (const flags of [[...name, license], [...file, ...name], [...file, license]]) {
      const { code, text } = await runImport([...flags, "--out", folder]);
      assert.equal(code, 2, text);
      assert.match(text, /Cannot import: --(file is|id and --license are) needed/);
    }
  });

  await t.step("--dry-run shows what is in the files and writes nothing", async () => {
    const back = ["--back", goldenFile("zip_half_module"), "--dry-run"];
    const { code, out } = await runImport([...given, ...back]);
    assert.equal(code, 0);
    assert.deepEqual(out.trim().split("\n").map((line) => line.replace(/^\/.*golden\//, "")), [
      "torch_legacy_running.pth: PyTorch legacy stream, 30 tensors, weights as float32",
      "  CycleGAN generator of width 2 with 1 residual blocks: 2499 parameters",
      "  left out: 14 running statistics, which instance norms do not use",
      "torch_zip_half_module.pth: PyTorch zip, 37 tensors, weights as float16",
      "  CycleGAN generator of width 2 with 1 residual blocks: 2499 parameters",
      "  left out: 21 running statistics, which instance norms do not use",
    ]);
    await assert.rejects(Deno.stat(model), Deno.errors.NotFound);
  });

  await t.step("one file makes a model of one direction", async () => {
    const { code, text } = await runImport([...given, "--film-a", "Horse", "--film-b", "Zebra"]);
    assert.equal(code, 0, text);
    const manifest = await readManifest(model);
    assert.deepEqual(manifest.directions, [{ id: "AtoB", from: "Horse", to: "Zebra" }]);
    assert.equal(manifest.license, "CC BY-NC 4.0");
    assert.equal(manifest.training.dataset, "unknown; imported from torch_legacy_running.pth");
    assert.deepEqual(manifest.config, { width: 2, blocks: 1, upsample: "convt" });
    assert.deepEqual([manifest.trainedSize, manifest.dtype], [[256, 256], "f16"]);
  });

  await t.step("a model is replaced only with --force, and its sample with it", async () => {
    const again = await runImport(given);
    assert.equal(again.code, 1);
    assert.match(again.text, /Cannot import to .*published: it exists; give --force/);
    await Deno.writeTextFile(join(model, "sample.webp"), "of another model");
    const back = ["--direction", "BtoA", "--back", goldenFile("zip_half_module")];
    const { code, text } = await runImport([...given, "--force", ...back]);
    assert.equal(code, 0, text);
    const { directions } = await readManifest(model);
    assert.deepEqual(directions.map(({ id }) => id), ["AtoB", "BtoA"]);
    await assert.rejects(Deno.stat(join(model, "sample.webp")), Deno.errors.NotFound);
  });

  await t.step("stylize runs it", async () => {
    const picture = { width: 18, height: 13, data: new Uint8Array(18 * 13 * 4).fill(90) };
    await Deno.writeFile(join(folder, "in.png"), await encodePng(picture));
    const paths = ["--in", join(folder, "in.png"), "--out", join(folder, "out.png")];
    const flags = ["--model", model, ...paths, "--direction", "BtoA", "--device", "simd"];
    const { code, text } = await runTask("stylize", ...flags);
    assert.equal(code, 0, text);
    assert.ok((await Deno.stat(join(folder, "out.png"))).isFile);
  });

  await t.step("both directions must be of one architecture", async () => {
    const other = ["--back", goldenFile("legacy_double_dropout"), "--force"];
    const { code, text } = await runImport([...given, ...other]);
    assert.equal(code, 1);
    assert.match(text, /dropout\.pth: it has width 2 and 2 blocks, .*running\.pth has 2 and 1/);
  });

  await Deno.remove(folder, { recursive: true });
});

Deno.test("train:cyclegan starts from an imported model, of one direction too", async () => {
  const folder = await Deno.makeTempDir(), model = join(folder, "published");
  const data = await makePictures(join(folder, "data")), run = join(folder, "run");
  const flags = ["--file", goldenFile("zip"), "--id", "published", "--out", folder];
  const imported = await runImport([...flags, "--license=unknown", "--dtype", "f32"]);
  assert.equal(imported.code, 0, imported.text);
  // A step size of 0 leaves the weights as they were at the start.
  const start = ["--init", model, "--size", "16", "--images", "1", "--lr", "0"];
  const same = [...start, "--upsample", "convt", "--bias", "every"];
  const said = await trainToEnd(tinyRun(data, run, ...same));
  assert.match(said, /published has no genBA; that generator starts from random weights/);
  const { tensors } = await finalState(run);
  const expected = publishedTensors(await readPublished(goldenFile("zip")), "genAB");
  for (const [path, { values }] of expected) {
    assert.deepEqual(tensors.get(`params.${path}`)?.values, values, path);
    assert.deepEqual(tensors.get(`ema.${path}`)?.values, values, path);
  }
  const other = tinyRun(data, join(folder, "other"), ...start, "--upsample", "resize");
  const { code, text: refusal } = await runTraining(other);
  assert.equal(code, 1);
  assert.match(refusal, /Cannot start from .*parameter "genAB\.up\.0\.conv\.kernel" has shape/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("import says in one line what is wrong with a file", async () => {
  const folder = await Deno.makeTempDir(), file = join(folder, "x.pth");
  const cases: [Uint8Array | undefined, RegExp][] = [
    [undefined, /Cannot import .*x\.pth: No such file/],
    [new TextEncoder().encode("<html>"), /x\.pth: Cannot read weights: it has 6 bytes and begins/],
    [legacyFile(pickle(named("os", "system"))), /its pickle names "os\.system", which no state/],
  ];
  for (const [bytes, problem] of cases) {
    if (bytes) await Deno.writeFile(file, bytes);
    const { code, err } = await runImport(["--file", file, "--dry-run"]);
    assert.equal(code, 1);
    assert.match(err, problem);
    assert.equal(err.trim().split("\n").length, 1);
  }
  const { code, text } = await runImport(["--file", folder, "--dry-run"]);
  assert.equal(code, 1);
  assert.match(text, /: it is no file/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("import refuses weights that are whole numbers, not finite, or too large for f16", async () => {
  const found = await readPublished(goldenFile("zip")), folder = await Deno.makeTempDir();
  const [name] = found.dict.tensors.keys();
  const whole = new Map(found.dict.tensors);
  const first = whole.get(name);
  assert(first);
  whole.set(name, { ...first, dtype: "int32" });
  const wrong = { ...found, dict: { ...found.dict, tensors: whole } };
  assert.throws(() => publishedTensors(wrong, "genAB"), /"model\.1\.weight": .* is int32/);
  for (
    const [value, dtype, problem] of [
      [NaN, "f32", /"w" has the value NaN, not finite/],
      [-Infinity, "f16", /"w" has the value -Infinity, not finite/],
      [65520, "f16", /"w" has the value 65520, which f16 cannot hold; give --dtype f32/],
    ] as const
  ) {
    const tensors = new Map([["w", { shape: [1], values: Float32Array.of(value) }]]);
    await assert.rejects(writeModel(folder, { tensors, dtype, facts: {} }), problem);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("parsePublished takes control characters out of what it says", () => {
  const one = tensor({ key: "\x1b0", elements: 1, shape: [2], strides: [1] });
  const file = legacyFile(pickle(dict(text("w"), one, text("\x1b[2J"), storage("1", 1))));
  assert.throws(() => parsePublished("x.pth", file), (error) => {
    assert(error instanceof Error);
    return error.message.startsWith("Cannot import x.pth: ") && !error.message.includes("\x1b");
  });
});

async function readManifest(model: string) {
  return parseStyle(JSON.parse(await Deno.readTextFile(join(model, "manifest.json"))));
}

/** Runs the task with arguments that may hold spaces. */
async function runImport(
  args: string[],
): Promise<{ code: number; out: string; err: string; text: string }> {
  const script = new URL("../../tasks/import.ts", import.meta.url).pathname;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, ...args],
    env: { NO_COLOR: "1" },
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const out = decode(stdout), err = decode(stderr);
  return { code, out, err, text: out + err };
}
