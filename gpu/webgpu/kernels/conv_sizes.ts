// The sizes of a convolution, as its gradients take them.

import { backend_util, type NamedAttrMap } from "../../tf.ts";

/** Sizes of a convolution of [n, height, width, cin] to [n, outHeight, outWidth, cout]. */
export interface ConvSizes {
  n: number;
  height: number;
  width: number;
  cin: number;
  outHeight: number;
  outWidth: number;
  cout: number;
  kernelHeight: number;
  kernelWidth: number;
  strideY: number;
  strideX: number;
  padTop: number;
  padLeft: number;
}

/** The sizes by tfjs's attributes; undefined where channels come first, which no network of ours has. */
export function sizesOfConv(
  inputShape: readonly number[],
  filterShape: readonly number[],
  attrs: NamedAttrMap,
): ConvSizes | undefined {
  if (attrs.dataFormat !== "NHWC") return undefined;
  const info = backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    attrs.strides as number,
    1,
    attrs.pad as number,
    attrs.dimRoundingMode as "floor",
  );
  return {
    n: info.batchSize,
    height: info.inHeight,
    width: info.inWidth,
    cin: info.inChannels,
    outHeight: info.outHeight,
    outWidth: info.outWidth,
    cout: info.outChannels,
    kernelHeight: info.filterHeight,
    kernelWidth: info.filterWidth,
    strideY: info.strideHeight,
    strideX: info.strideWidth,
    padTop: info.padInfo.top,
    padLeft: info.padInfo.left,
  };
}
