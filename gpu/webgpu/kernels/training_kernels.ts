// The kernels of the `webgpu` device that training takes beside those for drawing, by the names by which tfjs asks for them.

import { filterGradientKernels } from "./filter_gradient.ts";
import { leakyReluGradientKernels } from "./leaky_relu_gradient.ts";
import { mirrorPadGradientKernels } from "./mirror_pad_gradient.ts";
import { normGradientKernels } from "./norm_gradient.ts";
import { optimiserKernels } from "./optimiser.ts";
import { floatsOnly } from "./own_kernel.ts";
import { reduceKernels } from "./reduce.ts";

/** The kernels; other inputs than they take are left to tfjs's own kernel. */
export const trainingKernels = floatsOnly({
  ...filterGradientKernels,
  ...leakyReluGradientKernels,
  ...mirrorPadGradientKernels,
  ...normGradientKernels,
  ...optimiserKernels,
  ...reduceKernels,
});
