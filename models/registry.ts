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
import * as r3gan from "./poster/r3gan/generator.ts";
import { countStyles } from "./poster/stylegan2/style_count.ts";
import * as stylegan2 from "./poster/stylegan2/generator.ts";
import { stylesOf } from "./poster/stylegan2/styles.ts";

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
export interface PosterArchitecture<Config extends GeneratorConfig = GeneratorConfig> {
  /** Every parameter's path and shape in the weights file. */
  shapes(config: Config): ParamShapes;
  /** Its two halves, of an architecture with styles: they are what a truncation draws nearer to their average; else it scales the latent vector. */
  styles?: ArchitectureStyles<Config>;
  /**
   * Pictures [n, h, w, 3] from inputs [n, latent + genres]; what lies outside [-1, 1] is cut off by whoever shows them.
   *
   * @param truncation [n, 1], for an architecture that truncates styles; 1 unless given
   */
  apply(params: ParamTree, inputs: Tensor2D, config: Config, truncation?: Tensor2D): Tensor4D;
}

/** How to run the two halves of an architecture that draws in styles, one for each layer. */
export interface ArchitectureStyles<Config extends GeneratorConfig = GeneratorConfig> {
  /** How many styles a picture takes, and how many numbers each has. */
  size(config: Config): { layers: number; length: number };
  /** The style [n, length] of all layers from inputs [n, latent + genres]. @param truncation as `apply` takes it */
  of(params: ParamTree, inputs: Tensor2D, config: Config, truncation?: Tensor2D): Tensor2D;
  /** Pictures [n, h, w, 3] from a style [n, length] for each layer, the smallest grid's first. */
  apply(params: ParamTree, styles: readonly Tensor2D[]): Tensor4D;
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
const posterArchitectures: {
  readonly [Name in GeneratorConfig["architecture"]]: PosterArchitecture<
    Extract<GeneratorConfig, { architecture: Name }>
  >;
} = {
  dcgan: {
    shapes: (config) => dcgan.generatorShapes(config, "folded"),
    apply: (params, inputs, config) =>
      dcgan.applyGenerator(params as dcgan.GeneratorParams, inputs, config),
  },
  r3gan: {
    shapes: r3gan.r3ganGeneratorShapes,
    apply: (params, inputs, config) =>
      r3gan.applyR3ganGenerator(params as r3gan.R3ganGeneratorParams, inputs, config),
  },
  stylegan2: {
    styles: {
      size: (config) => ({ layers: countStyles(config), length: config.style }),
      of: (params, inputs, config, truncation) =>
        stylesOf(params as stylegan2.StyleGan2GeneratorParams, inputs, config, truncation),
      apply: (params, styles) =>
        stylegan2.synthesise(params as stylegan2.StyleGan2GeneratorParams, styles),
    },
    shapes: (config) => stylegan2.styleGan2GeneratorShapes(config, "folded"),
    apply: (params, inputs, config, truncation) =>
      stylegan2.applyStyleGan2Generator(
        params as stylegan2.StyleGan2GeneratorParams,
        inputs,
        config,
        truncation,
      ),
  },
};

/** The architecture of a poster generator. */
export function posterArchitecture(
  { architecture }: Pick<GeneratorConfig, "architecture">,
): PosterArchitecture {
  // A configuration and the architecture that it names belong together.
  return posterArchitectures[architecture] as PosterArchitecture;
}
