// Takes the numbers out of a state dict's tensors: any type of floating point, any strides, as float32 in a row.

import { sizeOf } from "../gpu/shape.ts";
import type { TensorDtype } from "./_torch_objects.ts";

/** A tensor as a view of its storage's bytes, little-endian; offset and strides in elements. Every element lies in them. */
export interface StateTensor {
  readonly dtype: TensorDtype;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** How an element is read, by its index, from the bytes of its storage. */
type Reader = (view: DataView, index: number) => number;

const word = new Uint32Array(1), float = new Float32Array(word.buffer);

const READERS: Partial<Record<TensorDtype, Reader>> = {
  float64: (view, index) => view.getFloat64(8 * index, true),
  float32: (view, index) => view.getFloat32(4 * index, true),
  float16: (view, index) => view.getFloat16(2 * index, true),
  // The upper half of a float32.
  bfloat16: (view, index) => {
    word[0] = view.getUint16(2 * index, true) << 16;
    return float[0];
  },
};

/** The tensor with its axes in another order: axis i of the result is axis `order[i]`; nothing is copied. */
export function permuteAxes(tensor: StateTensor, order: readonly number[]): StateTensor {
  const reorder = (sizes: readonly number[]) => order.map((axis) => sizes[axis]);
  return { ...tensor, shape: reorder(tensor.shape), strides: reorder(tensor.strides) };
}

/** The strides of a tensor in row-major order. */
export function rowStrides(shape: readonly number[]): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

/** The values in row-major order, as a new array. @throws {TypeError} for a type that is no floating point */
export function readFloats32(tensor: StateTensor): Float32Array {
  const { dtype, shape, strides, offset, bytes } = tensor, read = READERS[dtype];
  if (!read) throw new TypeError(`Cannot read floats: the tensor is ${dtype}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(sizeOf(shape));
  // The innermost axis in a loop of its own; the outer ones counted like the digits of a number.
  const length = shape.at(-1) ?? 1, step = strides.at(-1) ?? 0;
  const digits = shape.slice(0, -1).map(() => 0);
  let row = offset;
  for (let at = 0; at < values.length;) {
    for (let i = 0; i < length; i++) values[at++] = read(view, row + i * step);
    for (let axis = digits.length - 1; axis >= 0; axis--) {
      row += strides[axis];
      if (++digits[axis] < shape[axis]) break;
      row -= shape[axis] * strides[axis];
      digits[axis] = 0;
    }
  }
  return values;
}
