// What `evaluate` measures of a style model: redrawn test pictures against the true answers, and against the other film.

import { picturesToTensor } from "../gpu/image.ts";
import type { Picture } from "../gpu/picture.ts";
import { randomStream } from "../gpu/random.ts";
import * as tf from "../gpu/tf.ts";
import { disposeTree } from "../gpu/tree.ts";
import { applyClassifier, initClassifier } from "../models/classifier/classifier.ts";
import type { NetworkConfig } from "../models/classifier/config.ts";
import { frechetDistance } from "../models/metrics/frechet_distance.ts";
import { type KernelDistance, kernelDistance } from "../models/metrics/kernel_distance.ts";
import type { Matrix } from "../models/metrics/matrix.ts";
import { psnr } from "../models/metrics/psnr.ts";
import { type SlicedWasserstein, slicedWasserstein } from "../models/metrics/sliced_wasserstein.ts";
import { ssim } from "../models/metrics/ssim.ts";

/** Their names, in the order of the report. */
export const STYLE_METRICS = ["psnr", "ssim", "kid", "fid", "swd"] as const;

/** One of them. */
export type StyleMetric = typeof STYLE_METRICS[number];

/** Test pictures of each film, if nothing else is asked for, and at most: all of them are in memory. */
export const STYLE_SAMPLES = 256, MOST_STYLE_SAMPLES = 512;

/** The figures of one set of pictures; null for what was not asked for, or has no true answer. */
export interface StyleFigures {
  /** Means over the pictures; in decibels. */
  psnr: number | null;
  ssim: number | null;
  /** These three to the real test pictures of the film that they should be of. */
  kernelDistance: KernelDistance | null;
  frechetDistance: number | null;
  slicedWasserstein: SlicedWasserstein | null;
}

/** What pictures are measured against. */
export interface StyleTruth {
  /** Real test pictures of the film that they should be of. */
  film: readonly Picture[];
  /** Whether picture i of them is the true answer to picture i. */
  paired: boolean;
  /** What the network says of them. */
  features: Matrix;
}

/** A network that was never trained, whose features tell large differences apart; the same one for each evaluation. */
const NETWORK = { width: 24, features: 128, genres: 1 }, NETWORK_SEED = 1;
/** Pictures that it sees at once. */
const AT_ONCE = 16;

/** The untrained network's features [n, 128] of pictures of one size. */
export async function untrainedFeatures(pictures: readonly Picture[]): Promise<Matrix> {
  const [{ width, height }] = pictures,
    config: NetworkConfig = { ...NETWORK, size: [height, width] };
  const params = initClassifier(config, randomStream(NETWORK_SEED, "untrained features"));
  const values = new Float32Array(pictures.length * NETWORK.features);
  try {
    for (let at = 0; at < pictures.length; at += AT_ONCE) {
      const features = tf.tidy(() =>
        applyClassifier(params, picturesToTensor(pictures.slice(at, at + AT_ONCE)), config).features
      );
      values.set(await features.data<"float32">(), at * NETWORK.features);
      features.dispose();
    }
  } finally {
    disposeTree(params);
  }
  return { rows: pictures.length, width: NETWORK.features, values };
}

/** Measures pictures that stand for pictures of a film. */
export async function measureStyle(
  pictures: readonly Picture[],
  { film, paired, features: real }: StyleTruth,
  { metrics, seed }: { metrics: ReadonlySet<StyleMetric>; seed: number },
): Promise<StyleFigures> {
  const mean = (measure: (picture: Picture, truth: Picture) => number) =>
    pictures.reduce((sum, picture, i) => sum + measure(picture, film[i]), 0) / pictures.length;
  const hasFeatures = metrics.has("kid") || metrics.has("fid");
  const [a, b] = hasFeatures ? scaled(real, await untrainedFeatures(pictures)) : [real, real];
  const mostRows = Math.ceil(real.rows / 2);
  return {
    psnr: paired && metrics.has("psnr") ? mean(psnr) : null,
    ssim: paired && metrics.has("ssim") ? mean(ssim) : null,
    kernelDistance: metrics.has("kid") ? kernelDistance(a, b, { seed, mostRows }) : null,
    frechetDistance: metrics.has("fid") ? frechetDistance(a, b) : null,
    slicedWasserstein: metrics.has("swd") ? slicedWasserstein(film, pictures, { seed }) : null,
  };
}

/** Both sets divided by what makes the mean square of the real one 1, as the kernel distance is made for. */
function scaled(real: Matrix, samples: Matrix): [Matrix, Matrix] {
  const square = real.values.reduce((sum, value) => sum + value ** 2, 0) / real.values.length;
  const divide = (set: Matrix) => ({
    ...set,
    values: set.values.map((value) => value / Math.sqrt(square)),
  });
  return [divide(real), divide(samples)];
}
