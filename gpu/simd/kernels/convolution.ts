// Conv2D, with and without bias, and its two gradients on the engine. The transposed convolution of tfjs is the input gradient.
// A 3x3 kernel of stride 1 goes through Winograd's transform where there are enough tiles; weights are prepared once per tensor.

import { backend_util, type NamedAttrMap, type TensorInfo, util } from "../../tf.ts";
import type { SimdBackend } from "../backend.ts";
import { type NativeKernel, panelBytes, splitProduct } from "./native.ts";
import { panelsOfBias, withPadded } from "./operands.ts";
import { type StridePhase, stridePhases } from "./stride_phases.ts";
import * as winograd from "./winograd.ts";

type ConvInfo = ReturnType<typeof backend_util.computeConv2DInfo>;
type Shape4 = [number, number, number, number];

/** Up to so many output channels go through `dotTile`, and up to so many channels of dy are the rows of a filter gradient. */
const DOT_COLUMNS = 4, GRADIENT_ROWS = 6;

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
  const { inChannels: cin, outChannels: cout, filterHeight: kh, filterWidth: kw } = info;
  const { outHeight, outWidth, batchSize, padInfo } = info;
  const added = bias ? panelsOfBias(backend, bias) : 0;
  const { tensor, address: out } = backend.makeInHeap(info.outShape);
  const image = { address: backend.addressOf(x), batchSize, ...inputOf(info) };
  if (winograd.suits(info)) {
    const weights = winograd.prepareKernel(backend, filter, cin, cout, false);
    winograd.convolve(backend, image, { top: padInfo.top, left: padInfo.left }, weights, {
      ...{ address: out, height: outHeight, width: outWidth, channels: cout },
      bias: added,
    });
    return tensor;
  }
  const size = { kh, run: kw * cin, cout };
  const weights = backend.prepare(
    filter,
    "packed",
    packedBytes(size),
    (packed) => packWeights(backend, backend.addressOf(filter), packed, size),
  );
  withPadded(backend, image, padInfo, (padded, h, w) =>
    backend.engine.kernels.convolve(
      ...[padded, h, w, cin, weights, added, kh, kw, cout, batchSize, outHeight, outWidth],
      ...[info.strideHeight, info.strideWidth, out, outHeight, outWidth, 0, 0, 1, 1],
      ...splitConvolution(batchSize * outHeight * outWidth, cout, backend.engine.threads),
    ));
  return tensor;
}

