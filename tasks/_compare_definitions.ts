// What the figures of a comparison mean, in a sentence or two each.

import { LEAST_OF_GENRE } from "../models/metrics/genre_kernel_distance.ts";
import { COVERAGE_NEIGHBOURS, PRECISION_NEIGHBOURS } from "../models/metrics/manifolds.ts";
import { NEAR_TRAINING } from "../models/metrics/memorisation.ts";
import type { Figures } from "./_compare_measure.ts";
import type { PosterMetric } from "./_compare_metrics.ts";

/** The numbers that a comparison was made with. */
export interface ComparedNumbers {
  real: Figures;
  /** Held-out posters, and samples of each generator. */
  heldOut: number;
  samples: number;
}

/** The definition of one or several figures. */
export interface Definition {
  metric: PosterMetric;
  term: string;
  text(numbers: ComparedNumbers): string;
}

/** All definitions, in the order of the columns. */
export const DEFINITIONS: readonly Definition[] = [
  {
    metric: "kid",
    term: "KID",
    text: ({ real: { kernelDistance: kid } }) =>
      `Kernel distance between the judge's features of samples and of held-out posters (Bińkowski et al. 2018): mean and deviation ` +
      `over ${kid?.subsets} subsets of ${kid?.rows} on each side. Around 0 for pictures of one source; it may fall below.`,
  },
  {
    metric: "fid",
    term: "FID",
    text: ({ heldOut, samples }) =>
      `Fréchet distance between the judge's features of ${samples} samples and ${heldOut} held-out posters, as if each were a ` +
      `normal distribution (Heusel et al. 2017). It is biased upwards, the more the fewer pictures there are: read it against the ` +
      `real posters'.`,
  },
  {
    metric: "swd",
    term: "SWD",
    text: ({ real: { slicedWasserstein: swd } }) =>
      `Sliced Wasserstein distance between details of ${swd?.pictures} pictures on each side (Karras et al. 2018), by size of the ` +
      `picture in the Laplacian pyramid, and their mean.`,
  },
  {
    metric: "prdc",
    term: "Precision, recall",
    text: () =>
      `Share of the samples that lie among the held-out posters, and of the held-out posters that lie among the samples: nearer to ` +
      `one of them than its neighbour number ${PRECISION_NEIGHBOURS} is (Kynkäänniemi et al. 2019).`,
  },
  {
    metric: "prdc",
    term: "Density, coverage",
    text: () =>
      `In how many held-out posters' neighbourhoods (to neighbour number ${COVERAGE_NEIGHBOURS}) a sample lies, over what is ` +
      `expected; and the share of the held-out posters that have a sample in theirs (Naeem et al. 2020).`,
  },
  {
    metric: "genres",
    term: "R-precision, mAP, micro-F1",
    text: () =>
      `Of the k genres that were asked for, the share among the judge's k highest; the mean over genres of the average precision ` +
      `with which the judge ranks the posters of one; and the F1 score of all genres that the judge finds more likely than not.`,
  },
  {
    metric: "genre-kid",
    term: "KID in a genre",
    text: () =>
      `KID between the samples and the held-out posters of one genre, all of them, averaged over the genres with at least ` +
      `${LEAST_OF_GENRE} of both.`,
  },
  {
    metric: "cas",
    term: "CAS",
    text: () =>
      `Classification accuracy score (Ravuri and Vinyals 2019): how well a classifier that was trained on samples alone names the ` +
      `genres of held-out posters. Of the real posters: the judge's own.`,
  },
  {
    metric: "diversity",
    term: "Diversity",
    text: () =>
      `Mean distance between the judge's features of two posters: of one genre, averaged over genres; and of any two.`,
  },
  {
    metric: "memorisation",
    term: "Near training posters",
    text: () =>
      `Share of the samples that are nearer to a training poster, in the judge's features, than all but the nearest 1 % of held-out ` +
      `posters are; an alarm if chance would give so many less than once in 1,000 times. Below it the median distance to the ` +
      `nearest training poster. The sheet shows the nearest samples and ${NEAR_TRAINING} training posters for each.`,
  },
];
