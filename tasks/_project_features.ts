// Features by which `project` compares posters: those of a network of random weights, or of a judge, made equally important over the
// generator's own posters, so that no data set is needed.

import { randomStream } from "../gpu/random.ts";
import * as tf from "../gpu/tf.ts";
import { disposeTree } from "../gpu/tree.ts";
import { applyClassifier } from "../models/classifier/classifier.ts";
import { whiteningBy } from "../models/metrics/whitening.ts";
import type { FeaturesOf } from "../models/poster/projection.ts";
import { TaskError } from "./_cli.ts";
import { readJudgeNetwork } from "./_judge.ts";
import { judgePictures } from "./_judge_training.ts";
import { untrainedNetwork } from "./_poster_assessment.ts";
import type { PosterModel } from "./_poster_model.ts";

/** Posters that the features are whitened over. */
const WHITENED_OVER = 256;

/** Features on the device; `dispose` frees them. */
export interface ProjectionFeatures {
  of: FeaturesOf;
  dispose(): void;
}

/**
 * The features for posters of a model, each of variance 1 over what it draws.
 *
 * @param judge a judge's file; without it the network has random weights
 * @throws {TaskError} if the judge cannot be read, or looks at posters of another size
 */
export async function projectionFeatures(
  { generator, size: [height, width] }: Pick<PosterModel, "generator" | "size">,
  judge?: string,
): Promise<ProjectionFeatures> {
  const { config, params } = judge === undefined
    ? untrainedNetwork({ height, width })
    : await readJudgeNetwork(judge);
  if (config.size[0] !== height || config.size[1] !== width) {
    disposeTree(params);
    throw new TaskError(
      `Cannot compare by judge ${judge}: it looks at posters of ${config.size[1]}x${
        config.size[0]
      }, ` +
        `expected ${width}x${height}`,
    );
  }
  const { latent, genres } = generator.config, random = randomStream(0, "whitening posters");
  const posters = await generator.draw(Array.from({ length: WHITENED_OVER }, (_, i) => ({
    latent: random.normals(latent),
    genres: Array.from({ length: genres }, (_, genre) => genre === i % genres ? 1 : 0),
  })));
  const { features } = await judgePictures(params, posters, config);
  const whiten = whiteningBy(features), { width: f } = features;
  // The whitening is linear but for a shift, which no difference sees: its matrix is what becomes of the unit vectors.
  const unit = Float32Array.from({ length: f * f }, (_, i) => i % (f + 1) === 0 ? 1 : 0);
  const shift = whiten({ rows: 1, width: f, values: new Float32Array(f) }).values;
  const whitened = whiten({ rows: f, width: f, values: unit }).values;
  const matrix = tf.tensor2d(whitened.map((value, i) => value - shift[i % f]), [f, f]);
  return {
    of: (images) => tf.matMul(applyClassifier(params, images, config).features, matrix),
    dispose() {
      disposeTree(params);
      matrix.dispose();
    },
  };
}
