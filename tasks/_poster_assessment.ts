// A quick look at how good a poster generator is while it trains: kernel distance and diversity in the features of a fixed network
// of random weights, which costs seconds and nothing of the run's randomness. For figures to report there is `compare`.

import type { Size } from "../data/picture_list.ts";
import type { PosterSet } from "../data/posters.ts";
import { randomStream } from "../gpu/random.ts";
import type { Picture } from "../gpu/picture.ts";
import { disposeTree } from "../gpu/tree.ts";
import { type ClassifierParams, initClassifier } from "../models/classifier/classifier.ts";
import type { ClassifierConfig } from "../models/classifier/config.ts";
import { diversity } from "../models/metrics/diversity.ts";
import { kernelDistance } from "../models/metrics/kernel_distance.ts";
import type { Matrix } from "../models/metrics/matrix.ts";
import { whiteningBy } from "../models/metrics/whitening.ts";
import type { PosterGenerator } from "../models/poster_generator.ts";
import type { Assessment } from "./_guard.ts";
import { judgePictures, readPosters } from "./_judge_training.ts";

/** Posters and samples that are compared, at most. */
const MOST_PICTURES = 256;
/** Fewer would leave no pair on a side. */
const FEWEST_PICTURES = 2;
/** Seed of the network, of the choice of posters and of the latent vectors: the same for all runs, so that they compare. */
const SEED = 0;
const NETWORK = { width: 16, features: 64 } as const;

/** Looks at generators of one set's posters; `dispose` frees its network. */
export interface PosterAssessor {
  assess(generator: PosterGenerator): Promise<Assessment>;
  dispose(): void;
}

/**
 * An assessor against posters that are not trained on, or training posters if there are not enough others. Random features, made
 * equally important, tell pictures apart well enough to see a run rise and fall (compare Naeem et al. 2020, section 5.1).
 *
 * @returns undefined if the set has no two posters
 */
export async function posterAssessor(set: PosterSet): Promise<PosterAssessor | undefined> {
  const { valid, train } = set.split;
  const numbers = valid.length >= MOST_PICTURES / 2 ? valid : train;
  if (numbers.length < FEWEST_PICTURES) return undefined;
  const order = randomStream(SEED, "assessed posters").permutation(numbers.length);
  const chosen = Array.from(order.subarray(0, MOST_PICTURES), (at) => numbers[at]);
  const { config, params } = untrainedNetwork(set.size);
  const featuresOf = async (pictures: readonly Picture[]) =>
    (await judgePictures(params, pictures, config)).features;
  const { pictures, labels } = await readPosters(set, chosen);
  const plain = await featuresOf(pictures), whiten = whiteningBy(plain), real = whiten(plain);
  return {
    async assess(generator) {
      const { latent } = generator.config;
      const samples = await generator.draw(labels.map((genres, i) => ({
        latent: randomStream(SEED, "assessed sample", i).normals(latent),
        genres,
      })));
      return compare(real, whiten(await featuresOf(samples)));
    },
    dispose: () => disposeTree(params),
  };
}

/** The network of random weights for pictures of a size, the same each time; the caller owns its parameters. */
export function untrainedNetwork(
  { height, width }: Size,
): { config: ClassifierConfig; params: ClassifierParams } {
  const config: ClassifierConfig = {
    kind: "genre-classifier",
    size: [height, width],
    // Its logits are not looked at.
    genres: 1,
    ...NETWORK,
    ...{ batch: 1, images: 1, learningRate: "0", seed: SEED },
  };
  return { config, params: initClassifier(config, randomStream(SEED, "assessor")) };
}

function compare(real: Matrix, fake: Matrix): Assessment {
  const { mean } = kernelDistance(real, fake, { seed: SEED, subsets: 1, mostRows: MOST_PICTURES });
  const spread = (features: Matrix) =>
    diversity(features, [Array.from({ length: features.rows }, (_, i) => i)]).mean ?? 0;
  return { distance: mean, diversity: spread(fake) / spread(real) };
}
