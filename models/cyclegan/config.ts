// The architecture of CycleGAN's two kinds of network, as data.

import * as v from "valibot";

const count = (min: number, max: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));

/** The ResNet generator: stem, two stride-2 stages, residual blocks, two doubling stages, head. */
export const generatorSchema = v.strictObject({
  /** Channels after the stem (ngf); 4 times as many in the blocks. */
  width: count(1, 256),
  /** Residual blocks; published: 6 for 128 px, 9 for 256 px. */
  blocks: count(0, 32),
  /** `convt`: transposed convolution as published. `resize`: nearest neighbour and convolution, without checkerboards. */
  upsample: v.picklist(["convt", "resize"]),
});

/** The PatchGAN discriminator. */
export const discriminatorSchema = v.strictObject({
  /** Channels of the first layer (ndf); at most 8 times as many later. */
  width: count(1, 256),
  /** Layers of stride 2; published: 3, a receptive field of 70 pixels. */
  layers: count(1, 6),
  /** One score per patch as published, or the mean of all, one per image. */
  score: v.picklist(["patch", "image"]),
});

/** The resolved architecture of a generator. */
export type GeneratorConfig = v.InferOutput<typeof generatorSchema>;
/** The resolved architecture of a discriminator. */
export type DiscriminatorConfig = v.InferOutput<typeof discriminatorSchema>;

/** Image sides must be a multiple of this: the generator halves twice. */
export const SIZE_MULTIPLE = 4;

/** The shortest image side that leaves a discriminator one score: its two stride-1 layers take one pixel each. */
export function smallestSide({ layers }: Pick<DiscriminatorConfig, "layers">): number {
  return 3 * 2 ** layers;
}
