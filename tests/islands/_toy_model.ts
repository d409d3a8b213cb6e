// A style model as a page knows it, with a manifest that holds and weights that nobody fetches.

import type { StyleManifest } from "../../models/manifest.ts";
import { parseStyle } from "../models/_exported_model.ts";
import type { StyleModel } from "../../islands/_style_protocol.ts";

/** A model of two films. */
export function toyModel(id: string, change: Partial<StyleManifest> = {}): StyleModel {
  const manifest = parseStyle({
    formatVersion: 1,
    id,
    name: `Model ${id}`,
    family: "cyclegan",
    config: { width: 4, blocks: 1, upsample: "resize" },
    directions: [
      { id: "AtoB", from: "Painted", to: "Neon" },
      { id: "BtoA", from: "Neon", to: "Painted" },
    ],
    sizeMultiple: 4,
    trainedSize: [64, 64],
    valueRange: [-1, 1],
    dtype: "f32",
    weights: { file: "weights.safetensors", bytes: 1000, sha256: "a".repeat(64) },
    parameters: 250,
    training: {
      dataset: "nothing",
      datasetHash: "b".repeat(64),
      imagesSeen: 0,
      seed: 1,
      revision: "none",
      device: "cpu",
      seconds: 0,
      metrics: {},
    },
    license: "MIT",
    card: "A model for tests.",
    exportedAt: "2026-01-01T00:00:00.000Z",
    ...change,
  });
  return { manifest, weightsUrl: `/models/${id}/weights.safetensors?v=${"a".repeat(64)}` };
}