function filterGradient(
  backend: SimdBackend,
  x: TensorInfo,
  dy: TensorInfo,
  info: ConvInfo,
): TensorInfo {
  const { inChannels: cin, outChannels: cout, filterHeight: kh, filterWidth: kw } = info;
  const { outHeight, outWidth, strideHeight, strideWidth, batchSize, padInfo } = info;
  const { kernels } = backend.engine;
  const { tensor, address: out } = backend.makeInHeap([kh, kw, cin, cout]);
  const image = { address: backend.addressOf(x), batchSize, ...inputOf(info) };
  const gradient = backend.addressOf(dy);
  if (winograd.suits(info)) {
    winograd.filterGradient(backend, image, { top: padInfo.top, left: padInfo.left }, {
      ...{ address: gradient, height: outHeight, width: outWidth, channels: cout },
    }, out);
    return tensor;
  }
  const pixels = batchSize * outHeight * outWidth, weights = kh * kw * cin;
  withPadded(backend, image, padInfo, (padded, h, w) => {
    const run = (columns: number, dw: number) =>
      kernels.filterGradient(
        ...[padded, h, w, cin, columns, batchSize, outHeight, outWidth, cout],
        ...[strideHeight, strideWidth, kh, kw, dw],
      );
    if (cout > GRADIENT_ROWS) {
      backend.withScratch(panelBytes(pixels, cout), (panels) => {
        kernels.packPanels(gradient, panels, pixels, cout, cout * 4, 4);
        run(panels, out);
      });
    } else {
      backend.withScratch(weights * cout * 4, (transposed) => {
        run(gradient, transposed);
        const from = backend.engine.heap.floats(transposed, weights * cout);
        const to = backend.engine.heap.floats(out, weights * cout);
        for (let i = 0; i < weights; i++) {
          for (let c = 0; c < cout; c++) to[i * cout + c] = from[c * weights + i];
        }
      });
    }
  });
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
  const { padInfo, strideHeight, strideWidth } = info;
  const rows = stridePhases(inHeight, outHeight, info.filterHeight, strideHeight, padInfo.top);
  const columns = stridePhases(inWidth, outWidth, info.filterWidth, strideWidth, padInfo.left);
  const { tensor, address: out } = backend.makeInHeap(info.inShape);
  const gradient = {
    ...{ address: backend.addressOf(dy), batchSize },
    ...{ height: outHeight, width: outWidth, channels: outChannels },
  };
  if (winograd.suitsGradient(info)) {
    const weights = winograd.prepareKernel(backend, filter, inChannels, outChannels, true);
    const pads = { top: 2 - padInfo.top, left: 2 - padInfo.left };
    winograd.convolve(backend, gradient, pads, weights, {
      ...{ address: out, height: inHeight, width: inWidth, channels: inChannels, bias: 0 },
    });
    return tensor;
  }
  // A stride beyond the kernel leaves pixels that no output sees.
  if (rows.hasGaps || columns.hasGaps) {
    backend.engine.heap.floats(out, util.sizeFromShape(info.inShape)).fill(0);
  }
  const pads = {
    ...{ top: rows.before, bottom: rows.after, left: columns.before, right: columns.after },
  };
  withPadded(backend, gradient, pads, (padded, height, width) => {
    for (const row of rows.phases) {
      for (const column of columns.phases) {
        const weights = prepareAdjoint(backend, filter, info, row, column);
        backend.engine.kernels.convolve(
          padded + (row.start * width + column.start) * outChannels * 4,
          ...[height, width, outChannels, weights, 0, row.taps, column.taps, inChannels, batchSize],
          ...[row.count, column.count, 1, 1, out, inHeight, inWidth, row.first, column.first],
          ...[strideHeight, strideWidth],
          ...splitConvolution(
            batchSize * row.count * column.count,
            inChannels,
            backend.engine.threads,
          ),
        );
      }
    }
  });
  return tensor;
}

/** The weights of one stride phase of the input gradient. */
function prepareAdjoint(
  backend: SimdBackend,
  filter: TensorInfo,
  { filterWidth, inChannels, outChannels, strideHeight, strideWidth }: ConvInfo,
  row: StridePhase,
  column: StridePhase,
): number {
  const steps = [row.firstTap, row.taps, strideHeight, column.firstTap, column.taps, strideWidth];
  const size = { kh: row.taps, run: column.taps * outChannels, cout: inChannels };
  return backend.prepare(
    filter,
    `adjoint ${steps}`,
    packedBytes(size),
    (packed) =>
      backend.withScratch(size.kh * size.run * size.cout * 4, (turned) => {
        backend.engine.kernels.turnKernel(
          ...[backend.addressOf(filter), turned, filterWidth, inChannels, outChannels],
          ...steps,
        );
        packWeights(backend, turned, packed, size);
      }),
  );
}

/** A kernel as `convolve` sees it: rows, numbers in a row, output channels. */
interface KernelSize {
  kh: number;
  run: number;
  cout: number;
}

function packedBytes({ kh, run, cout }: KernelSize): number {
  if (cout > DOT_COLUMNS) return panelBytes(kh * run, cout);
  return DOT_COLUMNS * kh * Math.ceil(run / 8) * 8 * 4;
}

/** Packs a kernel [kh, run, cout] as `convolve` takes it. */
function packWeights(
  { engine: { kernels } }: SimdBackend,
  from: number,
  to: number,
  { kh, run, cout }: KernelSize,
): void {
  if (cout > DOT_COLUMNS) kernels.packPanels(from, to, kh * run, cout, cout * 4, 4);
  else kernels.packDots(from, to, kh, run, cout);
}

/** Rows and panels per block, in the order of `convolve`'s last arguments. */
function splitConvolution(pixels: number, cout: number, threads: number): [number, number] {
  const { blockRows, groupPanels } = splitProduct(pixels, cout, threads);
  return [blockRows, groupPanels];
}

function inputOf({ inHeight: height, inWidth: width, inChannels: channels }: ConvInfo) {
  return { height, width, channels };
}
