// The poster generators' architecture as data, and the picture sizes that it can make.

import * as v from "valibot";
import { r3ganGeneratorSchema } from "./r3gan/config.ts";
import { styleGan2GeneratorSchema } from "./stylegan2/config.ts";
import { whole } from "../whole_number.ts";

/** The DCGAN generator (Radford et al. 2016): a small grid, doubled by transposed convolutions until it is a picture. */
export const dcganSchema = v.strictObject({
  architecture: v.literal("dcgan"),
  /** Length of the latent vector; published: 100. */
  latent: whole(1, 1024),
  /** Genres that are given beside it; 0 for a generator without condition. */
  genres: whole(0, 64),
  /** Whether several genres at once are scaled to the length of one. */
  normalise: v.boolean(),
  /** Channels before the last layer; twice as many in each earlier one, at most 8 times. Published: 64. */
  width: whole(1, 256),
  /** Height and width of the grid that it starts from. */
  base: v.strictTuple([whole(1, 16), whole(1, 16)]),
  /** How often the grid is doubled. */
  stages: whole(1, 8),
});

/** A resolved DCGAN generator. */
export type DcganConfig = v.InferOutput<typeof dcganSchema>;

/** The generator of whatever architecture. */
export const generatorSchema = v.variant("architecture", [
  dcganSchema,
  r3ganGeneratorSchema,
  styleGan2GeneratorSchema,
]);

/** A resolved generator architecture. */
export type GeneratorConfig = v.InferOutput<typeof generatorSchema>;

/** The ladder of the source project, from the first to the last. */
export const LADDER_MODELS = ["dcgan", "vae", "cvae-dcgan", "acgan", "cgan"] as const;

/** One rung. */
export type LadderModel = typeof LADDER_MODELS[number];

/** The models of our time, which the ladder leads to. */
export const MODERN_MODELS = ["r3gan", "stylegan2"] as const;

/** One of them. */
export type ModernModel = typeof MODERN_MODELS[number];

/** Every poster model. */
export const POSTER_MODELS = [...LADDER_MODELS, ...MODERN_MODELS] as const;

/** A poster model. */
export type PosterModel = LadderModel | ModernModel;

/** Whether a model is of the ladder. */
export function isLadderModel(model: PosterModel): model is LadderModel {
  return LADDER_MODELS.some((rung) => rung === model);
}

/** Names of genres, in the order of a generator's inputs. */
export const genreNamesSchema = v.pipe(
  v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(40))),
  v.maxLength(64),
  v.check((names) => new Set(names).size === names.length, "each genre once"),
);

/** Height and width of the pictures, in pixels. */
export function pictureSize(
  { base: [height, width], stages }: Pick<GeneratorConfig, "base" | "stages">,
): [height: number, width: number] {
  return [height * 2 ** stages, width * 2 ** stages];
}

/** Channels of a DCGAN's feature maps from the starting grid on, one for each doubling. */
export function stageChannels(
  { width, stages }: Pick<DcganConfig, "width" | "stages">,
): number[] {
  return Array.from({ length: stages }, (_, i) => width * Math.min(8, 2 ** (stages - 1 - i)));
}

/** The shorter side of the starting grid is as near to this as doubling allows, never below; published: 4. */
const BASE_SIDE = 4;
/** The smallest side of a picture: a grid of the published size, doubled once. */
const SMALLEST_SIDE = 2 * BASE_SIDE;
/** The most cells along a side of the starting grid. */
const LARGEST_BASE = 16;

/**
 * The grid and the number of doublings that give a picture of that size, in pixels.
 *
 * @throws {RangeError} with the nearest sizes that can be made, if this one cannot
 */
export function planStages(
  height: number,
  width: number,
): Pick<GeneratorConfig, "base" | "stages"> {
  const shorter = Math.min(height, width), longer = Math.max(height, width);
  const refuse = (why: string): never => {
    throw new RangeError(`Cannot make pictures of ${width}x${height}: ${why}`);
  };
  if (!(shorter >= SMALLEST_SIDE)) refuse(`expected sides of at least ${SMALLEST_SIDE} pixels`);
  const stages = countStages(height, width), unit = 2 ** stages;
  if (longer > LARGEST_BASE * unit) {
    refuse(`the longer side may have at most ${LARGEST_BASE * unit} pixels beside ${shorter}`);
  }
  if (height % unit === 0 && width % unit === 0) {
    return { base: [height / unit, width / unit], stages };
  }
  const near = (side: number) => [Math.floor(side / unit) * unit, Math.ceil(side / unit) * unit];
  const sizes = near(width).flatMap((w) => near(height).map((h) => [w, h]))
    // Rounded up, a side may ask for one doubling more.
    .filter(([w, h]) => [w, h].every((side) => side % 2 ** countStages(h, w) === 0));
  return refuse(
    `with ${stages} doublings both sides must be multiples of ${unit}, such as ${
      [...new Set(sizes.map((size) => size.join("x")))].join(", ")
    }`,
  );
}

function countStages(height: number, width: number): number {
  return Math.floor(Math.log2(Math.min(height, width) / BASE_SIDE));
}
