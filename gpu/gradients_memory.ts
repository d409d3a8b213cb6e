// Training only: frees, while a backward pass goes on, what it is done with. tfjs keeps every gradient of an activation, and every
// activation that was saved for one, to the end of the pass; freed at once, a step needs a third of the memory, most of it still in
// the cache.

import type { OwnKernel } from "./own_kernels.ts";
import * as tf from "./tf.ts";

/** The kernels of our own that have gradients. */
const OWN_KERNELS: readonly OwnKernel[] = [
  "InstanceNorm",
  "InstanceNormAdd",
  "InstanceNormGrad",
  "MirrorPadGrad",
  "LeakyReluGrad",
  "FilterSides",
];

/** Whether the backward pass that runs is the last use of what was saved: not so in a gradient that is differentiated again. */
let isLastUse = false;
/** What the operation whose gradient was taken last has left behind. */
let spent: tf.Tensor[] = [];

/**
 * Runs `differentiate`, a call of tf.variableGrads, which has to call the function that it is given when its forward pass, all inner
 * gradients included, is over.
 */
export function freeingBackward<T>(differentiate: (forwardIsOver: () => void) => T): T {
  try {
    return differentiate(() => isLastUse = true);
  } finally {
    isLastUse = false;
    spent = [];
  }
}

/**
 * Makes every registered gradient free the last one's leavings. The tape is walked backwards, an operation after the other: when a
 * gradient is asked for, the one before it has been computed, and nothing else will look at its `dy` or at what it saved.
 */
export function registerFreeing(): void {
  // Among the names that tfjs exports are those of all its kernels; ours are given by name.
  const names = [...Object.values(tf), ...OWN_KERNELS];
  for (const kernelName of names) {
    const config = typeof kernelName === "string" ? tf.getGradient(kernelName) : undefined;
    if (config) tf.registerGradient({ ...config, gradFunc: freeing(config.gradFunc) });
  }
}

function freeing(gradFunc: tf.GradFunc): tf.GradFunc {
  return (dy, saved, attrs) => {
    const gradients = gradFunc(dy, saved, attrs);
    if (!isLastUse) return gradients;
    tf.dispose(spent);
    const dys = [dy].flat();
    spent = [...dys, ...saved];
    // A gradient that is dy itself has to outlive it.
    return Object.fromEntries(
      Object.entries(gradients).map(([name, compute]) => [name, () => {
        const dx = compute();
        return dys.includes(dx) ? tf.clone(dx) : dx;
      }]),
    );
  };
}
