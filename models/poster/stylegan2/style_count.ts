// How many styles StyleGAN2 draws a picture in, apart from the schemas, so that pages can tell without them.

import type { StyleGan2GeneratorConfig } from "./config.ts";

/** How many styles a picture takes: one for each convolution, and one for the last colours. */
export function countStyles({ stages }: Pick<StyleGan2GeneratorConfig, "stages">): number {
  return 2 * stages + 2;
}
