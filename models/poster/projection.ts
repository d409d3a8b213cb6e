// Projection: the point of a generator's latent space whose poster is nearest to a picture, found by Adam on the point alone (after
// Karras et al. 2020, appendix D; Abdal et al. 2019 for a style of its own for each layer).

import * as tf from "../../gpu/tf.ts";
import { type AdamState, applyAdam, disposeAdam, initAdam } from "../../gpu/adam.ts";
import { downsampleBlurred } from "../../gpu/blur.ts";
import { type Gradients, lossAndGradients } from "../../gpu/gradients.ts";
import type { Random } from "../../gpu/random.ts";
import { disposeTree, toVariables } from "../../gpu/tree.ts";

/** Points of a latent space, and the genres that go with each. */
export type Points = {
  /** [n, d], in standard deviations from the space's centre. */
  place: tf.Tensor2D;
  /** [n, g], each from 0 to 1; absent where they are given and not looked for. */
  genres?: tf.Tensor2D;
};

/** What a projection needs of a generator: its posters [n, h, w, 3] at some points. Differentiable by the points. */
export type DrawPoints = (points: Points) => tf.Tensor4D;

/** What is looked for; owns its tensors (`disposeTarget`). */
export interface ProjectionTarget {
  /** The picture [1, h, w, 3] in [-1, 1], then halved again and again. */
  pyramid: readonly tf.Tensor4D[];
  /** Its features [1, f], and how those of posters are computed. */
  features?: { of: FeaturesOf; values: tf.Tensor2D };
}

/** Features [n, f] of images [n, h, w, 3], each of variance 1 over posters. */
export type FeaturesOf = (images: tf.Tensor4D) => tf.Tensor2D;

/** How much each part of the distance counts. */
export interface ProjectionWeights {
  /** Of the features' distance beside that of the pixels, which counts 1. */
  features: number;
  /** Of the mean square of a place, which keeps it where the generator has learnt to draw. */
  prior: number;
}

/** A search under way, from several starts at once; owns its tensors (`disposeProjection`). */
export interface ProjectionState {
  points: Points;
  adam: Record<keyof Points, AdamState | undefined>;
}

/** How far posters are from the target, each [n]. */
export interface Distances {
  /** Mean over the sizes of the mean squared difference of pixels in [-1, 1]. */
  pixels: tf.Tensor1D;
  /** Half the mean squared difference of features, which is about 1 between two posters; absent without features. */
  features?: tf.Tensor1D;
  /** Both together. */
  total: tf.Tensor1D;
}

/** What a step found, before it moved: for each start the distances, and the points that have them. */
export interface ProjectionMetrics {
  /** Numbers of [n]. */
  total: Float32Array;
  pixels: Float32Array;
  /** Numbers of [n, d] and [n, g]. */
  place: Float32Array;
  genres?: Float32Array;
  /** False if a distance or a gradient was not finite: the step was then left out. */
  finite: boolean;
}

/** Pixels are compared at the picture's size and at halves of it, as long as the shorter side has this many. */
const SMALLEST_SIDE = 8;
/** The filter between the sizes. */
const BLUR = [1, 3, 3, 1];
/** Adam's decay rates, as its paper has them. */
const BETA1 = 0.9, BETA2 = 0.999;
/** Genres go from 0 to 1, where places go from about -2 to 2. */
const GENRE_RATE = 0.25;

/** How fast a search moves, and how much noise is added to its places, at a share `t` from 0 to 1 of its steps. */
export function projectionPace(t: number, { rate, noise }: { rate: number; noise: number }) {
  const rampDown = Math.min(1, (1 - t) / 0.25), rampUp = Math.min(1, t / 0.05);
  return {
    rate: rate * (0.5 - 0.5 * Math.cos(Math.PI * rampDown)) * rampUp,
    noise: noise * Math.max(0, 1 - t / 0.75) ** 2,
  };
}

/** The target of a picture [1, h, w, 3] in [-1, 1]; the caller owns it. */
export function projectionTarget(picture: tf.Tensor4D, of?: FeaturesOf): ProjectionTarget {
  const pyramid = tf.tidy(() => halvings(picture));
  return { pyramid, ...(of && { features: { of, values: tf.tidy(() => of(picture)) } }) };
}

/** Frees a target. */
export function disposeTarget({ pyramid, features }: ProjectionTarget): void {
  tf.dispose([...pyramid]);
  features?.values.dispose();
}

