// Makes the two files of an exported poster generator in memory, with random weights.

import assert from "node:assert/strict";
import { randomStream } from "../../gpu/random.ts";
import { encodeSafetensors, type StoredTensor, storeFloats } from "../../gpu/safetensors.ts";
import { sizeOf } from "../../gpu/shape.ts";
import { parseManifest, type PosterManifest } from "../../models/manifest.ts";
import { pictureSize } from "../../models/poster/config.ts";
import { posterArchitecture } from "../../models/registry.ts";
import { sha256Hex } from "../../models/weights_file.ts";
import { manifestJson } from "./_exported_model.ts";

/** What may be changed of the poster model; the rest of its manifest follows. */
export interface PosterChange {
  id?: string;
  name?: string;
  genres?: string[];
  model?: PosterManifest["model"];
  config?: Partial<PosterManifest["config"]>;
}

/** The change that makes it a generator that draws in 8 styles. */
export const styledPosters: PosterChange = {
  ...{ id: "styled-posters", name: "Styled posters", model: "stylegan2" },
  config: {
    ...{ architecture: "stylegan2", latent: 8, genres: 3, normalise: true, base: [3, 2] },
    ...{ stages: 3, style: 6, mapping: 2, width: 4, widest: 8, noise: false },
  },
};

/** A checked manifest of a poster generator of 16x24 pixels and three genres, whose weights nobody has. */
export function posterManifest(
  {
    id = "tiny-posters",
    name = "Tiny posters",
    genres = ["horror", "comedy", "sci-fi"],
    model = genres.length > 0 ? "cgan" : "dcgan",
    config,
  }: PosterChange = {},
  weights: { bytes: number; sha256: string } = manifestJson.weights,
): PosterManifest {
  const resolved = {
    ...{ architecture: "dcgan", latent: 8, genres: genres.length, normalise: true, width: 4 },
    ...{ base: [3, 2], stages: 3 },
    ...config,
  } as PosterManifest["config"];
  const { directions: _directions, sizeMultiple: _multiple, ...common } = manifestJson;
  const manifest = parseManifest({
    ...common,
    ...{ id, name, family: "poster", genres, config: resolved },
    model,
    trainedSize: pictureSize(resolved),
    weights: { file: "weights.safetensors", bytes: weights.bytes, sha256: weights.sha256 },
  });
  assert(manifest.family === "poster");
  return manifest;
}

/** Both files of a model. Its pictures are noise, but as different from each other as those of a trained one. */
export async function exportPosters(
  change: PosterChange = {},
): Promise<{ manifest: PosterManifest; weights: Uint8Array<ArrayBuffer> }> {
  const { config } = posterManifest(change);
  const random = randomStream(8, "exported posters");
  const tensors = Object.entries(posterArchitecture(config).shapes(config)).map(
    ([path, shape]): [string, StoredTensor] => {
      const isDense = shape.length === 2;
      // Each output pixel of a doubling meets a quarter of its 4x4 kernel.
      const inputs = isDense ? shape[0] : shape.length === 4 ? 4 * shape[3] : 4;
      // A mapping network's weights count a hundredth of what they are.
      const scale = path.startsWith("mapping.layer.") ? 100 : 1;
      const deviation = scale * Math.sqrt(2 / inputs);
      return [path, storeFloats(random.normals(sizeOf(shape), 0, deviation), shape, "F32")];
    },
  );
  const weights = encodeSafetensors(new Map(tensors));
  const facts = { bytes: weights.length, sha256: await sha256Hex(weights) };
  return { weights, manifest: posterManifest(change, facts) };
}
