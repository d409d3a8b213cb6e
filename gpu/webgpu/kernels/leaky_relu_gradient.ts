// The gradient of ReLU and leaky ReLU on the GPU: a kernel of ours, which tfjs composes of three.

import { mapEach } from "./elementwise.ts";
import type { GpuKernel } from "./own_kernel.ts";

/** The kernel by its name in gpu/own_kernels.ts. */
export const leakyReluGradientKernels: Readonly<Record<string, GpuKernel>> = {
  LeakyReluGrad: ({ x, dy }, backend, attrs) => {
    const value = "select(dy[i] * u.alpha, dy[i], x[i] > V(0.0))";
    return mapEach(backend, { kernel: "LeakyReluGrad", value }, { x, dy }, {
      alpha: attrs.alpha as number,
    });
  },
};
