// What can be done to a poster's latent vector or styles before it is drawn: moved along directions, layers taken of another poster.

import type { Directions } from "./directions.ts";

/**
 * A latent vector, or the styles of all layers one after the other, moved along directions.
 *
 * @param amounts how many standard deviations along each; directions beyond them are left alone
 * @throws {RangeError} if there are more amounts than directions, or the lengths do not fit
 */
export function moveAlong(
  vector: Float32Array,
  { vectors }: Pick<Directions, "vectors">,
  amounts: readonly number[],
): Float32Array {
  if (amounts.length > vectors.length) {
    throw new RangeError(
      `Cannot move along ${amounts.length} directions: expected at most ${vectors.length}`,
    );
  }
  const moved = vector.slice();
  amounts.forEach((amount, k) => {
    const { length } = vectors[k];
    if (vector.length % length !== 0) {
      throw new RangeError(
        `Cannot move ${vector.length} numbers along a direction of ${length}: expected a multiple`,
      );
    }
    if (amount === 0) return;
    for (let i = 0; i < moved.length; i++) moved[i] += amount * vectors[k][i % length];
  });
  return moved;
}

/**
 * The styles of one poster in the layers before `from`, of another from there on: the first gives the layout, the second the colours
 * (Karras et al. 2019, section 3.1).
 *
 * @param from 0 for all of the second, `layers` for all of the first
 * @throws {RangeError} if the two are not of one length, or there is no such layer
 */
export function mixLayers(
  first: Float32Array,
  second: Float32Array,
  { from, layers }: { from: number; layers: number },
): Float32Array {
  if (first.length !== second.length || first.length % layers !== 0) {
    throw new RangeError(
      `Cannot mix styles of ${first.length} and ${second.length} numbers: ` +
        `expected as many of both, a multiple of ${layers}`,
    );
  }
  if (!Number.isInteger(from) || from < 0 || from > layers) {
    throw new RangeError(`Cannot mix styles from layer ${from}: expected 0 to ${layers}`);
  }
  const mixed = second.slice();
  mixed.set(first.subarray(0, from * (first.length / layers)));
  return mixed;
}
