// Loading an exported model: what is run is what was exported, and no file gets in that fails a check.

import assert from "node:assert/strict";
import type { Picture } from "../../gpu/picture.ts";
import { randomStream } from "../../gpu/random.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  readFloats,
  type StoredTensor,
} from "../../gpu/safetensors.ts";
import * as tf from "../../gpu/tf.ts";
import { disposeTree, treeFromEntries } from "../../gpu/tree.ts";
import { applyGenerator, type GeneratorParams } from "../../models/cyclegan/generator.ts";
import { loadGenerator, restyle } from "../../models/generator.ts";
import type { Direction, StyleManifest } from "../../models/manifest.ts";
import { ModelFileError, sha256Hex } from "../../models/weights_file.ts";
import { assertClose } from "../_assert.ts";
import { forEachDevice } from "../_gates.ts";
import {
  describeWeights,
  exportModel,
  manifestJson,
  parseStyle,
  randomWeights,
} from "./_exported_model.ts";

function randomImages(...[n, h, w]: number[]): tf.Tensor4D {
  const values = randomStream(1, "images").normals(n * h * w * 3, 0, 0.4);
  return tf.tensor4d(values, [n, h, w, 3]);
}

/** A picture of random bytes, its alpha anything. */
function randomPicture(width: number, height: number): Picture {
  const random = randomStream(1, "picture", width, height);
  const data = Uint8Array.from({ length: width * height * 4 }, () => random.integer(256));
  return { width, height, data };
}

/** What the networks of a weights file make of images, without the loader. */
async function applyFile(
  weights: Uint8Array,
  config: StyleManifest["config"],
  { images, direction }: { images: tf.Tensor4D; direction: Direction },
): Promise<Float32Array> {
  const { tensors } = decodeSafetensors(weights);
  const pair = treeFromEntries<Record<string, GeneratorParams>>(
    [...tensors].map(([path, stored]) => [path, tf.tensor(readFloats(stored), [...stored.shape])]),
  );
  const params = pair[{ AtoB: "genAB", BtoA: "genBA" }[direction]];
  const output = tf.tidy(() => applyGenerator(params, images, config));
  const values = await output.data<"float32">();
  output.dispose();
  disposeTree(pair);
  return values;
}

const variants: Partial<StyleManifest>[] = [
  { dtype: "f32" },
  { dtype: "f16", config: { width: 1, blocks: 2, upsample: "convt" } },
  { dtype: "f32", config: { width: 2, blocks: 0, upsample: "resize" } },
];

forEachDevice("loadGenerator runs what was exported, in both directions", async () => {
  for (const variant of variants) {
    const { manifest, weights } = await exportModel(variant);
    const generator = await loadGenerator(manifest, weights);
    const images = randomImages(2, 8, 12);
    const outputs: Float32Array[] = [];
    for (const direction of ["AtoB", "BtoA"] as const) {
      const output = generator.run(images, direction);
      assert.deepEqual(output.shape, [2, 8, 12, 3]);
      const found = await output.data<"float32">();
      const expected = await applyFile(weights, manifest.config, { images, direction });
      assertClose(found, expected, { absolute: 1e-6 }, `${direction} ${JSON.stringify(variant)}`);
      assert.ok(found.every((value) => Math.abs(value) <= 1));
      outputs.push(found);
      output.dispose();
    }
    assert.notDeepEqual(outputs[0], outputs[1]);
    images.dispose();
    generator.dispose();
  }
});

forEachDevice("loadGenerator takes the tensors of a file in any order", async () => {
  const config: StyleManifest["config"] = { width: 1, blocks: 11, upsample: "convt" };
  const tensors = randomWeights({ config, dtype: "f32" });
  const sorted = new Map([...tensors].sort(([a], [b]) => a < b ? -1 : 1));
  const images = randomImages(1, 8, 8);
  const outputs: Float32Array[] = [];
  for (const ordered of [tensors, sorted]) {
    const weights = encodeSafetensors(ordered);
    const generator = await loadGenerator(await describeWeights(weights, { config }), weights);
    const output = generator.run(images, "AtoB");
    outputs.push(await output.data<"float32">());
    output.dispose();
    generator.dispose();
  }
  assert.deepEqual(outputs[1], outputs[0]);
  images.dispose();
});

