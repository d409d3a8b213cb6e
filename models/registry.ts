// What can be run from an exported file: the style families and the poster generators' architectures, each with what it needs
// and how it is applied.

import { type NormMemory, rememberedNorm } from "../gpu/norm_memory.ts";
import type { Tensor2D, Tensor4D } from "../gpu/tf.ts";
import type { ParamShapes, ParamTree } from "../gpu/tree.ts";
import * as cyclegan from "./cyclegan/generator.ts";
import { applyTiled } from "./cyclegan/tiled.ts";
import type { Direction, StyleManifest } from "./manifest.ts";
import type { GeneratorConfig } from "./poster/config.ts";
import * as dcgan from "./poster/generator.ts";

/** How to run one family of style models. */
export interface StyleFamily {
  /** Every parameter's path and shape in the weights file, for the directions of the manifest. */
  shapes(manifest: StyleManifest): ParamShapes;
  /** Redraws images [n, h, w, 3] in [-1, 1]; one alone if it is a frame of a film with a memory. */
  apply(
    params: ParamTree,
    images: Tensor4D,
    manifest: StyleManifest,
    direction: Direction,
    memory?: NormMemory,
  ): Tensor4D;
  /** The same of one image [1, h, w, 3], in memory that grows with the tiles alone. */
  applyTiled(
    params: ParamTree,
    image: Tensor4D,
    manifest: StyleManifest,
    direction: Direction,
    tiles: Tiles,
  ): Promise<Tensor4D>;
}

/** How a large image is cut. */
export interface Tiles {
  /** Side of a tile in pixels, a multiple of 4 of at least 16. */
  tile: number;
  /** Called with the share that is done, 0 to 1. */
  onTile?: (share: number) => void;
  /** Of the film that the image is a frame of. */
  memory?: NormMemory;
}

/** How to run one architecture of poster generators. */
export interface PosterArchitecture {
  /** Every parameter's path and shape in the weights file. */
  shapes(config: GeneratorConfig): ParamShapes;
  /** Pictures [n, h, w, 3] in [-1, 1] from inputs [n, latent + genres]. */
  apply(params: ParamTree, inputs: Tensor2D, config: GeneratorConfig): Tensor4D;
}

/** The name of the generator of each direction, first part of its parameters' paths. */
const GENERATOR = { AtoB: "genAB", BtoA: "genBA" } as const;

/** Style families by the manifest's `family`. */
export const styleFamilies: Readonly<Record<StyleManifest["family"], StyleFamily>> = {
  cyclegan: {
    shapes: ({ config, directions }) =>
      Object.fromEntries(
        directions.flatMap(({ id }) =>
          Object.entries(cyclegan.generatorShapes(config))
            .map(([path, shape]) => [`${GENERATOR[id]}.${path}`, shape])
        ),
      ),
    apply: (params, images, { config }, direction, memory) => {
      const pair = params as Record<string, cyclegan.GeneratorParams>;
      memory?.begin();
      return cyclegan.applyGenerator(
        pair[GENERATOR[direction]],
        images,
        config,
        memory && ((x, options) => rememberedNorm(memory, x, options)),
      );
    },
    applyTiled: (params, image, { config }, direction, tiles) => {
      const pair = params as Record<string, cyclegan.GeneratorParams>;
      return applyTiled(pair[GENERATOR[direction]], image, { config, ...tiles });
    },
  },
};

/** Architectures of poster generators by their configuration's `architecture`. */
export const posterArchitectures: Readonly<
  Record<GeneratorConfig["architecture"], PosterArchitecture>
> = {
  dcgan: {
    shapes: (config) => dcgan.generatorShapes(config, "folded"),
    apply: (params, inputs, config) =>
      dcgan.applyGenerator(params as dcgan.GeneratorParams, inputs, config),
  },
};
