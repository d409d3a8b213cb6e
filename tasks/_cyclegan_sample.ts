// A sheet of a CycleGAN run: test pictures, redrawn by its averaged generators.

import { disposeTrainState, initTrainState, restoreState } from "../models/cyclegan/state.ts";
import type { TrainingConfig } from "../models/cyclegan/training_config.ts";
import type { SavedRun } from "./_read_run.ts";
import { drawSamples } from "./_samples.ts";
import { openTrainingData } from "./_training_data.ts";

/** A drawn sheet, and lines about it for people. */
export interface DrawnSheet {
  png: Uint8Array;
  lines: string[];
}

/** @param data a folder of pictures, or the word for the procedural films; `count` test pictures of each film */
export async function sampleStyle(
  { checkpoint }: SavedRun<TrainingConfig>,
  { data, count }: { data: string; count: number },
): Promise<DrawnSheet> {
  const { config, tensors, counters } = checkpoint;
  const state = initTrainState(config);
  restoreState(state, tensors, counters);
  const source = await openTrainingData(data, config);
  const test = await source.testPictures(count);
  const { png, truth } = await drawSamples(state.ema, test, config.generator);
  await source.close();
  disposeTrainState(state);
  const lines = [`${test.a.length} pictures of each film after ${counters.imagesSeen} images`];
  if (truth) {
    const [ab, ba, none] = [truth.AtoB, truth.BtoA, truth.unchanged].map((error) =>
      error.toFixed(4)
    );
    lines.push(
      `mean absolute error to the true answer: A to B ${ab}, B to A ${ba}, doing nothing ${none}`,
    );
  }
  return { png, lines };
}
