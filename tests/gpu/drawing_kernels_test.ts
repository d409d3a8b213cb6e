// The kernels that pages load are those that drawing takes: all of them, or a page would fail, and no others.

import assert from "node:assert/strict";
import { drawingKernels } from "../../gpu/drawing_kernels.ts";
import * as tf from "../../gpu/tf.ts";
import { forEachDevice } from "../_gates.ts";
import { drawByAll } from "../models/_drawing.ts";

/** The names of all of tfjs's kernels. */
const stockNames = new Set<unknown>(Object.values(tf).filter((each) => typeof each === "string"));

/** The kernels of tfjs's that `work` asks the current device for. */
async function kernelsOf(work: () => Promise<void>): Promise<string[]> {
  const { kernelNames } = await tf.profile(async () => {
    await work();
    return [];
  });
  return [...new Set(kernelNames)].filter((name) => stockNames.has(name)).sort();
}

forEachDevice("every generator draws by the kernels that pages load", async ({ name }) => {
  const taken = await kernelsOf(drawByAll), known = new Set(drawingKernels);
  assert.deepEqual(taken.filter((kernel) => !known.has(kernel)), []);
  // Without kernels of ours everything is composed, so that nothing may be left over.
  if (name === "cpu") assert.deepEqual(taken, [...drawingKernels]);
});
