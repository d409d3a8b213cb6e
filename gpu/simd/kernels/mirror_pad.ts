// Mirrored borders of images, and their adjoint, on the engine.

import type { TensorInfo } from "../../tf.ts";
import type { SimdBackend } from "../backend.ts";
import type { NativeKernel } from "./native.ts";

type Paddings = readonly (readonly [number, number])[];

/** tfjs's MirrorPad, and our MirrorPadGrad (gpu/own_kernels.ts), for borders along the sides of images alone. */
export const mirrorPadKernels: Readonly<Record<string, NativeKernel>> = {
  MirrorPad: ({ x }, backend, attrs) => {
    const paddings = attrs.paddings as unknown as Paddings;
    if (!isOfImages(x.shape, paddings)) return undefined;
    const shape = x.shape.map((size, i) => size + paddings[i][0] + paddings[i][1]);
    return run(backend, "mirrorPad", { from: x, shape, inner: x.shape }, paddings, attrs.mode);
  },
  MirrorPadGrad: ({ dy }, backend, attrs) => {
    const paddings = attrs.paddings as unknown as Paddings;
    if (!isOfImages(dy.shape, paddings)) return undefined;
    const shape = dy.shape.map((size, i) => size - paddings[i][0] - paddings[i][1]);
    return run(
      backend,
      "mirrorPadGradient",
      { from: dy, shape, inner: shape },
      paddings,
      attrs.mode,
    );
  },
};

function isOfImages(shape: readonly number[], paddings: Paddings): boolean {
  return shape.length === 4 && [0, 3].every((axis) => Math.max(...paddings[axis]) === 0);
}

function run(
  backend: SimdBackend,
  kernel: "mirrorPad" | "mirrorPadGradient",
  { from, shape, inner }: { from: TensorInfo; shape: number[]; inner: readonly number[] },
  paddings: Paddings,
  mode: unknown,
): TensorInfo {
  const [n, h, w, c] = inner, [, [top, bottom], [left, right]] = paddings;
  const { tensor, address } = backend.makeInHeap(shape);
  backend.engine.kernels[kernel](
    ...[backend.addressOf(from), address, n, h, w, c, top, left],
    ...[h + top + bottom, w + left + right, mode === "reflect" ? 1 : 0],
  );
  return tensor;
}
