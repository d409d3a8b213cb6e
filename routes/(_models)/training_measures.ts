// What the measures of a training mean that exports put into manifests.

/** By the measure's name in `training.metrics`. */
export const TRAINING_MEASURES: Readonly<Record<string, string>> = {
  lossCycle:
    "Mean absolute difference between a picture and what both generators, one after the other, make of it, both ways added; pixels from -1 to 1, on training pictures.",
  lossIdentity:
    "Mean absolute difference between a picture and what the generator into its own film makes of it, both films added; pixels from -1 to 1, on training pictures.",
  errorAtoB:
    "Mean absolute difference between redrawn test pictures and their true answers, A to B; pixels from -1 to 1.",
  errorBtoA: "The same, B to A.",
  errorUnchanged: "The same for pictures that nothing was done to.",
  lossGenerator:
    "What the generator was trained to make small: how sure the discriminator is that its posters are drawn. It has meaning only beside the discriminator's own.",
  lossDiscriminator:
    "What the discriminator was trained to make small: how often it takes drawn posters for real, and real for drawn.",
  lossReconstruction: "How far a poster is from its own copy by way of the code.",
  lossDivergence:
    "How far the codes of posters are from a normal distribution (Kullback and Leibler's divergence), in nats.",
  lossGenresFake:
    "How badly the discriminator reads the asked genres from drawn posters (cross-entropy).",
};
