// What a drawing worker is asked for, and what it answers.

import type { PosterManifest } from "../models/manifest.ts";
import type { PosterRecipe } from "../models/poster_generator.ts";

/** How many pixels of the picture there are to one of the model's, along each side. */
export type Scale = 1 | 2 | 4;

/** One poster, and where its model is. */
export interface PosterOrder {
  manifest: PosterManifest;
  /** The address of the weights on the server's disk, `file:`. */
  weightsFile: string;
  recipe: PosterRecipe;
  scale: Scale;
}

/** The poster as a PNG file, or why there is none. */
export type DrawReply =
  | { kind: "drawn"; png: Uint8Array<ArrayBuffer> }
  | { kind: "failed"; message: string };
