// The kernels that the training steps of every poster model put on tfjs's tape.

import { randomStream } from "../../../gpu/random.ts";
import * as tf from "../../../gpu/tf.ts";
import { CHANGES } from "../../../models/adaptive_augment.ts";
import { LADDER_MODELS, type LadderModel } from "../../../models/poster/config.ts";
import { disposePosterState, initPosterState } from "../../../models/poster/state.ts";
import { posterStep } from "../../../models/poster/step.ts";
import type { PosterTrainingConfig } from "../../../models/poster/training_config.ts";
import { type TapedKernels, watchTape } from "../../gpu/_tape.ts";
import {
  tinyFoldGenres,
  tinyPosterBatch,
  tinyPosters,
  tinyR3gan,
  tinyStyleGan2,
} from "./_tiny_posters.ts";

/** Each rung with all that it may have: penalty and augmentation, or batch norms. */
function variants(model: LadderModel): PosterTrainingConfig[] {
  const { discriminator } = tinyPosters(model);
  const published = tinyPosters(model, { discriminator: { ...discriminator, norm: "batch" } });
  if (model === "vae" || model === "cvae-dcgan") return [published];
  return [
    published,
    tinyPosters(model, { penalty: "1", augment: ["color", "translation", "cutout"] }),
  ];
}

/** The modern models with all that they may have. */
const all = {
  ...{ augment: [...CHANGES], augmentProbability: "1", mixGenres: 1, condition: "0.5" },
  accumulate: 2,
};
const { generator } = tinyStyleGan2();
const modern = [
  tinyR3gan(all),
  tinyStyleGan2({
    ...all,
    generator: { ...generator, noise: true },
    ...{ mixStyles: 1, pathLength: "2" },
  }),
];

/** Runs a step of every model and gives the kernels that it differentiates, with how often. */
export async function kernelsOfPosterTraining(): Promise<TapedKernels> {
  const found: TapedKernels = new Map();
  for (const config of [...LADDER_MODELS.flatMap(variants), ...modern]) {
    const state = initPosterState(config, tinyFoldGenres);
    const batch = tinyPosterBatch(config);
    const stop = watchTape(found);
    await posterStep(state, batch, { config, random: randomStream(1, "step") });
    stop();
    tf.dispose([batch.images, batch.genres]);
    disposePosterState(state);
  }
  return found;
}
