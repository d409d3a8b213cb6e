// Penalties on the critic's gradient with respect to its input; differentiated once more by training.

import * as tf from "../gpu/tf.ts";

/** Inside the square root of the norm, so that its gradient is finite at 0. */
const NORM_EPSILON = 1e-12;

/**
 * The gradient penalty of WGAN-GP (Gulrajani et al. 2017, equation 3), unweighted: the mean over samples of
 * (|| grad D(x) || - 1)^2 at x = mix real + (1 - mix) fake, D being the mean of a sample's scores.
 *
 * @param critic scores [n, s] of images [n, h, w, 3]
 * @param mix one factor in [0, 1] per sample, [n, 1, 1, 1]
 */
export function gradientPenalty(
  critic: (images: tf.Tensor4D) => tf.Tensor2D,
  { real, fake, mix }: { real: tf.Tensor4D; fake: tf.Tensor4D; mix: tf.Tensor4D },
): tf.Scalar {
  const between = tf.add(fake, tf.mul(mix, tf.sub(real, fake))) as tf.Tensor4D;
  // A sample's scores depend on that sample alone, so the gradient of the sum holds each sample's own gradient.
  const slopes = tf.grad((images: tf.Tensor) => tf.sum(tf.mean(critic(images as tf.Tensor4D), 1)))(
    between,
  );
  const norms = tf.sqrt(tf.add(tf.sum(tf.square(slopes), [1, 2, 3]), NORM_EPSILON));
  return tf.mean(tf.square(tf.sub(norms, 1)));
}

/**
 * The zero-centred penalty on real images (R1; Mescheder et al. 2018, equation 9), unweighted: the mean over samples of
 * || grad D(x) ||^2 / 2.
 *
 * @param critic scores [n, s] of images [n, h, w, 3], each sample's of that sample alone
 */
export function zeroCentredPenalty(
  critic: (images: tf.Tensor4D) => tf.Tensor2D,
  images: tf.Tensor4D,
): tf.Scalar {
  const slopes = tf.grad((x: tf.Tensor) => tf.sum(tf.mean(critic(x as tf.Tensor4D), 1)))(images);
  return tf.mul(tf.mean(tf.sum(tf.square(slopes), [1, 2, 3])), 0.5);
}

/**
 * Scores of images, and of each half the squared length of its score's gradient: R1 of real images (Mescheder et al. 2018, equation
 * 9) or R2 of generated ones (equation 10), unweighted, before the mean. One forward pass gives both.
 *
 * @param critic scores [n, 1] of images [n, h, w, 3], each sample's of that sample alone
 * @returns both [n, 1]
 */
export function penalisedScores(
  critic: (images: tf.Tensor4D) => tf.Tensor2D,
  images: tf.Tensor4D,
): { scores: tf.Tensor2D; penalties: tf.Tensor2D } {
  const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => critic(x as tf.Tensor4D))(images);
  const squares = tf.sum(tf.reshape(tf.square(grad), [images.shape[0], -1]), 1, true);
  return { scores: value as tf.Tensor2D, penalties: tf.mul(squares, 0.5) };
}
