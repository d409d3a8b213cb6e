// What the style page's components show: what happens to the picture, and the picture itself.

import type { Picture } from "../gpu/picture.ts";
import type { StyleOptions } from "./_style_options.ts";

/** What happens to the picture at hand: its file is read; it waits for the model; it is restyled; nothing. */
export type JobState = "idle" | "reading" | "waiting" | "running";

/** The picture on show. */
export interface ShownPicture {
  fileName: string;
  before: Picture;
  /** Sides in the file, in pixels. */
  originalWidth: number;
  originalHeight: number;
  /** Undefined until it is restyled. */
  after: RestyledPicture | undefined;
}

/** A restyled picture and how it came about. */
export interface RestyledPicture {
  picture: Picture;
  /** The choices that it was made with. */
  options: StyleOptions;
  /** The engine in words. */
  engine: string;
  milliseconds: number;
  /** Whether it was this worker's first, whose time includes preparing the engine. */
  isFirst: boolean;
  /** Live tensors in the worker after the run. */
  tensors: number;
}
