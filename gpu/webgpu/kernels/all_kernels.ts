// The list of all kernels that the `webgpu` device computes itself, by the names by which tfjs asks for them.

import type { TensorInfo } from "../../tf.ts";
import { elementwiseKernels } from "./elementwise.ts";
import { filterGradientKernels } from "./filter_gradient.ts";
import { inputGradientKernels } from "./input_gradient.ts";
import { mirrorPadKernels } from "./mirror_pad.ts";
import { normKernels } from "./norm.ts";
import { optimiserKernels } from "./optimiser.ts";
import type { GpuKernel } from "./own_kernel.ts";
import { reduceKernels } from "./reduce.ts";

/** The kernels; other inputs than they take are left to tfjs's own kernel. */
export const gpuKernels: Readonly<Record<string, GpuKernel>> = floatsOnly({
  ...elementwiseKernels,
  ...filterGradientKernels,
  ...inputGradientKernels,
  ...mirrorPadKernels,
  ...normKernels,
  ...optimiserKernels,
  ...reduceKernels,
});

/** The same kernels, which refuse inputs that are not all float32. */
function floatsOnly(kernels: Readonly<Record<string, GpuKernel>>): Record<string, GpuKernel> {
  const isFloat = (tensor: TensorInfo | undefined) => !tensor || tensor.dtype === "float32";
  return Object.fromEntries(
    Object.entries(kernels).map(([name, kernel]): [string, GpuKernel] => [
      name,
      (inputs, backend, attrs) =>
        Object.values(inputs).every(isFloat) ? kernel(inputs, backend, attrs) : undefined,
    ]),
  );
}
