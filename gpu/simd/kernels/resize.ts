// Resizing images, nearest neighbour and bilinear, and the adjoints, on the engine. Places are worked out as tfjs does, in 64 bits.

import type { NamedAttrMap, TensorInfo } from "../../tf.ts";
import type { SimdBackend } from "../backend.ts";
import type { NativeKernel } from "./native.ts";

/** What an output index shows: the input indices that it lies between, and how far it is from the lower. */
interface Place {
  lower: number;
  upper: number;
  part: number;
}

/** Where an output index lies in the input, with fractions, on an axis of `size` inputs. */
type PlaceOf = (at: number, size: number) => Place;

/** Bytes of an entry of a table; see assembly/resize.ts. */
const ENTRY = 12;

/** The four kernels by tfjs's names. */
export const resizeKernels: Readonly<Record<string, NativeKernel>> = {
  ResizeNearestNeighbor: ({ images }, backend, attrs) =>
    resize(backend, images, attrs, nearestPlace(attrs)),
  ResizeBilinear: ({ images }, backend, attrs) => resize(backend, images, attrs, bilinearPlace),
  ResizeNearestNeighborGrad: ({ images, dy }, backend, attrs) =>
    resizeGradient(backend, images, dy, attrs, nearestPlace(attrs)),
  ResizeBilinearGrad: ({ images, dy }, backend, attrs) =>
    resizeGradient(backend, images, dy, attrs, bilinearPlace),
};

function bilinearPlace(at: number, size: number): Place {
  const lower = Math.max(0, Math.floor(at));
  return { lower, upper: Math.min(size - 1, Math.ceil(at)), part: at - lower };
}

function nearestPlace({ alignCorners, halfPixelCenters }: NamedAttrMap): PlaceOf {
  // Half a pixel's shift is there to be rounded away: only bilinear takes it back.
  const shift = halfPixelCenters ? 0.5 : 0;
  return (at, size) => {
    const whole = alignCorners ? Math.round(at + shift) : Math.floor(at + shift);
    const lower = Math.max(0, Math.min(size - 1, whole));
    return { lower, upper: lower, part: 0 };
  };
}

function resize(
  backend: SimdBackend,
  images: TensorInfo,
  attrs: NamedAttrMap,
  placeOf: PlaceOf,
): TensorInfo | undefined {
  const [n, h, w, c] = images.shape, [outH, outW] = attrs.size as [number, number];
  if (n * h * w * c * outH * outW === 0) return undefined;
  const { tensor, address } = backend.makeInHeap([n, outH, outW, c]);
  withTables(
    backend,
    [h, w],
    [outH, outW],
    attrs,
    placeOf,
    (rows, columns) =>
      backend.engine.kernels.resize(
        ...[backend.addressOf(images), address, n, h, w, c, outH, outW, rows, columns],
      ),
  );
  return tensor;
}

function resizeGradient(
  backend: SimdBackend,
  images: TensorInfo,
  dy: TensorInfo,
  { alignCorners }: NamedAttrMap,
  placeOf: PlaceOf,
): TensorInfo | undefined {
  const [n, h, w, c] = images.shape, [, outH, outW] = dy.shape;
  if (n * h * w * c * outH * outW === 0) return undefined;
  const { tensor, address } = backend.makeInHeap(images.shape);
  withTables(
    backend,
    [h, w],
    [outH, outW],
    { alignCorners },
    placeOf,
    (rows, columns) =>
      backend.engine.kernels.resizeGradient(
        ...[backend.addressOf(dy), address, n, h, w, c, outH, outW, rows, columns],
      ),
  );
  return tensor;
}

/** Calls `use` with the tables of rows and columns in the heap. */
function withTables(
  backend: SimdBackend,
  sizes: readonly [number, number],
  outSizes: readonly [number, number],
  { alignCorners, halfPixelCenters }: NamedAttrMap,
  placeOf: PlaceOf,
  use: (rows: number, columns: number) => void,
): void {
  const [rows, columns] = outSizes;
  backend.withScratch([(rows + columns) * ENTRY], (address) => {
    const view = new DataView(backend.engine.heap.memory.buffer, address, (rows + columns) * ENTRY);
    let entry = 0;
    outSizes.forEach((outSize, axis) => {
      const size = sizes[axis], aligned = alignCorners && outSize > 1 ? 1 : 0;
      const ratio = (size - aligned) / (outSize - aligned);
      for (let i = 0; i < outSize; i++) {
        const at = halfPixelCenters ? ratio * (i + 0.5) - 0.5 : ratio * i;
        const { lower, upper, part } = placeOf(at, size);
        view.setInt32(entry, lower, true);
        view.setInt32(entry + 4, upper, true);
        view.setFloat32(entry + 8, part, true);
        entry += ENTRY;
      }
    });
    use(address, address + rows * ENTRY);
  });
}
