// The path length penalty (Karras et al. 2020, section 3.2): equal steps of a style are to change a picture equally much, everywhere.

import * as tf from "../../../gpu/tf.ts";

/** Inside the square root of a length, so that its gradient is finite at 0. */
const LENGTH_EPSILON = 1e-12;

/**
 * How much a step of its style changes each picture, [n]: |J^T y| for random pictures y, with J the derivative of the picture by the
 * style, as the root of the mean over the layers of the squared length in each (equation 4, in the form that the authors use).
 *
 * @param draw pictures [n, h, w, 3] of one style [n, w] for each layer
 * @param direction normal draws of a picture's shape, [n, h, w, 3]
 */
export function pathLengths(
  draw: (styles: tf.Tensor2D[]) => tf.Tensor4D,
  styles: readonly tf.Tensor2D[],
  direction: tf.Tensor4D,
): tf.Tensor1D {
  const [, h, w] = direction.shape;
  const along = (...inputs: tf.Tensor[]): tf.Scalar =>
    tf.mul(tf.sum(tf.mul(draw(inputs as tf.Tensor2D[]), direction)), 1 / Math.sqrt(h * w));
  // Clones: a style that several layers share has a gradient in each.
  const slopes = tf.grads(along)(styles.map((style) => tf.clone(style)));
  const squares = tf.addN(slopes.map((slope) => tf.sum(tf.square(slope), 1)));
  return tf.sqrt(tf.add(tf.div(squares, styles.length), LENGTH_EPSILON)) as tf.Tensor1D;
}

/**
 * The mean over pictures of the squared distance of their path lengths [n] from a target, unweighted.
 *
 * @param target the running mean of the lengths so far ; the authors' includes the pictures themselves, by a hundredth
 */
export function pathLengthPenalty(lengths: tf.Tensor1D, target: number): tf.Scalar {
  return tf.mean(tf.square(tf.sub(lengths, target)));
}
