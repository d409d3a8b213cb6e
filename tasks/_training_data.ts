// Opens the pictures that a training configuration asks for.

import { folderSource } from "../data/folder.ts";
import { proceduralFilms } from "../data/films.ts";
import type { UnpairedSource } from "../data/unpaired.ts";
import type { TrainingConfig } from "../models/cyclegan/training_config.ts";

/** The word that stands for the procedural films where a folder is named. */
export const PROCEDURAL = "procedural";

/**
 * The two films of a folder, or the procedural ones.
 *
 * @throws {RangeError} if a side of the folder has no usable picture
 */
export async function openTrainingData(
  data: string,
  config: TrainingConfig,
): Promise<UnpairedSource> {
  const [height, width] = config.size;
  const options = {
    size: { width, height },
    seed: config.seed,
    load: config.loadScale,
    flip: config.flip,
  };
  return data === PROCEDURAL ? await proceduralFilms(options) : await folderSource(data, options);
}
