// `export --format`: what ONNX Runtime computes of an exported generator is what we compute, and PyTorch's files are read back.

import assert from "node:assert/strict";
import { join } from "node:path";
import proto from "onnx-proto";
import * as ort from "onnxruntime-web";
import { randomStream } from "../../gpu/random.ts";
import * as tf from "../../gpu/tf.ts";
import { disposeTree, treeFromEntries } from "../../gpu/tree.ts";
import type { GeneratorConfig } from "../../models/cyclegan/config.ts";
import {
  applyGenerator,
  type GeneratorParams,
  generatorShapes,
} from "../../models/cyclegan/generator.ts";
import type { LoadedTensor } from "../../models/train_state.ts";
import { publishedNames } from "../../tasks/_cyclegan_keys.ts";
import { toPublished } from "../../tasks/_export_foreign.ts";
import { parsePublished, publishedTensors } from "../../tasks/_import_generator.ts";
import { encodeOnnx, ONNX_INPUT, ONNX_OUTPUT, OPSET } from "../../tasks/_onnx_generator.ts";
import { readStateDict } from "../../tasks/_state_dict.ts";
import { readFloats32 } from "../../tasks/_state_tensor.ts";
import { encodeStateDict } from "../../tasks/_torch_writer.ts";
import { storeFloats } from "../../gpu/safetensors.ts";
import { sizeOf } from "../../gpu/shape.ts";
import { assertClose } from "../_assert.ts";
import { forEachDevice } from "../_gates.ts";
import { imagesFromTorch, readGolden } from "../golden/_golden.ts";
import { runTask } from "./_run_task.ts";
import { makePictures, tinyRun, trainToEnd } from "./_train.ts";

ort.env.wasm.numThreads = 1;

const CONFIGS: GeneratorConfig[] = [
  { width: 2, blocks: 2, upsample: "convt" },
  { width: 3, blocks: 1, upsample: "resize" },
  { width: 1, blocks: 0, upsample: "convt" },
  { width: 2, blocks: 1, upsample: "resize", bias: "needed" },
];

/** Random weights, biases too, of deviation 1 / sqrt(fan in). */
function randomTensors(config: GeneratorConfig): Map<string, LoadedTensor> {
  const random = randomStream(7, "foreign");
  return new Map(
    Object.entries(generatorShapes(config)).map(([path, shape]) => {
      const fan = shape.length === 4 ? shape[0] * shape[1] * shape[2] : 100;
      const values = random.normals(sizeOf(shape), 0, fan ** -0.5);
      return [`genAB.${path}`, { shape, values }];
    }),
  );
}

/** What ONNX Runtime makes of pictures [n, 3, h, w]. */
async function runOnnx(
  model: Uint8Array,
  values: Float32Array,
  shape: readonly number[],
): Promise<Float32Array> {
  // Where it finds Node's worker threads, the runtime puts their Worker in the place of the web's, which our engine needs.
  const { Worker } = globalThis;
  const session = await ort.InferenceSession.create(model, { executionProviders: ["wasm"] });
  globalThis.Worker = Worker;
  const input = new ort.Tensor("float32", values, shape);
  const output = (await session.run({ [ONNX_INPUT]: input }))[ONNX_OUTPUT];
  assert.deepEqual(output.dims, shape);
  const found = await output.getData();
  await session.release();
  assert(found instanceof Float32Array);
  return found;
}

forEachDevice("encodeOnnx gives models of which ONNX Runtime makes what we make", async () => {
  for (const config of CONFIGS) {
    const tensors = randomTensors(config);
    const model = encodeOnnx(config, toPublished(tensors, "genAB", { config, dtype: "f32" }), {});
    const params = treeFromEntries<{ genAB: GeneratorParams }>(
      [...tensors].map(([path, { shape, values }]) => [path, tf.tensor(values, [...shape])]),
    );
    for (const [n, h, w] of [[1, 16, 16], [2, 12, 20]]) {
      const shape = [n, 3, h, w];
      const data = randomStream(1, "pictures", h).normals(sizeOf(shape), 0, 0.4);
      const images = tf.tensor4d(imagesFromTorch({ shape, data }).data, [n, h, w, 3]);
      const output = tf.tidy(() => applyGenerator(params.genAB, images, config));
      const found = imagesFromTorch({ shape, data: await runOnnx(model, data, shape) }).data;
      const what = `${JSON.stringify(config)} at ${h}x${w}`;
      assertClose(await output.data<"float32">(), found, { absolute: 1e-4 }, what);
      tf.dispose([images, output]);
    }
    disposeTree(params);
  }
});

