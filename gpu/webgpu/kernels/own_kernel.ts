// What a kernel of ours looks like to the `webgpu` device, and how it splits its work among threads.

import { type NamedAttrMap, type TensorInfo, util } from "../../tf.ts";
import type { GpuBackend } from "../backend.ts";

/** Computes on the GPU; undefined for attributes or shapes that are left to tfjs's own kernel. Inputs are float32. */
export type GpuKernel = (
  inputs: Readonly<Record<string, TensorInfo>>,
  backend: GpuBackend,
  attrs: NamedAttrMap,
) => TensorInfo | TensorInfo[] | undefined;

/** Threads of a workgroup, which every device has. */
export const THREADS = 256;

/** Workgroups that a device takes along one axis. */
const MOST_GROUPS = 65_535;

/** A grid of at least so many workgroups; `FLAT_GROUP` numbers them in the shader, and some at the end may be too many. */
export function flatGrid(groups: number): [number, number, number] {
  const rows = Math.ceil(groups / MOST_GROUPS);
  return [Math.ceil(groups / rows), rows, 1];
}

/** The number of a workgroup of a `flatGrid`, in the shader. */
export const FLAT_GROUP = "(group.y * grid.x + group.x)";

/** How many values a thread takes at a time: 4 where the innermost sizes allow it, or 1. */
export function widthOf(...sizes: readonly number[]): 1 | 4 {
  return sizes.every((size) => size % 4 === 0) ? 4 : 1;
}

/** The type of so many values, in the shader. */
export function typeOf(width: 1 | 4): string {
  return width === 4 ? "vec4f" : "f32";
}

/** The number of a tensor's elements. */
export function sizeOf({ shape }: TensorInfo): number {
  return util.sizeFromShape(shape);
}

/** The same kernels, which leave inputs that are not all float32 to tfjs's own. */
export function floatsOnly(
  kernels: Readonly<Record<string, GpuKernel>>,
): Record<string, GpuKernel> {
  const isFloat = (tensor: TensorInfo | undefined) => !tensor || tensor.dtype === "float32";
  return Object.fromEntries(
    Object.entries(kernels).map(([name, kernel]): [string, GpuKernel] => [
      name,
      (inputs, backend, attrs) =>
        Object.values(inputs).every(isFloat) ? kernel(inputs, backend, attrs) : undefined,
    ]),
  );
}