forEachDevice("loadGenerator runs only the directions of the manifest", async () => {
  const oneWay = { directions: [manifestJson.directions[1]] } as Partial<StyleManifest>;
  const tensors = randomWeights(parseStyle(manifestJson));
  const weights = encodeSafetensors(
    new Map([...tensors].filter(([path]) => path.startsWith("genBA."))),
  );
  const generator = await loadGenerator(await describeWeights(weights, oneWay), weights);
  const images = randomImages(1, 8, 8);
  assert.throws(() => generator.run(images, "AtoB"), {
    name: "RangeError",
    message: 'Cannot run "two-films-toy": it has no direction AtoB, only BtoA',
  });
  generator.run(images, "BtoA").dispose();
  images.dispose();
  generator.dispose();
});

/** The good weights as a file, one tensor of it changed or removed. */
function changedWeights(path: string, change?: Partial<StoredTensor>): Uint8Array<ArrayBuffer> {
  const tensors = randomWeights(parseStyle(manifestJson));
  const stored = tensors.get(path) ?? { dtype: "F32", shape: [1], bytes: new Uint8Array(4) };
  if (change) tensors.set(path, { ...stored, ...change });
  else tensors.delete(path);
  return encodeSafetensors(tensors);
}

forEachDevice("loadGenerator refuses each file that its manifest does not describe", async () => {
  const { manifest, weights } = await exportModel();
  const flipped = Uint8Array.from(weights);
  flipped[flipped.length - 1] ^= 1;
  const cut = weights.slice(0, -4), noJson = Uint8Array.from(weights);
  noJson[8] = 0;
  const half = { ...manifest, dtype: "f16" } as const;
  const bias = "genAB.stem.conv.bias", missing = changedWeights(bias);
  const surplus = changedWeights("genAB.block.1.conv1.bias", {});
  const misshapen = changedWeights(bias, { shape: [1, 2] });
  const mixed = changedWeights(bias, { dtype: "F16", bytes: new Uint8Array(4) });
  const whole = changedWeights(bias, { dtype: "I32" });
  const model = 'model "two-films-toy"';
  const cases: [manifest: StyleManifest, weights: Uint8Array<ArrayBuffer>, message: string][] = [
    [
      manifest,
      cut,
      `Cannot load ${model}: the weights have ${cut.length} bytes, expected ${weights.length}`,
    ],
    [
      manifest,
      flipped,
      `Cannot load ${model}: the weights' SHA-256 is ${await sha256Hex(
        flipped,
      )}, expected ${manifest.weights.sha256}`,
    ],
    [
      await describeWeights(noJson),
      noJson,
      "Cannot read safetensors file: its header is not JSON",
    ],
    [half, weights, `Cannot load ${model}: "genAB.stem.conv.kernel" is F32, expected F16`],
    [await describeWeights(mixed), mixed, `Cannot load ${model}: "${bias}" is F16, expected F32`],
    [await describeWeights(whole), whole, `Cannot load ${model}: "${bias}" is I32, expected F32`],
    [
      await describeWeights(missing),
      missing,
      `Cannot fill ${model}: parameter "${bias}" is missing`,
    ],
    [
      await describeWeights(misshapen),
      misshapen,
      `Cannot fill ${model}: parameter "${bias}" has shape [1,2], expected [2]`,
    ],
    [
      await describeWeights(surplus),
      surplus,
      `Cannot fill ${model}: parameter "genAB.block.1.conv1.bias" is not part of the network`,
    ],
  ];
  const before = tf.memory().numTensors;
  for (const [described, file, message] of cases) {
    await assert.rejects(loadGenerator(described, file), (error) => {
      assert.ok(error instanceof ModelFileError, String(error));
      assert.equal(error.message, message);
      return true;
    });
  }
  // Nothing was put on the device before its check.
  assert.equal(tf.memory().numTensors, before);
  await assert.rejects(
    loadGenerator(await describeWeights(cut), cut),
    /^ModelFileError: Cannot read safetensors file: it is cut off/,
  );
});

