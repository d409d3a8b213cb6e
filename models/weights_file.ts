// Reads the weights file of an exported model: nothing of it is used before every check has passed.

import * as tf from "../gpu/tf.ts";
import { decodeSafetensors, readFloats, type StoredTensor } from "../gpu/safetensors.ts";
import { assertShapes, type ParamShapes, type ParamTree, treeFromEntries } from "../gpu/tree.ts";
import type { Manifest } from "./manifest.ts";

/** An exported model's file failed a check; the message says which. */
export class ModelFileError extends Error {
  override name = "ModelFileError";
}

/**
 * Checks the weights against the manifest (size, hash, format, type, every path and shape), then puts them on the device.
 *
 * @throws {ModelFileError} naming the check that failed
 */
export async function readWeights(
  manifest: Manifest,
  shapes: ParamShapes,
  weights: Uint8Array<ArrayBuffer>,
): Promise<ParamTree> {
  const tensors = await checkedTensors(manifest, shapes, weights);
  return treeFromEntries<ParamTree>(
    [...tensors].map(([path, stored]) => [path, tf.tensor(readFloats(stored), [...stored.shape])]),
  );
}

async function checkedTensors(
  manifest: Manifest,
  shapes: ParamShapes,
  weights: Uint8Array<ArrayBuffer>,
): Promise<Map<string, StoredTensor>> {
  const refuse = (problem: string): never => {
    throw new ModelFileError(`Cannot load model "${manifest.id}": ${problem}`);
  };
  const { bytes, sha256 } = manifest.weights;
  if (weights.length !== bytes) {
    refuse(`the weights have ${weights.length} bytes, expected ${bytes}`);
  }
  const digest = await sha256Hex(weights);
  if (digest !== sha256) refuse(`the weights' SHA-256 is ${digest}, expected ${sha256}`);
  try {
    const { tensors } = decodeSafetensors(weights);
    assertShapes(tensors, shapes, `model "${manifest.id}"`);
    const dtype = manifest.dtype.toUpperCase();
    for (const [path, stored] of tensors) {
      if (stored.dtype !== dtype) refuse(`"${path}" is ${stored.dtype}, expected ${dtype}`);
    }
    return tensors;
  } catch (error) {
    if (error instanceof ModelFileError) throw error;
    throw new ModelFileError(error instanceof Error ? error.message : String(error));
  }
}

/** The SHA-256 of some bytes as 64 hexadecimal digits. */
export async function sha256Hex(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
