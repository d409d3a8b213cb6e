// The poster models' loss terms, each unweighted.
//
//   adversarial     generator      mean softplus(-D(fake))                            (Goodfellow et al. 2014, non-saturating)
//                   discriminator  mean softplus(-D(real)) + mean softplus(D(fake))
//   genres          mean over images of the sum over genres of the binary cross-entropy
//                   (the auxiliary classifier of Odena et al. 2017, for several labels at once)
//   reconstruction  mean over images of the sum over values of (x - y)^2 / 2: a Gaussian of variance 1
//   divergence      mean over images of KL(N(mean, exp(logVariance)) || N(0, 1))     (Kingma and Welling 2014, appendix B)

import * as tf from "../../gpu/tf.ts";

/** What the generator pays for the scores [n, 1] of its images. */
export function adversarialLoss(fakeScores: tf.Tensor2D): tf.Scalar {
  return tf.mean(tf.softplus(tf.neg(fakeScores)));
}

/** What the discriminator pays for its scores [n, 1] of real and of generated images. */
export function discriminatorLoss(realScores: tf.Tensor2D, fakeScores: tf.Tensor2D): tf.Scalar {
  return tf.add(tf.mean(tf.softplus(tf.neg(realScores))), tf.mean(tf.softplus(fakeScores)));
}

/**
 * The cross-entropy of genre logits [n, g] against genres [n, g], each 0 or 1. Images of no genre are those whose genres are
 * hidden: they are left out of the mean.
 */
export function genreLoss(logits: tf.Tensor2D, genres: tf.Tensor2D): tf.Scalar {
  const perGenre = tf.sub(tf.softplus(logits), tf.mul(logits, genres));
  const isShown = tf.minimum(tf.sum(genres, 1), 1);
  const total = tf.sum(tf.mul(tf.sum(perGenre, 1), isShown));
  return tf.div(total, tf.maximum(tf.sum(isShown), 1)) as tf.Scalar;
}

/** Half the squared distance between two batches of equal shape, summed over values, averaged over images. */
export function reconstructionLoss(a: tf.Tensor, b: tf.Tensor): tf.Scalar {
  return tf.div(tf.sum(tf.square(tf.sub(a, b))), 2 * a.shape[0]);
}

/** How far the codes' distributions [n, z] are from the standard normal one. */
export function divergence(mean: tf.Tensor2D, logVariance: tf.Tensor2D): tf.Scalar {
  const terms = tf.sub(
    tf.add(tf.square(mean), tf.exp(logVariance)),
    tf.add(logVariance, 1),
  );
  return tf.mul(tf.mean(tf.sum(terms, 1)), 0.5);
}
