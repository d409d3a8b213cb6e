// Poster models as a page knows them, with manifests that hold and weights that nobody fetches; and plain pictures.

import type { Picture } from "../../gpu/picture.ts";
import type { Rgb } from "../../islands/_poster_contrast.ts";
import type { PosterModel } from "../../islands/_poster_protocol.ts";
import { type PosterChange, posterManifest } from "../models/_exported_poster.ts";

/** A model of three genres, unless told otherwise. */
export function toyPosters(id: string, change: PosterChange = {}): PosterModel {
  const manifest = posterManifest({ id, name: `Model ${id}`, ...change });
  return { manifest, weightsUrl: `/models/${id}/weights.safetensors` };
}

/** A picture whose pixels a function of column and row gives. */
export function paint(
  width: number,
  height: number,
  colourAt: (x: number, y: number) => Rgb,
): Picture {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    data.set([...colourAt(i % width, Math.floor(i / width)), 255], 4 * i);
  }
  return { width, height, data };
}
