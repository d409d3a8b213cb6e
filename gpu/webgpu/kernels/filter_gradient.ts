// The filter gradient of a convolution as a product of matrices: a row for each weight of a filter (tap and channel in), a column for
// each filter (channel out), and a sum over the output's pixels, which is split where the weights are too few to fill the card. tfjs
// gives each weight one thread, and that one thread all pixels.

import type { TensorInfo } from "../../tf.ts";
import type { GpuBackend } from "../backend.ts";
import { type ConvSizes, sizesOfConv } from "./conv_sizes.ts";
import { type GpuKernel, typeOf, widthOf } from "./own_kernel.ts";
import { sumRowsInto } from "./reduce.ts";

/** tfjs's Conv2DBackpropFilter. */
export const filterGradientKernels: Readonly<Record<string, GpuKernel>> = {
  Conv2DBackpropFilter: ({ x, dy }, backend, attrs) => {
    const filterShape = attrs.filterShape as number[];
    const sizes = sizesOfConv(x.shape, filterShape, attrs);
    if (!sizes) return undefined;
    const dw = backend.makeFloats(filterShape);
    differentiateFilter(backend, { x, dy, dw }, sizes);
    return dw;
  },
};

/** A workgroup is 16 x 16 threads; each has 4 rows, and 4 columns or, for few channels, 1. They take 16 pixels at a time. */
const SIDE = 16, TILE_ROWS = 64, DEPTH = 16;
/** Tiles below which the pixels are split, into how many parts at most in all, and pixels of a part at least. */
const FEW_TILES = 64, WANTED_TILES = 128, PART_PIXELS = 256;

function differentiateFilter(
  backend: GpuBackend,
  { x, dy, dw }: Record<"x" | "dy" | "dw", TensorInfo>,
  sizes: ConvSizes,
): void {
  const { n, cin, cout, kernelHeight, kernelWidth, outHeight, outWidth } = sizes;
  const rows = kernelHeight * kernelWidth * cin, pixels = n * outHeight * outWidth;
  const isWide = cout > SIDE, tileColumns = isWide ? TILE_ROWS : SIDE;
  const tiles = Math.ceil(rows / TILE_ROWS) * Math.ceil(cout / tileColumns);
  const wanted = tiles >= FEW_TILES ? 1 : Math.ceil(WANTED_TILES / tiles);
  const partPixels = Math.max(PART_PIXELS, Math.ceil(pixels / wanted));
  const parts = Math.ceil(pixels / partPixels);
  const sums = parts === 1 ? dw : backend.makeFloats([parts, rows, cout]);
  runTiles(backend, { x, dy, sums }, sizes, { rows, pixels, partPixels, parts, isWide });
  if (parts === 1) return;
  sumRowsInto(backend, sums, dw, { n: 1, rows: parts, columns: rows * cout });
  backend.disposeData(sums.dataId);
}

function runTiles(
  backend: GpuBackend,
  { x, dy, sums }: Record<"x" | "dy" | "sums", TensorInfo>,
  sizes: ConvSizes,
  { rows, pixels, partPixels, parts, isWide }: {
    rows: number;
    pixels: number;
    partPixels: number;
    parts: number;
    isWide: boolean;
  },
): void {
  const xWidth = widthOf(sizes.cin), dyWidth = isWide ? widthOf(sizes.cout) : 1;
  const tileColumns = isWide ? TILE_ROWS : SIDE;
  backend.run({
    kernel: "Conv2DBackpropFilter",
    variant: `${isWide}`,
    writes: { sums },
    reads: { x, dy },
    vectors: [...(xWidth === 4 ? ["x"] : []), ...(dyWidth === 4 ? ["dy"] : [])],
    counts: { ...sizes, rows, pixels, partPixels },
    workgroup: [SIDE, SIDE, 1],
    grid: [Math.ceil(sizes.cout / tileColumns), Math.ceil(rows / TILE_ROWS), parts],
    declare: () => `
alias Columns = ${typeOf(isWide ? 4 : 1)};
var<workgroup> tileX: array<vec4f, ${SIDE * DEPTH}>;
var<workgroup> tileDy: array<Columns, ${SIDE * DEPTH}>;
${PLACE_OF}
${READ_X[xWidth]}
${isWide ? READ_DY[dyWidth] : READ_NARROW_DY}`,
    body: () => `
  // This thread's share of the loads: 4 rows, or 4 columns, of one pixel in 16.
  let loadedRow = group.y * ${TILE_ROWS}u + lane.x * 4u;
  let loadedColumn = group.x * ${tileColumns}u + lane.x * ${isWide ? 4 : 1}u;
  let end = min((group.z + 1u) * u.partPixels, u.pixels);
  var sum0 = Columns(0.0);
  var sum1 = Columns(0.0);
  var sum2 = Columns(0.0);
  var sum3 = Columns(0.0);
  for (var begin = group.z * u.partPixels; begin < end; begin += ${DEPTH}u) {
    let pixel = begin + lane.y;
    workgroupBarrier();
    tileX[index] = vec4f(0.0);
    tileDy[index] = Columns(0.0);
    if (pixel < end) {
      tileX[index] = readX(pixel, loadedRow);
      tileDy[index] = readDy(pixel, loadedColumn);
    }
    workgroupBarrier();
    for (var k = 0u; k < ${DEPTH}u; k++) {
      let a = tileX[k * ${SIDE}u + lane.y];
      let b = tileDy[k * ${SIDE}u + lane.x];
      sum0 += a.x * b;
      sum1 += a.y * b;
      sum2 += a.z * b;
      sum3 += a.w * b;
    }
  }
  let row = group.y * ${TILE_ROWS}u + lane.y * 4u;
  ${[0, 1, 2, 3].map((i) => writeRow(i, isWide)).join("\n  ")}`,
  });
}

