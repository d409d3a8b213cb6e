// The flags of `train:cyclegan`, and how they and a preset become a resolved training configuration.

import type { PatchConfig } from "../models/cyclegan/config.ts";
import { type TrainingConfig, trainingSchema } from "../models/cyclegan/training_config.ts";
import { TRUNK_NETS } from "../models/trunks/config.ts";
import { type Command, parseChoice, parseSize, parseWhole, UsageError } from "./_cli.ts";
import { cycleGanPresets, type TrainingInput } from "./_cyclegan_presets.ts";
import {
  AUGMENT_HELP,
  overlay,
  presetLines,
  readAugmentations,
  readImages,
  resolveConfig,
  runFlags,
  TRAINING_NOTES,
} from "./_training_flags.ts";

/** The PatchGAN that sees 70 pixels, by name, and its layers of stride 2. */
const PATCH70 = "patch70", PATCH70_LAYERS = 3;

const toy = cycleGanPresets.toy.config(cycleGanPresets.toy.images);

/** The command line of `train:cyclegan`. */
export const trainCommand = {
  name: "train:cyclegan",
  summary: "Trains two generators between two films, A to B and B to A, from unpaired pictures.",
  flags: {
    preset: { value: "NAME", default: "toy", help: `${Object.keys(cycleGanPresets).join(", ")}` },
    data: {
      value: "DIR",
      default: "the procedural films",
      help: "Folder with trainA/ trainB/ (testA/ testB/)",
    },
    run: {
      value: "DIR",
      default: "runs/cyclegan-PRESET",
      help: "Folder of the run; one that exists is resumed",
    },
    size: {
      value: "N|HxW",
      default: toy.size.join("x"),
      help: "Size of the training images in pixels, height x width",
    },
    batch: { value: "N", default: String(toy.batch), help: "Pairs of pictures per update" },
    images: {
      value: "N",
      default: String(cycleGanPresets.toy.images),
      help: "Images to see, such as 3000, 50k or 1.5M",
    },
    ...runFlags,
    seed: { value: "N", default: String(toy.seed), help: "Seed of everything random" },
    init: {
      value: "FROM",
      default: "random weights",
      help: "Start from the generators of a run folder or an exported model",
    },
    gan: {
      value: "LOSS",
      default: toy.gan,
      help: "lsgan, wgangp or hinge; with @IMAGES a switch during the run: lsgan,wgangp@50k",
    },
    "critic-steps": {
      value: "N",
      default: String(toy.criticSteps),
      help: "Discriminator updates per generator update under wgangp",
    },
    cycle: { value: "WEIGHT", default: toy.cycle, help: "Weight of the cycle loss (schedule)" },
    identity: {
      value: "WEIGHT",
      default: toy.identity,
      help: "Weight of the identity loss (schedule)",
    },
    penalty: {
      value: "WEIGHT",
      default: toy.penalty,
      help: "Weight of the gradient penalty under wgangp (schedule)",
    },
    "clip-g": {
      value: "NORM",
      default: toy.clipGenerator,
      help: "Largest gradient norm per generator, or none (schedule)",
    },
    "clip-d": {
      value: "NORM",
      default: toy.clipDiscriminator,
      help: "Largest gradient norm per discriminator, or none (schedule)",
    },
    lr: { value: "RATE", default: toy.learningRate, help: "Adam's step size (schedule)" },
    pool: { value: "N", default: String(toy.pool), help: "Fakes remembered per film, 0 for none" },
    ema: {
      value: "IMAGES",
      default: String(toy.emaHalfLife),
      help: "Half-life of the averaged generators",
    },
    augment: {
      value: "LIST",
      default: toy.augment.join(",") || "none",
      help: AUGMENT_HELP,
    },
    width: {
      value: "N",
      default: String(toy.generator.width),
      help: "Channels of the generators' first layer",
    },
    blocks: {
      value: "N",
      default: String(toy.generator.blocks),
      help: "Residual blocks of the generators",
    },
    upsample: {
      value: "KIND",
      default: toy.generator.upsample,
      help: "convt (as published) or resize (no checkerboards)",
    },
    "d-net": {
      value: "NET",
      default: "the preset's PatchGAN",
      help: `Discriminator: ${PATCH70}, or heads on ${TRUNK_NETS.join(", ")}`,
    },
    "d-weights": {
      value: "FILE",
      default: "random weights",
      help:
        "torchvision's state dict of that network, .pth or .safetensors; read when a run begins",
    },
    "d-freeze": { help: "Train the heads alone and leave the big network as it is" },
    bias: {
      value: "KIND",
      default: toy.generator.bias ?? "every",
      help:
        "Biases: every (as published) or needed (none before a norm, where they change nothing)",
    },
    "disc-width": {
      value: "N",
      default: String(toy.discriminator.width),
      help: "Channels of the discriminators' first layer, or of their heads",
    },
    "disc-layers": {
      value: "N",
      default: String(toy.discriminator.layers),
      help: "Layers of stride 2 of the PatchGAN",
    },
    score: {
      value: "KIND",
      default: toy.discriminator.score,
      help: "Discriminator score per patch or per image",
    },
    "load-scale": {
      value: "X",
      default: String(toy.loadScale),
      help: "Pictures are loaded this much larger than the size, then cropped",
    },
    "no-flip": { help: "Do not mirror pictures at random" },
    samples: { value: "N", default: "4", help: "Test pictures per film in a sample sheet" },
  },
  notes: [
    "Presets (the defaults above are those of toy; deno task train:cyclegan --preset NAME --dry-run shows another's):",
    ...presetLines(cycleGanPresets),
    "",
    TRAINING_NOTES,
  ].join("\n"),
} satisfies Command<string>;

