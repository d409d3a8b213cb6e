// Softmax over the last axis on the engine.

import { util } from "../../tf.ts";
import type { NativeKernel } from "./native.ts";

/** tfjs's Softmax; other axes are left to the stock kernel. */
export const softmaxKernels: Readonly<Record<string, NativeKernel>> = {
  Softmax: ({ logits }, backend, { dim }) => {
    const last = logits.shape.length - 1, size = util.sizeFromShape(logits.shape);
    if (dim !== last && dim !== -1 || size === 0) return undefined;
    const columns = logits.shape[last];
    const { tensor, address } = backend.makeInHeap(logits.shape);
    backend.engine.kernels.softmax(backend.addressOf(logits), address, size / columns, columns);
    return tensor;
  },
};
