// The 64-bit oracle of the gradient suite: the forward formula of every layer as plain loops, sharing no code with gpu/.

/** A tensor of doubles, row by row; images are [n, h, w, c], kernels [kh, kw, cin, cout]. */
export interface Grid {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** The number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** A grid of a shape, its elements given by their flat position. */
export function grid(shape: readonly number[], value: (position: number) => number): Grid {
  return { shape, data: Float64Array.from({ length: sizeOf(shape) }, (_, i) => value(i)) };
}

/** `fn` of every element. */
export function map(x: Grid, fn: (value: number) => number): Grid {
  return { shape: x.shape, data: x.data.map(fn) };
}

/** The indices that belong to a flat position. */
function indicesOf(position: number, shape: readonly number[]): number[] {
  const indices = new Array<number>(shape.length);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    indices[axis] = position % shape[axis];
    position = Math.floor(position / shape[axis]);
  }
  return indices;
}

/** The flat position that belongs to indices; -1 if one lies outside. */
function positionOf(indices: readonly number[], shape: readonly number[]): number {
  let position = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    if (indices[axis] < 0 || indices[axis] >= shape[axis]) return -1;
    position = position * shape[axis] + indices[axis];
  }
  return position;
}

/** Moves elements: each output element comes from the input indices that `source` names, or is 0 if they lie outside. */
export function pick(
  x: Grid,
  shape: readonly number[],
  source: (indices: number[]) => readonly number[],
): Grid {
  return grid(shape, (i) => {
    const position = positionOf(source(indicesOf(i, shape)), x.shape);
    return position < 0 ? 0 : x.data[position];
  });
}

/** For each position of `shape`, the position in a grid of `from` (aligned at the last axis, size 1 repeated). */
function positionsIn(from: readonly number[], shape: readonly number[]): Int32Array {
  const wide = [...new Array<number>(shape.length - from.length).fill(1), ...from];
  const strides = wide.map((size, axis) => size === 1 ? 0 : sizeOf(wide.slice(axis + 1)));
  return Int32Array.from({ length: sizeOf(shape) }, (_, position) => {
    let found = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      found += (position % shape[axis]) * strides[axis];
      position = Math.floor(position / shape[axis]);
    }
    return found;
  });
}

/** `fn` of two grids, aligned at the last axis, an axis of size 1 repeated to the other's size. */
export function zip(a: Grid, b: Grid, fn: (left: number, right: number) => number): Grid {
  const rank = Math.max(a.shape.length, b.shape.length);
  const size = ({ shape }: Grid, axis: number) => shape[axis - rank + shape.length] ?? 1;
  const shape = Array.from({ length: rank }, (_, axis) => Math.max(size(a, axis), size(b, axis)));
  const [inA, inB] = [positionsIn(a.shape, shape), positionsIn(b.shape, shape)];
  return grid(shape, (i) => fn(a.data[inA[i]], b.data[inB[i]]));
}

export const add = (a: Grid, b: Grid) => zip(a, b, (left, right) => left + right);
export const sub = (a: Grid, b: Grid) => zip(a, b, (left, right) => left - right);
export const mul = (a: Grid, b: Grid) => zip(a, b, (left, right) => left * right);
export const div = (a: Grid, b: Grid) => zip(a, b, (left, right) => left / right);

/** The sum over some axes, which stay with size 1; over all of them unless given. */
export function sum(x: Grid, axes: readonly number[] = x.shape.map((_, axis) => axis)): Grid {
  const shape = x.shape.map((size, axis) => axes.includes(axis) ? 1 : size);
  const total = grid(shape, () => 0), place = positionsIn(shape, x.shape);
  x.data.forEach((value, i) => total.data[place[i]] += value);
  return total;
}

/** The mean over some axes, which stay with size 1; over all of them unless given. */
export function mean(x: Grid, axes?: readonly number[]): Grid {
  const total = sum(x, axes);
  return map(total, (value) => value * total.data.length / x.data.length);
}

/** The same elements in another shape. */
export function reshape(x: Grid, shape: readonly number[]): Grid {
  return { shape, data: x.data };
}

/** Part of a grid, from `begin`. */
export function slice(x: Grid, begin: readonly number[], shape: readonly number[]): Grid {
  return pick(x, shape, (indices) => indices.map((index, axis) => index + begin[axis]));
}

/** Grids one after the other along an axis. */
export function concat(parts: readonly Grid[], axis: number): Grid {
  const shape = parts[0].shape.map((size, a) =>
    a === axis ? parts.reduce((all, part) => all + part.shape[axis], 0) : size
  );
  let start = 0;
  return parts.reduce((whole, part) => {
    const begin = shape.map((_, a) => a === axis ? -start : 0);
    start += part.shape[axis];
    return add(whole, slice(part, begin, shape));
  }, grid(shape, () => 0));
}

/** Zeros around a grid: [before, after] per axis. */
export function pad(x: Grid, widths: readonly (readonly [number, number])[]): Grid {
  const shape = x.shape.map((size, axis) => size + widths[axis][0] + widths[axis][1]);
  return pick(x, shape, (indices) => indices.map((index, axis) => index - widths[axis][0]));
}

