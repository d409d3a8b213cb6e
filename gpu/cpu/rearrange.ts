// Slice, reverse, zero pad and mirror pad for tfjs's plain CPU backend: each says per axis which input index an output
// index shows, and one loop copies. The stock kernels work out every element's place from its index.

import { getKernel, type KernelFunc, slice_util, type TensorInfo, util } from "../tf.ts";
import { makeTensor, replaceKernel, valuesOf } from "./values.ts";

type Attributes = Record<string, never>;

/** Per axis: the input index shown at each output index, or -1 for the constant. */
type IndexMaps = Int32Array[];

/** Replaces Slice, Reverse, PadV2 and MirrorPad of the backend `cpu` for float32; other types run as before. */
export function registerCpuRearrangements(): void {
  replace("Slice", (shape, { begin, size }) => {
    const [starts, sizes] = slice_util.parseSliceParams({ shape } as never, begin, size);
    slice_util.assertParamsValid({ shape } as never, starts, sizes);
    return sizes.map((length, axis) => indices(length, (i) => starts[axis] + i));
  });
  replace("Reverse", (shape, { dims }) => {
    const axes = util.parseAxisParam(dims, shape);
    return shape.map((size, axis) =>
      indices(size, (i) => (axes.includes(axis) ? size - 1 - i : i))
    );
  });
  replace("PadV2", (shape, { paddings }) =>
    shape.map((size, axis) => {
      const [before, after]: [number, number] = paddings[axis];
      const shown = (i: number) => (i < before || i >= before + size ? -1 : i - before);
      return indices(before + size + after, shown);
    }));
  replace("MirrorPad", (shape, { paddings, mode }) =>
    shape.map((size, axis) => {
      const [before, after]: [number, number] = paddings[axis];
      // Symmetric repeats the edge pixel, reflect does not.
      const edge = mode === "reflect" ? 0 : 1;
      return indices(before + size + after, (i) => {
        const at = i - before;
        if (at < 0) return -at - edge;
        return at < size ? at : 2 * size - 2 + edge - at;
      });
    }));
}

function replace(name: string, mapsOf: (shape: number[], attrs: Attributes) => IndexMaps): void {
  const stock = getKernel(name, "cpu").kernelFunc;
  const kernel: KernelFunc = (args) => {
    const { x } = args.inputs as Record<string, TensorInfo>;
    const attrs = args.attrs as Attributes;
    if (x.dtype !== "float32" || x.shape.length === 0) return stock(args);
    const maps = mapsOf(x.shape, attrs);
    const shape = maps.map((map) => map.length);
    const out = new Float32Array(util.sizeFromShape(shape)).fill(attrs["constantValue"] ?? 0);
    copyByMaps(valuesOf(args.backend, x), x.shape, maps, out);
    return makeTensor(args.backend, shape, out);
  };
  replaceKernel(name, kernel);
}

function indices(count: number, shown: (i: number) => number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => shown(i));
}

/** Copies runs of whole inner axes; an index of -1 leaves what is there. */
function copyByMaps(
  x: Float32Array,
  shape: readonly number[],
  maps: IndexMaps,
  out: Float32Array,
): void {
  let innerAxes = maps.length;
  while (innerAxes > 0 && isIdentity(maps[innerAxes - 1], shape[innerAxes - 1])) innerAxes--;
  const run = shape.slice(innerAxes).reduce((product, size) => product * size, 1);
  const copy = (axis: number, from: number, to: number): void => {
    if (axis === innerAxes) {
      for (let i = 0; i < run; i++) out[to * run + i] = x[from * run + i];
      return;
    }
    const map = maps[axis];
    for (let i = 0; i < map.length; i++) {
      if (map[i] >= 0) copy(axis + 1, from * shape[axis] + map[i], to * map.length + i);
    }
  };
  copy(0, 0, 0);
}

function isIdentity(map: Int32Array, size: number): boolean {
  return map.length === size && map.every((shown, i) => shown === i);
}
