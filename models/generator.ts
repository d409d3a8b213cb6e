// Loads an exported pair of style generators and runs it: the same code in the visitor's browser and on the command line.

import * as tf from "../gpu/tf.ts";
import { picturesToTensor, tensorToPictures } from "../gpu/image.ts";
import { cropPicture, type Picture } from "../gpu/picture.ts";
import { disposeTree } from "../gpu/tree.ts";
import type { Direction, StyleManifest } from "./manifest.ts";
import { styleFamilies } from "./registry.ts";
import { readWeights } from "./weights_file.ts";

/** A loaded pair of style generators; `dispose` frees its weights. */
export interface Generator {
  readonly manifest: StyleManifest;
  /**
   * Redraws images [n, h, w, 3] in [-1, 1], sides multiples of `manifest.sizeMultiple`; the caller owns the result.
   *
   * @throws {RangeError} if the model has no such direction
   */
  run(images: tf.Tensor4D, direction: Direction): tf.Tensor4D;
  dispose(): void;
}

/**
 * Puts a checked weights file (`readWeights`) on the device.
 *
 * @throws {ModelFileError} naming the check that failed
 */
export async function loadGenerator(
  manifest: StyleManifest,
  weights: Uint8Array<ArrayBuffer>,
): Promise<Generator> {
  const family = styleFamilies[manifest.family];
  const params = await readWeights(manifest, family.shapes(manifest), weights);
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
