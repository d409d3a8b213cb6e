// Operands in the form in which convolutions and products read them: images with borders of zeros, biases in whole panels.

import type { TensorInfo } from "../../tf.ts";
import type { SimdBackend } from "../backend.ts";
import { panelsOf } from "./native.ts";

/** Images [batchSize, height, width, channels] in the heap. */
export interface HeapImages {
  address: number;
  batchSize: number;
  height: number;
  width: number;
  channels: number;
}

/** Rows and pixels of zeros around images. */
export interface Borders {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

/**
 * Calls `use` with the images padded by zeros; without padding, with the images themselves.
 *
 * @param reach how far the padded images have to reach at least, for whoever reads beyond them
 */
export function withPadded(
  backend: SimdBackend,
  { address, batchSize, height, width, channels }: HeapImages,
  { top, bottom, left, right }: Borders,
  use: (address: number, height: number, width: number) => void,
  reach = { height: 0, width: 0 },
): void {
  const h = Math.max(reach.height, height + top + bottom);
  const w = Math.max(reach.width, width + left + right);
  if (h === height && w === width) return use(address, h, w);
  backend.withScratch([batchSize * h * w * channels * 4], (padded) => {
    backend.engine.kernels.padImages(
      ...[address, padded, batchSize, height, width, channels, top, left, bottom, right, h, w],
    );
    use(padded, h, w);
  });
}

/** The address of a bias [cout] that is filled up with zeros to whole panels. */
export function panelsOfBias(backend: SimdBackend, bias: TensorInfo): number {
  const [cout] = bias.shape, length = panelsOf(cout) * 16;
  if (length === cout) return backend.addressOf(bias);
  return backend.prepare(bias, "panels", length * 4, (address) => {
    const panels = backend.engine.heap.floats(address, length);
    panels.fill(0).set(backend.engine.heap.floats(backend.addressOf(bias), cout));
  });
}
