// Everything that decides what a poster training run computes, as validated data; unknown keys are errors.

import * as v from "valibot";
import { CHANGES } from "../adaptive_augment.ts";
import { AUGMENTATIONS } from "../augment.ts";
import { parseSchedule, scheduleSchema } from "../schedule.ts";
import {
  dcganSchema,
  genreNamesSchema,
  LADDER_MODELS,
  type LadderModel,
  pictureSize,
  type PosterModel,
} from "./config.ts";
import { GENRE_FORMS, type GenreForm } from "./discriminator.ts";
import { r3ganDiscriminatorSchema, r3ganGeneratorSchema } from "./r3gan/config.ts";
import { styleGan2DiscriminatorSchema, styleGan2GeneratorSchema } from "./stylegan2/config.ts";
import { whole } from "../whole_number.ts";

/** The ways in which each rung's discriminator may learn of genres. */
const GENRES_OF: Readonly<Record<LadderModel, readonly GenreForm[]>> = {
  dcgan: ["none"],
  vae: ["none"],
  "cvae-dcgan": ["none"],
  acgan: ["classifier"],
  cgan: ["joined", "projection"],
};

/** The models that draw without being told genres. */
export const UNCONDITIONAL: readonly PosterModel[] = ["dcgan", "vae"];

/** The rungs whose discriminator sees nothing but what it judges, so that pictures may be changed and slopes penalised. */
export const PLAIN_GANS: readonly PosterModel[] = ["dcgan", "acgan", "cgan"];

/** How the frequency of genres counts when films are drawn; see data/poster_batches.ts. */
export const BALANCES = ["none", "sqrt", "inverse"] as const;

const decay = v.pipe(v.number(), v.minValue(0), v.maxValue(0.999999));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

/** A schedule whose values stay within bounds. */
const scheduleWithin = (min: number, max: number) =>
  v.pipe(
    scheduleSchema,
    v.check((text) => {
      const { from, to } = parseSchedule(text);
      return [from, to].every((value) => value >= min && value <= max);
    }, `expected values from ${min} to ${max}`),
  );

/** What every model's configuration says. */
const common = {
  kind: v.literal("poster"),
  /** What the generator's genre inputs stand for, in their order; empty without condition. */
  genreNames: genreNamesSchema,
  /** Height and width of the pictures, in pixels. */
  size: v.strictTuple([whole(8, 4096), whole(8, 4096)]),
  /** Pictures per update. A batch norm of one picture would leave nothing of it. */
  batch: whole(2, 4096),
  /** How often films of frequent genres are drawn: as often as there are, or less by a power of the frequency. */
  balance: v.picklist(BALANCES),
  /** Share of the posters whose genres are hidden, so that "any genre" is learnt too. */
  hideGenres: share,
  /** Weight of the zero-centred penalty, and how many updates apart it is taken. */
  penalty: scheduleSchema,
  penaltyEvery: whole(1, 1000),
  learningRate: scheduleSchema,
  beta1: decay,
  seed: whole(0, 2 ** 32 - 1),
};

/** What any model's configuration is checked for. */
interface Drawn {
  size: [height: number, width: number];
  generator: Parameters<typeof pictureSize>[0] & { genres: number };
  genreNames: string[];
}

const hasItsSize = ({ size, generator }: Drawn) => pictureSize(generator).join() === size.join();
const SIZE_MESSAGE = "size is not what the generator's grid and doublings make";
const namesItsGenres = ({ generator, genreNames }: Drawn) => genreNames.length === generator.genres;
const GENRES_MESSAGE = "genreNames must name each of the generator's genre inputs";

