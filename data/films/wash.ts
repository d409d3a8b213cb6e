// What water, pigment and paper do to a clean drawing: wavering edges, uneven density, the tooth of the paper.

import type { Picture } from "../../gpu/picture.ts";
import type { Random } from "../../gpu/random.ts";

/** Values in about [-1, 1], one a pixel. */
type Field = Float32Array;

/** Steps of pigment thickness between half and one and a half layers. */
const steps = 128;

/** `layers[step * 256 + value]`: what a channel value becomes under that thickness, by Beer and Lambert's law. */
const layers = Uint8Array.from({ length: (steps + 1) * 256 }, (_, i) => {
  const thickness = 0.5 + Math.floor(i / 256) / steps;
  return Math.round(255 * ((i % 256) / 255) ** thickness);
});

/** The drawing as a watercolour, opaque; all lengths scale with its height. */
export function washPicture(drawing: Picture, random: Random): Picture {
  const { width, height } = drawing;
  const unit = height / 100;
  const field = (period: number) => noise(random, width, height, period * unit);
  const [aside, along, pools, clouds] = [field(7), field(7), field(4.5), field(16)];
  const data = new Uint8Array(width * height * 4);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const tooth = random.uint32() / 2 ** 32 - 0.5;
      const thickness = 1 + 0.17 * clouds[i] + 0.15 * pools[i] + 0.13 * tooth;
      const step = Math.max(0, Math.min(steps, Math.round((thickness - 0.5) * steps)));
      const shift = 1.1 * unit;
      sample(drawing, x + shift * aside[i], y + shift * along[i], data, i * 4, step * 256);
    }
  }
  return { width, height, data };
}

/** Bilinear, borders repeated, through one of the pigment layers. */
function sample(
  { width, height, data }: Picture,
  x: number,
  y: number,
  out: Uint8Array,
  to: number,
  layer: number,
): void {
  const [cx, cy] = [
    Math.max(0, Math.min(width - 1.001, x)),
    Math.max(0, Math.min(height - 1.001, y)),
  ];
  const [left, top] = [Math.floor(cx), Math.floor(cy)];
  const [fx, fy] = [cx - left, cy - top];
  const from = (top * width + left) * 4;
  const below = from + width * 4;
  for (let c = 0; c < 3; c++) {
    const upper = data[from + c] + (data[from + 4 + c] - data[from + c]) * fx;
    const lower = data[below + c] + (data[below + 4 + c] - data[below + c]) * fx;
    out[to + c] = layers[layer + Math.round(upper + (lower - upper) * fy)];
  }
  out[to + 3] = 255;
}

/** Value noise: random numbers on a lattice of that period in pixels, eased between. */
function noise(random: Random, width: number, height: number, period: number): Field {
  const columns = Math.ceil(width / period) + 2;
  const rows = Math.ceil(height / period) + 2;
  const lattice = Float32Array.from({ length: columns * rows }, () => random.uniform(-1, 1));
  const field = new Float32Array(width * height);
  const line = new Float32Array(columns);
  for (let y = 0, i = 0; y < height; y++) {
    const row = Math.floor(y / period);
    const down = ease(y / period - row);
    for (let c = 0; c < columns; c++) {
      const at = row * columns + c;
      line[c] = lattice[at] + (lattice[at + columns] - lattice[at]) * down;
    }
    for (let x = 0; x < width; x++, i++) {
      const column = Math.floor(x / period);
      field[i] = line[column] + (line[column + 1] - line[column]) * ease(x / period - column);
    }
  }
  return field;
}

function ease(at: number): number {
  return at * at * (3 - 2 * at);
}
