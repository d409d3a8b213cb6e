// The architecture of CycleGAN's two kinds of network, as data.

import * as v from "valibot";
import { TRUNK_NETS } from "../trunks/config.ts";
import { whole } from "../whole_number.ts";

/**
 * Which convolutions have a bias: every one if this is absent, as published; with `needed`, none before an instance norm, which takes
 * any constant away again: there a bias is without effect and its gradient 0, and it would still be computed and stored.
 */
const biasSchema = v.optional(v.literal("needed"));

/** The ResNet generator: stem, two stride-2 stages, residual blocks, two doubling stages, head. */
export const generatorSchema = v.strictObject({
  /** Channels after the stem (ngf); 4 times as many in the blocks. */
  width: whole(1, 256),
  /** Residual blocks; published: 6 for 128 px, 9 for 256 px. */
  blocks: whole(0, 32),
  /** `convt`: transposed convolution as published. `resize`: nearest neighbour and convolution, without checkerboards. */
  upsample: v.picklist(["convt", "resize"]),
  bias: biasSchema,
});

/** One score per patch as published, or the mean of all, one per image. */
const scoreSchema = v.picklist(["patch", "image"]);

/** The PatchGAN discriminator; configurations of before there were others do not name it. */
const patchSchema = v.strictObject({
  net: v.optional(v.literal("patch"), "patch"),
  /** Channels of the first layer (ndf); at most 8 times as many later. */
  width: whole(1, 256),
  /** Layers of stride 2; published: 3, a receptive field of 70 pixels. */
  layers: whole(1, 6),
  bias: biasSchema,
  score: scoreSchema,
});

/** Heads on the features of a big network, its trunk. */
const trunkDiscriminatorSchema = v.strictObject({
  net: v.picklist(TRUNK_NETS),
  /** Whether the trunk stays as it is and the heads alone are trained. */
  freeze: v.boolean(),
  /** Channels of the heads. */
  width: whole(1, 256),
  score: scoreSchema,
});

/** A discriminator, of either kind. */
export const discriminatorSchema = v.variant("net", [patchSchema, trunkDiscriminatorSchema]);

/** The resolved architecture of a generator. */
export type GeneratorConfig = v.InferOutput<typeof generatorSchema>;
/** The resolved architecture of a discriminator, of either kind. */
export type DiscriminatorConfig = v.InferOutput<typeof discriminatorSchema>;
/** The resolved architecture of a PatchGAN. */
export type PatchConfig = Omit<v.InferOutput<typeof patchSchema>, "net">;

/** Image sides must be a multiple of this: the generator halves twice. */
export const SIZE_MULTIPLE = 4;

/** The shortest image side that leaves a PatchGAN one score: its two stride-1 layers take one pixel each. */
export function smallestSide({ layers }: Pick<PatchConfig, "layers">): number {
  return 3 * 2 ** layers;
}
