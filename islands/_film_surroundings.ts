// What the figures that redraw film frames need of the world.

import { drawFilmFrame, fileOf } from "./_film_frame.ts";
import type { SceneSurroundings } from "./_scene_session.ts";

/** The style worker, and frames drawn in this page. */
export const filmSurroundings: SceneSurroundings = {
  createWorker: () =>
    new Worker(new URL("./_style_worker.ts", import.meta.url), { type: "module" }),
  drawFrame: drawFilmFrame,
  fileOf,
};