/** The schema of a rung of the ladder. */
export const ladderSchema = v.pipe(
  v.strictObject({
    ...common,
    model: v.picklist(LADDER_MODELS),
    generator: dcganSchema,
    /** The discriminator's trunk, and the encoder's; how it learns of genres. */
    discriminator: v.strictObject({
      width: whole(1, 256),
      norm: v.picklist(["batch", "none"]),
      genres: v.picklist(GENRE_FORMS),
    }),
    /** Weights of the genre classifier, of the codes' divergence, and of the reconstruction. */
    genres: scheduleSchema,
    divergence: scheduleSchema,
    reconstruction: scheduleSchema,
    beta2: decay,
    /** Half-life of the averaged generator, in images seen. */
    emaHalfLife: whole(0),
    /** Differentiable augmentation of what the discriminator sees. */
    augment: v.array(v.picklist(AUGMENTATIONS)),
  }),
  v.check((config) => hasItsSize(config), SIZE_MESSAGE),
  v.check(
    ({ penalty, discriminator }) => penalty === "0" || discriminator.norm === "none",
    "penalty needs a discriminator without batch norms: with them a score depends on the other pictures",
  ),
  v.check(
    ({ model, generator }) => (generator.genres === 0) === UNCONDITIONAL.includes(model),
    "generator.genres must be 0 for dcgan and vae, and above for the other models",
  ),
  v.check((config) => namesItsGenres(config), GENRES_MESSAGE),
  v.check(
    ({ model, hideGenres, balance }) =>
      !UNCONDITIONAL.includes(model) || (hideGenres === 0 && balance === "none"),
    "hideGenres must be 0 and balance none for dcgan and vae, which know no genres",
  ),
  v.check(
    ({ model, discriminator }) => GENRES_OF[model].includes(discriminator.genres),
    "discriminator.genres must be classifier for acgan, joined or projection for cgan, none for the other models",
  ),
  v.check(
    ({ model, penalty, augment }) =>
      PLAIN_GANS.includes(model) || (penalty === "0" && augment.length === 0),
    "penalty and augment are for dcgan, acgan and cgan: the other models compare pictures with their reconstructions",
  ),
);

/** A resolved configuration of a rung of the ladder. */
export type LadderConfig = v.InferOutput<typeof ladderSchema>;

/** What the modern models' configurations say beside their networks. */
const modern = {
  ...common,
  /** Parts in which a batch is computed, one after the other, for one update: less memory, the same numbers. */
  accumulate: whole(1, 1024),
  /** Share of the pictures, and of what is drawn beside them, whose genres are mixed with another film's. */
  mixGenres: share,
  /** How much the condition counts: 0 hides the genres from both networks. */
  condition: scheduleWithin(0, 1),
  beta2: scheduleWithin(0, 0.999999),
  /** Half-life of the averaged generator, in images seen. */
  emaHalfLife: scheduleSchema,
  /** Changes to what the discriminator sees, and the probability of each; with `adapt` that follows the discriminator instead. */
  augment: v.array(v.picklist(CHANGES)),
  augmentProbability: scheduleWithin(0, 1),
  adapt: v.nullable(v.strictObject({
    target: v.pipe(v.number(), v.minValue(-1), v.maxValue(1)),
    /** Images in which the probability could go from 0 to 1. */
    images: whole(1),
  })),
};

/** The schema of R3GAN. */
export const r3ganSchema = v.pipe(
  v.strictObject({
    ...modern,
    model: v.literal("r3gan"),
    generator: r3ganGeneratorSchema,
    discriminator: r3ganDiscriminatorSchema,
  }),
  v.check((config) => hasItsSize(config), SIZE_MESSAGE),
  v.check((config) => namesItsGenres(config), GENRES_MESSAGE),
  v.check(
    ({ batch, accumulate }) => batch % accumulate === 0,
    "accumulate must divide batch",
  ),
);

/** A resolved configuration of R3GAN. */
export type R3ganConfig = v.InferOutput<typeof r3ganSchema>;

/** The schema of StyleGAN2. */
export const styleGan2Schema = v.pipe(
  v.strictObject({
    ...modern,
    model: v.literal("stylegan2"),
    generator: styleGan2GeneratorSchema,
    discriminator: styleGan2DiscriminatorSchema,
    /** Share of the generator's batches whose pictures have the styles of two latent vectors; published: 0.9. */
    mixStyles: share,
    /** Weight of the path length penalty, published: 2, and how many updates apart it is taken, published: 4. */
    pathLength: scheduleSchema,
    pathEvery: whole(1, 1000),
  }),
  v.check((config) => hasItsSize(config), SIZE_MESSAGE),
  v.check((config) => namesItsGenres(config), GENRES_MESSAGE),
  v.check(
    ({ batch, accumulate, discriminator: { group } }) => {
      const part = batch / accumulate;
      return Number.isInteger(part) && part % Math.min(group, part) === 0;
    },
    "accumulate must divide batch, and discriminator.group each part of it",
  ),
);

/** A resolved configuration of StyleGAN2. */
export type StyleGan2Config = v.InferOutput<typeof styleGan2Schema>;

/** What a resolved configuration of any modern model has. */
export type ModernConfig = R3ganConfig | StyleGan2Config;

/** The schema of a resolved training configuration. */
export const posterTrainingSchema = v.variant("model", [
  ladderSchema,
  r3ganSchema,
  styleGan2Schema,
]);

/** A resolved training configuration. */
export type PosterTrainingConfig = v.InferOutput<typeof posterTrainingSchema>;
