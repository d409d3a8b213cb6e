// The adjoint of reflected borders, on the GPU: a kernel of ours, since tfjs's gradient drops what the reflected pixels contribute.

import { isOfImages, move, type MoveShader, type Paddings } from "./mirror_pad.ts";
import type { GpuKernel } from "./own_kernel.ts";

/** The kernel by its name in gpu/own_kernels.ts, for reflections along the sides of images alone. */
export const mirrorPadGradientKernels: Readonly<Record<string, GpuKernel>> = {
  MirrorPadGrad: ({ dy }, backend, attrs) => {
    const paddings = attrs.paddings as unknown as Paddings;
    if (!isOfImages(dy.shape, paddings) || attrs.mode !== "reflect") return undefined;
    const shape = dy.shape.map((size, i) => size - paddings[i][0] - paddings[i][1]);
    return move(backend, { from: dy, shape, inner: shape, paddings }, FOLD);
  },
};

/** Each pixel of the smaller image adds up those of the larger that show it: up to three rows, times up to three columns. */
const FOLD: MoveShader = {
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
