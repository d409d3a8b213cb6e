// The filter gradient of a convolution: a product of matrices whose sums over pixels are split where there are too few weights to fill the
// card. tfjs gives each weight one thread, and that thread all pixels.

import type { TensorInfo } from "../../tf.ts";
import type { GpuBackend } from "../backend.ts";
import { sizesOfConv } from "./conv_sizes.ts";
import { MOST_COLUMNS, multiplyColumns, splitForColumns } from "./filter_columns.ts";
import type { FilterProduct } from "./filter_product.ts";
import { multiplyTiles, splitForTiles } from "./filter_tiles.ts";
import type { GpuKernel } from "./own_kernel.ts";
import { sumRowsInto } from "./reduce.ts";

/** tfjs's Conv2DBackpropFilter. */
export const filterGradientKernels: Readonly<Record<string, GpuKernel>> = {
  Conv2DBackpropFilter: ({ x, dy }, backend, attrs) => {
    const filterShape = attrs.filterShape as number[];
    const sizes = sizesOfConv(x.shape, filterShape, attrs);
    if (!sizes) return undefined;
    const [kernelHeight, kernelWidth, cin] = filterShape;
    const dw = backend.makeFloats(filterShape);
    multiply(backend, {
      ...{ x, dy, sizes, rows: kernelHeight * kernelWidth * cin },
      pixels: sizes.n * sizes.outHeight * sizes.outWidth,
    }, dw);
    return dw;
  },
};

function multiply(backend: GpuBackend, product: FilterProduct, dw: TensorInfo): void {
  const { rows, sizes: { cout } } = product;
  const [split, multiplyParts] = cout <= MOST_COLUMNS
    ? [splitForColumns(product), multiplyColumns]
    : [splitForTiles(product), multiplyTiles];
  const { parts } = split;
  if (parts === 1) return multiplyParts(backend, product, split, dw);
  const sums = backend.makeFloats([parts, rows, cout]);
  multiplyParts(backend, product, split, sums);
  sumRowsInto(backend, sums, dw, { n: 1, rows: parts, columns: rows * cout });
  backend.disposeData(sums.dataId);
}