forEachDevice("dispose frees all of a generator's weights", async () => {
  const { manifest, weights } = await exportModel();
  const before = tf.memory().numTensors;
  const generator = await loadGenerator(manifest, weights);
  assert.equal(tf.memory().numTensors, before + decodeSafetensors(weights).tensors.size);
  generator.dispose();
  assert.equal(tf.memory().numTensors, before);
});

/** A picture grown to the right and below by mirroring it again and again, edge pixels repeated. */
function mirrorTo(picture: Picture, width: number, height: number): Picture {
  const mirror = (index: number, size: number) => {
    const place = index % (2 * size);
    return place < size ? place : 2 * size - 1 - place;
  };
  const data = Uint8Array.from({ length: width * height * 4 }, (_, i) => {
    const x = mirror(Math.floor(i / 4) % width, picture.width);
    const y = mirror(Math.floor(i / 4 / width), picture.height);
    return picture.data[(y * picture.width + x) * 4 + i % 4];
  });
  return { width, height, data };
}

forEachDevice(
  "restyle keeps the size of any picture, and is the model on the mirrored one",
  async () => {
    const { manifest, weights } = await exportModel();
    const generator = await loadGenerator(manifest, weights);
    const sizes: [width: number, height: number, toWidth: number, toHeight: number][] = [
      [1, 1, 8, 8],
      [5, 3, 8, 8],
      [2, 9, 8, 12],
      [33, 18, 36, 20],
      [12, 8, 12, 8],
    ];
    for (const [width, height, toWidth, toHeight] of sizes) {
      const picture = randomPicture(width, height);
      const restyled = await restyle(generator, picture, "AtoB");
      assert.deepEqual([restyled.width, restyled.height], [width, height]);
      const whole = await restyle(generator, mirrorTo(picture, toWidth, toHeight), "AtoB");
      const cropped = Array.from(restyled.data, (_, i) => {
        const x = Math.floor(i / 4) % width, y = Math.floor(i / 4 / width);
        return whole.data[(y * toWidth + x) * 4 + i % 4];
      });
      assert.deepEqual([...restyled.data], cropped, `${width}x${height}`);
      assert.ok(restyled.data.every((value, i) => i % 4 !== 3 || value === 255));
    }
    generator.dispose();
  },
);

forEachDevice("restyle is bytes in, model, bytes out where nothing has to be padded", async () => {
  const { manifest, weights } = await exportModel();
  const generator = await loadGenerator(manifest, weights);
  const picture = randomPicture(8, 12);
  const values = Array.from(picture.data).filter((_, i) => i % 4 !== 3);
  const images = tf.tensor4d(values.map((byte) => byte / 127.5 - 1), [1, 12, 8, 3]);
  const expected = await applyFile(weights, manifest.config, { images, direction: "BtoA" });
  const { data } = await restyle(generator, picture, "BtoA");
  const found = Array.from(data).filter((_, i) => i % 4 !== 3);
  assertClose(found, expected.map((value) => (value + 1) * 127.5), { absolute: 0.51 });
  images.dispose();
  generator.dispose();
});

forEachDevice(
  "run refuses images whose sides are no multiple of 4, and leaves nothing behind",
  async () => {
    const { manifest, weights } = await exportModel();
    const generator = await loadGenerator(manifest, weights);
    const images = randomImages(1, 8, 10);
    assert.throws(() => generator.run(images, "AtoB"), {
      name: "RangeError",
      message: "Cannot run generator: the image is 8x10, expected sides that are multiples of 4",
    });
    images.dispose();
    generator.dispose();
  },
);

Deno.test("sha256Hex gives the digest of known bytes", async () => {
  const digest = await sha256Hex(new TextEncoder().encode("abc"));
  assert.equal(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});
