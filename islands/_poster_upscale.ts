// Enlarges a small picture for print as a painter would: edges become smooth curves, areas stay soft, and no pixel shows.

import { type Master, resizeMaster } from "./_poster_master.ts";

/** A master is doubled until the print has no more than so many rows to one of its own: the rest is a matter of soft edges. */
const PRINT_ROWS = 8;

/** How often edges are sharpened after each doubling, and how much. */
const SHARPENINGS = 2, SHARPNESS = 0.3;

/** Squared differences below about this, of values up to 255, are no edges. */
const NOISE = 30;

/** Weights of pixels at a distance of 0 to 3 along an edge: a bell of deviation 1.7. */
const ALONG = [0, 1, 2, 3].map((distance) => Math.exp(-(distance ** 2) / (2 * 1.7 ** 2)));

/** How many doublings a picture of so many rows is given for a print of so many. */
export function doublingsOf(rows: number, printRows: number): number {
  return Math.max(0, Math.ceil(Math.log2(printRows / PRINT_ROWS / rows)));
}

/** The picture before anything is enlarged: what the generator left as grain is smoothed along its edges. */
export function prepareMaster(master: Master): Master {
  return alongEdges(master);
}

/**
 * The picture at twice its size: a Lanczos filter, then smoothing along edges and sharpening across them (after coherence-
 * enhancing filters, Kyprianidis and Kang 2011; in place of their shock filter a sharpening that never leaves its neighbours' range).
 */
export function doubleMaster(master: Master): Master {
  const { width, height } = master;
  const double = resizeMaster(master, 2 * width, 2 * height);
  let smooth = alongEdges(double);
  const edges = edgesOf(smooth);
  for (let i = 0; i < SHARPENINGS; i++) smooth = acrossEdges(smooth, edges);
  return smooth;
}

/** For each pixel, the unit vector across the edge that it lies on, and how sure there is one, 0 to 1. */
interface Edges {
  x: Float32Array;
  y: Float32Array;
  sure: Float32Array;
}

/** By the structure tensor of all three colours, averaged over its neighbourhood (Di Zenzo 1986). */
function edgesOf({ width, height, rgb }: Master): Edges {
  const count = width * height;
  const [xx, xy, yy] = [0, 1, 2].map(() => new Float32Array(count));
  for (let y = 0; y < height; y++) {
    const above = Math.max(0, y - 1) * width, below = Math.min(height - 1, y + 1) * width;
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const left = y * width + Math.max(0, x - 1), right = y * width + Math.min(width - 1, x + 1);
      for (let c = 0; c < 3; c++) {
        const dx = rgb[3 * right + c] - rgb[3 * left + c];
        const dy = rgb[3 * (below + x) + c] - rgb[3 * (above + x) + c];
        xx[i] += dx * dx;
        xy[i] += dx * dy;
        yy[i] += dy * dy;
      }
    }
  }
  for (const plane of [xx, xy, yy]) blur(plane, width, height);
  const edges = { x: xx, y: xy, sure: yy };
  for (let i = 0; i < count; i++) {
    const difference = xx[i] - yy[i], sum = xx[i] + yy[i];
    const root = Math.sqrt(difference * difference + 4 * xy[i] * xy[i]);
    // Half of the angle whose tangent is 2 xy / (xx - yy), by its cosine.
    const cosine = root > 0 ? difference / root : 1, isTurned = xy[i] < 0;
    edges.sure[i] = root / (sum + NOISE);
    edges.x[i] = Math.sqrt((1 + cosine) / 2);
    edges.y[i] = (isTurned ? -1 : 1) * Math.sqrt((1 - cosine) / 2);
  }
  return edges;
}

/** Averages over 5x5 pixels twice, in place. */
function blur(plane: Float32Array, width: number, height: number): void {
  const line = new Float32Array(Math.max(width, height));
  const run = (start: number, step: number, length: number) => {
    for (let i = 0; i < length; i++) line[i] = plane[start + i * step];
    let sum = 3 * line[0] + line[Math.min(1, length - 1)] + line[Math.min(2, length - 1)];
    for (let i = 0; i < length; i++) {
      plane[start + i * step] = sum / 5;
      sum += line[Math.min(length - 1, i + 3)] - line[Math.max(0, i - 2)];
    }
  };
  for (let pass = 0; pass < 2; pass++) {
    for (let y = 0; y < height; y++) run(y * width, 1, width);
    for (let x = 0; x < width; x++) run(x, width, height);
  }
}

/** Each pixel averaged with its neighbours along the edge that it lies on. */
function alongEdges(master: Master): Master {
  const edges = edgesOf(master);
  return eachPixel(master, (i, x, y, sample, pixel) => {
    const [dx, dy, sure] = [-edges.y[i], edges.x[i], edges.sure[i]];
    let total = ALONG[0];
    for (let c = 0; c < 3; c++) pixel[c] *= total;
    for (let distance = 1; distance < ALONG.length; distance++) {
      const weight = ALONG[distance] * sure;
      for (const sign of [-1, 1]) {
        sample(x + sign * distance * dx, y + sign * distance * dy, weight, pixel);
        total += weight;
      }
    }
    for (let c = 0; c < 3; c++) pixel[c] /= total;
  });
}

/** Each pixel moved away from the mean of its neighbours across the edge, never past either of them. */
function acrossEdges(master: Master, edges: Edges): Master {
  const one = new Float32Array(3), other = new Float32Array(3);
  return eachPixel(master, (i, x, y, sample, pixel) => {
    const [dx, dy, sure] = [edges.x[i], edges.y[i], edges.sure[i]];
    sample(x + dx, y + dy, 1, one.fill(0));
    sample(x - dx, y - dy, 1, other.fill(0));
    for (let c = 0; c < 3; c++) {
      const bend = one[c] - 2 * pixel[c] + other[c];
      const sharp = pixel[c] - SHARPNESS * sure * bend * 2;
      const low = Math.min(one[c], other[c], pixel[c]), high = Math.max(one[c], other[c], pixel[c]);
      pixel[c] = Math.min(high, Math.max(low, sharp));
    }
  });
}

/** Adds a weight of the colour between pixels to a sum. */
type Sample = (x: number, y: number, weight: number, sum: Float32Array) => void;

/** A picture of which each pixel is what `change` makes of it. */
function eachPixel(
  { width, height, rgb }: Master,
  change: (i: number, x: number, y: number, sample: Sample, pixel: Float32Array) => void,
): Master {
  const sample: Sample = (x, y, weight, sum) => {
    const left = Math.min(width - 1, Math.max(0, x)), top = Math.min(height - 1, Math.max(0, y));
    const x0 = Math.floor(left), y0 = Math.floor(top), fx = left - x0, fy = top - y0;
    const right = x0 + 1 < width ? 3 : 0, below = y0 + 1 < height ? 3 * width : 0;
    const at = 3 * (y0 * width + x0);
    for (let c = 0; c < 3; c++) {
      const upper = rgb[at + c] + fx * (rgb[at + right + c] - rgb[at + c]);
      const lower = rgb[at + below + c] +
        fx * (rgb[at + below + right + c] - rgb[at + below + c]);
      sum[c] += weight * (upper + fy * (lower - upper));
    }
  };
  const result = new Float32Array(rgb.length), pixel = new Float32Array(3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      pixel[0] = rgb[3 * i];
      pixel[1] = rgb[3 * i + 1];
      pixel[2] = rgb[3 * i + 2];
      change(i, x, y, sample, pixel);
      result.set(pixel, 3 * i);
    }
  }
  return { width, height, rgb: result };
}
