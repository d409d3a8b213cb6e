// The genre classifier as data: its network, and how it is trained.

import * as v from "valibot";
import { scheduleSchema } from "../schedule.ts";
import { whole } from "../whole_number.ts";

/** The smallest side of a picture: halved once it still has four cells. */
const SMALLEST_SIDE = 8;

/** The schema of a resolved classifier configuration; unknown keys are errors. */
export const classifierSchema = v.strictObject({
  kind: v.literal("genre-classifier"),
  /** Height and width of the pictures, in pixels. */
  size: v.strictTuple([whole(SMALLEST_SIDE, 4096), whole(SMALLEST_SIDE, 4096)]),
  genres: whole(1, 256),
  /** Channels of the first layer; twice as many in each later one, at most 8 times. */
  width: whole(1, 256),
  /** Length of the feature vector. */
  features: whole(1, 1024),
  /** Pictures per update. */
  batch: whole(1, 4096),
  /** Pictures that it is trained on in all; each epoch shows every picture once. */
  images: whole(1, Number.MAX_SAFE_INTEGER),
  learningRate: scheduleSchema,
  seed: whole(0, 2 ** 32 - 1),
});

/** A resolved classifier configuration. */
export type ClassifierConfig = v.InferOutput<typeof classifierSchema>;

/** What decides the network's parameters. */
export type NetworkConfig = Pick<ClassifierConfig, "size" | "genres" | "width" | "features">;

/** Pictures are halved until their shorter side is below this, so that the last map has 4 to 7 cells along it. */
const LARGEST_MAP = 8;

/** Channels of the layers, each of which halves the picture. */
export function layerChannels({ size, width }: Pick<NetworkConfig, "size" | "width">): number[] {
  const layers = Math.floor(Math.log2(Math.min(...size) / LARGEST_MAP)) + 1;
  return Array.from({ length: layers }, (_, i) => width * Math.min(8, 2 ** i));
}

/** Height and width of the last feature map, in cells. */
export function mapSize({ size, width }: Pick<NetworkConfig, "size" | "width">): [number, number] {
  const halvings = layerChannels({ size, width }).length;
  const [height, across] = size.map((side) => Math.floor(side / 2 ** halvings));
  return [height, across];
}
