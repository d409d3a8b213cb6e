// The input gradient by tiles in shared memory: a row for each pixel of a phase, a column for each channel of the input, and a sum over taps
// and channels of the output.

import type { TensorInfo } from "../../tf.ts";
import type { GpuBackend } from "../backend.ts";
import type { ConvSizes } from "./conv_sizes.ts";
import { PHASE } from "./input_phase.ts";
import { THREADS, widthOf } from "./own_kernel.ts";
import { declareTile, type Tile, tileFor } from "./tiles.ts";

/** Vectors of four terms that a workgroup takes at a time. */
const VECTORS = 4;

/** Puts the gradient into `dx`. */
export function differentiateByTiles(
  backend: GpuBackend,
  { dy, filter, dx }: Record<"dy" | "filter" | "dx", TensorInfo>,
  sizes: ConvSizes,
): void {
  const { n, height, width, cin, cout, strideY, strideX } = sizes;
  const tile = tileFor(cin), step = widthOf(cout);
  const phaseRows = n * Math.ceil(height / strideY) * Math.ceil(width / strideX);
  backend.run({
    kernel: "Conv2DBackpropInput",
    variant: tile.columns,
    writes: { dx },
    reads: { dy, weights: filter },
    vectors: step === 4 ? ["dy", "weights"] : [],
    counts: { ...sizes },
    workgroup: [tile.across, tile.down, 1],
    grid: [
      Math.ceil(phaseRows / tile.rows),
      Math.ceil(cin / tile.columns),
      strideY * strideX,
    ],
    declare: () =>
      `${declareTile(tile)}
const VECTORS = ${VECTORS}u;
// One more than there are, so that threads beside each other read from different banks.
const PITCH = ${VECTORS + 1}u;
var<workgroup> tileDy: array<vec4f, ${tile.rows * (VECTORS + 1)}>;
var<workgroup> tileW: array<vec4f, ${tile.columns * (VECTORS + 1)}>;
${PHASE}
${TERMS}
${step === 4 ? READ_VECTORS : READ_SINGLES}`,
    body: () => productBody(tile),
  });
}

/** A thread's rows lie DOWN apart, and its columns ACROSS apart. */
function productBody(tile: Tile): string {
  const loads = Array.from({ length: tile.rows * VECTORS / THREADS }, (_, i) => i);
  const columns = [0, 1, 2, 3];
  return `
  let phase = phaseOf(group.z);
  let terms = phase.taps.x * phase.taps.y * u.cout;
  // Divisions are slow, so that none is left in the loop. This thread's share of the loads: four terms of some rows, and of a column.
  let loadedRow = index / VECTORS;
  let loadedVector = index % VECTORS;
  ${
    loads.map((i) =>
      `let pixel${i} = pixelOf(phase, group.x * ROWS + loadedRow + ${i * THREADS / VECTORS}u);`
    ).join("\n  ")
  }
  ${columns.map((j) => `var sum${j} = vec4f(0.0);`).join("\n  ")}
  var term = termAt(phase, 4u * loadedVector);
  for (var begin = 0u; begin < terms; begin += 4u * VECTORS) {
    workgroupBarrier();
    ${
    loads.map((i) =>
      `tileDy[(loadedRow + ${i * THREADS / VECTORS}u) * PITCH + loadedVector] = ` +
      `readDy(phase, pixel${i}, term);`
    ).join("\n    ")
  }
    if (loadedRow < COLUMNS) {
      tileW[loadedRow * PITCH + loadedVector] =
        readW(phase, group.y * COLUMNS + loadedRow, term);
    }
    term = advance(phase, term, 4u * VECTORS);
    workgroupBarrier();
    for (var k = 0u; k < VECTORS; k++) {
      let a0 = tileDy[lane.y * PITCH + k];
      let a1 = tileDy[(lane.y + DOWN) * PITCH + k];
      let a2 = tileDy[(lane.y + 2u * DOWN) * PITCH + k];
      let a3 = tileDy[(lane.y + 3u * DOWN) * PITCH + k];
      ${
    columns.map((j) =>
      `let b${j} = tileW[(lane.x + ${j}u * ACROSS) * PITCH + k];
      sum${j} += vec4f(dot(a0, b${j}), dot(a1, b${j}), dot(a2, b${j}), dot(a3, b${j}));`
    ).join("\n      ")
  }
    }
  }
  for (var i = 0u; i < 4u; i++) {
    let pixel = pixelOf(phase, group.x * ROWS + lane.y + i * DOWN);
    if (pixel.at < 0) { continue; }
    let column = group.y * COLUMNS + lane.x;
    let start = u32(pixel.at) * u.cin + column;
    ${
    columns.map((j) =>
      `if (column + ${j}u * ACROSS < u.cin) { dx[start + ${j}u * ACROSS] = sum${j}[i]; }`
    ).join("\n    ")
  }
  }`;
}

