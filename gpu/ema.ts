// Exponential moving average of a parameter tree: the weights that are sampled and exported.

import { assignAll, hasKernel, numberedInputs, runWholeKernel } from "./own_kernels.ts";
import * as tf from "./tf.ts";
import { type ParamTree, treeEntries, treeVariables } from "./tree.ts";

/** The average follows the weights faster while fewer than `halfLife / RAMP_UP` images were seen. */
const RAMP_UP = 0.05;

/**
 * The weight of the old average after a batch: 0.5^(batch / h), with h the half-life in images, at most 5 % of the images
 * seen so far, so that the random start is forgotten (the ramp-up of StyleGAN2-ADA, Karras et al. 2020). 0 copies.
 */
export function emaDecay(halfLifeImages: number, imagesSeen: number, batch: number): number {
  const halfLife = Math.min(halfLifeImages, imagesSeen * RAMP_UP);
  return halfLife > 0 ? 0.5 ** (batch / halfLife) : 0;
}

/**
 * Moves every leaf of `average` (variables) towards the leaf of `params` with its path: a = p + (a - p) decay.
 *
 * @throws {TypeError} if `params` lacks a path; nothing is then changed
 */
export function updateEma(average: ParamTree, params: ParamTree, decay: number): void {
  const sources = new Map(treeEntries(params));
  const pairs = treeVariables(average).map(([path, leaf]) => {
    const source = sources.get(path);
    if (!source) throw new TypeError(`Cannot average "${path}": it has no weight`);
    return { leaf, source };
  });
  if (hasKernel("EmaUpdate")) {
    const inputs = numberedInputs(
      pairs.map(({ leaf, source }) => ({ average: leaf, param: source })),
    );
    assignAll(pairs.map(({ leaf }) => leaf), runWholeKernel("EmaUpdate", inputs, { decay }));
    return;
  }
  tf.tidy(() => {
    const factor = tf.scalar(decay);
    for (const { leaf, source } of pairs) {
      leaf.assign(tf.tidy(() => tf.add(source, tf.mul(tf.sub(leaf, source), factor))));
    }
  });
}
