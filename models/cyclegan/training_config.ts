// Everything that decides what a CycleGAN training run computes, as validated data; unknown keys are errors.

import * as v from "valibot";
import { AUGMENTATIONS } from "../augment.ts";
import { parseImages, parseSchedule, type Schedule, scheduleSchema } from "../schedule.ts";
import { discriminatorSchema, generatorSchema, SIZE_MULTIPLE, smallestSide } from "./config.ts";
import { GAN_KINDS, type GanKind } from "./loss.ts";
import { whole } from "../whole_number.ts";

/** A norm to clip to, or `none`. */
const clipSchema = v.union([v.literal("none"), scheduleSchema]);

const ganSchema = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    try {
      return formatGan(parseGan(dataset.value));
    } catch (error) {
      addIssue({ message: messageOf(error) });
      return NEVER;
    }
  }),
);

const side = v.pipe(
  whole(16, 4096),
  v.multipleOf(SIZE_MULTIPLE, `every side must be a multiple of ${SIZE_MULTIPLE}`),
);
const decay = v.pipe(v.number(), v.minValue(0), v.maxValue(0.999999));

/** The schema of a resolved training configuration. */
export const trainingSchema = v.pipe(
  v.strictObject({
    kind: v.literal("cyclegan"),
    generator: generatorSchema,
    discriminator: discriminatorSchema,
    /** Height and width of the training images, in pixels. */
    size: v.strictTuple([side, side]),
    /** Pictures are resized to this multiple of the size, then cropped at random (286 / 256 in the paper). */
    loadScale: v.pipe(v.number(), v.minValue(1), v.maxValue(4)),
    /** Mirror at random. */
    flip: v.boolean(),
    /** Pairs of unrelated images per update. */
    batch: whole(1, 1024),
    /** The adversarial loss, with switches: `lsgan` or `lsgan,wgangp@50000`. */
    gan: ganSchema,
    /** Discriminator updates per generator update while the loss is `wgangp`; 1 otherwise. */
    criticSteps: whole(1, 100),
    /** Weights of the loss terms. */
    cycle: scheduleSchema,
    identity: scheduleSchema,
    penalty: scheduleSchema,
    /** Largest global gradient norm, per network. */
    clipGenerator: clipSchema,
    clipDiscriminator: clipSchema,
    /** Adam's step size for all networks, and its decay rates. */
    learningRate: scheduleSchema,
    beta1: decay,
    beta2: decay,
    /** Capacity of the history of fakes, per domain. */
    pool: whole(0, 10_000),
    /** Half-life of the averaged generators, in images seen. */
    emaHalfLife: whole(0),
    /** Differentiable augmentation of what the discriminators see. */
    augment: v.array(v.picklist(AUGMENTATIONS)),
    seed: whole(0, 2 ** 32 - 1),
  }),
  v.check(
    ({ size, discriminator }) =>
      discriminator.net !== "patch" || Math.min(...size) >= smallestSide(discriminator),
    "size is too small for the discriminator's layers: every side must be at least 3 x 2^layers",
  ),
);

/** A resolved training configuration. */
export type TrainingConfig = v.InferOutput<typeof trainingSchema>;

/** A GAN loss and the number of images seen from which it holds. */
export interface GanPhase {
  kind: GanKind;
  fromImages: number;
}

/**
 * Reads `lsgan` or `lsgan,wgangp@50k`: the loss at the start, then switches in rising order.
 *
 * @throws {SyntaxError} naming the unknown loss or the switch that is out of order
 */
export function parseGan(text: string): GanPhase[] {
  const phases = text.split(",").map((part, i): GanPhase => {
    const [kind, ...switches] = part.trim().split("@");
    if (!GAN_KINDS.includes(kind as GanKind)) {
      throw new SyntaxError(`Cannot read GAN loss "${kind}": expected ${GAN_KINDS.join(", ")}`);
    }
    if (i === 0 && switches.length > 0) {
      throw new SyntaxError(
        `Cannot read GAN loss "${text}": the first loss starts at 0, expected no "@"`,
      );
    }
    return { kind: kind as GanKind, fromImages: i === 0 ? 0 : parseImages(switches.join("@")) };
  });
  phases.slice(1).forEach(({ fromImages }, i) => {
    if (fromImages <= phases[i].fromImages) {
      throw new SyntaxError(`Cannot read GAN loss "${text}": switches must come in rising order`);
    }
  });
  return phases;
}

function formatGan(phases: GanPhase[]): string {
  return phases.map(({ kind, fromImages }) => (fromImages ? `${kind}@${fromImages}` : kind)).join(
    ",",
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The schedules of a configuration, parsed once. */
export interface TrainingSchedules {
  gan: GanPhase[];
  cycle: Schedule;
  identity: Schedule;
  penalty: Schedule;
  clipGenerator: Schedule;
  clipDiscriminator: Schedule;
  learningRate: Schedule;
}

/** Parses a configuration's schedules; `none` becomes an infinite norm. */
export function trainingSchedules(config: TrainingConfig): TrainingSchedules {
  const unbounded: Schedule = { from: Infinity, to: Infinity, start: 0, end: 0, curve: "linear" };
  const clip = (text: string) => (text === "none" ? unbounded : parseSchedule(text));
  return {
    gan: parseGan(config.gan),
    cycle: parseSchedule(config.cycle),
    identity: parseSchedule(config.identity),
    penalty: parseSchedule(config.penalty),
    clipGenerator: clip(config.clipGenerator),
    clipDiscriminator: clip(config.clipDiscriminator),
    learningRate: parseSchedule(config.learningRate),
  };
}
