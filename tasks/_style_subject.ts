// A style model that is measured: the generators of a run or of an exported model, and how a picture is redrawn by them.

import { picturesToTensor, tensorToPictures } from "../gpu/image.ts";
import type { Picture } from "../gpu/picture.ts";
import * as tf from "../gpu/tf.ts";
import { disposeTree, treeFromEntries } from "../gpu/tree.ts";
import { applyGenerator } from "../models/cyclegan/generator.ts";
import type { Generators } from "../models/cyclegan/state.ts";
import type { TrainingConfig } from "../models/cyclegan/training_config.ts";
import { loadGenerator, restyle } from "../models/generator.ts";
import type { Direction, StyleManifest } from "../models/manifest.ts";
import type { SavedRun } from "./_read_run.ts";

/** A style model on the device; `dispose` frees it. */
export interface StyleSubject {
  /** Folder of the run, or id of the model. */
  path: string;
  /** Height and width that it was trained at. */
  size: [height: number, width: number];
  directions: Direction[];
  imagesSeen: number;
  redraw(picture: Picture, direction: Direction): Promise<Picture>;
  dispose(): void;
}

/** The averaged generators of a run. */
export function runStyle({ path, checkpoint }: SavedRun<TrainingConfig>): StyleSubject {
  const { config, tensors, counters } = checkpoint, prefix = "ema.";
  const generators = treeFromEntries<Generators>(
    [...tensors].filter(([name]) => name.startsWith(prefix)).map(([name, { values, shape }]) => [
      name.slice(prefix.length),
      tf.tensor(values, [...shape]),
    ]),
  );
  return {
    path,
    size: config.size,
    directions: ["AtoB", "BtoA"],
    imagesSeen: counters.imagesSeen,
    async redraw(picture, direction) {
      const params = direction === "AtoB" ? generators.genAB : generators.genBA;
      const images = tf.tidy(() =>
        applyGenerator(params, picturesToTensor([picture]), config.generator)
      );
      try {
        const [redrawn] = await tensorToPictures(images);
        return redrawn;
      } finally {
        images.dispose();
      }
    },
    dispose: () => disposeTree(generators),
  };
}

/** An exported model. @throws {ModelFileError} naming the check of its weights that failed */
export async function modelStyle(
  manifest: StyleManifest,
  weights: Uint8Array<ArrayBuffer>,
): Promise<StyleSubject> {
  const generator = await loadGenerator(manifest, weights);
  return {
    path: manifest.id,
    size: manifest.trainedSize,
    directions: manifest.directions.map(({ id }) => id),
    imagesSeen: manifest.training.imagesSeen,
    redraw: (picture, direction) => restyle(generator, picture, direction),
    dispose: () => generator.dispose(),
  };
}