Deno.test("encodeOnnx states its opset, its inputs and what it is told of the model", () => {
  const config = CONFIGS[0],
    published = toPublished(randomTensors(config), "genAB", { config, dtype: "f32" });
  const { ModelProto } = proto.onnx;
  const model = ModelProto.decode(encodeOnnx(config, published, { license: "MIT" }));
  assert.deepEqual(model.opsetImport.map(({ version }) => Number(version)), [OPSET]);
  assert.deepEqual(model.metadataProps.map(({ key, value }) => [key, value]), [["license", "MIT"]]);
  const [input] = model.graph?.input ?? [];
  const dims = input.type?.tensorType?.shape?.dim?.map(({ dimParam, dimValue }) =>
    dimParam || Number(dimValue)
  );
  assert.deepEqual([input.name, dims], ["picture", ["n", 3, "height", "width"]]);
});

Deno.test("encodeStateDict writes what is read back as the same generator, in f32 and f16", () => {
  const config = CONFIGS[0], tensors = randomTensors(config);
  for (const dtype of ["F32", "F16"] as const) {
    const stored = new Map(
      toPublished(tensors, "genAB", { config, dtype: "f32" }).map(([name, { shape, values }]) =>
        [name, { ...storeFloats(values, shape, dtype), dtype }] as const
      ),
    );
    const found = parsePublished("x.pth", encodeStateDict(stored));
    assert.deepEqual([found.dict.layout, found.config], ["PyTorch zip", config]);
    for (const [path, { shape, values }] of publishedTensors(found, "genAB")) {
      assert.deepEqual(shape, tensors.get(path)?.shape);
      const expected = tensors.get(path)?.values ?? [];
      assertClose(values, expected, { relative: dtype === "F32" ? 0 : 1e-3, absolute: 1e-7 }, path);
    }
  }
});

Deno.test("toPublished gives every bias of the published code, those that there are none of as zeros", () => {
  const config: GeneratorConfig = { width: 2, blocks: 1, upsample: "convt", bias: "needed" };
  const tensors = randomTensors(config);
  const published = toPublished(tensors, "genAB", { config, dtype: "f32" });
  assert.deepEqual(
    published.map(([name]) => name),
    publishedNames({ ...config, bias: undefined }).map(({ name }) => name),
  );
  const biases = published.filter(([name]) => name.endsWith(".bias"));
  const head = biases.pop();
  assert.deepEqual(head?.[1].values, tensors.get("genAB.head.conv.bias")?.values);
  assert.ok(biases.length === 7 && biases.every(([, { values }]) => values.every((x) => x === 0)));
});

Deno.test("publishedNames has the names that PyTorch gives a generator without transposed convolutions", async () => {
  const { tensors } = await readGolden("generator_resize");
  const names = publishedNames({ width: 2, blocks: 2, upsample: "resize" });
  const expected = [...tensors].filter(([name]) => name.startsWith("model."));
  assert.deepEqual(
    names.map(({ name, shape }) => [name, shape]),
    expected.map(([name, { shape }]) => [name, shape]),
  );
});

Deno.test("export writes the formats of other programs from a run", async (t) => {
  const folder = await Deno.makeTempDir(), run = join(folder, "run");
  const data = await makePictures(join(folder, "data"));
  await trainToEnd(tinyRun(data, run, "--size", "16", "--images", "1", "--upsample", "convt"));
  const args = ["--run", run, "--out", folder];

  await t.step("each a file for each direction, with the same weights", async () => {
    for (const format of ["onnx", "safetensors", "pth-keys"]) {
      const { code, text } = await runTask("export", ...args, "--id", format, "--format", format);
      assert.equal(code, 0, text);
      assert.match(text, /AtoB\.\w+: 0\.01 MB as f32\n.*BtoA\.\w+: 0\.01 MB as f32\n$/);
    }
    const read = async (file: string) => readStateDict(await Deno.readFile(join(folder, file)));
    for (const direction of ["AtoB", "BtoA"]) {
      const safe = await read(`safetensors/${direction}.safetensors`);
      const pth = await read(`pth-keys/${direction}.pth`);
      assert.deepEqual([...safe.tensors.keys()], [...pth.tensors.keys()]);
      for (const [name, tensor] of safe.tensors) {
        const other = pth.tensors.get(name);
        assert(other);
        assert.deepEqual(readFloats32(tensor), readFloats32(other), name);
      }
      const model = await Deno.readFile(join(folder, `onnx/${direction}.onnx`));
      const pictures = new Float32Array(3 * 16 * 16).fill(0.25);
      const drawn = await runOnnx(model, pictures, [1, 3, 16, 16]);
      assert(drawn.every((value) => Math.abs(value) <= 1));
    }
  });

  await t.step("and refuses what the format does not have", async () => {
    const half = [...args, "--id", "half", "--format", "onnx", "--dtype", "f16"];
    const refusals: [string[], RegExp][] = [
      [half, /--dtype is f16, expected f32/],
      [[...args, "--id", "x", "--format", "tflite"], /--format is "tflite", expected web, onnx/],
      [[...args, "--id", "onnx", "--format", "onnx"], /Cannot export to .*onnx: it exists/],
    ];
    for (const [flags, problem] of refusals) {
      const { code, text } = await runTask("export", ...flags);
      assert.notEqual(code, 0);
      assert.match(text, problem);
    }
  });

  await Deno.remove(folder, { recursive: true });
});
