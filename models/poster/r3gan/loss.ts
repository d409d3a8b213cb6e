// R3GAN's loss (Huang et al. 2024, section 2; the pairing of Jolicoeur-Martineau 2019): a picture is scored against another one of
// the same genres.
//
//   adversarial     generator      mean softplus(-(D(fake) - D(real)))
//                   discriminator  mean softplus(-(D(real) - D(fake)))

import * as tf from "../../../gpu/tf.ts";

/** What the generator pays for the scores [n, 1] of its images beside the real ones of the same genres. */
export function pairedGeneratorLoss(
  fakeScores: tf.Tensor2D,
  realScores: tf.Tensor2D,
): tf.Scalar {
  return tf.mean(tf.softplus(tf.sub(realScores, fakeScores)));
}

/** What the discriminator pays for its scores [n, 1] of real images beside the generated ones of the same genres. */
export function pairedDiscriminatorLoss(
  realScores: tf.Tensor2D,
  fakeScores: tf.Tensor2D,
): tf.Scalar {
  return tf.mean(tf.softplus(tf.sub(fakeScores, realScores)));
}
