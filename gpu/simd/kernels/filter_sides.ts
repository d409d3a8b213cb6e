// A filter along rows and columns, on the engine: a kernel of ours, which tfjs does not have.

import type { SideFilter } from "../../own_kernels.ts";
import type { NativeKernel } from "./native.ts";

/** The kernel by its name in gpu/own_kernels.ts. */
export const filterSidesKernels: Readonly<Record<string, NativeKernel>> = {
  FilterSides: ({ x }, backend, attrs) => {
    const { taps, up, down, before, to: [outH, outW] } = attrs as unknown as SideFilter;
    const [n, h, w, c] = x.shape, { engine } = backend, floats = taps.length;
    const { tensor, address } = backend.makeInHeap([n, outH, outW, c]);
    const from = backend.addressOf(x);
    backend.withScratch([floats * 4, engine.threads * w * c * 4], (tapsAt, work) => {
      new Float32Array(engine.heap.memory.buffer, tapsAt, floats).set(taps);
      engine.kernels.filterSides(
        ...[from, address, tapsAt, work, floats, n, h, w, c, outH, outW, up, down, before],
      );
    });
    return tensor;
  },
};
