// Reads a published generator from a file of weights, and gives it as one of ours.

import { sizeOf } from "../gpu/shape.ts";
import type { LoadedTensor } from "../models/train_state.ts";
import { sha256Hex } from "../models/weights_file.ts";
import { TaskError } from "./_cli.ts";
import { findGenerator, type FoundGenerator, KERNEL_AXES } from "./_cyclegan_keys.ts";
import { readStateDict, type StateDict } from "./_state_dict.ts";
import { permuteAxes, readFloats32 } from "./_state_tensor.ts";
import { printable } from "./_torch_fault.ts";

/** A generator as it was found in a file. */
export interface PublishedGenerator extends FoundGenerator {
  path: string;
  dict: StateDict;
}

/** The same, with the file's SHA-256 as 64 hexadecimal digits. */
export interface PublishedFile extends PublishedGenerator {
  sha256: string;
}

/** Longest file that is read, in bytes; the published generators have 45 MB. */
const MAX_FILE_BYTES = 2 ** 30;

/**
 * Reads a file and finds the generator in it; none of its numbers is copied yet.
 *
 * @throws {TaskError} naming the file, and what is wrong with it or every tensor that does not fit
 */
export async function readPublished(path: string): Promise<PublishedFile> {
  const file = await readWeightsFile(path);
  return { ...parsePublished(path, file), sha256: await sha256Hex(file) };
}

/** The generator in a file's bytes. @throws {TaskError} as `readPublished` does */
export function parsePublished(path: string, file: Uint8Array): PublishedGenerator {
  try {
    const dict = readStateDict(file);
    return { path, dict, ...findGenerator(dict.tensors) };
  } catch (error) {
    // Whatever the readers found; their words may hold names from the file.
    const why = error instanceof Error ? error.message : String(error);
    throw new TaskError(`Cannot import ${path}: ${printable(why)}`);
  }
}

/** The bytes of a file of weights. @throws {TaskError} if it cannot be read, or is too long to be one */
export async function readWeightsFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const { size, isFile } = await Deno.stat(path);
    if (!isFile) throw new TaskError(`Cannot import ${path}: it is no file`);
    if (size > MAX_FILE_BYTES) {
      throw new TaskError(
        `Cannot import ${path}: it has ${size} bytes, expected at most ${MAX_FILE_BYTES}`,
      );
    }
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof TaskError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new TaskError(`Cannot import ${path}: ${why}`);
  }
}

/**
 * The parameters in our layout and under our paths.
 *
 * @param network the first part of the paths: `genAB` or `genBA`
 * @throws {TaskError} if a tensor does not hold floating point numbers
 */
export function publishedTensors(
  { path: file, dict, parameters }: PublishedGenerator,
  network: string,
): Map<string, LoadedTensor> {
  return new Map(parameters.map(({ path, name }) => {
    const found = dict.tensors.get(name);
    if (!found) throw new TaskError(`Cannot import ${file}: "${name}" is missing`);
    const tensor = found.shape.length === 4 ? permuteAxes(found, KERNEL_AXES) : found;
    try {
      return [`${network}.${path}`, { shape: tensor.shape, values: readFloats32(tensor) }];
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new TaskError(`Cannot import ${file}: "${name}": ${why}`);
    }
  }));
}

/** What was found in a file, for people: one line for the file, one for the network, and what was left out. */
export function describePublished(found: PublishedGenerator): string[] {
  const { path, dict: { layout, tensors }, config, parameters, dropped, dropout } = found;
  const types = new Set(parameters.map(({ name }) => tensors.get(name)?.dtype));
  const scalars = parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return [
    `${path}: ${layout}, ${tensors.size} tensors, weights as ${[...types].join(", ")}`,
    `  CycleGAN generator of width ${config.width} with ${config.blocks} residual blocks` +
    `${dropout ? ", made with dropout" : ""}: ${scalars} parameters`,
    ...(dropped.length > 0
      ? [`  left out: ${dropped.length} running statistics, which instance norms do not use`]
      : []),
  ];
}