/** Stores the sums of one of a thread's four rows, as far as they are in the matrix. */
function writeRow(i: number, isWide: boolean): string {
  const start = `((group.z * u.rows + row + ${i}u) * u.cout + loadedColumn`;
  const store = (column: number) =>
    `if (loadedColumn + ${column}u < u.cout) { sums[${start} + ${column}u)] = sum${i}${
      isWide ? `[${column}]` : ""
    }; }`;
  return `if (row + ${i}u < u.rows) { ${(isWide ? [0, 1, 2, 3] : [0]).map(store).join(" ")} }`;
}

/** `placeOf`: the input's pixel that a weight sees, or -1. */
const PLACE_OF = `
fn placeOf(pixel: u32, row: u32) -> i32 {
  let tap = row / u.cin;
  let line = pixel / u.outWidth;
  let y = i32(line % u.outHeight * u.strideY + tap / u.kernelWidth) - i32(u.padTop);
  let x = i32(pixel % u.outWidth * u.strideX + tap % u.kernelWidth) - i32(u.padLeft);
  if (y < 0 || x < 0 || y >= i32(u.height) || x >= i32(u.width)) { return -1; }
  return (i32(line / u.outHeight) * i32(u.height) + y) * i32(u.width) + x;
}`;

/** `readX`: what four weights of a filter, from `row` on, see of the input when the output is at `pixel`; 0 beyond the border. */
const READ_X = {
  4: `
fn readX(pixel: u32, row: u32) -> vec4f {
  if (row >= u.rows) { return vec4f(0.0); }
  let at = placeOf(pixel, row);
  if (at < 0) { return vec4f(0.0); }
  return x[(u32(at) * u.cin + row % u.cin) / 4u];
}`,
  1: `
fn readX1(pixel: u32, row: u32) -> f32 {
  if (row >= u.rows) { return 0.0; }
  let at = placeOf(pixel, row);
  if (at < 0) { return 0.0; }
  return x[u32(at) * u.cin + row % u.cin];
}
fn readX(pixel: u32, row: u32) -> vec4f {
  return vec4f(readX1(pixel, row), readX1(pixel, row + 1u), readX1(pixel, row + 2u), readX1(pixel, row + 3u));
}`,
};

/** `readDy`: four output channels of a pixel, from `column` on; 0 beyond the last. */
const READ_DY = {
  4: `
fn readDy(pixel: u32, column: u32) -> vec4f {
  if (column >= u.cout) { return vec4f(0.0); }
  return dy[(pixel * u.cout + column) / 4u];
}`,
  1: `
fn readDy(pixel: u32, column: u32) -> vec4f {
  var values = vec4f(0.0);
  for (var i = 0u; i < min(4u, u.cout - min(column, u.cout)); i++) {
    values[i] = dy[pixel * u.cout + column + i];
  }
  return values;
}`,
};

/** `readDy` where a thread has one column. */
const READ_NARROW_DY = `
fn readDy(pixel: u32, column: u32) -> f32 {
  if (column >= u.cout) { return 0.0; }
  return dy[pixel * u.cout + column];
}`;
