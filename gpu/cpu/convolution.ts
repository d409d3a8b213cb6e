// Convolution kernels for tfjs's plain CPU backend, as matrix products over image patches. The stock ones index element by
// element: a filter gradient runs at 0.02 GFLOP/s there, which is too slow even for tests.

import {
  backend_util,
  getKernel,
  type KernelFunc,
  type NamedAttrMap,
  type TensorInfo,
  util,
} from "../tf.ts";
import { makeTensor, replaceKernel, valuesOf } from "./values.ts";

type ConvInfo = ReturnType<typeof backend_util.computeConv2DInfo>;
type ImageShape = [number, number, number, number];

/** The patch matrix is built for this many output pixels at a time, to stay in cache. */
const CHUNK_PIXELS = 256;

/** Replaces Conv2D, FusedConv2D without activation, and the gradients of the backend `cpu` (NHWC, any stride, pad, dilation). */
export function registerCpuConvolutions(): void {
  const kernels: [string, KernelFunc][] = [
    ["Conv2D", forwardKernel],
    ["FusedConv2D", fusedKernel(getKernel("FusedConv2D", "cpu").kernelFunc)],
    ["Conv2DBackpropInput", inputGradientKernel],
    ["Conv2DBackpropFilter", filterGradientKernel],
  ];
  for (const [name, kernel] of kernels) replaceKernel(name, kernel);
}

const forwardKernel: KernelFunc = ({ inputs, backend, attrs }) => {
  const { x, filter } = inputs as Record<string, TensorInfo>;
  const info = convInfo(x.shape, filter.shape, attrs);
  const output = new Float32Array(util.sizeFromShape(info.outShape));
  const weights = transposed(valuesOf(backend, filter), patchSize(info), info.outChannels);
  forEachChunk(info, valuesOf(backend, x), (patches, first, count) => {
    const rows = output.subarray(first * info.outChannels, (first + count) * info.outChannels);
    multiply(patches, weights, rows, count, info.outChannels, patchSize(info));
  });
  return makeTensor(backend, info.outShape, output);
};

/** The convolution with a bias; `stock` for activations. */
function fusedKernel(stock: KernelFunc): KernelFunc {
  return (args) => {
    const { x, filter, bias, preluActivationWeights } = args.inputs as Record<string, TensorInfo>;
    const { activation } = args.attrs as NamedAttrMap;
    if (activation !== "linear" || preluActivationWeights) return stock(args);
    const output = forwardKernel({ ...args, inputs: { x, filter } }) as TensorInfo;
    if (!bias) return output;
    const values = valuesOf(args.backend, output), added = valuesOf(args.backend, bias);
    for (let i = 0; i < values.length; i++) values[i] += added[i % added.length];
    return output;
  };
}

const inputGradientKernel: KernelFunc = ({ inputs, backend, attrs }) => {
  const { dy, filter } = inputs as Record<string, TensorInfo>;
  const info = convInfo((attrs as NamedAttrMap).inputShape as number[], filter.shape, attrs);
  const gradient = new Float32Array(util.sizeFromShape(info.inShape));
  const dyValues = valuesOf(backend, dy), weights = valuesOf(backend, filter);
  const size = patchSize(info), pixels = info.batchSize * info.outHeight * info.outWidth;
  const patches = new Float32Array(CHUNK_PIXELS * size);
  for (let first = 0; first < pixels; first += CHUNK_PIXELS) {
    const count = Math.min(CHUNK_PIXELS, pixels - first);
    const rows = dyValues.subarray(first * info.outChannels, (first + count) * info.outChannels);
    patches.fill(0);
    multiply(rows, weights, patches, count, size, info.outChannels);
    addPatches(info, patches, gradient, first, count);
  }
  return makeTensor(backend, info.inShape, gradient);
};

const filterGradientKernel: KernelFunc = ({ inputs, backend, attrs }) => {
  const { x, dy } = inputs as Record<string, TensorInfo>;
  const filterShape = (attrs as NamedAttrMap).filterShape as number[];
  const info = convInfo(x.shape, filterShape, attrs);
  const gradient = new Float32Array(util.sizeFromShape(filterShape));
  const dyValues = valuesOf(backend, dy), size = patchSize(info);
  forEachChunk(info, valuesOf(backend, x), (patches, first, count) => {
    const rows = dyValues.subarray(first * info.outChannels, (first + count) * info.outChannels);
    const patchColumns = transposed(patches, count, size);
    const dyColumns = transposed(rows, count, info.outChannels);
    multiply(patchColumns, dyColumns, gradient, size, info.outChannels, count);
  });
  return makeTensor(backend, filterShape, gradient);
};

function convInfo(inShape: number[], filterShape: number[], attrs?: NamedAttrMap): ConvInfo {
  const { strides, pad, dilations, dimRoundingMode, dataFormat } = attrs as Record<string, never>;
  if (dataFormat !== "NHWC") {
    throw new RangeError(`Cannot convolve: data format is ${dataFormat}, expected NHWC`);
  }
  return backend_util.computeConv2DInfo(
    inShape as ImageShape,
    filterShape as ImageShape,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    false,
    "channelsLast",
  );
}

