// The published CycleGAN generator's parameters by the names that its authors' PyTorch code gives them
// (junyanz/pytorch-CycleGAN-and-pix2pix, ResnetGenerator with instance norms), found in a state dict and matched to ours.

import * as v from "valibot";
import { type GeneratorConfig, generatorSchema } from "../models/cyclegan/config.ts";
import { generatorShapes } from "../models/cyclegan/generator.ts";
import {
  commonPrefix,
  listed,
  listFaults,
  type NeededTensor,
  type Shaped,
} from "./_state_names.ts";
import { quote } from "./_torch_fault.ts";

/** The axes of our kernels [k, k, a, b] in PyTorch's [b, a, k, k]; the same for convolutions and transposed ones. */
export const KERNEL_AXES = [2, 3, 1, 0] as const;

/** A parameter of ours with its published name, and its shape in PyTorch's layout. */
export interface PublishedName extends NeededTensor {
  path: string;
}

/** A generator that was found in a state dict. */
export interface FoundGenerator {
  config: GeneratorConfig;
  /** Where each parameter is: `name` as it stands in the file. */
  parameters: PublishedName[];
  /** What was left out, as it stands in the file: statistics that instance norms do not use. */
  dropped: string[];
  /** Whether its blocks have a place for dropout, which moves the second convolution's number. */
  dropout: boolean;
}

/** The number of the first residual block in the list of layers. */
const FIRST_BLOCK = 10;

/** Networks that are often mistaken for it, by a name that only they have. */
const MISTAKEN: readonly [pattern: RegExp, what: string][] = [
  [/\.filt$/, "the antialiased generator of CUT, which has other layers"],
  [/^model\.model\./, "a U-Net of pix2pix"],
  [/\.conv_block\.0\.weight$/, "a generator with zeros outside its borders"],
  [/^model\.0\.weight$/, "a discriminator"],
  [/^model\.(2|5|8)\.weight$/, "a generator with batch norms"],
];

/**
 * Every parameter of a generator by its published name, in the order of the layers. The published code has transposed
 * convolutions alone; with `resize` the layers `Upsample` (nearest), `ReflectionPad2d(1)` and `Conv2d` are in their place.
 */
export function publishedNames(
  config: GeneratorConfig,
  { dropout = false }: { dropout?: boolean } = {},
): PublishedName[] {
  const { blocks, upsample } = config, end = FIRST_BLOCK + blocks, second = dropout ? 6 : 5;
  const last = upsample === "convt" ? [0, 3, 7] : [2, 7, 11];
  const layers = [
    ...["model.1", "model.4", "model.7"],
    ...Array.from({ length: blocks }, (_, i) => `model.${FIRST_BLOCK + i}.conv_block`)
      .flatMap((block) => [`${block}.1`, `${block}.${second}`]),
    ...last.map((layer) => `model.${end + layer}`),
  ];
  // The published code has a bias in every convolution.
  return Object.entries(generatorShapes({ ...config, bias: undefined })).map(([path, shape], i) => {
    const layer = layers[Math.floor(i / 2)];
    if (path.endsWith(".bias")) return { path, name: `${layer}.bias`, shape };
    const [height, width, a, b] = shape;
    return { path, name: `${layer}.weight`, shape: [b, a, height, width] };
  });
}

/**
 * Finds the generator in a state dict: its width and blocks, and which tensor is which parameter.
 *
 * Taken off or left out: `module.` before every name; running statistics, which instance norms of old versions carry and
 * the published code does not use. Padding by replication has the same names as padding by reflection; the file does not
 * tell them apart, and reflection is what is run.
 *
 * @throws {TypeError} listing every tensor that is missing, surplus or of another shape
 */
export function findGenerator(tensors: Shaped): FoundGenerator {
  const names = [...tensors.keys()];
  const prefix = commonPrefix(names);
  const isStatistic = (name: string) =>
    /\.(running_mean|running_var|num_batches_tracked)$/.test(name);
  const kept = new Map(
    names.filter((name) => !isStatistic(name))
      .map((name) => [name.slice(prefix.length), tensors.get(name)?.shape ?? []]),
  );
  const dropout = [...kept.keys()].some((name) => /\.conv_block\.6\.weight$/.test(name));
  const config = findConfig(kept);
  const parameters = publishedNames(config, { dropout });
  assertSame(kept, parameters, config);
  return {
    ...{ config, dropout },
    parameters: parameters.map((found) => ({ ...found, name: prefix + found.name })),
    dropped: names.filter(isStatistic),
  };
}

/** Width and blocks by the first layer's shape and the blocks' numbers. */
function findConfig(kept: ReadonlyMap<string, readonly number[]>): GeneratorConfig {
  const blocks = new Set(
    [...kept.keys()].map((name) => /^model\.(\d+)\.conv_block\./.exec(name)?.[1])
      .filter((number) => number !== undefined),
  );
  const width = kept.get("model.1.weight")?.[0];
  const config = v.safeParse(generatorSchema, { width, blocks: blocks.size, upsample: "convt" });
  if (config.success) return config.output;
  refuse(kept, [
    width === undefined
      ? `there is no "model.1.weight" among its ${kept.size} tensors:`
      : `its width is ${width} and it has ${blocks.size} blocks; we run widths of 1 to 256 and up to 32 blocks:`,
    ...[...kept].map(([name, shape]) => `  found: ${quote(name)} [${shape}]`),
  ]);
}

function assertSame(
  kept: ReadonlyMap<string, readonly number[]>,
  parameters: readonly PublishedName[],
  { width, blocks }: GeneratorConfig,
): void {
  const faults = listFaults(kept, parameters);
  if (faults.length === 0) return;
  refuse(kept, [`of width ${width} with ${blocks} blocks it would need other tensors:`, ...faults]);
}

function refuse(kept: ReadonlyMap<string, unknown>, lines: string[]): never {
  const mistaken = MISTAKEN.find(([pattern]) =>
    [...kept.keys()].some((name) => pattern.test(name))
  );
  const [heading, ...faults] = lines;
  throw new TypeError(
    listed(`Cannot read it as a CycleGAN generator with residual blocks: ${heading}`, faults) +
      (mistaken ? `\nIt looks like ${mistaken[1]}` : ""),
  );
}
