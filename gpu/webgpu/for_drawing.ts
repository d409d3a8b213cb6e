// What the `webgpu` device computes itself where pictures are only drawn; every visitor loads it.

import { drawingCases } from "./cases/drawing_cases.ts";
import type { KernelSet } from "./kernel_set.ts";
import { convolutionKernels } from "./kernels/convolution.ts";
import { elementwiseKernels } from "./kernels/elementwise.ts";
import { inputGradientKernels } from "./kernels/input_gradient.ts";
import { mirrorPadKernels } from "./kernels/mirror_pad.ts";
import { normKernels } from "./kernels/norm.ts";
import { floatsOnly } from "./kernels/own_kernel.ts";
import { unpackKernels } from "./kernels/unpack_bytes.ts";

/** The kernels for drawing. */
export const forDrawing: KernelSet = {
  kernels: {
    ...floatsOnly({
      ...convolutionKernels,
      ...elementwiseKernels,
      ...inputGradientKernels,
      ...mirrorPadKernels,
      ...normKernels,
    }),
    ...unpackKernels,
  },
  cases: drawingCases,
};
