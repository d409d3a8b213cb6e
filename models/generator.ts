// Loads an exported pair of style generators and runs it: the same code in the visitor's browser and on the command line.

import * as tf from "../gpu/tf.ts";
import { picturesToTensor, tensorToPictures } from "../gpu/image.ts";
import type { NormMemory } from "../gpu/norm_memory.ts";
import { cropPicture, type Picture } from "../gpu/picture.ts";
import { disposeTree } from "../gpu/tree.ts";
import type { Direction, StyleManifest } from "./manifest.ts";
import { styleFamilies, type Tiles } from "./registry.ts";
import { readWeights } from "./weights_file.ts";

/** A loaded pair of style generators; `dispose` frees its weights. */
export interface Generator {
  readonly manifest: StyleManifest;
  /**
   * Redraws images [n, h, w, 3] in [-1, 1], sides multiples of `manifest.sizeMultiple`; the caller owns the result.
   *
   * @param memory of the film that a single image is a frame of
   * @throws {RangeError} if the model has no such direction
   */
  run(images: tf.Tensor4D, direction: Direction, memory?: NormMemory): tf.Tensor4D;
  /** The same of one image [1, h, w, 3] in memory that grows with the tiles alone; the numbers are the same but for rounding. */
  runTiled(image: tf.Tensor4D, direction: Direction, tiles: Tiles): Promise<tf.Tensor4D>;
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
  const assertDirection = (direction: Direction) => {
    if (manifest.directions.some(({ id }) => id === direction)) return;
    const known = manifest.directions.map(({ id }) => id).join(", ");
    throw new RangeError(
      `Cannot run "${manifest.id}": it has no direction ${direction}, only ${known}`,
    );
  };
  return {
    manifest,
    run(images, direction, memory) {
      assertDirection(direction);
      return tf.tidy(() => family.apply(params, images, manifest, direction, memory));
    },
    async runTiled(image, direction, tiles) {
      assertDirection(direction);
      return await family.applyTiled(params, image, manifest, direction, tiles);
    },
    dispose: () => disposeTree(params),
  };
}

/**
 * Redraws a picture of any size: padded by reflection to the model's size multiple, run, cropped back.
 *
 * @param options `tile` for a picture with a side above that of a tile; without, it is run whole
 */
export async function restyle(
  generator: Generator,
  picture: Picture,
  direction: Direction,
  tiles: Partial<Tiles> = {},
): Promise<Picture> {
  const output = await restyleOnDevice(generator, picture, direction, tiles);
  try {
    return await readRestyled(output, picture);
  } finally {
    output.dispose();
  }
}

/**
 * The same, left on the device: an image [1, h, w, 3] in [-1, 1] whose top left has the picture's size; the caller owns it.
 *
 * @param options as for `restyle`
 */
export async function restyleOnDevice(
  generator: Generator,
  picture: Picture,
  direction: Direction,
  { tile = Infinity, ...options }: Partial<Tiles> = {},
): Promise<tf.Tensor4D> {
  const { sizeMultiple } = generator.manifest;
  const image = tf.tidy(() => padToMultiple(picturesToTensor([picture]), sizeMultiple));
  try {
    return Math.max(picture.width, picture.height) > tile
      ? await generator.runTiled(image, direction, { tile, ...options })
      : generator.run(image, direction, options.memory);
  } finally {
    image.dispose();
  }
}

/** The bytes of what `restyleOnDevice` gave for a picture of this size. */
export async function readRestyled(
  output: tf.Tensor4D,
  { width, height }: Pick<Picture, "width" | "height">,
): Promise<Picture> {
  const [restyled] = await tensorToPictures(output);
  return cropPicture(restyled, 0, 0, width, height);
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
