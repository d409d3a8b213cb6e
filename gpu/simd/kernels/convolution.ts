// Conv2D and its two gradients on the engine. The transposed convolution of tfjs is the input gradient.

import { backend_util, type NamedAttrMap, type TensorInfo, util } from "../../tf.ts";
import type { SimdBackend } from "../backend.ts";
import type { NativeKernel } from "./native.ts";
import { stridePhases } from "./stride_phases.ts";

type ConvInfo = ReturnType<typeof backend_util.computeConv2DInfo>;
type Shape4 = [number, number, number, number];

/** The convolution kernels by tfjs's names; each refuses what it does not do, so that the stock kernel does it. */
export const convolutionKernels: Readonly<Record<string, NativeKernel>> = {
  Conv2D: ({ x, filter }, backend, attrs) => {
    const info = convInfo(x.shape, filter.shape, attrs);
    return info && forward(backend, x, filter, info);
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
  return backend_util.computeConv2DInfo(
    inShape as Shape4,
    filterShape as Shape4,
    strides,
    1,
    pad,
    dimRoundingMode,
    false,
    "channelsLast",
  );
}

function forward(
  backend: SimdBackend,
  x: TensorInfo,
  filter: TensorInfo,
  info: ConvInfo,
): TensorInfo {
  const { kernels } = backend.engine;
  const { inChannels: cin, outChannels: cout, filterHeight: kh, filterWidth: kw } = info;
  const { outHeight, outWidth, strideHeight, strideWidth, batchSize } = info;
  const { tensor, address: out } = backend.makeInHeap(info.outShape);
  const weights = backend.addressOf(filter);
  backend.withScratch(panelBytes(kh * kw * cin, cout), (panels) => {
    kernels.packColumns(weights, panels, kh * kw * cin, cout);
    withPadded(backend, x, info, (image, h, w) =>
      kernels.convolve(
        ...[image, h, w, cin, panels, kh, kw, cout, outHeight, outWidth, strideHeight, strideWidth],
        ...[out, outHeight, outWidth, 0, 0, 1, 1, 0, batchSize * outHeight],
      ));
  });
  return tensor;
}

function filterGradient(
  backend: SimdBackend,
  x: TensorInfo,
  dy: TensorInfo,
  info: ConvInfo,
): TensorInfo {
  const { inChannels: cin, outChannels: cout, filterHeight: kh, filterWidth: kw } = info;
  const { outHeight, outWidth, strideHeight, strideWidth, batchSize } = info;
  const { tensor, address: out } = backend.makeInHeap([kh, kw, cin, cout]);
  const gradient = backend.addressOf(dy);
  withPadded(backend, x, info, (image, h, w) =>
    backend.engine.kernels.filterGradient(
      ...[
        image,
        h,
        w,
        cin,
        gradient,
        batchSize,
        outHeight,
        outWidth,
        cout,
        strideHeight,
        strideWidth,
      ],
      ...[kh, kw, out],
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
  const { inChannels, outChannels, inHeight, inWidth, outHeight, outWidth, batchSize } = info;
  const rows = stridePhases(
    inHeight,
    outHeight,
    info.filterHeight,
    info.strideHeight,
    info.padInfo.top,
  );
  const columns = stridePhases(
    inWidth,
    outWidth,
    info.filterWidth,
    info.strideWidth,
    info.padInfo.left,
  );
  const height = outHeight + rows.before + rows.after;
  const width = outWidth + columns.before + columns.after;
  const { tensor, address: out } = backend.makeInHeap(info.inShape);
  // A stride beyond the kernel leaves pixels that no output sees.
  if (rows.hasGaps || columns.hasGaps) {
    backend.engine.heap.floats(out, util.sizeFromShape(info.inShape)).fill(0);
  }
  const weights = backend.addressOf(filter), gradient = backend.addressOf(dy);
  backend.withScratch(batchSize * height * width * outChannels * 4, (padded) => {
    backend.engine.kernels.padImage(
      ...[gradient, padded, batchSize, outHeight, outWidth, outChannels],
      ...[rows.before, columns.before, height, width],
    );
    for (const row of rows.phases) {
      for (const column of columns.phases) {
        const taps = row.taps * column.taps;
        backend.withScratch(panelBytes(taps * outChannels, inChannels), (panels) => {
          backend.engine.kernels.packAdjoint(
            ...[weights, panels, info.filterWidth, inChannels, outChannels],
            ...[row.firstTap, row.taps, info.strideHeight],
            ...[column.firstTap, column.taps, info.strideWidth],
          );
          backend.engine.kernels.convolve(
            padded + (row.start * width + column.start) * outChannels * 4,
            ...[height, width, outChannels, panels, row.taps, column.taps, inChannels],
            ...[row.count, column.count, 1, 1, out, inHeight, inWidth, row.first, column.first],
            ...[info.strideHeight, info.strideWidth, 0, batchSize * row.count],
          );
        });
      }
    }
  });
  return tensor;
}

/** Calls `use` with the image padded by zeros as the convolution asks for; without padding, with the image itself. */
function withPadded(
  backend: SimdBackend,
  x: TensorInfo,
  { padInfo, inHeight, inWidth, inChannels, batchSize }: ConvInfo,
  use: (image: number, height: number, width: number) => void,
): void {
  const { top, bottom, left, right } = padInfo;
  const image = backend.addressOf(x);
  if (top + bottom + left + right === 0) return use(image, inHeight, inWidth);
  const h = inHeight + top + bottom, w = inWidth + left + right;
  backend.withScratch(batchSize * h * w * inChannels * 4, (padded) => {
    backend.engine.kernels.padImage(
      image,
      padded,
      batchSize,
      inHeight,
      inWidth,
      inChannels,
      top,
      left,
      h,
      w,
    );
    use(padded, h, w);
  });
}

function panelBytes(rows: number, columns: number): number {
  return rows * Math.ceil(columns / 16) * 16 * 4;
}
