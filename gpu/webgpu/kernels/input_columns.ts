// The input gradient of a convolution from few channels or of few pixels, where tiles would be mostly empty: a thread for four pixels and up
// to 16 channels, and nothing shared.

import type { TensorInfo } from "../../tf.ts";
import type { GpuBackend } from "../backend.ts";
import type { ConvSizes } from "./conv_sizes.ts";
import { PHASE } from "./input_phase.ts";
import { typeOf, widthOf } from "./own_kernel.ts";
import { tileFor } from "./tiles.ts";

/** Channels that a thread takes at most; each is four sums that have to stay in registers. */
const MOST_COLUMNS = 16;

/** Threads of a workgroup, and pixels of a thread, which are beside each other in their phase. */
const THREADS = 64, PIXELS = 4;

/** Whether tiles would waste more than they save. */
export function isForColumns({ n, height, width, cin, strideY, strideX }: ConvSizes): boolean {
  const pixels = n * Math.ceil(height / strideY) * Math.ceil(width / strideX);
  return cin <= MOST_COLUMNS || pixels < tileFor(cin).rows;
}

/** Puts the gradient into `dx`. */
export function differentiateByColumns(
  backend: GpuBackend,
  { dy, filter, dx }: Record<"dy" | "filter" | "dx", TensorInfo>,
  sizes: ConvSizes,
): void {
  const { n, height, width, cin, cout, strideY, strideX } = sizes;
  const step = widthOf(cout), columns = Math.min(cin, MOST_COLUMNS);
  const groups = n * Math.ceil(height / strideY) * Math.ceil(Math.ceil(width / strideX) / PIXELS);
  backend.run({
    kernel: "Conv2DBackpropInput of few",
    variant: columns,
    writes: { dx },
    reads: { dy, weights: filter },
    vectors: step === 4 ? ["dy", "weights"] : [],
    counts: { ...sizes },
    workgroup: [THREADS, 1, 1],
    grid: [Math.ceil(groups / THREADS), strideY * strideX, Math.ceil(cin / columns)],
    declare: () => `alias Step = ${typeOf(step)};${PHASE}`,
    body: () => columnsBody(columns, step),
  });
}

function columnsBody(count: number, step: 1 | 4): string {
  const columns = Array.from({ length: count }, (_, j) => j), pixels = [0, 1, 2, 3];
  const product = (p: number) => step === 4 ? `dot(dy${p}, weight)` : `dy${p} * weight`;
  return `
  let phase = phaseOf(group.y);
  let column = group.z * ${count}u;
  // Beyond the last channel a thread computes it once more, and stores nothing.
  let lastColumn = u.cin - 1u;
  let groups = (phase.size.y + ${PIXELS - 1}u) / ${PIXELS}u;
  let number = group.x * ${THREADS}u + index;
  if (number >= u.n * phase.size.x * groups) { return; }
  let image = number / (phase.size.x * groups);
  let first = vec2u(number / groups % phase.size.x, number % groups * ${PIXELS}u);
  let stride = vec2u(u.strideY, u.strideX);
  let place = phase.start + first * stride;
  // Pixels that are neighbours in their phase meet neighbours in the output.
  let out = vec2i((place + vec2u(u.padTop, u.padLeft) - phase.first) / stride);
  ${columns.map((j) => `var sum${j} = vec4f(0.0);`).join("\n  ")}
  for (var ty = 0u; ty < phase.taps.x; ty++) {
    let y = out.x - i32(ty);
    if (y < 0 || y >= i32(u.outHeight)) { continue; }
    for (var tx = 0u; tx < phase.taps.y; tx++) {
      let x = vec4i(out.y - i32(tx)) + vec4i(0, 1, 2, 3);
      let isInside = (x >= vec4i(0)) & (x < vec4i(i32(u.outWidth)));
      let line = (i32(image * u.outHeight) + y) * i32(u.outWidth);
      let tap = phase.first + vec2u(ty, tx) * stride;
      let tapStart = (tap.x * u.kernelWidth + tap.y) * u.cin * u.cout;
      for (var channel = 0u; channel < u.cout; channel += ${step}u) {
        ${
    pixels.map((p) =>
      `var dy${p} = Step(0.0);
        if (isInside[${p}]) { dy${p} = dy[(u32(line + x[${p}]) * u.cout + channel) / ${step}u]; }`
    )
      .join("\n        ")
  }
        ${
    columns.map((j) =>
      `{
          let weight = weights[(tapStart + min(column + ${j}u, lastColumn) * u.cout + channel) / ${step}u];
          sum${j} += vec4f(${pixels.map(product).join()});
        }`
    ).join("\n        ")
  }
      }
    }
  }
  for (var p = 0u; p < ${PIXELS}u && first.y + p < phase.size.y; p++) {
    let pixel = (image * u.height + place.x) * u.width + place.y + p * u.strideX;
    let start = pixel * u.cin + column;
    ${
    columns.map((j) => `if (column + ${j}u < u.cin) { dx[start + ${j}u] = sum${j}[p]; }`)
      .join("\n    ")
  }
  }`;
}