/** Images mirrored at their border without repeating the edge, `width` pixels on each side. */
export function reflectPad(x: Grid, width: number): Grid {
  const [n, h, w, c] = x.shape;
  const mirror = (index: number, size: number) => {
    const inside = Math.abs(index - width);
    return inside < size ? inside : 2 * (size - 1) - inside;
  };
  const shape = [n, h + 2 * width, w + 2 * width, c];
  return pick(
    x,
    shape,
    ([image, y, column, channel]) => [image, mirror(y, h), mirror(column, w), channel],
  );
}

/** Images with every pixel repeated `factor` times in both directions. */
export function repeatPixels(x: Grid, factor: number): Grid {
  const [n, h, w, c] = x.shape;
  const shape = [n, h * factor, w * factor, c];
  return pick(x, shape, ([image, y, column, channel]) => [
    image,
    Math.floor(y / factor),
    Math.floor(column / factor),
    channel,
  ]);
}

/** Visits every product of a convolution, as flat positions (pixel of the image, weight, pixel of the result). */
function forEachProduct(
  image: readonly number[],
  kernel: readonly number[],
  result: readonly number[],
  options: { stride: number; pad: number },
  visit: (input: number, weight: number, output: number) => void,
): void {
  const [kh, kw, cin, cout] = kernel;
  const [count, height, width] = result;
  for (let n = 0; n < count; n++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let tap = 0; tap < kh * kw; tap++) {
          const inY = y * options.stride - options.pad + Math.floor(tap / kw);
          const inX = x * options.stride - options.pad + tap % kw;
          if (inY < 0 || inY >= image[1] || inX < 0 || inX >= image[2]) continue;
          const input = ((n * image[1] + inY) * image[2] + inX) * cin;
          const output = ((n * height + y) * width + x) * cout;
          for (let i = 0; i < cin; i++) {
            for (let o = 0; o < cout; o++) visit(input + i, (tap * cin + i) * cout + o, output + o);
          }
        }
      }
    }
  }
}

/** A convolution with zeros around the image: size = floor((h + 2 pad - k) / stride) + 1. */
export function conv2d(x: Grid, kernel: Grid, stride: number, pad: number): Grid {
  const out = (axis: number) =>
    Math.floor((x.shape[axis] + 2 * pad - kernel.shape[axis - 1]) / stride) + 1;
  const result = grid([x.shape[0], out(1), out(2), kernel.shape[3]], () => 0);
  forEachProduct(x.shape, kernel.shape, result.shape, { stride, pad }, (input, weight, output) => {
    result.data[output] += x.data[input] * kernel.data[weight];
  });
  return result;
}

/** The transposed convolution to images of height x width; the kernel is [kh, kw, cout, cin]. */
export function conv2dTranspose(
  x: Grid,
  kernel: Grid,
  [height, width]: readonly [number, number],
  stride: number,
  pad: number,
): Grid {
  const result = grid([x.shape[0], height, width, kernel.shape[2]], () => 0);
  forEachProduct(result.shape, kernel.shape, x.shape, { stride, pad }, (output, weight, input) => {
    result.data[output] += x.data[input] * kernel.data[weight];
  });
  return result;
}

/** Each channel of each image with mean 0 and (biased) variance 1: (x - m) / sqrt(v + epsilon). */
export function instanceNorm(x: Grid, epsilon: number): Grid {
  const centred = sub(x, mean(x, [1, 2]));
  const variance = mean(map(centred, (value) => value * value), [1, 2]);
  return div(centred, map(variance, (value) => Math.sqrt(value + epsilon)));
}

/** x where it is positive, `slope` times x elsewhere. */
export function leakyRelu(x: Grid, slope: number): Grid {
  return map(x, (value) => value > 0 ? value : slope * value);
}

/**
 * Zeros put after each pixel until there are `up` times as many along both sides, zeros around, then at every `down`-th place the
 * sum of the pixels times a square kernel, which is turned round as a convolution's is.
 */
export function filterPixels(
  x: Grid,
  kernel: readonly (readonly number[])[],
  { up, down, pad: [before, after] }: { up: number; down: number; pad: readonly [number, number] },
): Grid {
  const [n, h, w, c] = x.shape, k = kernel.length;
  const size = (side: number) => Math.floor((side * up + before + after - k) / down) + 1;
  const result = grid([n, size(h), size(w), c], () => 0);
  const pixelAt = (i: number, y: number, column: number) => {
    const isPixel = y >= 0 && column >= 0 && y % up === 0 && column % up === 0;
    return isPixel && y < h * up && column < w * up ? ((i * h + y / up) * w + column / up) * c : -1;
  };
  for (let at = 0; at < result.data.length; at += c) {
    const [i, y, column] = indicesOf(at, result.shape);
    for (let tap = 0; tap < k * k; tap++) {
      const a = Math.floor(tap / k), b = tap % k;
      const from = pixelAt(i, y * down + k - 1 - a - before, column * down + k - 1 - b - before);
      if (from < 0) continue;
      for (let each = 0; each < c; each++) {
        result.data[at + each] += kernel[a][b] * x.data[from + each];
      }
    }
  }
  return result;
}
