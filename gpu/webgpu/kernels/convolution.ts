// The convolution itself where it gives few channels or few pixels: a thread for four pixels and up to 16 channels, and nothing shared. tfjs
// cuts such products into tiles that are mostly empty, or writes out a matrix of all that each pixel sees first. Larger ones are tfjs's.

import type { NamedAttrMap, TensorInfo } from "../../tf.ts";
import type { GpuBackend } from "../backend.ts";
import { type ConvSizes, sizesOfConv } from "./conv_sizes.ts";
import { type GpuKernel, typeOf, widthOf } from "./own_kernel.ts";

/** tfjs's Conv2D, and its FusedConv2D with a bias and no activation. */
export const convolutionKernels: Readonly<Record<string, GpuKernel>> = {
  Conv2D: ({ x, filter }, backend, attrs) => convolve(backend, { x, filter }, attrs),
  FusedConv2D: ({ x, filter, bias, preluActivationWeights }, backend, attrs) => {
    if (attrs.activation !== "linear" || preluActivationWeights) return undefined;
    return convolve(backend, { x, filter, bias }, attrs);
  },
};

/** Channels that a thread takes at most; each is four sums that have to stay in registers. */
const MOST_COLUMNS = 16;

/** Threads of a workgroup, and pixels of a thread, which are beside each other in a row. */
const THREADS = 64, PIXELS = 4;

/** Up to so many blocks of 32 pixels and 32 channels tfjs writes out the matrix. */
const FEW_BLOCKS = 8;

function isForColumns({ n, outHeight, outWidth, cout }: ConvSizes): boolean {
  const blocks = n * Math.ceil(outHeight * outWidth / 32) * Math.ceil(cout / 32);
  return cout <= MOST_COLUMNS || blocks <= FEW_BLOCKS;
}

function convolve(
  backend: GpuBackend,
  inputs: { x: TensorInfo; filter: TensorInfo; bias?: TensorInfo },
  attrs: NamedAttrMap,
): TensorInfo | undefined {
  const { x, filter, bias } = inputs;
  const sizes = sizesOfConv(x.shape, filter.shape, attrs);
  if (!sizes || !isForColumns(sizes) || ![attrs.dilations ?? 1].flat().every((d) => d === 1)) {
    return undefined;
  }
  const { n, outHeight, outWidth, cin, cout } = sizes;
  const y = backend.makeFloats([n, outHeight, outWidth, cout]);
  const columns = Math.min(cout, MOST_COLUMNS), width = widthOf(cin);
  const groups = n * outHeight * Math.ceil(outWidth / PIXELS);
  backend.run({
    kernel: bias ? "FusedConv2D of few" : "Conv2D of few",
    variant: columns,
    writes: { y },
    reads: { images: x, weights: filter, ...(bias && { bias }) },
    vectors: width === 4 ? ["images"] : [],
    counts: { ...sizes },
    workgroup: [THREADS, 1, 1],
    grid: [Math.ceil(groups / THREADS), Math.ceil(cout / columns), 1],
    declare: () => `alias X = ${typeOf(width)};`,
    body: () => columnsBody(columns, { width, hasBias: bias !== undefined }),
  });
  return y;
}

function columnsBody(
  count: number,
  { width, hasBias }: { width: 1 | 4; hasBias: boolean },
): string {
  const columns = Array.from({ length: count }, (_, j) => j), pixels = [0, 1, 2, 3];
  const components = width === 4 ? ["x", "y", "z", "w"] : [""];
  const addChannel = (component: string, i: number) =>
    `{
          let values = vec4f(${pixels.map((p) => `x${p}${component && `.${component}`}`).join()});
          let at = start + ${i}u * u.cout;
          ${
      columns.map((j) => `sum${j} += values * weights[at + min(column + ${j}u, lastColumn)];`)
        .join("\n          ")
    }
        }`;
  return `
  let groups = (u.outWidth + ${PIXELS - 1}u) / ${PIXELS}u;
  let number = group.x * ${THREADS}u + index;
  if (number >= u.n * u.outHeight * groups) { return; }
  let line = number / groups;
  let image = line / u.outHeight;
  let first = number % groups * ${PIXELS}u;
  let column = group.y * ${count}u;
  // Beyond the last channel a thread computes it once more, and stores nothing.
  let lastColumn = u.cout - 1u;
  ${columns.map((j) => `var sum${j} = vec4f(0.0);`).join("\n  ")}
  for (var ky = 0u; ky < u.kernelHeight; ky++) {
    let y0 = i32(line % u.outHeight * u.strideY + ky) - i32(u.padTop);
    if (y0 < 0 || y0 >= i32(u.height)) { continue; }
    for (var kx = 0u; kx < u.kernelWidth; kx++) {
      let place = (vec4i(i32(first)) + vec4i(0, 1, 2, 3)) * i32(u.strideX) +
        vec4i(i32(kx) - i32(u.padLeft));
      let isInside = (place >= vec4i(0)) & (place < vec4i(i32(u.width)));
      let row = (i32(image * u.height) + y0) * i32(u.width);
      for (var channel = 0u; channel < u.cin; channel += ${width}u) {
        let start = ((ky * u.kernelWidth + kx) * u.cin + channel) * u.cout;
        ${
    pixels.map((p) =>
      `var x${p} = X(0.0);
        if (isInside[${p}]) { x${p} = images[(u32(row + place[${p}]) * u.cin + channel) / ${width}u]; }`
    ).join("\n        ")
  }
        ${components.map(addChannel).join("\n        ")}
      }
    }
  }
  for (var p = 0u; p < ${PIXELS}u && first + p < u.outWidth; p++) {
    let start = (line * u.outWidth + first + p) * u.cout;
    ${
    columns.map((j) =>
      `if (column + ${j}u < u.cout) { y[start + column + ${j}u] = sum${j}[p]${
        hasBias ? ` + bias[column + ${j}u]` : ""
      }; }`
    ).join("\n    ")
  }
  }`;
}
