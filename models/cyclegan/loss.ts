// CycleGAN's loss terms, each unweighted. Domains A and B; genAB: A to B, genBA: B to A; discB judges images of domain B.
//
//   lossAdv       LSGAN   mean (D(fake) - 1)^2         WGAN, hinge   -mean D(fake)
//   lossDisc      LSGAN   (mean (D(real) - 1)^2 + mean D(fake)^2) / 2            (Mao et al. 2017; halved as in CycleGAN)
//                 WGAN    mean D(fake) - mean D(real), plus the gradient penalty  (Gulrajani et al. 2017)
//                 hinge   mean relu(1 - D(real)) + mean relu(1 + D(fake))         (Lim and Ye 2017)
//   lossCycle     mean |genBA(genAB(a)) - a|, and the same for b                  (Zhu et al. 2017, equation 2)
//   lossIdentity  mean |genAB(b) - b|, and the same for a                         (section 5.2)

import * as tf from "../../gpu/tf.ts";

/** The adversarial losses to choose from. */
export const GAN_KINDS = ["lsgan", "wgangp", "hinge"] as const;

/** One adversarial loss. */
export type GanKind = typeof GAN_KINDS[number];

/** What the generator pays when its images score [n, s]. */
export function adversarialLoss(kind: GanKind, fakeScores: tf.Tensor2D): tf.Scalar {
  return kind === "lsgan" ? tf.mean(tf.square(tf.sub(fakeScores, 1))) : tf.neg(tf.mean(fakeScores));
}

/** What the discriminator pays for its scores [n, s] of real and of generated images; the penalty is apart. */
export function discriminatorLoss(
  kind: GanKind,
  realScores: tf.Tensor2D,
  fakeScores: tf.Tensor2D,
): tf.Scalar {
  switch (kind) {
    case "lsgan": {
      const real = tf.mean(tf.square(tf.sub(realScores, 1)));
      return tf.mul(tf.add(real, tf.mean(tf.square(fakeScores))), 0.5);
    }
    case "wgangp":
      return tf.sub(tf.mean(fakeScores), tf.mean(realScores));
    case "hinge": {
      const real = tf.mean(tf.relu(tf.sub(1, realScores)));
      return tf.add(real, tf.mean(tf.relu(tf.add(1, fakeScores))));
    }
  }
}

/** The mean absolute difference of two image batches: the distance in cycle and identity loss. */
export function meanAbsoluteError(a: tf.Tensor4D, b: tf.Tensor4D): tf.Scalar {
  return tf.mean(tf.abs(tf.sub(a, b)));
}
