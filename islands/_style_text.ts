// The words of the style page that depend on what happened: notices, problems, names.

import type { Direction, StyleManifest } from "../models/manifest.ts";
import type { Drawing } from "./_style_state.ts";

/** Said of an animated picture. */
export const ANIMATED_NOTICE = "This picture is animated. Only its first frame is used.";

/** Said when something was dropped or pasted that is no file. */
export const NO_FILE_PROBLEM =
  "There was no picture in that: drop or paste a picture file, not a link or text.";

/** Said when a newer picture takes the place of one that was not finished. */
export function supersededNotice(stopped: string, newer: string): string {
  return stopped === newer
    ? "The picture before it was not finished; only the newest one is restyled."
    : `“${stopped}” was stopped: “${newer}” is newer.`;
}

/** Said when the worker broke in the middle of a picture. */
export function crashProblem(reason: string): string {
  return `The restyling broke off (${reason}). It has been started anew: try the picture again, or choose less detail.`;
}

/** Said when one of the page's own frames cannot be fetched. */
export function sampleProblem(name: string): string {
  return `The frame “${name}” could not be fetched. Are you offline? A picture of your own works all the same.`;
}

/** Said when the result could not be read back from the GPU. */
export function readProblem(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return `The picture could not be read from the GPU (${reason}). Try again when it is there.`;
}

/** The engine that runs, and who draws what it computes. */
export function describeEngine(engine: string, drawing: Drawing, isComparing: boolean): string {
  if (isComparing && drawing.by === "gpu") {
    return `${engine}; results are read back to compare them`;
  }
  if (drawing.by === "gpu") {
    return drawing.isOpen ? `${engine}; it draws straight from its own memory` : engine;
  }
  if (!drawing.reason) return engine;
  return `${engine}; pictures are read back and drawn by the page, because ${drawing.reason}`;
}

/** The films' names of a direction. */
export function findFilms(
  manifest: StyleManifest,
  direction: Direction,
): { from: string; to: string } {
  const { directions } = manifest;
  return directions.find(({ id }) => id === direction) ?? directions[0];
}

/** A name for the downloaded picture or video: that of the file and of the film it now looks like. */
export function nameDownload(fileName: string, film: string, extension = "png"): string {
  const stem = fileName.replace(/\.[A-Za-z0-9]{1,5}$/, "") || "picture";
  const style = film.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, "-").replaceAll(/^-|-$/g, "");
  return `${stem}-${style || "restyled"}.${extension}`;
}
