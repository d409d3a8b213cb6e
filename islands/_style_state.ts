// What the style page's components show: what happens to the picture, and the picture itself.

import type { ComponentType } from "preact";
import type { Picture } from "../gpu/picture.ts";
import type { Direction } from "../models/manifest.ts";
import type { StyleOptions } from "./_style_options.ts";
import type { StyleModel } from "./_style_protocol.ts";

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

/** Who draws results: the page from their bytes, and why so if it might have been otherwise; or the GPU, on a canvas. */
export type Drawing =
  | { by: "page"; reason: string }
  | { by: "gpu"; canvas: HTMLCanvasElement; isOpen: boolean };

/** A canvas of the page's, and its other end, which goes to the worker. */
export interface SharedCanvas {
  canvas: HTMLCanvasElement;
  offscreen: OffscreenCanvas;
}

/** What moves, and is restyled frame by frame. */
export interface LiveShow {
  /** What it is, at the beginning of a sentence. */
  name: string;
  Controls: ComponentType;
  /** Begins to restyle; settles when that ends. */
  start(): Promise<void>;
  /** Ends it, and lets everything go that it holds. */
  stop(): void;
}

/** Another model, or another direction of the same. */
export interface RivalChoice {
  model: StyleModel;
  direction: Direction;
}

/** What the rival has made. */
export interface RivalPicture {
  choice: RivalChoice;
  /** The very picture that it was made of. */
  before: Picture;
  picture: Picture;
}

/** A restyled picture and how it came about. */
export interface RestyledPicture {
  /** Undefined if it is on the canvas that the GPU draws on. */
  picture: Picture | undefined;
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
