// The input gradient of a convolution, which is also the transposed convolution, as products of matrices: a row for each pixel of the
// input, a column for each of its channels, and a sum over taps and channels of the output. Where the stride is s, a pixel meets only
// every s-th tap in each direction: the pixels of each of the s x s phases are a product of their own, without a wasted multiplication.

import type { TensorInfo } from "../../tf.ts";
import type { GpuBackend } from "../backend.ts";
import { type ConvSizes, sizesOfConv } from "./conv_sizes.ts";
import { type GpuKernel, widthOf } from "./own_kernel.ts";

/** tfjs's Conv2DBackpropInput. */
export const inputGradientKernels: Readonly<Record<string, GpuKernel>> = {
  Conv2DBackpropInput: ({ dy, filter }, backend, attrs) => {
    const inputShape = attrs.inputShape as number[];
    const sizes = sizesOfConv(inputShape, filter.shape, attrs);
    if (!sizes) return undefined;
    const dx = backend.makeFloats(inputShape);
    differentiateInput(backend, { dy, filter, dx }, sizes);
    return dx;
  },
};

/** A workgroup is 16 x 16 threads; each has 4 rows, 16 apart, and 4 columns or, for few channels, 1. They take 16 terms at a time. */
const SIDE = 16, TILE_ROWS = 64;
/** Four terms are a vector, and a row of a tile has one more, so that threads beside each other read from different banks. */
const VECTORS = 4, PITCH = VECTORS + 1;

function differentiateInput(
  backend: GpuBackend,
  { dy, filter, dx }: Record<"dy" | "filter" | "dx", TensorInfo>,
  sizes: ConvSizes,
): void {
  const { n, height, width, cin, cout, strideY, strideX } = sizes;
  const isWide = cin > SIDE,
    tileColumns = isWide ? TILE_ROWS : SIDE,
    perThread = tileColumns / SIDE;
  const phaseRows = n * Math.ceil(height / strideY) * Math.ceil(width / strideX);
  const step = widthOf(cout);
  const columns = Array.from({ length: perThread }, (_, j) => j);
  backend.run({
    kernel: "Conv2DBackpropInput",
    variant: `${isWide}`,
    writes: { dx },
    reads: { dy, weights: filter },
    vectors: step === 4 ? ["dy", "weights"] : [],
    counts: { ...sizes },
    workgroup: [SIDE, SIDE, 1],
    grid: [
      Math.ceil(phaseRows / TILE_ROWS),
      Math.ceil(cin / tileColumns),
      strideY * strideX,
    ],
    declare: () => `
var<workgroup> tileDy: array<vec4f, ${TILE_ROWS * PITCH}>;
var<workgroup> tileW: array<vec4f, ${tileColumns * PITCH}>;
${PHASE}
${step === 4 ? READ_VECTORS : READ_SINGLES}`,
    body: () => `
  let phase = phaseOf(group.z);
  let terms = phase.taps.x * phase.taps.y * u.cout;
  // This thread's share of the loads: four terms of one row, and of one column.
  let loadedRow = index / ${VECTORS}u;
  let loadedTerm = index % ${VECTORS}u * 4u;
  let pixel = pixelOf(phase, group.x * ${TILE_ROWS}u + loadedRow);
  let loadedColumn = group.y * ${tileColumns}u + loadedRow;
  var sum = array<vec4f, ${perThread}>();
  for (var begin = 0u; begin < terms; begin += ${4 * VECTORS}u) {
    workgroupBarrier();
    let term = begin + loadedTerm;
    tileDy[loadedRow * ${PITCH}u + index % ${VECTORS}u] = readDy(phase, pixel, term, terms);
    if (loadedRow < ${tileColumns}u) {
      tileW[loadedRow * ${PITCH}u + index % ${VECTORS}u] = readW(phase, loadedColumn, term, terms);
    }
    workgroupBarrier();
    for (var k = 0u; k < ${VECTORS}u; k++) {
      let a0 = tileDy[lane.y * ${PITCH}u + k];
      let a1 = tileDy[(lane.y + ${SIDE}u) * ${PITCH}u + k];
      let a2 = tileDy[(lane.y + ${2 * SIDE}u) * ${PITCH}u + k];
      let a3 = tileDy[(lane.y + ${3 * SIDE}u) * ${PITCH}u + k];
      ${
      columns.map((j) =>
        `let b${j} = tileW[(lane.x + ${j * SIDE}u) * ${PITCH}u + k];
      sum[${j}] += vec4f(dot(a0, b${j}), dot(a1, b${j}), dot(a2, b${j}), dot(a3, b${j}));`
      ).join("\n      ")
    }
    }
  }
  for (var i = 0u; i < 4u; i++) {
    let stored = pixelOf(phase, group.x * ${TILE_ROWS}u + lane.y + i * ${SIDE}u);
    if (stored.at < 0) { continue; }
    let start = u32(stored.at) * u.cin + group.y * ${tileColumns}u + lane.x;
    ${
      columns.map((j) =>
        `if (group.y * ${tileColumns}u + lane.x + ${j * SIDE}u < u.cin) { dx[start + ${
          j * SIDE
        }u] = sum[${j}][i]; }`
      ).join("\n    ")
    }
  }`,
  });
}

