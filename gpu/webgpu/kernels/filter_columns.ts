// The filter gradient of a convolution to few channels, where tiles would be mostly empty: a thread for four weights of all filters, and
// nothing shared.

import type { TensorInfo } from "../../tf.ts";
import type { GpuBackend } from "../backend.ts";
import { type FilterProduct, type Parts, SEE, splitPixels } from "./filter_product.ts";
import { typeOf, widthOf } from "./own_kernel.ts";

/** Channels that a thread takes; each is four sums that have to stay in registers. */
export const MOST_COLUMNS = 16;

/** Threads of a workgroup, wanted in all, and pixels of a part at least. */
const THREADS = 64, WANTED_THREADS = 16_384, LEAST_PIXELS = 128;

/** How the pixels are split where the weights alone would not fill the card. */
export function splitForColumns({ rows, pixels }: FilterProduct): Parts {
  return splitPixels(pixels, Math.ceil(WANTED_THREADS / (rows / 4)), LEAST_PIXELS);
}

/** Puts into `sums` [parts, rows, cout] each part's product. */
export function multiplyColumns(
  backend: GpuBackend,
  { x, dy, sizes, rows, pixels }: FilterProduct,
  { parts, partPixels }: Parts,
  sums: TensorInfo,
): void {
  const { cin, cout } = sizes, xWidth = widthOf(cin), dyWidth = widthOf(cout);
  const columns = Array.from({ length: cout }, (_, j) => j);
  const seen = Array.from({ length: 4 / xWidth }, (_, i) => i);
  backend.run({
    kernel: "Conv2DBackpropFilter of few",
    variant: cout,
    writes: { sums },
    reads: { images: x, dy },
    vectors: [...(xWidth === 4 ? ["images"] : []), ...(dyWidth === 4 ? ["dy"] : [])],
    counts: { ...sizes, rows, pixels, partPixels },
    workgroup: [THREADS, 1, 1],
    grid: [Math.ceil(rows / (4 * THREADS)), parts, 1],
    declare: () => `
alias X = ${typeOf(xWidth)};
const X_WIDTH = ${xWidth}u;
${SEE}`,
    body: () => `
  let row = (group.x * ${THREADS}u + index) * 4u;
  let end = min((group.y + 1u) * u.partPixels, u.pixels);
  ${seen.map((i) => `let seen${i} = seenBy(row + ${i}u);`).join("\n  ")}
  ${columns.map((j) => `var sum${j} = vec4f(0.0);`).join("\n  ")}
  var pixel = pixelAt(group.y * u.partPixels);
  while (pixel.number < end) {
    let values = vec4f(${seen.map((i) => `readX(pixel, seen${i}, end)`).join()});
    let at = pixel.number * ${cout / dyWidth}u;
    ${
      columns.map((j) => {
        const slope = dyWidth === 4 ? `dy[at + ${j >> 2}u][${j & 3}]` : `dy[at + ${j}u]`;
        return `sum${j} += values * ${slope};`;
      }).join("\n    ")
    }
    pixel = advance(pixel, 1u);
  }
  for (var i = 0u; i < 4u && row + i < u.rows; i++) {
    let start = (group.y * u.rows + row + i) * ${cout}u;
    ${columns.map((j) => `sums[start + ${j}u] = sum${j}[i];`).join("\n    ")}
  }`,
  });
}
