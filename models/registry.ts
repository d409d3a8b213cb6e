// The list of model families that can be run from an exported file: what each needs and how it is applied.

import type { Tensor4D } from "../gpu/tf.ts";
import type { ParamShapes, ParamTree } from "../gpu/tree.ts";
import { applyGenerator, type GeneratorParams, generatorShapes } from "./cyclegan/generator.ts";
import type { Direction, Manifest } from "./manifest.ts";

/** How to run one family of style models. */
export interface StyleFamily {
  /** Every parameter's path and shape in the weights file, for the directions of the manifest. */
  shapes(manifest: Manifest): ParamShapes;
  /** Redraws images [n, h, w, 3] in [-1, 1]. */
  apply(params: ParamTree, images: Tensor4D, manifest: Manifest, direction: Direction): Tensor4D;
}

/** The name of the generator of each direction, first part of its parameters' paths. */
const GENERATOR = { AtoB: "genAB", BtoA: "genBA" } as const;

const cyclegan: StyleFamily = {
  shapes: ({ config, directions }) =>
    Object.fromEntries(
      directions.flatMap(({ id }) =>
        Object.entries(generatorShapes(config)).map((
          [path, shape],
        ) => [`${GENERATOR[id]}.${path}`, shape])
      ),
    ),
  apply: (params, images, { config }, direction) => {
    const pair = params as Record<string, GeneratorParams>;
    return applyGenerator(pair[GENERATOR[direction]], images, config);
  },
};

/** Families by the manifest's `family`. The poster models join here. */
export const families: Readonly<Record<Manifest["family"], StyleFamily>> = { cyclegan };
