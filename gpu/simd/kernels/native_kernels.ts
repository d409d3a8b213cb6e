// The list of all kernels that the engine computes itself, by the names by which tfjs asks for them.

import type { TensorInfo } from "../../tf.ts";
import { binaryKernels } from "./binary.ts";
import { convolutionKernels } from "./convolution.ts";
import { filterSidesKernels } from "./filter_sides.ts";
import { matmulKernels } from "./matmul.ts";
import { mirrorPadKernels } from "./mirror_pad.ts";
import type { NativeKernel } from "./native.ts";
import { normKernels } from "./norm.ts";
import { optimiserKernels } from "./optimiser.ts";
import { pickKernels, rearrangeKernels } from "./rearrange.ts";
import { reduceKernels } from "./reduce.ts";
import { resizeKernels } from "./resize.ts";
import { softmaxKernels } from "./softmax.ts";
import { unaryKernels } from "./unary.ts";
import { valueKernels } from "./values.ts";

/** The kernels; other inputs than they take are left to the stock kernel. */
export const nativeKernels: Readonly<Record<string, NativeKernel>> = {
  ...floatsOnly({
    ...binaryKernels,
    ...convolutionKernels,
    ...filterSidesKernels,
    ...matmulKernels,
    ...mirrorPadKernels,
    ...normKernels,
    ...optimiserKernels,
    ...rearrangeKernels,
    ...reduceKernels,
    ...resizeKernels,
    ...softmaxKernels,
    ...unaryKernels,
  }),
  ...pickKernels,
  ...valueKernels,
};

/** The same kernels, which refuse inputs that are not all float32. */
function floatsOnly(kernels: Readonly<Record<string, NativeKernel>>): Record<string, NativeKernel> {
  const isFloat = (tensor: TensorInfo | undefined) => !tensor || tensor.dtype === "float32";
  return Object.fromEntries(
    Object.entries(kernels).map(([name, kernel]): [string, NativeKernel] => [
      name,
      (inputs, backend, attrs) =>
        Object.values(inputs).every(isFloat) ? kernel(inputs, backend, attrs) : undefined,
    ]),
  );
}
