// Conv2D, with and without bias, and its two gradients on the engine. The transposed convolution of tfjs is the input gradient.
// A 3x3 kernel of stride 1 goes through Winograd's transform where there are enough tiles.

import { backend_util, type NamedAttrMap, type TensorInfo, util } from "../../tf.ts";
import type { SimdBackend } from "../backend.ts";
import { type NativeKernel, panelBytes, splitProduct } from "./native.ts";
import { type HeapImages, panelsOfBias, withPadded } from "./operands.ts";
import { stridePhases } from "./stride_phases.ts";
import { prepareAdjoint, prepareWeights } from "./weights.ts";
import * as winograd from "./winograd.ts";

type ConvInfo = ReturnType<typeof backend_util.computeConv2DInfo>;
type Shape4 = [number, number, number, number];

/** Up to so many channels of dy are the rows of a filter gradient's product; see assembly/filter_gradient.ts. */
const GRADIENT_ROWS = 6;

/** The convolution kernels by tfjs's names; each refuses what it does not do, so that the stock kernel does it. */
export const convolutionKernels: Readonly<Record<string, NativeKernel>> = {
  Conv2D: ({ x, filter }, backend, attrs) => {
    const info = convInfo(x.shape, filter.shape, attrs);
    return info && forward(backend, x, filter, info);
  },
  FusedConv2D: ({ x, filter, bias, preluActivationWeights }, backend, attrs) => {
    const info = convInfo(x.shape, filter.shape, attrs);
    if (!info || preluActivationWeights || attrs.activation !== "linear") return undefined;
    return forward(backend, x, filter, info, bias);
  },
  Conv2DBackpropInput: ({ dy, filter }, backend, attrs) => {
    const info = convInfo(attrs.inputShape as number[], filter.shape, attrs);
    return info && inputGradient(backend, dy, filter, info);
  },
  Conv2DBackpropFilter: ({ x, dy }, backend, attrs) => {
    const info = convInfo(x.shape, attrs.filterShape as number[], attrs);
    return info && filterGradient(backend, x, dy, info);
  },
};

function convInfo(
  inShape: number[],
  filterShape: number[],
  attrs: NamedAttrMap,
): ConvInfo | undefined {
  const { strides, pad, dilations, dimRoundingMode, dataFormat } = attrs as Record<string, never>;
  const dilated = util.sizeFromShape([dilations ?? 1].flat()) !== 1;
  if (dataFormat !== "NHWC" || dilated || util.sizeFromShape(inShape) === 0) return undefined;
  const info = backend_util.computeConv2DInfo(
    inShape as Shape4,
    filterShape as Shape4,
    strides,
    1,
    pad,
    dimRoundingMode,
    false,
    "channelsLast",
  );
  // Groups are tfjs's own affair, and so is a result of no size.
  const isWhole = info.inChannels === filterShape[2] && util.sizeFromShape(info.outShape) > 0;
  return isWhole ? info : undefined;
}

function forward(
  backend: SimdBackend,
  x: TensorInfo,
  filter: TensorInfo,
  info: ConvInfo,
  bias?: TensorInfo,
): TensorInfo {
  const { filterHeight: kh, filterWidth: kw, strideHeight, strideWidth } = info;
  const added = bias ? panelsOfBias(backend, bias) : 0;
  const weights = prepareWeights(backend, filter);
  const { tensor, address } = backend.makeInHeap(info.outShape);
  const images = imagesOf(backend, x), out = outputOf(info, address);
  if (backend.usesWinograd && winograd.suits(info)) {
    winograd.convolve(backend, images, info.padInfo, weights, { ...out, bias: added });
    return tensor;
  }
  const { height, width, channels, batchSize } = out;
  withPadded(backend, images, info.padInfo, (padded, h, w) =>
    backend.engine.kernels.convolve(
      ...[padded, h, w, images.channels, weights, added, kh, kw, channels],
      ...[batchSize, height, width, strideHeight, strideWidth, address, height, width, 0, 0, 1, 1],
      ...splitPixels(backend, batchSize * height * width, channels),
    ));
  return tensor;
}

