// Sliced Wasserstein distance between two sets of pictures (SWD, Karras et al. 2018): of their details, without any network.

import { assertPicture, type Picture } from "../../gpu/picture.ts";
import { type Random, randomStream } from "../../gpu/random.ts";
import { type ColorMap, laplacianPyramid, pyramidSides, type Sides } from "./_laplacian_pyramid.ts";
import { sortFloats } from "./_sort_floats.ts";

/** The distance of one level of the pyramid. */
export interface LevelDistance {
  /** Sides of the pictures at that level, in pixels. */
  height: number;
  width: number;
  /** Times 1000, as published. */
  distance: number;
}

/** The distances from the finest details to the coarsest. */
export interface SlicedWasserstein {
  levels: LevelDistance[];
  mean: number;
  /** Pictures that were used of each set. */
  pictures: number;
}

/** Side of a patch, its colours' number, and how many are cut from a picture at each level. */
const PATCH = 7, PATCH_VALUES = PATCH * PATCH * 3, PATCHES = 128;
/** Random directions that patches are projected on; published: 4 times 128. */
const DIRECTIONS = 512;
/** A channel that changes less, in bytes squared, has nothing to tell but rounding, which a division would blow up. */
const LEAST_VARIANCE = 1e-6;

/**
 * SWD (Karras et al. 2018, section 5; their code's settings): at each level of the Laplacian pyramid patches of 7x7 pixels are cut
 * at random places, their colours normalised over the set, and projected on random directions; the distance is the mean
 * absolute difference between the sorted projections of both sets.
 *
 * The sets need as many patches, so the longer one is cut to the length of the shorter: its first pictures are used. Both are cut
 * at the same places, so that the distance of a set from itself is 0.
 *
 * @throws {RangeError} if a set is empty, or the pictures are not of one size with sides of at least 7 pixels
 */
export function slicedWasserstein(
  a: readonly Picture[],
  b: readonly Picture[],
  { seed }: { seed: number },
): SlicedWasserstein {
  const pictures = Math.min(a.length, b.length);
  const sets = [a, b].map((set) => set.slice(0, pictures)), sides = sidesOf(sets.flat());
  const pyramids = sets.map((set) => set.map(laplacianPyramid));
  const levels = pyramidSides(sides).map((level, i): LevelDistance => {
    const [first, second] = pyramids.map((set) =>
      cutPatches(set.map((pyramid) => pyramid[i]), randomStream(seed, "patch", i))
    );
    const distance = meanDifference(first, second, randomStream(seed, "direction", i));
    return { height: level[0], width: level[1], distance: distance * 1000 };
  });
  const mean = levels.reduce((sum, { distance }) => sum + distance, 0) / levels.length;
  return { levels, mean, pictures };
}

function sidesOf(pictures: readonly Picture[]): Sides {
  if (pictures.length === 0) {
    throw new RangeError("Cannot compare pictures: found an empty set, expected at least one");
  }
  const [{ width, height }] = pictures;
  for (const picture of pictures) {
    assertPicture(picture);
    if (picture.width !== width || picture.height !== height) {
      throw new RangeError(
        `Cannot compare pictures: found ${picture.width}x${picture.height}, expected ${width}x${height}`,
      );
    }
  }
  if (Math.min(width, height) < PATCH) {
    throw new RangeError(
      `Cannot compare pictures: found ${width}x${height}, expected sides of at least ${PATCH}`,
    );
  }
  return [height, width];
}

/** Patches of all pictures at one level, one after another, each channel with mean 0 and deviation 1 over the set. */
function cutPatches(maps: readonly ColorMap[], random: Random): Float32Array {
  const patches = new Float32Array(maps.length * PATCHES * PATCH_VALUES);
  let at = 0;
  for (const { sides: [h, w], values } of maps) {
    for (let patch = 0; patch < PATCHES; patch++) {
      const top = random.integer(h - PATCH + 1), left = random.integer(w - PATCH + 1);
      for (let y = 0; y < PATCH; y++, at += PATCH * 3) {
        const from = ((top + y) * w + left) * 3;
        patches.set(values.subarray(from, from + PATCH * 3), at);
      }
    }
  }
  [0, 1, 2].forEach((channel) => normalise(patches, channel));
  return patches;
}

function normalise(patches: Float32Array, channel: number): void {
  const count = patches.length / 3;
  let sum = 0, squares = 0;
  for (let i = channel; i < patches.length; i += 3) sum += patches[i];
  const mean = sum / count;
  for (let i = channel; i < patches.length; i += 3) squares += (patches[i] - mean) ** 2;
  const variance = squares / count;
  const factor = variance > LEAST_VARIANCE ? 1 / Math.sqrt(variance) : 0;
  for (let i = channel; i < patches.length; i += 3) patches[i] = (patches[i] - mean) * factor;
}

/** The mean over directions of the mean absolute difference of sorted projections. */
function meanDifference(a: Float32Array, b: Float32Array, random: Random): number {
  const count = a.length / PATCH_VALUES;
  let sum = 0;
  for (let i = 0; i < DIRECTIONS; i += 4) {
    const directions = Array.from({ length: 4 }, () => unitVector(random));
    const first = project(a, directions), second = project(b, directions);
    first.forEach((sorted, direction) => {
      const other = second[direction];
      for (let k = 0; k < count; k++) sum += Math.abs(sorted[k] - other[k]);
    });
  }
  return sum / DIRECTIONS / count;
}

function unitVector(random: Random): Float32Array {
  const vector = random.normals(PATCH_VALUES);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

/** Sorted projections of all patches on four directions: at once, for the patches are far more than fit into a cache. */
function project(patches: Float32Array, [d0, d1, d2, d3]: Float32Array[]): Float32Array[] {
  const count = patches.length / PATCH_VALUES;
  const projections = Array.from({ length: 4 }, () => new Float32Array(count));
  for (let patch = 0, at = 0; patch < count; patch++, at += PATCH_VALUES) {
    let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    for (let k = 0; k < PATCH_VALUES; k++) {
      const value = patches[at + k];
      s0 += value * d0[k];
      s1 += value * d1[k];
      s2 += value * d2[k];
      s3 += value * d3[k];
    }
    [s0, s1, s2, s3].forEach((sum, i) => projections[i][patch] = sum);
  }
  return projections.map(sortFloats);
}
