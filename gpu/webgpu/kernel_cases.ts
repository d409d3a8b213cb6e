// What each kernel of ours is tried at when the `webgpu` device starts: odd sizes, several tiles, both ways to read, and what is to come
// out, worked out in plain loops that share nothing with the shaders.

/** A tensor as numbers. */
export interface Numbers {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** One call of a kernel. */
export interface KernelCase {
  readonly kernel: string;
  readonly inputs: Readonly<Record<string, Numbers>>;
  readonly attrs: Readonly<Record<string, unknown>>;
  /** The tensors that it has to give, or as many of the first as are of interest. */
  readonly expected: readonly ArrayLike<number>[];
}

/** All cases; every kernel has at least one. */
export function kernelCases(): KernelCase[] {
  return [
    ...normCases([2, 5, 7, 5], 0.2),
    ...normCases([2, 9, 9, 8], 0),
    ...padCases([2, 5, 4, 3], [2, 1, 3, 2]),
    ...padCases([1, 4, 5, 4], [3, 0, 1, 4]),
    ...numberCases(15),
    ...numberCases(16),
    slopeCase(15),
    slopeCase(16),
    ...reduceCases([3, 2, 5], 1),
    ...reduceCases([150, 8], 0),
    ...optimiserCases([5, 8]),
    // Few channels, and both tiles; in fours and not; pixels that are split; strides that leave a remainder.
    ...convCases({ image: [2, 7, 6], channels: [5, 3], kernel: 3, stride: 2, pad: 1 }),
    ...convCases({ image: [1, 17, 16], channels: [4, 4], kernel: 1, stride: 1, pad: 0 }),
    ...convCases({ image: [2, 9, 8], channels: [20, 24], kernel: 2, stride: 1, pad: 1 }),
    ...convCases({ image: [1, 17, 16], channels: [33, 34], kernel: 2, stride: 2, pad: 1 }),
    ...convCases({ image: [1, 2, 3], channels: [17, 4], kernel: 2, stride: 1, pad: 0 }),
  ];
}

/** A deterministic series in [-1, 1] that changes sign and does not repeat itself. */
function series(shape: readonly number[], seed: number): Numbers {
  const size = shape.reduce((product, side) => product * side, 1);
  return { shape, values: Float32Array.from({ length: size }, (_, i) => Math.sin(seed + i * i)) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** What `compute` makes of each channel of each image of some [n, h, w, c]. */
function perChannel(
  inputs: readonly Numbers[],
  compute: (...channels: number[][]) => number[],
): number[] {
  const [{ shape: [n, h, w, c], values }] = inputs, out = new Array<number>(values.length);
  for (let channel = 0; channel < n * c; channel++) {
    const start = Math.floor(channel / c) * h * w * c + channel % c;
    const places = Array.from({ length: h * w }, (_, pixel) => start + pixel * c);
    compute(...inputs.map((input) => places.map((at) => input.values[at])))
      .forEach((value, pixel) => out[places[pixel]] = value);
  }
  return out;
}

function normCases(shape: readonly number[], negativeSlope: number): KernelCase[] {
  const epsilon = 1e-5, attrs = { epsilon, negativeSlope };
  const [x, dy] = [series(shape, 1), series(shape, 2)];
  // Channels far from 0, or a loss of digits would not show.
  x.values.forEach((value, i) => x.values[i] = value + 10 * (i % shape[3]));
  const normal = (channel: number[]) => {
    const centre = mean(channel);
    const deviation = Math.sqrt(mean(channel.map((value) => (value - centre) ** 2)) + epsilon);
    return { xn: channel.map((value) => (value - centre) / deviation), deviation };
  };
  const act = (value: number) => value > 0 ? value : value * negativeSlope;
  const y = perChannel([x], (channel) => normal(channel).xn.map(act));
  const dx = perChannel([x, dy], (channel, slopes) => {
    const { xn, deviation } = normal(channel);
    const u = slopes.map((slope, i) => xn[i] > 0 ? slope : slope * negativeSlope);
    const level = mean(u), along = mean(u.map((each, i) => each * xn[i]));
    return u.map((each, i) => (each - level - xn[i] * along) / deviation);
  });
  return [
    { kernel: "InstanceNorm", inputs: { x }, attrs, expected: [y] },
    {
      ...{ kernel: "InstanceNormAdd", inputs: { x, residual: dy }, attrs },
      expected: [y.map((value, i) => value + dy.values[i])],
    },
    { kernel: "InstanceNormGrad", inputs: { x, dy }, attrs, expected: [dx] },
  ];
}

/** Where each pixel of [n, h, w, c] with a reflected border comes from; borders are top, bottom, left, right. */
function reflections(
  [n, h, w, c]: readonly number[],
  [top, bottom, left, right]: readonly number[],
): number[] {
  const within = (at: number, size: number) => {
    const back = Math.abs(at);
    return back < size ? back : 2 * (size - 1) - back;
  };
  const [outHeight, outWidth] = [h + top + bottom, w + left + right];
  return Array.from({ length: n * outHeight * outWidth * c }, (_, i) => {
    const pixel = Math.floor(i / c), image = Math.floor(pixel / (outHeight * outWidth));
    const y = within(Math.floor(pixel / outWidth) % outHeight - top, h);
    return ((image * h + y) * w + within(pixel % outWidth - left, w)) * c + i % c;
  });
}

function padCases(shape: readonly number[], border: readonly number[]): KernelCase[] {
  const [n, h, w, c] = shape, [top, bottom, left, right] = border;
  const places = reflections(shape, border);
  const x = series(shape, 3), dy = series([n, h + top + bottom, w + left + right, c], 4);
  const folded = new Array<number>(x.values.length).fill(0);
  places.forEach((place, i) => folded[place] += dy.values[i]);
  const attrs = { mode: "reflect", paddings: [[0, 0], [top, bottom], [left, right], [0, 0]] };
  const moved = places.map((place) => x.values[place]);
  return [
    { kernel: "MirrorPad", inputs: { x }, attrs, expected: [moved] },
    { kernel: "MirrorPadGrad", inputs: { dy }, attrs, expected: [folded] },
  ];
}

function numberCases(size: number): KernelCase[] {
  const x = series([size], 5), number: Numbers = { shape: [], values: Float32Array.of(0.75) };
  const operations: Record<string, (a: number, b: number) => number> = {
    Add: (a, b) => a + b,
    Sub: (a, b) => a - b,
    Multiply: (a, b) => a * b,
    RealDiv: (a, b) => a / b,
  };
  // Away from 0, where a quotient has no digits left to compare.
  x.values.forEach((value, i) => x.values[i] = value + 3 * Math.sign(value));
  return Object.entries(operations).flatMap(([kernel, operation]): KernelCase[] => [
    {
      ...{ kernel, inputs: { a: x, b: number }, attrs: {} },
      expected: [x.values.map((value) => operation(value, 0.75))],
    },
    {
      ...{ kernel, inputs: { a: number, b: x }, attrs: {} },
      expected: [x.values.map((value) => operation(0.75, value))],
    },
  ]);
}

function slopeCase(size: number): KernelCase {
  const x = series([size], 6), dy = series([size], 7), alpha = 0.2;
  const expected = dy.values.map((slope, i) => x.values[i] > 0 ? slope : slope * alpha);
  return { kernel: "LeakyReluGrad", inputs: { x, dy }, attrs: { alpha }, expected: [expected] };
}

function reduceCases(shape: readonly number[], axis: number): KernelCase[] {
  const x = series(shape, 8), count = shape[axis];
  const columns = shape.slice(axis + 1).reduce((product, side) => product * side, 1);
  const sums = new Array<number>(x.values.length / count).fill(0);
  x.values.forEach((value, i) =>
    sums[Math.floor(i / (count * columns)) * columns + i % columns] += value
  );
  const attrs = { axis, keepDims: false };
  return [
    { kernel: "Sum", inputs: { x }, attrs, expected: [sums] },
    { kernel: "Mean", inputs: { x }, attrs, expected: [sums.map((sum) => sum / count)] },
  ];
}

function optimiserCases(sizes: readonly number[]): KernelCase[] {
  const names = ["param", "gradient", "m", "v"];
  const all = sizes.map((size, i) => names.map((_, j) => series([size], 9 + i * 4 + j)));
  all.forEach(([, , , v]) => v.values.forEach((value, i) => v.values[i] = value ** 2));
  const pick = (wanted: readonly string[]) =>
    Object.fromEntries(
      all.flatMap((tensors, i) =>
        names.flatMap((name, j) => wanted.includes(name) ? [[name + i, tensors[j]]] : [])
      ),
    );
  const numbers = {
    ...{ beta1: 0.5, beta2: 0.75, fresh1: 0.4, fresh2: 0.2, rootCorrection: 2, step: 0.1 },
    epsilon: 1e-8,
  };
  const updated = all.flatMap(([param, gradient, m, v]) => {
    const g = [...gradient.values];
    const first = g.map((each, i) => numbers.beta1 * m.values[i] + numbers.fresh1 * each);
    const second = g.map((each, i) => numbers.beta2 * v.values[i] + numbers.fresh2 * each ** 2);
    const moved = first.map((each, i) =>
      param.values[i] -
      numbers.step * each / (numbers.rootCorrection * Math.sqrt(second[i]) + numbers.epsilon)
    );
    return [moved, first, second];
  });
  const averages = Object.fromEntries(all.map(([, , m], i) => [`average${i}`, m]));
  const decay = 0.9;
  const squares = all.flatMap(([, gradient]) => [...gradient.values].map((g) => g * g));
  return [
    { kernel: "AdamUpdate", inputs: pick(names), attrs: numbers, expected: updated },
    {
      ...{ kernel: "EmaUpdate", inputs: { ...averages, ...pick(["param"]) }, attrs: { decay } },
      expected: all.map(([param, , m]) =>
        param.values.map((p, i) => p + (m.values[i] - p) * decay)
      ),
    },
    {
      ...{ kernel: "GlobalNorm", inputs: pick(["gradient"]), attrs: {} },
      expected: [[Math.sqrt(squares.reduce((sum, square) => sum + square, 0))]],
    },
  ];
}

/** A convolution: images, their height and width; channels in and out; kernel side, stride, zeros around. */
interface ConvCase {
  image: [n: number, h: number, w: number];
  channels: [cin: number, cout: number];
  kernel: number;
  stride: number;
  pad: number;
}

function convCases(given: ConvCase): KernelCase[] {
  const { image: [n, h, w], channels: [cin, cout], kernel: k, stride, pad } = given;
  const out = (size: number) => Math.floor((size + 2 * pad - k) / stride) + 1;
  const x = series([n, h, w, cin], 21), filter = series([k, k, cin, cout], 22);
  const dy = series([n, out(h), out(w), cout], 23);
  const dx = new Array<number>(x.values.length).fill(0);
  const dw = new Array<number>(filter.values.length).fill(0);
  forEachTap(given, (pixel, seen, tap) => {
    for (let i = 0; i < cin * cout; i++) {
      const c = Math.floor(i / cout), weight = tap * cin * cout + i;
      const slope = dy.values[pixel * cout + i % cout];
      dx[seen * cin + c] += filter.values[weight] * slope;
      dw[weight] += x.values[seen * cin + c] * slope;
    }
  });
  const attrs = { strides: stride, pad, dataFormat: "NHWC" };
  return [
    {
      ...{ kernel: "Conv2DBackpropFilter", inputs: { x, dy } },
      ...{ attrs: { ...attrs, filterShape: filter.shape }, expected: [dw] },
    },
    {
      ...{ kernel: "Conv2DBackpropInput", inputs: { dy, filter } },
      ...{ attrs: { ...attrs, inputShape: x.shape }, expected: [dx] },
    },
  ];
}

/** Every output pixel with the input pixel that it sees through a tap. */
function forEachTap(
  { image: [n, h, w], kernel: k, stride, pad }: ConvCase,
  visit: (pixel: number, seen: number, tap: number) => void,
): void {
  const outHeight = Math.floor((h + 2 * pad - k) / stride) + 1;
  const outWidth = Math.floor((w + 2 * pad - k) / stride) + 1;
  for (let pixel = 0; pixel < n * outHeight * outWidth; pixel++) {
    const image = Math.floor(pixel / (outHeight * outWidth));
    for (let tap = 0; tap < k * k; tap++) {
      const y = Math.floor(pixel / outWidth) % outHeight * stride - pad + Math.floor(tap / k);
      const x = pixel % outWidth * stride - pad + tap % k;
      const isInside = y >= 0 && y < h && x >= 0 && x < w;
      if (isInside) visit(pixel, (image * h + y) * w + x, tap);
    }
  }
}