/** What was typed. */
export type TrainFlags = Partial<Record<keyof typeof trainCommand["flags"], string>>;

/** The preset's PatchGAN with the flags laid over it, or the other network that they ask for. */
function applyDiscriminatorFlags(
  base: PatchConfig,
  flags: TrainFlags,
): TrainingInput["discriminator"] {
  const whole = (flag: "disc-width" | "disc-layers") =>
    flags[flag] === undefined ? undefined : parseWhole(flag, flags[flag], 0);
  const layers = whole("disc-layers");
  const shared = {
    width: whole("disc-width") ?? base.width,
    score: (flags.score ?? base.score) as PatchConfig["score"],
  };
  const net = flags["d-net"] === undefined
    ? undefined
    : parseChoice("d-net", flags["d-net"], [PATCH70, ...TRUNK_NETS]);
  if (net === undefined || net === PATCH70) {
    const misplaced = (["d-weights", "d-freeze"] as const).find((flag) => flags[flag]);
    if (misplaced) {
      throw new UsageError(
        `--${misplaced} is for a big network, and --d-net is ${net ?? "not given"}; ` +
          `expected one of ${TRUNK_NETS.join(", ")}`,
      );
    }
    const patch = chooseBias(base, flags);
    return {
      ...patch,
      ...shared,
      layers: layers ?? (net === PATCH70 ? PATCH70_LAYERS : patch.layers),
    };
  }
  if (layers !== undefined) {
    throw new UsageError(`--disc-layers is for a PatchGAN, and --d-net is ${net}`);
  }
  return { net, freeze: flags["d-freeze"] !== undefined, ...shared };
}

/** The preset's configuration with the flags that were given laid over it. */
function applyFlags(
  base: TrainingInput & { discriminator: PatchConfig },
  flags: TrainFlags,
): TrainingInput {
  const whole = (flag: keyof TrainFlags) => {
    const text = flags[flag];
    return text === undefined ? undefined : parseWhole(flag, text, 0);
  };
  const [firstLoss] = base.gan.split(",");
  const generator = chooseBias(base.generator, flags);
  return overlay<TrainingInput>(base, {
    generator: overlay(generator, {
      width: whole("width"),
      blocks: whole("blocks"),
      upsample: flags.upsample as TrainingInput["generator"]["upsample"] | undefined,
    }),
    discriminator: applyDiscriminatorFlags(base.discriminator, flags),
    size: flags.size === undefined ? undefined : parseSize("size", flags.size),
    loadScale: flags["load-scale"] === undefined ? undefined : Number(flags["load-scale"]),
    flip: flags["no-flip"] ? false : undefined,
    batch: whole("batch"),
    // A bare switch such as wgangp@50k starts from the preset's own loss.
    gan: flags.gan?.split(",")[0].includes("@") ? `${firstLoss},${flags.gan}` : flags.gan,
    criticSteps: whole("critic-steps"),
    cycle: flags.cycle,
    identity: flags.identity,
    penalty: flags.penalty,
    clipGenerator: flags["clip-g"],
    clipDiscriminator: flags["clip-d"],
    learningRate: flags.lr,
    pool: whole("pool"),
    emaHalfLife: readImages("ema", flags.ema),
    augment: readAugmentations(flags.augment),
    seed: whole("seed"),
  });
}

/** A network with the biases that the flag asks for; every one is what an absent key means. */
function chooseBias<Network extends { bias?: "needed" | undefined }>(
  network: Network,
  { bias }: TrainFlags,
): Network {
  if (bias === undefined) return network;
  const { bias: _, ...rest } = network;
  const isEvery = parseChoice("bias", bias, ["every", "needed"]) === "every";
  return (isEvery ? rest : { ...rest, bias: "needed" }) as Network;
}

/**
 * The resolved configuration of a preset, for a run of that many images, with the flags that were given.
 *
 * @throws {UsageError} listing every setting that is refused
 */
export function resolveTrainingConfig(
  presetName: string,
  images: number,
  flags: TrainFlags,
): TrainingConfig {
  return resolveConfig(
    trainingSchema,
    applyFlags(cycleGanPresets[presetName].config(images), flags),
  );
}
