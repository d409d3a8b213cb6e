// Everything that decides what a poster training run computes, as validated data; unknown keys are errors.

import * as v from "valibot";
import { AUGMENTATIONS } from "../augment.ts";
import { scheduleSchema } from "../schedule.ts";
import { generatorSchema, pictureSize } from "./config.ts";
import { GENRE_FORMS } from "./discriminator.ts";

/** The ladder of the source project, from the first to the last. */
export const POSTER_MODELS = ["dcgan", "vae", "cvae-dcgan", "acgan", "cgan"] as const;

/** One rung. */
export type PosterModel = typeof POSTER_MODELS[number];

const whole = (min: number, max = Number.MAX_SAFE_INTEGER) =>
  v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
const decay = v.pipe(v.number(), v.minValue(0), v.maxValue(0.999999));

/** The schema of a resolved training configuration. */
export const posterTrainingSchema = v.pipe(
  v.strictObject({
    kind: v.literal("poster"),
    model: v.picklist(POSTER_MODELS),
    generator: generatorSchema,
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
    /** How posters are drawn: each once an epoch, or rare genres more often. */
    balance: v.picklist(["none", "sqrt", "inverse"]),
    /** Share of the pictures whose genres are hidden from the networks, so that "any genre" is learnt too. */
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
    ({ generator, discriminator }) => generator.genres > 0 || discriminator.genres === "none",
    "discriminator.genres needs a generator with genres",
  ),
);

/** A resolved training configuration. */
export type PosterTrainingConfig = v.InferOutput<typeof posterTrainingSchema>;
