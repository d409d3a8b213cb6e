// How much the pictures of a batch differ, as a feature map (Karras et al. 2018, section 3; in groups, as its authors have
// done since).

import * as tf from "../../../gpu/tf.ts";

const EPSILON = 1e-8;

/**
 * The mean deviation of feature maps [n, h, w, c] within groups, [n, h, w, 1]: of every value over the group's pictures, then averaged
 * over all values. Picture i is in group i mod (n / group).
 *
 * @param group pictures of a group; all of them if there are fewer
 * @throws {RangeError} if the batch cannot be divided into such groups
 */
export function minibatchDeviation(maps: tf.Tensor4D, group: number): tf.Tensor4D {
  const [n, h, w, c] = maps.shape, size = Math.min(group, n), groups = n / size;
  if (n % size) {
    throw new RangeError(
      `Cannot compare ${n} pictures in groups of ${size}: expected a multiple, or fewer`,
    );
  }
  const values = tf.reshape(maps, [size, groups, h * w * c]);
  const centred = tf.sub(values, tf.mean(values, 0, true));
  const deviations = tf.sqrt(tf.add(tf.mean(tf.square(centred), 0), EPSILON));
  const level = tf.reshape(tf.mean(deviations, 1), [1, groups, 1]);
  return tf.reshape(tf.mul(level, tf.ones([size, groups, h * w])), [n, h, w, 1]);
}