/** What a phase is, and where a row of its product lies. */
const PHASE = `
struct Phase {
  first: vec2u,   // the first tap, y and x
  taps: vec2u,    // how many, each a stride after the one before
  start: vec2u,   // the first pixel
  size: vec2u,    // how many pixels, likewise
};
fn phaseOf(number: u32) -> Phase {
  let stride = vec2u(u.strideY, u.strideX);
  let kernel = vec2u(u.kernelHeight, u.kernelWidth);
  let image = vec2u(u.height, u.width);
  let first = vec2u(number / u.strideX, number % u.strideX);
  // Pixels with (place + pad) % stride = first.
  let start = (first + stride - vec2u(u.padTop, u.padLeft) % stride) % stride;
  let none = vec2u(0u);
  return Phase(
    first,
    select(none, (kernel + stride - 1u - first) / stride, first < kernel),
    start,
    select(none, (image + stride - 1u - start) / stride, start < image),
  );
}
struct Pixel {
  at: i32,        // its place among all pixels of the input, or -1 if there is none
  image: u32,
  out: vec2i,     // where the output's pixel is that meets it in the first tap; may be outside
};
fn pixelOf(phase: Phase, row: u32) -> Pixel {
  let perImage = phase.size.x * phase.size.y;
  if (row >= u.n * perImage) { return Pixel(-1, 0u, vec2i(0)); }
  let image = row / perImage;
  let place = row % perImage;
  let stride = vec2u(u.strideY, u.strideX);
  let yx = phase.start + vec2u(place / phase.size.y, place % phase.size.y) * stride;
  let padded = yx + vec2u(u.padTop, u.padLeft) - phase.first;
  return Pixel(i32((image * u.height + yx.x) * u.width + yx.y), image, vec2i(padded / stride));
}
/** The place of the output's pixel that meets an input's pixel in a tap, or -1. */
fn placeOf(pixel: Pixel, tap: vec2u) -> i32 {
  let out = pixel.out - vec2i(tap);
  let size = vec2i(vec2u(u.outHeight, u.outWidth));
  if (pixel.at < 0 || any(out < vec2i(0)) || any(out >= size)) { return -1; }
  return (i32(pixel.image) * size.x + out.x) * size.y + out.y;
}
fn tapOf(phase: Phase, term: u32) -> vec2u {
  let tap = term / u.cout;
  return vec2u(tap / phase.taps.y, tap % phase.taps.y);
}
/** The place of a weight for an input's channel. */
fn weightOf(phase: Phase, column: u32, term: u32) -> u32 {
  let tap = phase.first + tapOf(phase, term) * vec2u(u.strideY, u.strideX);
  return ((tap.x * u.kernelWidth + tap.y) * u.cin + column) * u.cout + term % u.cout;
}`;

const READ_VECTORS = `
fn readDy(phase: Phase, pixel: Pixel, term: u32, terms: u32) -> vec4f {
  if (term >= terms) { return vec4f(0.0); }
  let place = placeOf(pixel, tapOf(phase, term));
  if (place < 0) { return vec4f(0.0); }
  return dy[(u32(place) * u.cout + term % u.cout) / 4u];
}
fn readW(phase: Phase, column: u32, term: u32, terms: u32) -> vec4f {
  if (term >= terms || column >= u.cin) { return vec4f(0.0); }
  return weights[weightOf(phase, column, term) / 4u];
}`;

const READ_SINGLES = `
fn readDy(phase: Phase, pixel: Pixel, term: u32, terms: u32) -> vec4f {
  var values = vec4f(0.0);
  for (var i = 0u; i < 4u && term + i < terms; i++) {
    let place = placeOf(pixel, tapOf(phase, term + i));
    if (place >= 0) { values[i] = dy[u32(place) * u.cout + (term + i) % u.cout]; }
  }
  return values;
}
fn readW(phase: Phase, column: u32, term: u32, terms: u32) -> vec4f {
  var values = vec4f(0.0);
  for (var i = 0u; i < 4u && term + i < terms && column < u.cin; i++) {
    values[i] = weights[weightOf(phase, column, term + i)];
  }
  return values;
}`;
