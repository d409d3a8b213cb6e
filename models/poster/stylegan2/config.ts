// StyleGAN2's networks (Karras et al. 2020) as data, for pictures of any legal size and several genres at once.

import * as v from "valibot";
import { whole } from "../../whole_number.ts";

/** The channels of a network at each size. */
const channels = {
  /** Channels at the picture's size, twice as many after each halving. Published: 16,384 / side, so 256 at 64 pixels. */
  width: whole(1, 1024),
  /** Channels at most; published: 512. */
  widest: whole(1, 1024),
};

/** The generator: a mapping network, and a synthesis network from a learnt grid to a picture. */
export const styleGan2GeneratorSchema = v.strictObject({
  architecture: v.literal("stylegan2"),
  /** Length of the latent vector; published: 512. */
  latent: whole(1, 1024),
  /** Genres that are given beside it; 0 for a generator without condition. */
  genres: whole(0, 64),
  /** Several genres at once are scaled to the length of one. */
  normalise: v.literal(true),
  /** Length of the style vector w, and of the vector that the genres become; published: 512. */
  style: whole(1, 1024),
  /** Layers of the mapping network; published: 8, and 2 for small pictures. */
  mapping: whole(1, 8),
  ...channels,
  /** Whether its layers learn to use noise. It is added in training alone: an exported generator draws the same picture twice. */
  noise: v.boolean(),
  /** Height and width of the grid that it starts from. */
  base: v.strictTuple([whole(1, 16), whole(1, 16)]),
  /** How often the grid is doubled. */
  stages: whole(1, 8),
});

/** A resolved generator. */
export type StyleGan2GeneratorConfig = v.InferOutput<typeof styleGan2GeneratorSchema>;

/** The discriminator, of as many stages as the generator. */
export const styleGan2DiscriminatorSchema = v.strictObject({
  ...channels,
  /** Pictures that are compared for their variety; published: 4. A batch is a multiple of it, or smaller. */
  group: whole(1, 64),
});

/** A resolved discriminator. */
export type StyleGan2DiscriminatorConfig = v.InferOutput<typeof styleGan2DiscriminatorSchema>;
