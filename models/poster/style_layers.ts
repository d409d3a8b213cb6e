// How many styles a poster is drawn in, and how long they are; it needs no tensors, so pages know it too.

import type { GeneratorConfig } from "./config.ts";
import { countStyles } from "./stylegan2/style_count.ts";

/** How many styles a generator draws a poster in, one for each layer; 0 if it does not draw in styles. */
export function countLayers(config: Pick<GeneratorConfig, "architecture" | "stages">): number {
  return config.architecture === "stylegan2" ? countStyles(config) : 0;
}

/** How many numbers a style has; 0 if the generator does not draw in styles. */
export function styleLength(config: GeneratorConfig): number {
  return config.architecture === "stylegan2" ? config.style : 0;
}
