// The filter gradient by tiles in shared memory.

import type { TensorInfo } from "../../tf.ts";
import type { GpuBackend } from "../backend.ts";
import { type FilterProduct, type Parts, SEE, splitPixels } from "./filter_product.ts";
import { THREADS, typeOf, widthOf } from "./own_kernel.ts";
import { declareTile, type Tile, tileFor } from "./tiles.ts";

/** Pixels that a workgroup takes at a time. */
const DEPTH = 16;
/** Tiles below which the pixels are split, into how many parts at most in all, and pixels of a part at least. */
const FEW_TILES = 64, WANTED_TILES = 128, LEAST_PIXELS = 256;

/** How the pixels are split where the tiles alone would not fill the card. */
export function splitForTiles({ sizes: { cout }, rows, pixels }: FilterProduct): Parts {
  const tile = tileFor(cout);
  const tiles = Math.ceil(rows / tile.rows) * Math.ceil(cout / tile.columns);
  const wanted = tiles >= FEW_TILES ? 1 : Math.ceil(WANTED_TILES / tiles);
  return splitPixels(pixels, wanted, LEAST_PIXELS);
}

/** Puts into `sums` [parts, rows, cout] each part's product. */
export function multiplyTiles(
  backend: GpuBackend,
  { x, dy, sizes, rows, pixels }: FilterProduct,
  { parts, partPixels }: Parts,
  sums: TensorInfo,
): void {
  const tile = tileFor(sizes.cout);
  const xWidth = widthOf(sizes.cin), dyWidth = widthOf(sizes.cout);
  backend.run({
    kernel: "Conv2DBackpropFilter",
    variant: tile.columns,
    writes: { sums },
    reads: { images: x, dy },
    vectors: [...(xWidth === 4 ? ["images"] : []), ...(dyWidth === 4 ? ["dy"] : [])],
    counts: { ...sizes, rows, pixels, partPixels },
    workgroup: [tile.across, tile.down, 1],
    grid: [Math.ceil(sizes.cout / tile.columns), Math.ceil(rows / tile.rows), parts],
    declare: () =>
      `${declareTile(tile)}
const DEPTH = ${DEPTH}u;
var<workgroup> tileX: array<vec4f, ${tile.down * DEPTH}>;
var<workgroup> tileDy: array<vec4f, ${tile.across * DEPTH}>;
alias X = ${typeOf(xWidth)};
const X_WIDTH = ${xWidth}u;
${SEE}
${READ_DY[dyWidth]}`,
    body: () => productBody(tile, xWidth),
  });
}

function productBody(tile: Tile, xWidth: 1 | 4): string {
  // Each thread loads the same four rows every time, of pixels that lie so far apart.
  const loads = Array.from({ length: tile.down * DEPTH / THREADS }, (_, i) => i);
  const apart = THREADS / tile.down;
  const seen = Array.from({ length: 4 / xWidth }, (_, i) => i);
  return `
  let start = group.z * u.partPixels;
  let end = min(start + u.partPixels, u.pixels);
  ${
    seen.map((i) => `let seen${i} = seenBy(group.y * ROWS + index % DOWN * 4u + ${i}u);`)
      .join("\n  ")
  }
  ${
    loads.map((i) => `var pixel${i} = pixelAt(start + index / DOWN + ${i * apart}u);`)
      .join("\n  ")
  }
  var sum0 = vec4f(0.0);
  var sum1 = vec4f(0.0);
  var sum2 = vec4f(0.0);
  var sum3 = vec4f(0.0);
  for (var begin = start; begin < end; begin += DEPTH) {
    workgroupBarrier();
    ${
    loads.map((i) => {
      const values = seen.map((j) => `readX(pixel${i}, seen${j}, end)`).join();
      return `tileX[index + ${i * THREADS}u] = vec4f(${values});
    pixel${i} = advance(pixel${i}, DEPTH);`;
    }).join("\n    ")
  }
    for (var at = index; at < ACROSS * DEPTH; at += ${THREADS}u) {
      let pixel = begin + at / ACROSS;
      tileDy[at] = vec4f(0.0);
      if (pixel < end) {
        tileDy[at] = readDy(pixel, group.x * COLUMNS + at % ACROSS * 4u);
      }
    }
    workgroupBarrier();
    for (var k = 0u; k < DEPTH; k++) {
      let a = tileX[k * DOWN + lane.y];
      let b = tileDy[k * ACROSS + lane.x];
      sum0 += a.x * b;
      sum1 += a.y * b;
      sum2 += a.z * b;
      sum3 += a.w * b;
    }
  }
  let row = group.y * ROWS + lane.y * 4u;
  let column = group.x * COLUMNS + lane.x * 4u;
  ${[0, 1, 2, 3].map(storeRow).join("\n  ")}`;
}

/** Stores the sums of one of a thread's four rows, as far as they are in the matrix. */
function storeRow(i: number): string {
  return `if (row + ${i}u < u.rows) {
    let at = (group.z * u.rows + row + ${i}u) * u.cout + column;
    for (var j = 0u; j < 4u && column + j < u.cout; j++) { sums[at + j] = sum${i}[j]; }
  }`;
}

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
