// The input gradient of a convolution, which is also the transposed convolution.

import { sizesOfConv } from "./conv_sizes.ts";
import { differentiateByColumns, isForColumns } from "./input_columns.ts";
import { differentiateByTiles } from "./input_tiles.ts";
import type { GpuKernel } from "./own_kernel.ts";

/** tfjs's Conv2DBackpropInput. */
export const inputGradientKernels: Readonly<Record<string, GpuKernel>> = {
  Conv2DBackpropInput: ({ dy, filter }, backend, attrs) => {
    const inputShape = attrs.inputShape as number[];
    const sizes = sizesOfConv(inputShape, filter.shape, attrs);
    if (!sizes) return undefined;
    const dx = backend.makeFloats(inputShape);
    const differentiate = isForColumns(sizes) ? differentiateByColumns : differentiateByTiles;
    differentiate(backend, { dy, filter, dx }, sizes);
    return dx;
  },
};
