// R3GAN's networks (Huang et al. 2024) as data: residual stages from a small grid to a picture, and back.

import * as v from "valibot";
import { whole } from "../../whole_number.ts";

/** The residual stages, which generator and discriminator have the form of. */
const stages = {
  /** Channels at the picture's size; twice as many after each halving. */
  width: whole(1, 1024),
  /** Channels at most. Published, at 64x64: 768 in all stages but the last, which has 384. */
  widest: whole(1, 1024),
  /** Channels inside a block are those around it divided by this; see docs/decisions/0016. */
  narrowing: whole(1, 8),
  /** Residual blocks in each stage; published: 2. */
  blocks: whole(1, 8),
};

/** The generator: the grid of a latent vector and genres, doubled until it is a picture. */
export const r3ganGeneratorSchema = v.strictObject({
  architecture: v.literal("r3gan"),
  /** Length of the latent vector; published: 64. */
  latent: whole(1, 1024),
  /** Genres that are given beside it; 0 for a generator without condition. */
  genres: whole(0, 64),
  /** Whether several genres at once are scaled to the length of one. */
  normalise: v.boolean(),
  /** Length of the vector that the genres become. */
  embedding: whole(1, 1024),
  ...stages,
  /** Height and width of the grid that it starts from. */
  base: v.strictTuple([whole(1, 16), whole(1, 16)]),
  /** How often the grid is doubled. */
  stages: whole(1, 8),
});

/** A resolved generator. */
export type R3ganGeneratorConfig = v.InferOutput<typeof r3ganGeneratorSchema>;

/** The discriminator, of as many stages as the generator. */
export const r3ganDiscriminatorSchema = v.strictObject({
  ...stages,
  /** Length of the vectors by which a picture meets its genres. */
  embedding: whole(1, 1024),
});

/** A resolved discriminator. */
export type R3ganDiscriminatorConfig = v.InferOutput<typeof r3ganDiscriminatorSchema>;

/** What decides the residual stages of a network. */
export type StagesConfig =
  & Pick<R3ganGeneratorConfig, "width" | "widest" | "narrowing" | "blocks">
  & Pick<R3ganGeneratorConfig, "stages">;