function patchSize(info: ConvInfo): number {
  return info.filterHeight * info.filterWidth * info.inChannels;
}

/** Calls `use` with the patch matrix [count, kh * kw * cin] of each run of output pixels. */
function forEachChunk(
  info: ConvInfo,
  x: Float32Array,
  use: (patches: Float32Array, first: number, count: number) => void,
): void {
  const size = patchSize(info), pixels = info.batchSize * info.outHeight * info.outWidth;
  const patches = new Float32Array(Math.min(CHUNK_PIXELS, pixels) * size);
  for (let first = 0; first < pixels; first += CHUNK_PIXELS) {
    const count = Math.min(CHUNK_PIXELS, pixels - first);
    patches.fill(0);
    forEachTap(info, first, count, (patchOffset, imageOffset) => {
      for (let c = 0; c < info.inChannels; c++) patches[patchOffset + c] = x[imageOffset + c];
    });
    use(patches, first, count);
  }
}

/** The adjoint of the patch matrix: adds each patch element back to the pixel that it came from. */
function addPatches(
  info: ConvInfo,
  patches: Float32Array,
  image: Float32Array,
  first: number,
  count: number,
): void {
  forEachTap(info, first, count, (patchOffset, imageOffset) => {
    for (let c = 0; c < info.inChannels; c++) image[imageOffset + c] += patches[patchOffset + c];
  });
}

/** Visits every filter tap that falls inside the image, with its offsets in the patch matrix and in the image. */
function forEachTap(
  info: ConvInfo,
  first: number,
  count: number,
  visit: (patchOffset: number, imageOffset: number) => void,
): void {
  const { outWidth, outHeight, inHeight, inWidth, inChannels, filterHeight, filterWidth } = info;
  const size = patchSize(info);
  for (let i = 0; i < count; i++) {
    const pixel = first + i;
    const outX = pixel % outWidth, outY = Math.floor(pixel / outWidth) % outHeight;
    const imageStart = Math.floor(pixel / (outWidth * outHeight)) * inHeight;
    for (let ky = 0; ky < filterHeight; ky++) {
      const y = outY * info.strideHeight - info.padInfo.top + ky * info.dilationHeight;
      if (y < 0 || y >= inHeight) continue;
      for (let kx = 0; kx < filterWidth; kx++) {
        const x = outX * info.strideWidth - info.padInfo.left + kx * info.dilationWidth;
        if (x < 0 || x >= inWidth) continue;
        visit(
          i * size + (ky * filterWidth + kx) * inChannels,
          ((imageStart + y) * inWidth + x) * inChannels,
        );
      }
    }
  }
}

function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const output = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) output[j * rows + i] = matrix[i * columns + j];
  }
  return output;
}

/** c[m, n] += a[m, k] b[n, k]^T, in tiles of 2 x 4 sums held in registers (64-bit). */
function multiply(
  a: Float32Array,
  b: Float32Array,
  c: Float32Array,
  m: number,
  n: number,
  k: number,
): void {
  const evenRows = m - (m % 2), wideColumns = n - (n % 4);
  for (let i = 0; i < evenRows; i += 2) {
    const a0 = i * k, a1 = a0 + k;
    for (let j = 0; j < wideColumns; j += 4) {
      const b0 = j * k, b1 = b0 + k, b2 = b1 + k, b3 = b2 + k;
      let s00 = 0, s01 = 0, s02 = 0, s03 = 0, s10 = 0, s11 = 0, s12 = 0, s13 = 0;
      for (let p = 0; p < k; p++) {
        const u = a[a0 + p], v = a[a1 + p];
        const w0 = b[b0 + p], w1 = b[b1 + p], w2 = b[b2 + p], w3 = b[b3 + p];
        s00 += u * w0, s01 += u * w1, s02 += u * w2, s03 += u * w3;
        s10 += v * w0, s11 += v * w1, s12 += v * w2, s13 += v * w3;
      }
      const c0 = i * n + j, c1 = c0 + n;
      c[c0] += s00, c[c0 + 1] += s01, c[c0 + 2] += s02, c[c0 + 3] += s03;
      c[c1] += s10, c[c1 + 1] += s11, c[c1 + 2] += s12, c[c1 + 3] += s13;
    }
  }
  multiplyPlain(a, b, c, [0, evenRows], [wideColumns, n], n, k);
  multiplyPlain(a, b, c, [evenRows, m], [0, n], n, k);
}

/** The same product for the rows and columns that the tiles leave over. */
function multiplyPlain(
  a: Float32Array,
  b: Float32Array,
  c: Float32Array,
  [rowStart, rowEnd]: [number, number],
  [columnStart, columnEnd]: [number, number],
  n: number,
  k: number,
): void {
  for (let i = rowStart; i < rowEnd; i++) {
    for (let j = columnStart; j < columnEnd; j++) {
      let sum = 0;
      for (let p = 0; p < k; p++) sum += a[i * k + p] * b[j * k + p];
      c[i * n + j] += sum;
    }
  }
}
