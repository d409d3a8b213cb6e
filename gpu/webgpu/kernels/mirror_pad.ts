// Reflected borders of images on the GPU.

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

/** What is added before and behind along each axis. */
export type Paddings = readonly (readonly [number, number])[];

/** tfjs's MirrorPad, for reflections along the sides of images alone. */
export const mirrorPadKernels: Readonly<Record<string, GpuKernel>> = {
  MirrorPad: ({ x }, backend, attrs) => {
    const paddings = attrs.paddings as unknown as Paddings;
    if (!isOfImages(x.shape, paddings) || attrs.mode !== "reflect") return undefined;
    const shape = x.shape.map((size, i) => size + paddings[i][0] + paddings[i][1]);
    return move(backend, { from: x, shape, inner: x.shape, paddings }, REFLECT);
  },
};

/** Whether only the sides of images [n, h, w, c] get a border. */
export function isOfImages(shape: readonly number[], paddings: Paddings): boolean {
  return shape.length === 4 && [0, 3].every((axis) => Math.max(...paddings[axis]) === 0);
}

/** What a thread does for an element of the result, of pixel (y, x); `source` is what it reads. */
export interface MoveShader {
  name: string;
  declare: string;
  body: string;
}

/** Each pixel of the larger image is one of the smaller: (y, x) of the output, `from` of the input. */
const REFLECT: MoveShader = {
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

/** Gathers every element of a result of a shape from `from`; `inner` is the shape without the border. */
export function move(
  backend: GpuBackend,
  { from, shape, inner, paddings }: {
    from: TensorInfo;
    shape: number[];
    inner: readonly number[];
    paddings: Paddings;
  },
  { name, declare, body }: MoveShader,
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