/** Where a row of the product lies, and what a term of the sum is. */
const TERMS = `
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
// The place of the output's pixel that meets an input's pixel in a tap, or -1.
fn placeOf(pixel: Pixel, tap: vec2u) -> i32 {
  let out = pixel.out - vec2i(tap);
  let size = vec2i(vec2u(u.outHeight, u.outWidth));
  if (pixel.at < 0 || any(out < vec2i(0)) || any(out >= size)) { return -1; }
  return (i32(pixel.image) * size.x + out.x) * size.y + out.y;
}
// A term of the sum: its tap, of those of the phase, and its channel of the output.
struct Term { tap: vec2u, channel: u32 };
fn termAt(phase: Phase, number: u32) -> Term {
  return advance(phase, Term(vec2u(0u), 0u), number);
}
fn advance(phase: Phase, term: Term, by: u32) -> Term {
  var next = term;
  next.channel += by;
  while (next.channel >= u.cout) {
    next.channel -= u.cout;
    next.tap.y += 1u;
    if (next.tap.y >= phase.taps.y) {
      next.tap.y = 0u;
      next.tap.x += 1u;
    }
  }
  return next;
}
// The place of a weight for an input's channel.
fn weightOf(phase: Phase, column: u32, term: Term) -> u32 {
  let tap = phase.first + term.tap * vec2u(u.strideY, u.strideX);
  return ((tap.x * u.kernelWidth + tap.y) * u.cin + column) * u.cout + term.channel;
}`;

const READ_VECTORS = `
fn readDy(phase: Phase, pixel: Pixel, term: Term) -> vec4f {
  if (term.tap.x >= phase.taps.x) { return vec4f(0.0); }
  let place = placeOf(pixel, term.tap);
  if (place < 0) { return vec4f(0.0); }
  return dy[(u32(place) * u.cout + term.channel) / 4u];
}
fn readW(phase: Phase, column: u32, term: Term) -> vec4f {
  if (term.tap.x >= phase.taps.x || column >= u.cin) { return vec4f(0.0); }
  return weights[weightOf(phase, column, term) / 4u];
}`;

const READ_SINGLES = `
fn readDy(phase: Phase, pixel: Pixel, first: Term) -> vec4f {
  var values = vec4f(0.0);
  var term = first;
  for (var i = 0u; i < 4u && term.tap.x < phase.taps.x; i++) {
    let place = placeOf(pixel, term.tap);
    if (place >= 0) { values[i] = dy[u32(place) * u.cout + term.channel]; }
    term = advance(phase, term, 1u);
  }
  return values;
}
fn readW(phase: Phase, column: u32, first: Term) -> vec4f {
  var values = vec4f(0.0);
  var term = first;
  for (var i = 0u; i < 4u && term.tap.x < phase.taps.x && column < u.cin; i++) {
    values[i] = weights[weightOf(phase, column, term)];
    term = advance(phase, term, 1u);
  }
  return values;
}`;