/** The input gradient: one convolution of dy, at stride 1, for each pair of stride phases. */
function inputGradient(
  backend: SimdBackend,
  dy: TensorInfo,
  filter: TensorInfo,
  info: ConvInfo,
): TensorInfo {
  const { inChannels, inHeight, inWidth, batchSize, padInfo, strideHeight, strideWidth } = info;
  const rows = stridePhases(inHeight, info.outHeight, info.filterHeight, strideHeight, padInfo.top);
  const columns = stridePhases(
    ...[inWidth, info.outWidth, info.filterWidth, strideWidth, padInfo.left] as const,
  );
  const gradient = imagesOf(backend, dy);
  const { tensor, address } = backend.makeInHeap(info.inShape);
  if (backend.usesWinograd && winograd.suitsGradient(info)) {
    const weights = prepareAdjoint(backend, filter, info, rows.phases[0], columns.phases[0]);
    const pads = {
      ...{ top: 2 - padInfo.top, bottom: 2 - padInfo.bottom },
      ...{ left: 2 - padInfo.left, right: 2 - padInfo.right },
    };
    winograd.convolve(backend, gradient, pads, weights, {
      ...imagesAt(info.inShape, address),
      bias: 0,
    });
    return tensor;
  }
  // A stride beyond the kernel leaves pixels that no output sees.
  if (rows.hasGaps || columns.hasGaps) {
    backend.engine.kernels.fill(address, 0, util.sizeFromShape(info.inShape));
  }
  const pads = {
    ...{ top: rows.before, bottom: rows.after, left: columns.before, right: columns.after },
  };
  withPadded(backend, gradient, pads, (padded, height, width) => {
    for (const row of rows.phases) {
      for (const column of columns.phases) {
        const weights = prepareAdjoint(backend, filter, info, row, column);
        backend.engine.kernels.convolve(
          padded + (row.start * width + column.start) * gradient.channels * 4,
          ...[height, width, gradient.channels, weights, 0, row.taps, column.taps, inChannels],
          ...[batchSize, row.count, column.count, 1, 1, address, inHeight, inWidth],
          ...[row.first, column.first, strideHeight, strideWidth],
          ...splitPixels(backend, batchSize * row.count * column.count, inChannels),
        );
      }
    }
  });
  return tensor;
}

function filterGradient(
  backend: SimdBackend,
  x: TensorInfo,
  dy: TensorInfo,
  info: ConvInfo,
): TensorInfo {
  const { tensor, address } = backend.makeInHeap(info.filterShape);
  const images = imagesOf(backend, x), gradient = imagesOf(backend, dy);
  if (backend.usesWinograd && winograd.suits(info)) {
    winograd.filterGradient(backend, images, info.padInfo, gradient, address);
    return tensor;
  }
  withPadded(backend, images, info.padInfo, (padded, h, w) => {
    const run = (columns: number, dw: number) =>
      backend.engine.kernels.filterGradient(
        ...[padded, h, w, images.channels, columns],
        ...[gradient.batchSize, gradient.height, gradient.width, gradient.channels],
        ...[info.strideHeight, info.strideWidth, info.filterHeight, info.filterWidth, dw],
      );
    if (gradient.channels > GRADIENT_ROWS) runInPanels(backend, gradient, (dy) => run(dy, address));
    else runTransposed(backend, info, address, (dw) => run(gradient.address, dw));
  });
  return tensor;
}

/** Calls `run` with dy in panels of channels. */
function runInPanels(
  backend: SimdBackend,
  { address, batchSize, height, width, channels }: HeapImages,
  run: (panels: number) => void,
): void {
  const pixels = batchSize * height * width;
  backend.withScratch([panelBytes(pixels, channels)], (panels) => {
    backend.engine.kernels.packPanels(address, panels, pixels, channels, channels * 4, 4);
    run(panels);
  });
}

/** Calls `run` with room for a gradient [cout, weights], which is then written to dw [weights, cout]. */
function runTransposed(
  backend: SimdBackend,
  { outChannels: cout, filterShape }: ConvInfo,
  dw: number,
  run: (transposed: number) => void,
): void {
  const weights = util.sizeFromShape(filterShape) / cout;
  backend.withScratch([weights * cout * 4], (transposed) => {
    run(transposed);
    backend.engine.kernels.copyStrided(
      ...[transposed, dw, 1, 1, 1, weights, cout],
      ...[0, 0, 0, 1, weights, 0, 0, 0, cout, 1],
    );
  });
}

/** Pixels and panels per block, in the order of `convolve`'s last arguments. */
function splitPixels(backend: SimdBackend, pixels: number, channels: number): [number, number] {
  const { blockRows, groupPanels } = splitProduct(pixels, channels, backend.engine.threads);
  return [blockRows, groupPanels];
}

function imagesOf(backend: SimdBackend, tensor: TensorInfo): HeapImages {
  return imagesAt(tensor.shape, backend.addressOf(tensor));
}

function outputOf({ outShape }: ConvInfo, address: number): HeapImages {
  return imagesAt(outShape, address);
}

function imagesAt([batchSize, height, width, channels]: number[], address: number): HeapImages {
  return { address, batchSize, height, width, channels };
}
