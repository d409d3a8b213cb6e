// How much a redrawn film flickers: what changes in it from frame to frame beyond what changes in the film itself.

import type { Picture } from "../gpu/picture.ts";

/** Two frames that follow each other, of the film and of what was made of it. */
export interface FramePair {
  before: Picture;
  now: Picture;
}

/** Sums over pairs of frames, to be added up over parts of a film. */
export interface FlickerTally {
  /** Sum of the pairs' flicker. */
  sum: number;
  pairs: number;
}

/**
 * Mean over pixels and colours of max(0, |output's change| - |input's change|), 0 to 255. Only what goes beyond the input counts,
 * pixel by pixel: what stands still in one place does not make up for flicker in another.
 */
export function flickerOf(input: FramePair, output: FramePair): number {
  const [a, b] = [input.before.data, input.now.data];
  const [c, d] = [output.before.data, output.now.data];
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    // Alpha is 255 in all four, and adds nothing.
    const beyond = Math.abs(d[i] - c[i]) - Math.abs(b[i] - a[i]);
    if (beyond > 0) sum += beyond;
  }
  return sum / (a.length * 3 / 4);
}

/** Adds another part's sums. */
export function addFlicker(total: FlickerTally, { sum, pairs }: FlickerTally): void {
  total.sum += sum;
  total.pairs += pairs;
}

/** The mean of all pairs with two decimals, or a dash if there was none. */
export function flickerText({ sum, pairs }: FlickerTally): string {
  return pairs === 0 ? "-" : (sum / pairs).toFixed(2);
}
