// Reflected borders of images, and their adjoint, on the GPU.

import type { TensorInfo } from "../../tf.ts";
import type { GpuBackend } from "../backend.ts";
import {
  FLAT_GROUP,
  flatGrid,
  type GpuKernel,
  sizeOf,
  THREADS,
  typeOf,
  widthOf,
} from "./own_kernel.ts";

type Paddings = readonly (readonly [number, number])[];

/** tfjs's MirrorPad, and our MirrorPadGrad (gpu/own_kernels.ts), for reflections along the sides of images alone. */
export const mirrorPadKernels: Readonly<Record<string, GpuKernel>> = {
  MirrorPad: ({ x }, backend, attrs) => {
    const paddings = attrs.paddings as unknown as Paddings;
    if (!isOfImages(x.shape, paddings) || attrs.mode !== "reflect") return undefined;
    const shape = x.shape.map((size, i) => size + paddings[i][0] + paddings[i][1]);
    return move(backend, { from: x, shape, inner: x.shape, paddings }, REFLECT);
  },
  MirrorPadGrad: ({ dy }, backend, attrs) => {
    const paddings = attrs.paddings as unknown as Paddings;
    if (!isOfImages(dy.shape, paddings) || attrs.mode !== "reflect") return undefined;
    const shape = dy.shape.map((size, i) => size - paddings[i][0] - paddings[i][1]);
    return move(backend, { from: dy, shape, inner: shape, paddings }, FOLD);
  },
};

function isOfImages(shape: readonly number[], paddings: Paddings): boolean {
  return shape.length === 4 && [0, 3].every((axis) => Math.max(...paddings[axis]) === 0);
}

interface Shader {
  name: string;
  declare: string;
  body: string;
}

/** Each pixel of the larger image is one of the smaller: (y, x) of the output, `from` of the input. */
const REFLECT: Shader = {
  name: "MirrorPad",
  declare: `
fn reflect1(at: u32, before: u32, size: u32) -> u32 {
  let last = i32(size) - 1;
  return u32(last - abs(last - abs(i32(at) - i32(before))));
}`,
  body: `
  let row = reflect1(y, u.top, u.innerHeight);
  let column = reflect1(x, u.left, u.innerWidth);
  moved[i] = source[((n * u.innerHeight + row) * u.innerWidth + column) * u.channels + c];`,
};

/** Each pixel of the smaller image adds up those of the larger that show it: up to three rows, times up to three columns. */
const FOLD: Shader = {
  name: "MirrorPadGrad",
  declare: `
fn shown(place: u32, beforeSize: u32, afterSize: u32, innerSize: u32) -> vec3i {
  let at = i32(place);
  let before = i32(beforeSize);
  let last = i32(innerSize) - 1;
  let isTurnedBefore = at >= 1 && at <= before;
  let isTurnedAfter = at < last && at >= last - i32(afterSize);
  return vec3i(
    before + at,
    select(-1, before - at, isTurnedBefore),
    select(-1, before + 2 * last - at, isTurnedAfter),
  );
}`,
  body: `
  let rows = shown(y, u.top, u.bottom, u.innerHeight);
  let columns = shown(x, u.left, u.right, u.innerWidth);
  let outerHeight = u.innerHeight + u.top + u.bottom;
  let outerWidth = u.innerWidth + u.left + u.right;
  var sum = V(0.0);
  for (var a = 0; a < 3; a++) {
    if (rows[a] < 0) { continue; }
    for (var b = 0; b < 3; b++) {
      if (columns[b] < 0) { continue; }
      let pixel = (n * outerHeight + u32(rows[a])) * outerWidth + u32(columns[b]);
      sum += source[pixel * u.channels + c];
    }
  }
  moved[i] = sum;`,
};

function move(
  backend: GpuBackend,
  { from, shape, inner, paddings }: {
    from: TensorInfo;
    shape: number[];
    inner: readonly number[];
    paddings: Paddings;
  },
  { name, declare, body }: Shader,
): TensorInfo {
  const moved = backend.makeFloats(shape), [, height, width, c] = shape;
  const step = widthOf(c), size = sizeOf(moved) / step;
  const [, [top, bottom], [left, right]] = paddings;
  backend.run({
    kernel: name,
    writes: { moved },
    reads: { source: from },
    vectors: step === 4 ? ["moved", "source"] : [],
    counts: {
      ...{ size, channels: c / step, height, width, top, bottom, left, right },
      ...{ innerHeight: inner[1], innerWidth: inner[2] },
    },
    workgroup: [THREADS, 1, 1],
    grid: flatGrid(Math.ceil(size / THREADS)),
    declare: () => `alias V = ${typeOf(step)};${declare}`,
    body: () => `
  let i = ${FLAT_GROUP} * ${THREADS}u + index;
  if (i >= u.size) { return; }
  let c = i % u.channels;
  let x = (i / u.channels) % u.width;
  let y = (i / (u.channels * u.width)) % u.height;
  let n = i / (u.channels * u.width * u.height);${body}`,
  });
  return moved;
}
