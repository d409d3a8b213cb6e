// Makes the two files of an exported model in memory, with random weights.

import assert from "node:assert/strict";
import { randomStream } from "../../gpu/random.ts";
import { encodeSafetensors, type StoredTensor, storeFloats } from "../../gpu/safetensors.ts";
import { sizeOf } from "../../gpu/shape.ts";
import { generatorShapes } from "../../models/cyclegan/generator.ts";
import { parseManifest, type StyleManifest } from "../../models/manifest.ts";
import { sha256Hex } from "../../models/weights_file.ts";

/** A manifest's JSON of a model of two films. */
export const manifestJson = {
  formatVersion: 1,
  id: "two-films-toy",
  name: "Two films",
  family: "cyclegan",
  config: { width: 2, blocks: 1, upsample: "resize" },
  directions: [
    { id: "AtoB", from: "Painted", to: "Neon" },
    { id: "BtoA", from: "Neon", to: "Painted" },
  ],
  sizeMultiple: 4,
  trainedSize: [64, 48],
  valueRange: [-1, 1],
  dtype: "f32",
  weights: { file: "weights.safetensors", bytes: 1000, sha256: "a".repeat(64) },
  parameters: 250,
  training: {
    dataset: "Nothing",
    datasetHash: "b".repeat(64),
    imagesSeen: 1200,
    seed: 42,
    revision: "0.1.0",
    device: "CPU: plain JavaScript, one thread",
    seconds: 12.5,
    metrics: { lossCycle: 0.25 },
  },
  license: "MIT",
  card: "A model for tests.",
  exportedAt: "2026-01-01T00:00:00.000Z",
};

/** A checked manifest that is one of the style family. */
export function parseStyle(json: unknown): StyleManifest {
  const manifest = parseManifest(json);
  assert(manifest.family === "cyclegan");
  return manifest;
}

/** Random values for every parameter of both generators, biases too, by dotted path. */
export function randomWeights(
  { config, dtype }: Pick<StyleManifest, "config" | "dtype">,
): Map<string, StoredTensor> {
  const random = randomStream(6, "exported model");
  const stored = dtype === "f16" ? "F16" : "F32";
  return new Map(
    ["genAB", "genBA"].flatMap((network) =>
      Object.entries(generatorShapes(config)).map(([path, shape]) => {
        const values = random.normals(sizeOf(shape), 0, 0.2);
        return [`${network}.${path}`, storeFloats(values, shape, stored)] as const;
      })
    ),
  );
}

/** A manifest that fits the weights file, its size and hash taken from it. */
export async function describeWeights(
  weights: Uint8Array<ArrayBuffer>,
  change: Partial<StyleManifest> = {},
): Promise<StyleManifest> {
  const { file } = parseStyle(manifestJson).weights;
  return parseStyle({
    ...manifestJson,
    ...change,
    weights: { file, bytes: weights.length, sha256: await sha256Hex(weights) },
  });
}

/** Both files of a model. */
export async function exportModel(
  change: Partial<StyleManifest> = {},
): Promise<{ manifest: StyleManifest; weights: Uint8Array<ArrayBuffer> }> {
  const weights = encodeSafetensors(randomWeights(parseStyle({ ...manifestJson, ...change })));
  return { weights, manifest: await describeWeights(weights, change) };
}