/** The images, halved as long as they stay large enough; the first are clones. */
function halvings(images: tf.Tensor4D): tf.Tensor4D[] {
  const levels = [tf.clone(images)];
  for (;;) {
    const last = levels[levels.length - 1], [, h, w] = last.shape;
    if (Math.min(h, w) < 2 * SMALLEST_SIDE || h % 2 || w % 2) return levels;
    levels.push(downsampleBlurred(last, BLUR));
  }
}

/** How far images [n, h, w, 3] are from a target; the caller owns the tensors. Differentiable by the images. */
export function distancesTo(
  { pyramid, features }: ProjectionTarget,
  images: tf.Tensor4D,
  weights: Pick<ProjectionWeights, "features">,
): Distances {
  return tf.tidy(() => {
    const squares = halvings(images).map((level, i) =>
      tf.mean(tf.square(tf.sub(level, pyramid[i])), [1, 2, 3])
    );
    const pixels = tf.div(tf.addN(squares), squares.length) as tf.Tensor1D;
    if (!features) return { pixels, total: tf.clone(pixels) };
    const apart = tf.square(tf.sub(features.of(images), features.values));
    const ofFeatures = tf.mul(tf.mean(apart, 1), 0.5) as tf.Tensor1D;
    const total = tf.add(pixels, tf.mul(ofFeatures, weights.features)) as tf.Tensor1D;
    return { pixels, features: ofFeatures, total };
  });
}

/** A search from these points, which are copied; the caller owns the state. */
export function startProjection(points: Points): ProjectionState {
  const variables = toVariables(points);
  const { place, genres } = variables;
  return {
    points: variables,
    adam: { place: initAdam({ place }), genres: genres && initAdam({ genres }) },
  };
}

/** Frees a search. */
export function disposeProjection({ points, adam }: ProjectionState): void {
  disposeTree(points);
  for (const moments of Object.values(adam)) if (moments) disposeAdam(moments);
}

/**
 * Moves every start by one step towards the target. The generator is a constant; what is differentiated is the sum of the starts'
 * distances, so that none of them knows of the others. A step that is not finite is left out.
 *
 * @param rate Adam's step size, in standard deviations
 * @param noise deviation of what is added to the places before they are drawn, in standard deviations
 */
export async function projectionStep(
  state: ProjectionState,
  { draw, target, weights }: {
    draw: DrawPoints;
    target: ProjectionTarget;
    weights: ProjectionWeights;
  },
  { rate, noise, random }: { rate: number; noise: number; random: Random },
): Promise<ProjectionMetrics> {
  const { points } = state, [n, d] = points.place.shape;
  const { loss, gradients, kept } = lossAndGradients(points, () => {
    const added = tf.tensor2d(random.normals(n * d, 0, noise), [n, d]);
    const place = tf.add(points.place, added) as tf.Tensor2D;
    const images = draw({ ...points, place });
    const { pixels, total } = distancesTo(target, images, weights);
    const prior = tf.mul(tf.sum(tf.mean(tf.square(place), 1)), weights.prior);
    return {
      loss: tf.add(tf.sum(total), prior) as tf.Scalar,
      kept: {
        ...{ pixels: tf.clone(pixels), total: tf.clone(total), place: tf.clone(place) },
        ...(points.genres && { genres: tf.clone(points.genres) }),
      } as Record<"pixels" | "total" | "place" | "genres", tf.Tensor>,
    };
  });
  const sums = tf.tidy(() => tf.stack([loss, ...Object.values(gradients).map((g) => tf.sum(g))]));
  const numbers = await sums.data();
  const [pixels, total, place] = await Promise.all(
    [kept.pixels, kept.total, kept.place].map((tensor) => tensor.data<"float32">()),
  );
  const genres = kept.genres && await kept.genres.data<"float32">();
  const finite = numbers.every(Number.isFinite);
  if (finite) move(state, gradients, rate);
  tf.dispose([loss, sums, gradients, kept]);
  return { pixels, total, place, finite, ...(genres && { genres }) };
}

/** Adam's step for the places, a smaller one for the genres, which are then brought back between 0 and 1. */
function move({ points, adam }: ProjectionState, gradients: Gradients, rate: number): void {
  const rates = { place: rate, genres: rate * GENRE_RATE };
  for (const key of ["place", "genres"] as const) {
    const leaf = points[key], moments = adam[key];
    if (!leaf || !moments) continue;
    applyAdam({ [key]: leaf }, moments, { [key]: gradients[key] }, {
      ...{ learningRate: rates[key], beta1: BETA1, beta2: BETA2 },
    });
  }
  const { genres } = points;
  if (genres) {
    tf.tidy(() => (genres as unknown as tf.Variable).assign(tf.clipByValue(genres, 0, 1)));
  }
}
