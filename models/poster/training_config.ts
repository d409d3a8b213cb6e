// Everything that decides what a poster training run computes, as validated data; unknown keys are errors.

import * as v from "valibot";
import { AUGMENTATIONS } from "../augment.ts";
import { scheduleSchema } from "../schedule.ts";
import {
  generatorSchema,
  genreNamesSchema,
  pictureSize,
  POSTER_MODELS,
  type PosterModel,
} from "./config.ts";
import { GENRE_FORMS, type GenreForm } from "./discriminator.ts";

/** The ways in which each model's discriminator may learn of genres. */
const GENRES_OF: Readonly<Record<PosterModel, readonly GenreForm[]>> = {
  dcgan: ["none"],
  vae: ["none"],
  "cvae-dcgan": ["none"],
  acgan: ["classifier"],
  cgan: ["joined", "projection"],
};

/** The models that draw without being told genres. */
export const UNCONDITIONAL: readonly PosterModel[] = ["dcgan", "vae"];

/** The models whose discriminator sees nothing but what it judges, so that pictures may be changed and slopes penalised. */
export const PLAIN_GANS: readonly PosterModel[] = ["dcgan", "acgan", "cgan"];

/** How the frequency of genres counts when films are drawn; see data/poster_batches.ts. */
export const BALANCES = ["none", "sqrt", "inverse"] as const;

const whole = (min: number, max = Number.MAX_SAFE_INTEGER) =>
  v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
const decay = v.pipe(v.number(), v.minValue(0), v.maxValue(0.999999));

/** The schema of a resolved training configuration. */
export const posterTrainingSchema = v.pipe(
  v.strictObject({
    kind: v.literal("poster"),
    model: v.picklist(POSTER_MODELS),
    generator: generatorSchema,
    /** What the generator's genre inputs stand for, in their order; empty without condition. */
    genreNames: genreNamesSchema,
    /** The discriminator's trunk, and the encoder's; how it learns of genres. */
    discriminator: v.strictObject({
      width: whole(1, 256),
      norm: v.picklist(["batch", "none"]),
      genres: v.picklist(GENRE_FORMS),
    }),
    /** Height and width of the pictures, in pixels. */
    size: v.strictTuple([whole(8, 4096), whole(8, 4096)]),
    /** Pictures per update. A batch norm of one picture would leave nothing of it. */
    batch: whole(2, 4096),
    /** How often films of frequent genres are drawn: as often as there are, or less by a power of the frequency. */
    balance: v.picklist(BALANCES),
    /** Share of the posters whose genres are hidden, so that "any genre" is learnt too. */
    hideGenres: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
    /** Weight of the zero-centred penalty on real pictures, and how many updates apart it is taken. */
    penalty: scheduleSchema,
    penaltyEvery: whole(1, 1000),
    /** Weights of the genre classifier, of the codes' divergence, and of the reconstruction. */
    genres: scheduleSchema,
    divergence: scheduleSchema,
    reconstruction: scheduleSchema,
    learningRate: scheduleSchema,
    beta1: decay,
    beta2: decay,
    /** Half-life of the averaged generator, in images seen. */
    emaHalfLife: whole(0),
    /** Differentiable augmentation of what the discriminator sees. */
    augment: v.array(v.picklist(AUGMENTATIONS)),
    seed: whole(0, 2 ** 32 - 1),
  }),
  v.check(
    ({ size, generator }) => pictureSize(generator).join() === size.join(),
    "size is not what the generator's grid and doublings make",
  ),
  v.check(
    ({ penalty, discriminator }) => penalty === "0" || discriminator.norm === "none",
    "penalty needs a discriminator without batch norms: with them a score depends on the other pictures",
  ),
  v.check(
    ({ model, generator }) => (generator.genres === 0) === UNCONDITIONAL.includes(model),
    "generator.genres must be 0 for dcgan and vae, and above for the other models",
  ),
  v.check(
    ({ generator, genreNames }) => genreNames.length === generator.genres,
    "genreNames must name each of the generator's genre inputs",
  ),
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

/** A resolved training configuration. */
export type PosterTrainingConfig = v.InferOutput<typeof posterTrainingSchema>;
