// R3GAN's networks (Huang et al. 2024) as data: residual stages from a small grid to a picture, and back.

import * as v from "valibot";

const count = (min: number, max: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));

/** The residual stages, which generator and discriminator have the form of. */
const stages = {
  /** Channels at the picture's size; twice as many after each halving. */
  width: count(1, 1024),
  /** Channels at most. Published, at 64x64: 768 in all stages but the last, which has 384. */
  widest: count(1, 1024),
  /** Channels inside a block are those around it divided by this; see docs/decisions/0016. */
  narrowing: count(1, 8),
  /** Residual blocks in each stage; published: 2. */
  blocks: count(1, 8),
};

/** The generator: the grid of a latent vector and genres, doubled until it is a picture. */
export const r3ganGeneratorSchema = v.strictObject({
  architecture: v.literal("r3gan"),
  /** Length of the latent vector; published: 64. */
  latent: count(1, 1024),
  /** Genres that are given beside it; 0 for a generator without condition. */
  genres: count(0, 64),
  /** Whether several genres at once are scaled to the length of one. */
  normalise: v.boolean(),
  /** Length of the vector that the genres become. */
  embedding: count(1, 1024),
  ...stages,
  /** Height and width of the grid that it starts from. */
  base: v.strictTuple([count(1, 16), count(1, 16)]),
  /** How often the grid is doubled. */
  stages: count(1, 8),
});

/** A resolved generator. */
export type R3ganGeneratorConfig = v.InferOutput<typeof r3ganGeneratorSchema>;

/** The discriminator, of as many stages as the generator. */
export const r3ganDiscriminatorSchema = v.strictObject({
  ...stages,
  /** Length of the vectors by which a picture meets its genres. */
  embedding: count(1, 1024),
});

/** A resolved discriminator. */
export type R3ganDiscriminatorConfig = v.InferOutput<typeof r3ganDiscriminatorSchema>;

/** What decides the residual stages of a network. */
export type StagesConfig =
  & Pick<R3ganGeneratorConfig, "width" | "widest" | "narrowing" | "blocks">
  & Pick<R3ganGeneratorConfig, "stages">;

/** Channels of each stage, from the smallest grid on: one more than there are doublings. */
export function stageWidths({ width, widest, stages }: StagesConfig): number[] {
  return Array.from({ length: stages + 1 }, (_, i) => Math.min(widest, width * 2 ** (stages - i)));
}
