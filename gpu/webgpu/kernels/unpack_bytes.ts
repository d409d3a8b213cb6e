// Bytes of pictures on the GPU, sent four to a word, as the numbers of an image.

import { type TensorInfo, util } from "../../tf.ts";
import type { GpuBackend } from "../backend.ts";
import { FLAT_GROUP, flatGrid, type GpuKernel, THREADS } from "./own_kernel.ts";

/** UnpackBytes of gpu/own_kernels.ts. */
export const unpackKernels: Readonly<Record<string, GpuKernel>> = {
  UnpackBytes: ({ words }, backend, { shape }) => unpack(backend, words, shape as number[]),
};

/** A thread takes a word. */
function unpack(backend: GpuBackend, words: TensorInfo, shape: readonly number[]): TensorInfo {
  const images = backend.makeFloats(shape), size = util.sizeFromShape([...shape]);
  const count = Math.ceil(size / 4);
  backend.run({
    kernel: "UnpackBytes",
    writes: { images },
    reads: { words },
    counts: { count, size },
    workgroup: [THREADS, 1, 1],
    grid: flatGrid(Math.ceil(count / THREADS)),
    declare: () => LEVEL,
    body: () => `
  let at = ${FLAT_GROUP} * ${THREADS}u + index;
  if (at >= u.count) { return; }
  let word = bitcast<u32>(words[at]);
  for (var i = 0u; i < 4u && 4u * at + i < u.size; i++) {
    images[4u * at + i] = level((word >> (8u * i)) & 255u);
  }`,
  });
  return images;
}

/**
 * byte / 127.5 - 1 = (2 byte - 255) / 255, rounded once, as the processor has it. A GPU's own division may be off by some of the last
 * bits, so that the quotient's 24 bits come from whole numbers.
 */
const LEVEL = `
fn level(byte: u32) -> f32 {
  let part = 2 * i32(byte) - 255;
  let size = u32(abs(part));
  let shift = countLeadingZeros(size);
  let scaled = size << shift;
  let digits = scaled / 255u + select(0u, 1u, 2u * (scaled % 255u) > 255u);
  let positive = f32(digits) * bitcast<f32>((127u - shift) << 23u);
  return select(positive, -positive, part < 0);
}`;
