// Opens the pictures that a training configuration asks for.

import { folderSource } from "../data/folder.ts";
import { proceduralFilms } from "../data/films.ts";
import type { UnpairedSource } from "../data/unpaired.ts";
import type { TrainingConfig } from "../models/cyclegan/training_config.ts";

/** The word that stands for the procedural films where a folder is named. */
export const PROCEDURAL = "procedural";

/** How the films of a configuration are opened. */
export type FilmsConfig = Pick<TrainingConfig, "size" | "seed" | "loadScale" | "flip">;

/**
 * The two films of a folder, or the procedural ones.
 *
 * @param testCount test scenes of the procedural films, if not as many as usual
 * @throws {RangeError} if a side of the folder has no usable picture
 */
export async function openTrainingData(
  data: string,
  config: FilmsConfig,
  testCount?: number,
): Promise<UnpairedSource> {
  const [height, width] = config.size;
  const options = {
    size: { width, height },
    seed: config.seed,
    load: config.loadScale,
    flip: config.flip,
  };
  if (data !== PROCEDURAL) return await folderSource(data, options);
  return await proceduralFilms({ ...options, ...(testCount !== undefined && { testCount }) });
}
