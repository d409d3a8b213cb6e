// Loads an exported generator and runs it: the same code in the visitor's browser and on the command line.

import * as tf from "../gpu/tf.ts";
import { picturesToTensor, tensorToPictures } from "../gpu/image.ts";
import { cropPicture, type Picture } from "../gpu/picture.ts";
import { decodeSafetensors, readFloats, type StoredTensor } from "../gpu/safetensors.ts";
import { assertShapes, disposeTree, type ParamTree, treeFromEntries } from "../gpu/tree.ts";
import type { Direction, Manifest } from "./manifest.ts";
import { families } from "./registry.ts";

/** A loaded generator; `dispose` frees its weights. */
export interface Generator {
  readonly manifest: Manifest;
  /**
   * Redraws images [n, h, w, 3] in [-1, 1], sides multiples of `manifest.sizeMultiple`; the caller owns the result.
   *
   * @throws {RangeError} if the model has no such direction
   */
  run(images: tf.Tensor4D, direction: Direction): tf.Tensor4D;
  dispose(): void;
}

/** An exported model's file failed a check; the message says which. */
export class ModelFileError extends Error {
  override name = "ModelFileError";
}

/**
 * Checks the weights against the manifest (size, hash, format, type, every path and shape), then puts them on the device.
 *
 * @throws {ModelFileError} naming the check that failed
 */
export async function loadGenerator(
  manifest: Manifest,
  weights: Uint8Array<ArrayBuffer>,
): Promise<Generator> {
  const tensors = await checkedTensors(manifest, weights);
  const params = treeFromEntries<ParamTree>(
    [...tensors].map(([path, stored]) => [path, tf.tensor(readFloats(stored), [...stored.shape])]),
  );
  const family = families[manifest.family];
  return {
    manifest,
    run(images, direction) {
      if (!manifest.directions.some(({ id }) => id === direction)) {
        const known = manifest.directions.map(({ id }) => id).join(", ");
        throw new RangeError(
          `Cannot run "${manifest.id}": it has no direction ${direction}, only ${known}`,
        );
      }
      return tf.tidy(() => family.apply(params, images, manifest, direction));
    },
    dispose: () => disposeTree(params),
  };
}

/** Redraws a picture of any size: padded by reflection to the model's size multiple, run, cropped back. */
export async function restyle(
  generator: Generator,
  picture: Picture,
  direction: Direction,
): Promise<Picture> {
  const { sizeMultiple } = generator.manifest;
  const output = tf.tidy(() => {
    const images = padToMultiple(picturesToTensor([picture]), sizeMultiple);
    return generator.run(images, direction);
  });
  try {
    const [restyled] = await tensorToPictures(output);
    return cropPicture(restyled, 0, 0, picture.width, picture.height);
  } finally {
    output.dispose();
  }
}

/**
 * Grows the right and bottom border by mirroring, to the next multiple and to at least two of them: below that the
 * generator's innermost feature map would be too small to reflect its own border.
 */
function padToMultiple(images: tf.Tensor4D, multiple: number): tf.Tensor4D {
  const [, height, width] = images.shape;
  const target = (side: number) => Math.max(2, Math.ceil(side / multiple)) * multiple;
  const down = Math.min(target(height) - height, height);
  const right = Math.min(target(width) - width, width);
  if (down === 0 && right === 0) return images;
  const padded = tf.mirrorPad(images, [[0, 0], [0, down], [0, right], [0, 0]], "symmetric");
  // A side shorter than its padding doubles, and is then tried again.
  return padToMultiple(padded, multiple);
}

async function checkedTensors(
  manifest: Manifest,
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
    assertShapes(tensors, families[manifest.family].shapes(manifest), `model "${manifest.id}"`);
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
